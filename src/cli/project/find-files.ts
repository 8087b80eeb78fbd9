import { dirname, join, relative, resolve, sep } from "node:path";
import { matchesGlob } from "../../base/glob.ts";
import type { Files } from "../../model/system.ts";

/** Where agents are looked for, and what is found. Paths are absolute. */

const NAMES = ["agent.yaml", "agent.yml", "Agent.yaml", "Agent.yml"];
const SKIPPED = new Set([
  "node_modules",
  ".git",
  ".aac",
  "__pycache__",
  ".venv",
  "venv",
  "target",
  "vendor",
  ".tox",
]);
export const PROJECT_FILE = ".aac.yaml";

/** `.aac.yaml` in a folder or above it. */
export function findProjectFile(files: Files, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, PROJECT_FILE);
    if (files.kind(path) === "file") return path;
    if (dirname(folder) === folder) return undefined;
  }
}

export function isAgentFile(name: string): boolean {
  return NAMES.includes(name) || name.endsWith(".agent.yaml") || name.endsWith(".agent.yml");
}

/** All files below a folder that fit one of the patterns, sorted; environments and caches are not entered. */
export function walk(files: Files, root: string, fits: (path: string) => boolean): string[] {
  const found: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of files.list(folder)) {
      const path = join(folder, entry.name);
      if (entry.is === "folder") {
        if (!SKIPPED.has(entry.name)) folders.push(path);
      } else if (
        fits(relative(root, path).split(sep).join("/")) &&
        (entry.is === "file" || files.kind(path) === "file")
      )
        found.push(path);
    }
  }
  return found.sort();
}

function agentsBelow(files: Files, folder: string): string[] {
  return walk(files, folder, (path) => isAgentFile(path.slice(path.lastIndexOf("/") + 1)));
}

/** What a project says that its files are; without a word, every agent file below it. */
export function projectFiles(files: Files, root: string, patterns: readonly string[] | undefined): string[] {
  return patterns === undefined ? agentsBelow(files, root) : matching(files, root, patterns);
}

function matching(files: Files, root: string, patterns: readonly string[]): string[] {
  return walk(files, root, (path) =>
    patterns.some((pattern) => matchesGlob(pattern.replace(/^\.\//, ""), path)),
  );
}

/** What a person named: a file, a folder, or a pattern. Undefined where there is nothing of that name. */
export function expand(files: Files, cwd: string, named: string): string[] | undefined {
  const path = resolve(cwd, named);
  const kind = files.kind(path);
  if (kind === "folder") return agentsBelow(files, path);
  if (kind !== "absent") return [path];
  if (!/[*?]/.test(named)) return undefined;
  const steps = named.split("/");
  const fixed = steps.findIndex((step) => /[*?]/.test(step));
  const root = resolve(cwd, steps.slice(0, fixed).join("/") || (named.startsWith("/") ? "/" : "."));
  return matching(files, root, [steps.slice(fixed).join("/")]);
}

/** Folders that hold two of the four names: nobody could tell which one is meant. */
export function twins(paths: readonly string[]): [string, string][] {
  const first = new Map<string, string>();
  const found: [string, string][] = [];
  for (const path of paths) {
    if (!NAMES.some((name) => path.endsWith(`/${name}`))) continue;
    const folder = dirname(path);
    const other = first.get(folder);
    if (other === undefined) first.set(folder, path);
    else found.push([other, path]);
  }
  return found;
}
