import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { ProcessFacts } from "../model/system.ts";

/** Linux tells user space hundredths of a second, whatever its own clock runs at. */
const MILLIS_A_TICK = 10;

export interface ProcStat {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly cpuMs: number;
  readonly started: string;
}

/** One line of `/proc/PID/stat`. A name may hold spaces and brackets, so it ends at the last bracket. */
export function parseStat(text: string): ProcStat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const pid = Number(text.slice(0, open));
  const rest = text
    .slice(close + 1)
    .trim()
    .split(" ");
  const [state, parent, group, session] = rest;
  const [user, system, started] = [rest[11], rest[12], rest[19]];
  if (state === undefined || session === undefined || started === undefined || !Number.isInteger(pid))
    return undefined;
  return {
    pid,
    name: text.slice(open + 1, close),
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    cpuMs: (Number(user) + Number(system)) * MILLIS_A_TICK,
    started,
  };
}

/** Bytes in memory and the real user, of `/proc/PID/status`: there the size of a page does not matter. */
export function parseStatus(text: string): { readonly memory: number; readonly uid: number } {
  return {
    memory: Number(/^VmRSS:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024,
    uid: Number(/^Uid:\s*(\d+)/m.exec(text)?.[1] ?? -1),
  };
}

/** `/proc/PID/cmdline`: each argument ends with a zero byte, an empty one too. */
export function parseArguments(text: string): readonly string[] {
  if (text === "") return [];
  return (text.endsWith("\0") ? text.slice(0, -1) : text).split("\0");
}

/** `/proc/PID/environ`. Where a name stands twice, the first counts: that is the one a program finds. */
export function parseEnvironment(text: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const entry of text.split("\0")) {
    const at = entry.indexOf("=");
    if (at <= 0) continue;
    const name = entry.slice(0, at);
    if (!found.has(name)) found.set(name, entry.slice(at + 1));
  }
  return Object.fromEntries(found);
}

export function lookAt(pid: number): ProcessFacts | undefined {
  const stat = parseStat(read(`/proc/${pid}/stat`) ?? "");
  if (stat === undefined) return undefined;
  const zombie = stat.state === "Z" || stat.state === "X";
  // A dead process has an empty environment to read: that is not one it was given.
  const environ = zombie ? undefined : read(`/proc/${pid}/environ`);
  let environment: ProcessFacts["environment"];
  let argv: readonly string[] | undefined;
  let status: ReturnType<typeof parseStatus> | undefined;
  const statusNow = (): ReturnType<typeof parseStatus> =>
    (status ??= parseStatus(read(`/proc/${pid}/status`) ?? ""));
  return {
    pid,
    parent: stat.parent,
    group: stat.group,
    session: stat.session,
    started: stat.started,
    zombie,
    cpuMs: stat.cpuMs,
    // The rest is read by those who ask for it: most of those who list all processes look for one.
    get argv() {
      return (argv ??= parseArguments(read(`/proc/${pid}/cmdline`) ?? ""));
    },
    get cwd() {
      return link(`/proc/${pid}/cwd`);
    },
    get uid() {
      return statusNow().uid;
    },
    get memory() {
      return statusNow().memory;
    },
    get environment() {
      if (environ !== undefined) environment ??= parseEnvironment(environ);
      return environment;
    },
  };
}

/** So old a list may be before it is taken again, for those who can wait. */
const SAME_MS = 20;
let last: { readonly at: number; readonly all: readonly ProcessFacts[] } | undefined;

export function listAll(): readonly ProcessFacts[] {
  const at = nowMs();
  const all = allPids().flatMap((pid) => lookAt(pid) ?? []);
  last = { at, all };
  return all;
}

export function recentList(notBefore: number): readonly ProcessFacts[] | undefined {
  if (last !== undefined && nowMs() - last.at < SAME_MS) return last.at >= notBefore ? last.all : undefined;
  return listAll();
}

/** The clock of the whole program. */
const nowMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

/** Ascending; empty where there is no `/proc`. */
function allPids(): readonly number[] {
  return entries("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** Who has one of these open, by the text that `/proc/PID/fd` shows for it: `socket:[4711]`. */
export function whoHolds(opened: ReadonlySet<string>): number | undefined {
  return allPids().find((pid) =>
    entries(`/proc/${pid}/fd`).some((fd) => opened.has(link(`/proc/${pid}/fd/${fd}`) ?? "")),
  );
}

export function nameOf(pid: number): string | undefined {
  return parseStat(read(`/proc/${pid}/stat`) ?? "")?.name;
}

/** Undefined where it is gone, or may not be read: processes come and go while they are looked at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
