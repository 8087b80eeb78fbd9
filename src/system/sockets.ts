import { lstatSync, mkdirSync, type Stats, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { err, ok, type Result } from "../base/result.ts";
import type { Ear, ListenRefusal, Refusal, Sockets, Wire } from "../model/sockets.ts";

/** What the kernel takes on every system there is; Linux alone would take four more. */
const PATH_LIMIT = 103;
/** One write at a time is with the kernel: the rest can be counted. */
const BATCH = 65_536;
const KNOCK_MS = 1000;

/** The one place that opens unix sockets, for the user with this id. */
export function unixSockets(uid: number): Sockets {
  return {
    async listen(path, accept) {
      const refusal = tooLong(path) ?? makeFolder(dirname(path), uid) ?? unsafe(dirname(path), uid);
      if (refusal !== undefined) return err({ is: "refused", ...refusal });
      const left = kindOf(path);
      if (left === "other") {
        return err({
          is: "refused",
          why: `${path} is in the way and is no socket`,
          repair: `move it away: mv ${quote(path)} ${quote(`${path}.old`)}`,
        });
      }
      if (left === "socket") {
        const taken = await removeStale(path);
        if (taken !== undefined) return err(taken);
      }
      const server = createServer((socket) => accept(wireOf(socket)));
      const failed = await bind(server, path);
      if (failed !== undefined) return err({ is: "refused", ...failed });
      // A failed accept, such as one with no descriptor left, is that client's misfortune alone.
      server.on("error", () => undefined);
      return ok({ close: () => void server.close() });
    },

    async connect(path, timeoutMs) {
      const folder = dirname(path);
      const long = tooLong(path);
      if (long !== undefined) return err({ is: "refused", ...long });
      if (kindOf(folder) === "absent") return err({ is: "absent" });
      // Secrets go through it: nobody else may have put a socket of his own there.
      const refusal = unsafe(folder, uid);
      if (refusal !== undefined) return err({ is: "refused", ...refusal });
      const socket = await knock(path, timeoutMs);
      if (socket.ok) return ok(wireOf(socket.value));
      if (socket.error === "ENOENT" || socket.error === "ECONNREFUSED") return err({ is: "absent" });
      if (socket.error === "EAGAIN" || socket.error === "ETIMEDOUT") return err({ is: "busy" });
      return err({
        is: "refused",
        why: `${path} cannot be reached: ${socket.error}`,
        repair: `look at who owns it: ls -l ${quote(path)}`,
      });
    },
  };
}

/** Those of whoever runs this program. */
export const sockets: Sockets = unixSockets(process.getuid?.() ?? -1);

function tooLong(path: string): Refusal | undefined {
  const bytes = Buffer.byteLength(path);
  if (bytes <= PATH_LIMIT) return undefined;
  return {
    why: `the path of the socket has ${bytes} bytes, and the system takes at most ${PATH_LIMIT}: ${path}`,
    repair: "set XDG_RUNTIME_DIR to a folder with a shorter path",
  };
}

function makeFolder(folder: string, uid: number): Refusal | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return undefined;
  } catch (error) {
    if (kindOf(folder) !== "absent") return unsafe(folder, uid);
    return {
      why: `${folder} cannot be made: ${codeOf(error)}`,
      repair: "set XDG_RUNTIME_DIR to a folder of your own",
    };
  }
}

/** Whoever can change the folder could put a socket of his own in the place of ours. */
function unsafe(folder: string, uid: number): Refusal | undefined {
  const own = "set XDG_RUNTIME_DIR to a folder of your own";
  const stat = look(folder);
  if (stat === undefined) return { why: `${folder} is not there`, repair: own };
  if (stat.isSymbolicLink())
    return { why: `${folder} is a link, and could lead anywhere`, repair: `remove it: rm ${quote(folder)}` };
  if (!stat.isDirectory())
    return {
      why: `${folder} is no folder`,
      repair: `move it away: mv ${quote(folder)} ${quote(`${folder}.old`)}`,
    };
  if (stat.uid !== uid) return { why: `${folder} belongs to user ${stat.uid}, not to ${uid}`, repair: own };
  if ((stat.mode & 0o022) !== 0)
    return { why: `others can write into ${folder}`, repair: `chmod 700 ${quote(folder)}` };
  return undefined;
}

