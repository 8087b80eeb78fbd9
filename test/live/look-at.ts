import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names, kinds, sizes, times and contents of all that is below a folder. */
export function lookAt(folder: string, without: readonly string[] = []): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !without.some((one) => path.endsWith(one)))
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
