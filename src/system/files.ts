import {
  close,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileSystemOf } from "./mounts.ts";
import type { Entry, Files, ReadAtResult, ReadResult, Stat } from "../model/system.ts";

/** Not /dev/stdin: that cannot be opened where standard input is a socket. */
const STANDARD_INPUT = "-";

/** Not waiting: to open a pipe that nobody writes to would last for ever. */
const OWN = constants.O_NOFOLLOW | constants.O_NONBLOCK;

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
    const stat = look(() => statSync(path, { throwIfNoEntry: false }));
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

  /** A reader sees the former text or the new one, never half of it. */
  replace(path: string, text: string, own?: number): void {
    // Somebody's file keeps its mode, and a link of theirs stays a link; in a file of our own no link is followed.
    const target = own === undefined && existsSync(path) ? realpathSync.native(path) : path;
    const mode = own ?? (existsSync(target) ? lstatSync(target).mode & 0o777 : 0o666);
    put(target, text, mode, true);
  },

  /** A kill loses nothing of it; a loss of power may lose the last second, which nobody acts on after a boot. */
  replaceSoon(path: string, text: string, mode: number): void {
    put(path, text, mode, false);
    settle(path);
  },

  makePrivateFolder(path: string): void {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      // Of a read-only disk it says that nothing is there: one step alone says why.
      let first = path;
      while (dirname(first) !== first && !existsSync(dirname(first))) first = dirname(first);
      if (codeOf(error) === "ENOENT") mkdirSync(first, { mode: 0o700 });
      throw error;
    }
  },

  makeFolder(path: string): void {
    mkdirSync(path, { recursive: true });
  },

  stat(path: string): Stat | undefined {
    const stat = look(() => lstatSync(path, { throwIfNoEntry: false }));
    if (stat === undefined) return undefined;
    return {
      is: stat.isFile() ? "file" : stat.isDirectory() ? "folder" : stat.isSymbolicLink() ? "link" : "other",
      uid: stat.uid,
      mode: stat.mode & 0o7777,
      size: stat.size,
      identity: `${stat.dev}:${stat.ino}`,
      links: stat.nlink,
    };
  },

  append(path: string, text: string | Uint8Array): void {
    const handle = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | OWN, 0o600);
    try {
      const wrong = whyNotOwn(fstatSync(handle));
      if (wrong !== undefined) throw new Error(`${path} is not written to: ${wrong}`);
      writeFileSync(handle, text);
    } finally {
      closeSync(handle);
    }
  },

  readAt(path: string, offset: number, length: number, into?: Uint8Array): ReadAtResult {
    let handle: number | undefined;
    try {
      handle = openSync(path, constants.O_RDONLY | OWN);
      const stat = fstatSync(handle);
      const wrong = whyNotOwn(stat);
      if (wrong !== undefined) return { is: "refused", why: wrong };
      const there = Math.max(0, Math.min(length, stat.size - offset));
      const bytes = into === undefined ? new Uint8Array(there) : into.subarray(0, there);
      let count = 0;
      while (count < bytes.length) {
        const more = readSync(handle, bytes, count, bytes.length - count, offset + count);
        if (more === 0) break;
        count += more;
      }
      const modified = stat.mtime.toISOString();
      return { is: "read", bytes: bytes.subarray(0, count), size: stat.size, modified };
    } catch (error) {
      const code = codeOf(error);
      if (code === "ELOOP") return { is: "refused", why: "it is a link" };
      if (code === "ENXIO") return { is: "refused", why: "it is no file" };
      return refusal(error);
    } finally {
      if (handle !== undefined) closeSync(handle);
    }
  },

  fileSystem(path: string): string | undefined {
    try {
      return fileSystemOf(readFileSync("/proc/self/mountinfo", "utf8"), resolveLinks(path, 0) ?? path);
    } catch {
      return undefined;
    }
  },

  truncate(path: string): void {
    const handle = openSync(path, constants.O_WRONLY | OWN);
    try {
      const wrong = whyNotOwn(fstatSync(handle));
      if (wrong !== undefined) throw new Error(`${path} is not emptied: ${wrong}`);
      ftruncateSync(handle, 0);
    } finally {
      closeSync(handle);
    }
  },

  rename(from: string, to: string): void {
    renameSync(from, to);
  },

  remove(path: string): void {
    rmSync(path, { recursive: true, force: true });
  },

  removeFolder(path: string): boolean {
    try {
      rmdirSync(path);
      return true;
    } catch {
      return false;
    }
  },

  watch(folder: string, changed: (name: string) => void): () => void {
    try {
      const watcher = watch(folder, (_, name) => changed(name ?? ""));
      // Watching is a hint: where it cannot be had, whoever asked looks by himself from time to time.
      watcher.on("error", () => watcher.close());
      return () => watcher.close();
    } catch {
      return () => undefined;
    }
  },
};

/** Where nobody may look, nothing is of use either: a folder on the PATH of another user, a name that is too long. */
function look(at: () => Stats | undefined): Stats | undefined {
  try {
    return at();
  } catch {
    return undefined;
  }
}

function whyNotOwn(stat: Stats): string | undefined {
  if (!stat.isFile()) return "it is no file";
  if (stat.uid !== process.geteuid?.()) return "it belongs to another user";
  return stat.nlink > 1 ? "it has another name elsewhere (a hard link)" : undefined;
}

function put(target: string, text: string, mode: number, flush: boolean): void {
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: "wx", mode, flush });
    renameSync(temporary, target);
  } catch (error) {
    if (existsSync(temporary)) unlinkSync(temporary);
    throw error;
  }
}

const unsettled = new Set<string>();

/** Flushes in the background what was written lately, each file once however often it was written. */
function settle(path: string): void {
  if (unsettled.size === 0) {
    const timer = setTimeout(() => {
      const paths = [...unsettled];
      unsettled.clear();
      void (async () => {
        for (const one of paths) await flush(one);
      })();
    }, 500);
    timer.unref();
  }
  unsettled.add(path);
}

function flush(path: string): Promise<void> {
  return new Promise((resolve) => {
    open(path, "r", (failed, handle) => {
      // Gone in the meantime: there is nothing to keep.
      if (failed !== null) resolve();
      else fsync(handle, () => close(handle, () => resolve()));
    });
  });
}

/** Where a path leads, also one that is not there yet: what is made there would be made at the end of its links. */
function resolveLinks(path: string, followed: number): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    if (followed > 40 || dirname(path) === path) return undefined;
    const link = look(() => lstatSync(path, { throwIfNoEntry: false }));
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

function refusal(error: unknown): Exclude<ReadResult, { is: "read" | "large" }> {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return { is: "absent" };
  if (code === "EACCES" || code === "EPERM") return { is: "refused", why: "permission denied" };
  if (code === "ELOOP") return { is: "refused", why: "its links lead in a circle" };
  return { is: "refused", why: code ?? "it cannot be read" };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