function kindOf(path: string): "absent" | "socket" | "other" {
  const stat = look(path);
  if (stat === undefined) return "absent";
  return stat.isSocket() ? "socket" : "other";
}

/** What a path itself is, links not followed. Where nobody may look, nothing is of use either. */
function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** A socket that nobody answers is what a killed listener leaves. */
async function removeStale(path: string): Promise<ListenRefusal | undefined> {
  const answer = await knock(path, KNOCK_MS);
  if (answer.ok) answer.value.destroy();
  else if (answer.error === "ENOENT") return undefined;
  else if (answer.error === "ECONNREFUSED") {
    unlinkSync(path);
    return undefined;
  }
  return {
    is: "in use",
    why: `somebody answers at ${path} already`,
    repair: "end the supervisor that runs: aac daemon stop",
  };
}

function bind(server: Server, path: string): Promise<Refusal | undefined> {
  return new Promise((resolve) => {
    const failed = (error: Error): void =>
      resolve({
        why: `${path} cannot be listened on: ${codeOf(error)}`,
        repair: "set XDG_RUNTIME_DIR to a folder of your own",
      });
    server.once("error", failed);
    // The socket is made within this call, so it is never wider than 0600, not even before a chmod could come.
    const before = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off("error", failed);
        resolve(undefined);
      });
    } finally {
      process.umask(before);
    }
  });
}

/** An open socket, or the code of the error. */
function knock(path: string, timeoutMs: number): Promise<Result<Socket, string>> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const late = (): void => {
      socket.destroy();
      resolve(err("ETIMEDOUT"));
    };
    socket.setTimeout(timeoutMs, late);
    socket.once("error", (error) => resolve(err(codeOf(error))));
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("timeout", late);
      resolve(ok(socket));
    });
  });
}

function wireOf(socket: Socket): Wire {
  let ear: Ear | undefined;
  let queue: Uint8Array[] = [];
  let queued = 0;
  let flying = false;
  let ending = false;
  const pump = (): void => {
    if (flying) return;
    if (queue.length === 0) {
      if (ending) socket.end();
      return;
    }
    let size = 0;
    let count = 0;
    do size += queue[count++]?.length ?? 0;
    while (count < queue.length && size + (queue[count]?.length ?? 0) <= BATCH);
    const batch = queue.splice(0, count);
    queued -= size;
    flying = true;
    socket.write(Buffer.concat(batch, size), (error) => {
      flying = false;
      if (error !== undefined && error !== null) return;
      pump();
      ear?.drained();
    });
  };
  // An error is always followed by the close that everybody is told of.
  socket.on("error", () => undefined);
  // Whoever ends has gone: nobody is left to take answers.
  socket.on("end", () => socket.destroy());
  socket.on("close", () => {
    queue = [];
    queued = 0;
    ear?.closed();
  });
  return {
    listen(given) {
      ear = given;
      socket.on("data", (chunk) => given.bytes(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)));
      if (socket.closed) given.closed();
    },
    write(bytes) {
      if (socket.destroyed || ending) return;
      queue.push(bytes);
      queued += bytes.length;
      pump();
    },
    waiting: () => queued,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    quiet(millis, run) {
      socket.setTimeout(millis);
      socket.once("timeout", run);
      return () => {
        socket.off("timeout", run);
        socket.setTimeout(0);
      };
    },
    end() {
      ending = true;
      pump();
    },
    destroy: () => void socket.destroy(),
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : "unknown";
}

function quote(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
