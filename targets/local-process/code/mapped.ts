import { isBelow } from "../../../src/base/paths.ts";
import type { CodeMap } from "./layout.ts";

export interface Mapping {
  /** The agent's folder, as it is named and where its links lead. */
  readonly folders: readonly string[];
  readonly tree: string;
  readonly code: CodeMap;
}

/**
 * The same path in the code of then. What is no code stays where it is: a program that somebody built there, a folder
 * of packages, data that the agent wrote.
 */
export function inTree(path: string, mapping: Mapping): string {
  const below = belowOf(path, mapping.folders);
  if (below === undefined) return path;
  if (below === "") return mapping.tree;
  return Object.keys(mapping.code).some((one) => isBelow(one, below)) ? `${mapping.tree}/${below}` : path;
}

/** Where it works. A folder without code is one of the same name, and empty. */
export function workingInTree(cwd: string, mapping: Mapping): string {
  const below = belowOf(cwd, mapping.folders);
  if (below === undefined) return cwd;
  return below === "" ? mapping.tree : `${mapping.tree}/${below}`;
}

function belowOf(path: string, folders: readonly string[]): string | undefined {
  const folder = folders.find((one) => path.startsWith("/") && isBelow(path, one));
  return folder === undefined ? undefined : path.slice(folder.length + 1);
}
