import type { Sockets } from "./sockets.ts";

/** The world as the rest of the program may touch it. Real ones live in `system/`, others in tests. */
export interface System {
  readonly files: Files;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly net: Net;
  readonly sockets: Sockets;
  readonly digests: Digests;
  readonly host: Host;
}

/** Hexadecimal. */
export interface Digests {
  readonly sha256: (data: string | Uint8Array) => string;
  /** One that only the holder of the key can make, so that a short secret cannot be guessed from it. */
  readonly keyed: (key: string, text: string) => string;
  readonly random: (bytes: number) => string;
}

export interface Files {
  /** Bytes, or why not; never more than `limit`. */
  read(path: string, limit: number): ReadResult;
  list(folder: string): readonly Entry[];
  kind(path: string): "file" | "folder" | "other" | "absent";
  /** What a path itself is, links not followed: who owns it, who may enter, and what makes it this very file. */
  stat(path: string): Stat | undefined;
  /** Where a path leads, links followed, also where nothing is there yet; undefined where they go in a circle. */
  realPath(path: string): string | undefined;
  /** Only where nothing is yet. */
  create(path: string, text: string, executable?: boolean): "created" | "exists";
  /**
   * A reader sees the former text or the new one. With `own` it is a file of ours, and gets that mode: whatever
   * stands in its place is replaced, and a link is not followed.
   */
  replace(path: string, text: string, own?: number): void;
  /** The same for what is written often: at once for every reader, on the disk within a second. */
  replaceSoon(path: string, text: string, mode: number): void;
  /** At the end of a file of one's own (0600); what `readAt` refuses is thrown. */
  append(path: string, text: string | Uint8Array): void;
  /**
   * A piece of a file of one's own; a link, a device, another user's file or one with a second name is refused.
   * `into`: memory of the caller's that is used instead of new, and has room for it.
   */
  readAt(path: string, offset: number, length: number, into?: Uint8Array): ReadAtResult;
  /** Leaves nothing of such a file but the file; what `readAt` refuses is thrown. */
  truncate(path: string): void;
  /** A folder that nobody else can enter. */
  makePrivateFolder(path: string): void;
  makeFolder(path: string): void;
  rename(from: string, to: string): void;
  /** Also what is below; nothing where nothing is. */
  remove(path: string): void;
  /** A folder with nothing in it that could be removed by itself; false where the system refuses. */
  removeFolder(path: string): boolean;
  /** The kind of file system that holds a path, such as `ext4` or `nfs4`; undefined where nobody can tell. */
  fileSystem?(path: string): string | undefined;
  /** Told when something in a folder changes; a hint, never the truth. Returns how to stop. */
  watch(folder: string, changed: (name: string) => void): () => void;
}

export type ReadResult =
  | { readonly is: "read"; readonly bytes: Uint8Array }
  | { readonly is: "absent" }
  | { readonly is: "large"; readonly size: number }
  | { readonly is: "refused"; readonly why: string };

export type ReadAtResult =
  | {
      readonly is: "read";
      /** Fewer than asked for where the file ends. */
      readonly bytes: Uint8Array;
      readonly size: number;
      /** UTC */
      readonly modified: string;
    }
  | { readonly is: "absent" }
  | { readonly is: "refused"; readonly why: string };

export interface Entry {
  readonly name: string;
  readonly is: "file" | "folder" | "link";
}

export interface Stat {
  readonly is: "file" | "folder" | "link" | "other";
  readonly uid: number;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** Device and inode: another file of the same name has another one. */
  readonly identity: string;
  readonly links: number;
}

export interface Clock {
  /** Milliseconds that only go forward; a changed wall clock does not move it. */
  now(): number;
  /** UTC, ISO 8601: for people and records, never for delays. */
  wall(): string;
  after(millis: number, run: () => void): Cancel;
}

export type Cancel = () => void;

