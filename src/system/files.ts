import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Entry, Files, ReadResult } from "../model/system.ts";

/** The one place that reads and writes files. Calls are synchronous: a command waits for its files anyway. */
export const files: Files = {
  read(path: string, limit: number): ReadResult {
    let handle: number | undefined;
    try {
      handle = openSync(path, "r");
      const stat = fstatSync(handle);
      if (stat.isDirectory()) return { is: "refused", why: "it is a folder" };
      if (!stat.isFile()) return readStream(handle, limit);
      if (stat.size > limit) return { is: "large", size: stat.size };
      return { is: "read", bytes: readFileSync(handle) };
    } catch (error) {
      return refusal(error);
    } finally {
      if (handle !== undefined) closeSync(handle);
    }
  },

  list(folder: string): readonly Entry[] {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((one) => one.isFile() || one.isDirectory() || one.isSymbolicLink())
        .map(
          (one): Entry => ({
            name: one.name,
            is: one.isDirectory() ? "folder" : one.isFile() ? "file" : "link",
          }),
        )
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      return [];
    }
  },

  kind(path: string) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return "absent";
    return stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "other";
  },

  realPath(path: string): string | undefined {
    try {
      return realpathSync.native(path);
    } catch {
      return undefined;
    }
  },

  create(path: string, text: string, executable = false) {
    mkdirSync(dirname(path), { recursive: true });
    try {
      writeFileSync(path, text, { flag: "wx", mode: executable ? 0o777 : 0o666 });
      return "created";
    } catch (error) {
      if (codeOf(error) === "EEXIST") return "exists";
      throw error;
    }
  },

  /** A reader sees the former text or the new one, never half of it. The mode stays, and a link stays a link. */
  replace(path: string, text: string): void {
    const target = existsSync(path) ? realpathSync.native(path) : path;
    const mode = existsSync(target) ? lstatSync(target).mode & 0o777 : 0o666;
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    try {
      writeFileSync(temporary, text, { flag: "wx", mode });
      renameSync(temporary, target);
    } catch (error) {
      if (existsSync(temporary)) unlinkSync(temporary);
      throw error;
    }
  },
};

/** Pipes and devices have no size: read until the limit is passed. */
function readStream(handle: number, limit: number): ReadResult {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = new Uint8Array(65_536);
    const count = readSync(handle, chunk);
    if (count === 0) break;
    size += count;
    if (size > limit) return { is: "large", size };
    chunks.push(chunk.subarray(0, count));
  }
  return { is: "read", bytes: Buffer.concat(chunks) };
}

function refusal(error: unknown): ReadResult {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return { is: "absent" };
  if (code === "EACCES" || code === "EPERM") return { is: "refused", why: "permission denied" };
  if (code === "ELOOP") return { is: "refused", why: "its links lead in a circle" };
  return { is: "refused", why: code ?? "it cannot be read" };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
