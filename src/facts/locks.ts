import { byCodeUnit } from "../base/canonical.ts";
import { isBelow } from "../base/paths.ts";
import type { Files } from "../model/system.ts";

/** The files of a runtime that say what to install. */
const LOCKS: Readonly<Record<string, readonly string[]>> = {
  python: ["uv.lock", "poetry.lock", "pyproject.toml", "requirements.txt"],
  nodejs: ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "package.json"],
  go: ["go.mod", "go.sum"],
  rust: ["Cargo.lock", "Cargo.toml"],
  java: ["pom.xml", "build.gradle", "build.gradle.kts", "gradle.lockfile"],
};
const LIMIT = 64 << 20;

export interface LocksRequest {
  readonly runtime: string | undefined;
  /** Absolute, links followed; so is the root. */
  readonly folder: string;
  readonly root: string;
  readonly files: Files;
  readonly hash: (bytes: Uint8Array) => string;
}

/** Digests of those that are there. One that a link leads to counts as long as it is the project's own. */
export function locksOf({
  runtime,
  folder,
  root,
  files,
  hash,
}: LocksRequest): Readonly<Record<string, string>> {
  const names = runtime === undefined || !Object.hasOwn(LOCKS, runtime) ? [] : (LOCKS[runtime] ?? []);
  const found: [string, string][] = [];
  for (const name of names.toSorted(byCodeUnit)) {
    const real = files.realPath(`${folder}/${name}`);
    if (real === undefined || !(isBelow(real, root) || isBelow(real, folder))) continue;
    const read = files.read(real, LIMIT);
    if (read.is === "read") found.push([name, hash(read.bytes)]);
  }
  return Object.fromEntries(found);
}