export interface Processes {
  /** A program to its end, in a session of its own; all of it is ended when the time is up or the signal comes. */
  run(request: RunRequest): Promise<Ran>;
  /** One that outlives this program. Its output goes to files, its input is empty. */
  detach(request: DetachRequest): Detached;
  /** A program for whoever sits at this terminal or at the ends of these pipes, to its own end. */
  foreground(request: ForegroundRequest): Promise<Fronted>;
  /** All processes that can be seen; what this user may not look into has no environment. */
  list(): readonly ProcessFacts[];
  /**
   * The same, taken not before that moment of the clock; undefined where the last list is older, and too young to
   * be taken again. Whoever waits for a hundred trees asks hundreds of times, and one list serves them all.
   */
  recent(notBefore: number): readonly ProcessFacts[] | undefined;
  look(pid: number): ProcessFacts | undefined;
  /** Of one process, or of a whole group; false where nobody is there. */
  signal(pid: number, signal: string, group?: boolean): boolean;
}

export interface RunRequest {
  /** The program first, absolute. Never a shell line. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Told each line as it comes; beside that the last 64 KiB are kept. */
  readonly line?: (text: string) => void;
}

export type Ran =
  | { readonly is: "ended"; readonly code: number; readonly output: string }
  | { readonly is: "signalled"; readonly signal: string; readonly output: string }
  | { readonly is: "timed out"; readonly output: string }
  | { readonly is: "stopped"; readonly output: string }
  | { readonly is: "not started"; readonly why: string };

export interface DetachRequest {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Appended to; made 0600 where they are not there; a link is refused. */
  readonly stdout: string;
  readonly stderr: string;
}

export type Detached =
  | { readonly is: "started"; readonly pid: number; readonly ended: Promise<void> }
  /** `passing` where the machine may have room for it later. */
  | { readonly is: "not started"; readonly why: string; readonly passing: boolean };

export interface ForegroundRequest {
  /** The program first, absolute. Never a shell line. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `ours`: what this program has itself. Absent: it has nothing to read. */
  readonly input?: "ours" | AsyncIterable<Uint8Array>;
  /** `ours`: where this program prints. Else the next bytes come when the last are taken. */
  readonly output: "ours" | ((bytes: Uint8Array, stream: "stdout" | "stderr") => Promise<void>);
  /** Its reason, where that is the name of a signal, is what the program is sent before it is ended for sure. */
  readonly signal: AbortSignal;
}

export type Fronted =
  /** As a shell tells it: 128 and the number of the signal that ended it. */
  | { readonly is: "ended"; readonly code: number }
  | { readonly is: "stopped" }
  | { readonly is: "not started"; readonly why: string };

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot: with pid and boot id it names one process for good. */
  readonly started: string;
  /** Dead, and not yet collected by its parent. */
  readonly zombie: boolean;
  readonly argv: readonly string[];
  readonly cwd?: string | undefined;
  readonly uid: number;
  readonly memory: number;
  /** Ticks of processor time used so far. */
  readonly cpuMs: number;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface Net {
  /** Who listens on a port of this machine, as far as it can be told. */
  holder(port: number, address: string, protocol: "tcp" | "udp"): PortHolder;
  connect(host: string, port: number, timeoutMs: number): Promise<Connected>;
  get(request: GetRequest): Promise<Got>;
}

export type PortHolder =
  | { readonly is: "free" }
  | { readonly is: "taken"; readonly pid?: number; readonly command?: string };

export type Connected = { readonly is: "open" } | { readonly is: "failed"; readonly why: string };

export interface GetRequest {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
}

export type Got =
  | { readonly is: "answer"; readonly status: number; readonly location?: string }
  | { readonly is: "failed"; readonly why: string };

export interface Host {
  readonly platform: string;
  readonly name: string;
  readonly uid: number;
  readonly user: string;
  /** Changes with each boot: a pid of another boot means nothing. */
  readonly bootId: string;
  readonly pid: number;
  /** How this program was started, so that it can start itself again. */
  readonly self: readonly [string, ...string[]];
  /** Of this program. */
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
