import type { Usage } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import { type Placement, textOf } from "./folder.ts";
import { memoryInUse } from "./limits.ts";

/** What a run uses now, of its control groups where it has some, else summed over its processes. */
export function usageOf(system: System, placement: Placement, pids: readonly number[]): Usage | undefined {
  const facts = pids.flatMap((pid) => system.processes.look(pid) ?? []);
  if (facts.length === 0) return undefined;
  const sum = (of: (one: (typeof facts)[number]) => number): number =>
    facts.reduce((total, one) => total + of(one), 0);
  return {
    memory: memoryInUse(system, placement.limits) ?? sum((one) => one.memory),
    // Of a group also what ended children used.
    cpuMs: groupCpu(system, placement.group) ?? sum((one) => one.cpuMs),
    pids: facts.length,
    files: sum((one) => system.files.list(`/proc/${one.pid}/fd`).length),
  };
}

function groupCpu(system: System, group: string | undefined): number | undefined {
  if (group === undefined) return undefined;
  const used = /^usage_usec (\d+)$/m.exec(textOf(system.files, `${group}/cpu.stat`) ?? "")?.[1];
  return used === undefined ? undefined : Math.round(Number(used) / 1000);
}
