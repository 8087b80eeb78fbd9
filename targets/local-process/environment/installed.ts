import { canonicalJson } from "../../../src/base/canonical.ts";
import type { System } from "../../../src/model/system.ts";
import { parsedObject, textOf, textsOf } from "./json.ts";
import type { RuntimeName } from "./programs.ts";
import { pythonIn } from "./python.ts";

/**
 * Where environments are:
 *
 *   <cache>/environments/builds/<key>.<owner>…/   packages, never moved: a venv holds its own absolute path
 *   <cache>/environments/<key>/environment.json   the manifest, written last: names the build that counts
 *
 * A build is made by one installer alone in a folder of its own name, so two never meet. What makes it count is
 * one rename of a small folder onto `<key>`, which fails where another was first.
 */
export const environmentsIn = (cache: string): string => `${cache}/environments`;
export const buildsIn = (cache: string): string => `${environmentsIn(cache)}/builds`;
export const MANIFEST = "environment.json";

/** An environment that is whole. */
export interface Installed {
  readonly key: string;
  readonly runtime: RuntimeName;
  readonly version: string;
  /** Absolute, and for good. */
  readonly folder: string;
  /** The runtime that it was made with. */
  readonly program: string;
  readonly from: string;
  readonly packages: readonly string[];
  /** What the installer chose: version by name. */
  readonly resolved: Readonly<Record<string, string>>;
  /** UTC */
  readonly at: string;
}

const LIMIT = 16 << 20;

/** The environment of a key; undefined where none is whole, whatever else lies there. */
export function installed(
  { files }: Pick<System, "files">,
  cache: string,
  key: string,
): Installed | undefined {
  const read = files.read(`${environmentsIn(cache)}/${key}/${MANIFEST}`, LIMIT);
  if (read.is !== "read") return undefined;
  const found = readManifest(new TextDecoder().decode(read.bytes));
  if (found === undefined || found.key !== key) return undefined;
  // Caches are swept by people too, and an interpreter may be gone since: what cannot run is not there.
  const whole = files.kind(`${found.folder}/${MANIFEST}`) === "file";
  return whole && files.kind(mainProgram(found)) === "file" ? found : undefined;
}

export function manifestText(one: Installed): string {
  return `${canonicalJson({ manifest: 1, ...one }, 2)}\n`;
}

function readManifest(text: string): Installed | undefined {
  const fields = parsedObject(text);
  if (fields?.["manifest"] !== 1) return undefined;
  const { key, runtime, version, folder, program, from, at } = textsOf(fields);
  const packages = fields["packages"];
  if (key === undefined || version === undefined || folder === undefined) return undefined;
  if (program === undefined || from === undefined || at === undefined) return undefined;
  if ((runtime !== "python" && runtime !== "nodejs") || !Array.isArray(packages)) return undefined;
  const names = packages.flatMap((one) => textOf(one) ?? []);
  return {
    key,
    runtime,
    version,
    folder,
    program,
    from,
    packages: names,
    resolved: textsOf(fields["resolved"]),
    at,
  };
}

function mainProgram(one: Installed): string {
  return one.runtime === "python" ? pythonIn(one.folder) : one.program;
}

/** The program behind `python` or `node` of an agent; undefined where this environment is another runtime's. */
export function programOf(one: Installed, name: "python" | "node"): string | undefined {
  return (one.runtime === "python") === (name === "python") ? mainProgram(one) : undefined;
}

/** Commands that packages bring along, such as `uvicorn`: this folder comes first on the agent's PATH. */
export function commandsOf(one: Installed): string {
  return one.runtime === "python" ? `${one.folder}/bin` : `${one.folder}/node_modules/.bin`;
}

/** Variables of an agent that runs in it. NODE_PATH serves `require` only: for `import` see `link.ts`. */
export function variables(one: Installed): Readonly<Record<string, string>> {
  return one.runtime === "python" ? { VIRTUAL_ENV: one.folder } : { NODE_PATH: `${one.folder}/node_modules` };
}
