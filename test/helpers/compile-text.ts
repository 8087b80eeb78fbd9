import { load, type Loaded } from "../../src/cli/project/project.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { Ir } from "../../src/model/ir.ts";
import type { Entry, Files } from "../../src/model/system.ts";

export interface Options {
  /** What the environment of the caller holds; nothing unless given. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly target?: string;
  readonly env?: string;
}

export interface CompiledText {
  /** Arranged, with the levels of the project: what `aac validate` shows. */
  readonly diagnostics: readonly Diagnostic[];
  /** Whole only where no diagnostic is an error. */
  readonly ir: Ir;
  /** All that is known of the files. */
  readonly loaded: Loaded;
}

const ROOT = "/project";

/** Checks a project that stands in memory alone: files by their path, `.aac.yaml` and `.env` among them. */
export async function compileFiles(
  files: Readonly<Record<string, string>>,
  options: Options = {},
): Promise<CompiledText> {
  const { variables, ...chosen } = options;
  const loaded = await load({
    cwd: ROOT,
    files: inMemory(files),
    environment: variables ?? {},
    named: ["."],
    whole: true,
    ...chosen,
  });
  return { diagnostics: loaded.diagnostics, ir: loaded.compiled.ir, loaded };
}

function inMemory(files: Readonly<Record<string, string>>): Files {
  const texts = new Map(Object.entries(files).map(([path, text]) => [`${ROOT}/${path}`, text]));
  const kind = (path: string): "file" | "folder" | "absent" => {
    if (texts.has(path)) return "file";
    return path === ROOT || [...texts.keys()].some((one) => one.startsWith(`${path}/`)) ? "folder" : "absent";
  };
  const refuse = (): never => {
    throw new Error("a check writes nothing");
  };
  return {
    read: (path, limit) => {
      const text = texts.get(path);
      if (text === undefined) return { is: "absent" };
      const bytes = new TextEncoder().encode(text);
      return bytes.length > limit ? { is: "large", size: bytes.length } : { is: "read", bytes };
    },
    list: (folder) => {
      const below = [...texts.keys()].filter((path) => path.startsWith(`${folder}/`));
      const names = new Set(below.map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""));
      return [...names].sort().map(
        (name): Entry => ({
          name,
          is: kind(`${folder}/${name}`) === "file" ? "file" : "folder",
        }),
      );
    },
    kind,
    realPath: (path) => (kind(path) === "absent" ? undefined : path),
    create: refuse,
    replace: refuse,
    replaceSoon: refuse,
    stat: () => undefined,
    append: refuse,
    readAt: () => ({ is: "absent" }),
    truncate: refuse,
    makePrivateFolder: refuse,
    makeFolder: refuse,
    rename: refuse,
    remove: refuse,
    removeFolder: refuse,
    watch: () => () => undefined,
  };
}
