import type { ReplicaStats, Stats } from "../../../src/model/operates.ts";
import { HOME, type SlotRecord } from "../../../src/model/supervision.ts";
import type { ProcessFacts, System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { readPlacement, runFolder } from "../runner/folder.ts";
import { lookFor } from "../runner/identity.ts";
import { groupMembers } from "../runner/trees/cgroup.ts";
import { familyOf } from "../runner/trees/group.ts";
import { usedBy } from "../runner/used.ts";

/**
 * What each living replica uses with all that it started, as the operating system counts it: whether a supervisor runs
 * makes no difference.
 */
export function statsOf(system: System, place: Place, records: readonly SlotRecord[]): Stats {
  /** One list serves all: to take one for each agent would take seconds with hundreds of them. */
  let all: readonly ProcessFacts[] | undefined;
  const replicas = records.flatMap(({ charge, run }): readonly ReplicaStats[] => {
    const main = run === undefined ? undefined : lookFor(system, run);
    if (run === undefined || main === undefined) return [];
    const placement = readPlacement(system, runFolder(HOME.runs(place.home), run.runId));
    const members =
      placement.group === undefined
        ? familyOf((all ??= system.processes.list()), run.runId, main).members.map(({ pid }) => pid)
        : groupMembers(system, placement.group);
    const { limits } = charge;
    return [
      {
        agent: charge.agent,
        replica: charge.replica,
        id: String(run.pid),
        at: system.clock.wall(),
        ...usedBy(system, placement, members),
        ...(limits.cpu === undefined ? {} : { cpuLimit: limits.cpu }),
        ...(limits.memory === undefined ? {} : { memoryLimit: limits.memory }),
        ...(limits.pids === undefined ? {} : { processesLimit: limits.pids }),
        from: "operating system",
      },
    ];
  });
  return { replicas, notes: [] };
}
