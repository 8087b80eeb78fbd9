import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Entry, Files, ReadResult } from "../model/system.ts";

/** Not /dev/stdin: that cannot be opened where standard input is a socket. */
const STANDARD_INPUT = "-";

/** The one place that reads and writes files. Calls are synchronous: a command waits for its files anyway. */
export const files: Files = {
  read(path: string, limit: number): ReadResult {
    let handle: number | undefined;
    try {
      if (path === STANDARD_INPUT) return readStream(0, limit);
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
    return resolveLinks(path, 0);
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
  replace(path: string, text: string, fresh = 0o666): void {
    const target = existsSync(path) ? realpathSync.native(path) : path;
    const mode = existsSync(target) ? lstatSync(target).mode & 0o777 : fresh;
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    try {
      writeFileSync(temporary, text, { flag: "wx", mode, flush: true });
      renameSync(temporary, target);
    } catch (error) {
      if (existsSync(temporary)) unlinkSync(temporary);
      throw error;
    }
  },

  makePrivateFolder(path: string): void {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  },
};

/** Where a path leads, also one that is not there yet: what is made there would be made at the end of its links. */
function resolveLinks(path: string, followed: number): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    if (followed > 40 || dirname(path) === path) return undefined;
    const link = lstatSync(path, { throwIfNoEntry: false });
    if (link?.isSymbolicLink() === true)
      return resolveLinks(resolve(dirname(path), readlinkSync(path)), followed + 1);
    const parent = resolveLinks(dirname(path), followed + 1);
    return parent === undefined ? undefined : join(parent, basename(path));
  }
}

/** Pipes and devices have no size: read until the limit is passed. */
function readStream(handle: number, limit: number): ReadResult {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = new Uint8Array(65_536);
    const count = readSome(handle, chunk);
    if (count === 0) break;
    size += count;
    if (size > limit) return { is: "large", size };
    chunks.push(chunk.subarray(0, count));
  }
  return { is: "read", bytes: Buffer.concat(chunks) };
}

/** A standard input that was made non-blocking by another program says "not yet": ask again. */
function readSome(handle: number, chunk: Uint8Array): number {
  for (;;) {
    try {
      return readSync(handle, chunk);
    } catch (error) {
      if (codeOf(error) === "EOF") return 0;
      if (codeOf(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
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
