import type { RunIdentity } from "../../../../src/model/supervision.ts";
import type { System } from "../../../../src/model/system.ts";
import { writeControl } from "../cgroups.ts";
import { type Placement, textOf } from "../folder.ts";
import { waitFor } from "../wait.ts";
import { membersOf } from "./tree.ts";

const FREEZE_MS = 5000;
/** A tree that grows faster than it is halted is halted in the next round. */
const ROUNDS = 20;

/**
 * Halts all of a run, or lets it go on; back comes why that could not be done. By its control group where it has one,
 * which nothing in it notices; else each of its processes by a signal, until a look finds none that was not halted.
 */
export async function freezeTree(
  system: System,
  placement: Placement,
  run: RunIdentity,
  on: boolean,
): Promise<string | undefined> {
  const { group } = placement;
  if (group !== undefined && writeControl(system, `${group}/cgroup.freeze`, on ? "1" : "0")) {
    const wanted = `frozen ${on ? 1 : 0}`;
    const done = await waitFor(system.clock, FREEZE_MS, () => {
      const events = textOf(system.files, `${group}/cgroup.events`);
      return events === undefined || events.split("\n").includes(wanted) ? true : undefined;
    });
    return done === true ? undefined : `its processes could not be ${on ? "halted" : "let go on"}`;
  }
  const told = new Set<number>();
  for (let round = 0, before = -1; round < ROUNDS && before < told.size; round++) {
    before = told.size;
    for (const pid of fresh(system, placement, run))
      if (!told.has(pid)) {
        told.add(pid);
        system.processes.signal(pid, on ? "SIGSTOP" : "SIGCONT");
      }
  }
  return told.size === 0 ? "none of its processes is there" : undefined;
}

/** A list that is a moment old would miss the child that was just made. */
function fresh(system: System, placement: Placement, run: RunIdentity): readonly number[] {
  return membersOf(
    { ...system, processes: { ...system.processes, recent: () => undefined } },
    placement,
    run,
  );
}
