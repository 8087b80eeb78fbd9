import type { Charge, RunIdentity } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import { type Cgroups, writeControl } from "./cgroups.ts";
import { type Placement, runFolder, writePlacement } from "./folder.ts";
import { controllersOf, makeLimitGroups } from "./limits.ts";
import { membersOf } from "./trees/tree.ts";

/** A run that was started without a limit gets the groups for it while it lives: all of its processes go over. */
export function withGroups(
  system: System,
  runs: string,
  before: Placement,
  cgroups: Cgroups,
  charge: Charge,
  run: RunIdentity,
): Placement {
  const missing = controllersOf(charge.limits).filter((one) => before.limits[one] === undefined);
  if (missing.length === 0) return before;
  const base =
    before.group === undefined ? cgroups.unified[0] : before.group.slice(0, before.group.lastIndexOf("/"));
  const name =
    before.group?.slice(before.group.lastIndexOf("/") + 1) ??
    `aac-${charge.agent}-${charge.replica}-${run.runId}`;
  const made = makeLimitGroups(system, cgroups, base, name, missing);
  const placement = { ...before, limits: { ...before.limits, ...made } };
  if (Object.keys(made).length === 0) return before;
  // Twice, because what is forked between the list and its move is born in the old group.
  for (let i = 0; i < 2; i++)
    for (const pid of membersOf(system, before, run))
      for (const one of Object.values(made)) writeControl(system, `${one.folder}/cgroup.procs`, String(pid));
  writePlacement(system.files, runFolder(runs, run.runId), placement);
  return placement;
}
