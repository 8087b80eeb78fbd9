import type { ReplicaStats } from "../../../src/model/operates.ts";
import type { System } from "../../../src/model/system.ts";
import { type Placement, textOf } from "./folder.ts";
import { memoryInUse } from "./limits.ts";

export type Used = Pick<ReplicaStats, "cpu" | "memory" | "processes" | "disk">;

/** What a run uses: of its control groups where it has some, else summed over its processes. */
export function usedBy(system: System, placement: Placement, pids: readonly number[]): Used {
  const memory = memoryInUse(system, placement.limits) ?? ofProcesses(system, pids);
  const ms = timeOfGroup(system, placement) ?? sumOver(system, pids, "stat", timeIn);
  const processes = tasksOfGroup(system, placement) ?? pids.length;
  const read = sumOver(system, pids, "io", (text) => bytesIn(text, "read_bytes"));
  const written = sumOver(system, pids, "io", (text) => bytesIn(text, "write_bytes"));
  return {
    ...(ms === undefined ? {} : { cpu: { is: "sum", ms } }),
    ...(memory === undefined ? {} : { memory }),
    processes,
    ...(read === undefined || written === undefined ? {} : { disk: { read, written } }),
  };
}

/** Of a group also what ended processes used. One of version 1 counts only where its machine has joined both. */
function timeOfGroup({ files }: System, { group, limits: { cpu } }: Placement): number | undefined {
  const unified = group ?? (cpu?.version === 2 ? cpu.folder : undefined);
  const micros =
    unified === undefined
      ? undefined
      : /^usage_usec (\d+)$/m.exec(textOf(files, `${unified}/cpu.stat`) ?? "")?.[1];
  if (micros !== undefined) return Number(micros) / 1000;
  const nanos = cpu?.version === 1 ? wholeIn(textOf(files, `${cpu.folder}/cpuacct.usage`)) : undefined;
  return nanos === undefined ? undefined : nanos / 1_000_000;
}

/** A limit counts threads too, so where a group holds it, they are told. */
function tasksOfGroup({ files }: System, { limits: { pids } }: Placement): number | undefined {
  if (pids === undefined) return undefined;
  return wholeIn(textOf(files, `${pids.folder}/pids.current`));
}

const wholeIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;

function ofProcesses({ processes }: System, pids: readonly number[]): number | undefined {
  const all = pids.flatMap((pid) => processes.look(pid)?.memory ?? []);
  return all.length === 0 ? undefined : all.reduce((sum, one) => sum + one, 0);
}

/** Undefined where not one of them can be read: they end while they are looked at. */
function sumOver(
  { files }: System,
  pids: readonly number[],
  file: "stat" | "io",
  amountIn: (text: string) => number | undefined,
): number | undefined {
  const all = pids.flatMap((pid) => amountIn(textOf(files, `/proc/${pid}/${file}`) ?? "") ?? []);
  return all.length === 0 ? undefined : all.reduce((sum, one) => sum + one, 0);
}

/** Linux tells user space hundredths of a second, whatever its own clock runs at. */
const MILLIS_A_TICK = 10;

/**
 * Of `/proc/PID/stat`: its own time, and that of children that ended and were collected: else what many short commands
 * use would be lost with each of them. A name may hold spaces and brackets, so it ends at the last bracket.
 */
export function timeIn(stat: string): number | undefined {
  const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = rest.slice(11, 15).map(Number);
  if (ticks.length < 4 || ticks.some(Number.isNaN)) return undefined;
  return ticks.reduce((sum, one) => sum + one, 0) * MILLIS_A_TICK;
}

/** Of `/proc/PID/io`: what really went to or came from a disk. */
export function bytesIn(io: string, name: "read_bytes" | "write_bytes"): number | undefined {
  const bytes = new RegExp(`^${name}: (\\d+)$`, "m").exec(io)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}
