import { canonicalJson } from "../../../src/base/canonical.ts";

/** Files of an agent's code: digest by path from its folder. */
export type CodeMap = Readonly<Record<string, string>>;

/**
 * Where code is kept, so that what ran once can run again:
 *
 *   <home>/code/objects/<sha256>    the content of a file, or where a link leads; once, whoever has it
 *   <home>/code/maps/<sha256>.json  what each file of one whole code is: its mode is in no digest
 *   <home>/code/trees/<sha256>/     such a code laid out, for an agent that runs from it
 */
export const CODE = {
  all: (home: string) => `${home}/code`,
  objects: (home: string) => `${home}/code/objects`,
  object: (home: string, digest: string) => `${home}/code/objects/${digest}`,
  maps: (home: string) => `${home}/code/maps`,
  map: (home: string, name: string) => `${home}/code/maps/${name}.json`,
  trees: (home: string) => `${home}/code/trees`,
  tree: (home: string, name: string) => `${home}/code/trees/${name}`,
} as const;

/** So much is kept of a project. */
export const CODE_BYTES = 100_000_000;

export type FileIs = "file" | "executable" | "link";

/** By path; what is not named is a plain file. */
export type CodeModes = Readonly<Record<string, FileIs>>;

export const nameOf = (code: CodeMap, sha256: (text: string) => string): string =>
  sha256(canonicalJson(code));

/** A path of a plan file is one that somebody else may have written: none may lead out of the tree. */
export const staysInside = (path: string): boolean =>
  path !== "" &&
  !path.startsWith("/") &&
  path.split("/").every((step) => step !== "" && step !== "." && step !== "..");

/** Where a link leads, in the words that its digest is made of. */
export const LINK_TO = "link to ";

/** As those who keep revisions name what has to stay. */
const OBJECT = "code:";
const MAP = "code-map:";

export const neededBy = (code: CodeMap, sha256: (text: string) => string): readonly string[] =>
  Object.keys(code).length === 0
    ? []
    : [`${MAP}${nameOf(code, sha256)}`, ...Object.values(code).map((digest) => `${OBJECT}${digest}`)];

export interface Needed {
  readonly objects: ReadonlySet<string>;
  readonly maps: ReadonlySet<string>;
}

export function neededIn(names: Iterable<string>): Needed {
  const objects = new Set<string>();
  const maps = new Set<string>();
  for (const name of names) {
    if (name.startsWith(OBJECT)) objects.add(name.slice(OBJECT.length));
    if (name.startsWith(MAP)) maps.add(name.slice(MAP.length));
  }
  return { objects, maps };
}
