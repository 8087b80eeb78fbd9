import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Names, kinds, sizes, times and contents of all that is below a folder. */
export function lookAt(folder: string, without: readonly string[] = []): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !without.some((one) => path.endsWith(one)) && !isBeingWritten(path))
    .sort()
    .map((path) => {
      const stat = lstatSync(join(folder, path));
      const held = stat.isFile()
        ? createHash("sha256")
            .update(readFileSync(join(folder, path)))
            .digest("hex")
        : "";
      return `${path} ${stat.mode} ${stat.size} ${stat.mtimeMs} ${held}`;
    });
}

/** Each file below a folder with what is in it; one that a supervisor puts in place at this moment has its own name by then. */
export function textsBelow(folder: string): readonly (readonly [path: string, text: string])[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !isBeingWritten(path))
    .map((path) => join(folder, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => [path, readFileSync(path, "utf8")]);
}

/** Beside the file that it becomes: gone in a moment, and there under another name. */
const isBeingWritten = (path: string): boolean => /(?:^|\/)\.[^/]+\.tmp$/.test(path);
