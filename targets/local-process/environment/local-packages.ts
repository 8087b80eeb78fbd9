import { byCodeUnit } from "../../../src/base/canonical.ts";
import { normalise } from "../../../src/base/paths.ts";
import type { Files } from "../../../src/model/system.ts";
import type { Hash } from "./wanted.ts";

/** Packages that are no name in an index but a file or a folder of this machine. */
export interface LocalPackage {
  /** As written, or from the agent's folder. */
  readonly path: string;
  /** A folder that is used where it is: only what it says it needs is installed. */
  readonly linked: boolean;
}

const ARCHIVE = /\.(?:whl|zip|tar\.gz|tar\.bz2|tgz|tar)$/;
const DESCRIBES = ["pyproject.toml", "setup.py", "setup.cfg", "package.json"];
const NO_CONTENT = new Set([".git", "node_modules", "__pycache__", ".venv", "venv", ".aac"]);
const LIMIT = 256 << 20;
const MOST = 10_000;

/** A line of a requirements file: its local package, or the other file that it takes in. */
export function readRequirement(line: string): { readonly local?: LocalPackage; readonly file?: string } {
  const text = line.replace(/(?:^|\s)#.*$/, "").trim();
  const other = /^(?:-r|-c|--requirement|--constraint)(?:\s+|=)(\S.*)$/.exec(text)?.[1];
  if (other !== undefined) return { file: other.trim() };
  const linked = /^(?:-e|--editable)(?:\s+|=)/.test(text);
  const what = text.replace(/^(?:-e|--editable)(?:\s+|=)/, "");
  if (what.startsWith("-")) return {};
  const path =
    /^(?:[\w.-]+(?:\[[^\]]*\])?\s*@\s*)?file:(?:\/\/)?([^\s;#]+)/.exec(what)?.[1] ??
    /^((?:\.{1,2}(?=\/|\[|\s|$)|\/)[^\s;[]*)/.exec(what)?.[1] ??
    (!/:\/\/|[<>=@]/.test(what) && (ARCHIVE.test(what) || what.includes("/"))
      ? what.split(/[\s;[]/)[0]
      : undefined);
  return path === undefined ? {} : { local: { path, linked } };
}

/** What npm would take for a file or folder: its path and what stands before it. */
export function readNpmSpec(spec: string): { readonly before: string; readonly path: string } | undefined {
  const { before = "", path = "" } =
    /^(?<before>(?:@?[\w.-]+(?:\/[\w.-]+)?@)?(?:file:(?:\/\/)?)?)(?<path>.*)$/.exec(spec)?.groups ?? {};
  const local =
    before.includes("file:") ||
    /^(?:\.{1,2}(?:\/|$)|\/|~\/)/.test(path) ||
    (ARCHIVE.test(path) && !path.includes(":"));
  return local ? { before, path } : undefined;
}

export function absolutePath(folder: string, path: string, home: string | undefined): string {
  if (path.startsWith("~/") && home !== undefined) return normalise(`${home}/${path.slice(2)}`);
  return normalise(path.startsWith("/") ? path : `${folder}/${path}`);
}

/** Of what is in a file or folder: the same path with other content is another package. */
export function digestOf(files: Files, path: string, linked: boolean, hash: Hash): string {
  const kind = files.kind(path);
  if (kind === "file") return digestOfFile(files, path, hash);
  if (kind !== "folder") return kind;
  const inside = linked
    ? DESCRIBES.filter((name) => files.kind(`${path}/${name}`) === "file")
    : below(files, path);
  const lines = inside.map((name) => `${name} ${digestOfFile(files, `${path}/${name}`, hash)}`);
  return hash(new TextEncoder().encode(lines.sort(byCodeUnit).join("\n")));
}

function digestOfFile(files: Files, path: string, hash: Hash): string {
  const read = files.read(path, LIMIT);
  if (read.is === "read") return hash(read.bytes);
  return read.is === "large" ? `${read.size} bytes` : read.is;
}

/** Links are not followed: they may lead in a circle, and out of the package. */
function below(files: Files, folder: string): string[] {
  const found: string[] = [];
  const open = [""];
  for (let prefix = open.pop(); prefix !== undefined && found.length < MOST; prefix = open.pop()) {
    for (const { name, is } of files.list(`${folder}/${prefix}`)) {
      if (NO_CONTENT.has(name) || name.endsWith(".egg-info")) continue;
      if (is === "folder") open.push(`${prefix}${name}/`);
      else if (is === "file") found.push(`${prefix}${name}`);
    }
  }
  return found;
}
