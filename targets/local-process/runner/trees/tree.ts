import type { RunIdentity } from "../../../../src/model/supervision.ts";
import type { ProcessFacts, System } from "../../../../src/model/system.ts";
import type { Cgroups } from "../cgroups.ts";
import type { Placement, TreeKind } from "../folder.ts";
import { waitFor } from "../wait.ts";
import { groupMembers, isEmpty, killGroup, tryGroups } from "./cgroup.ts";
import { everybody, type Family, familyOf, killFamily } from "./group.ts";
import { killNamespace, tryNamespace, type Wrap } from "./namespace.ts";

/** By what a whole tree of processes can be ended here. */
export type Way =
  | { readonly is: "cgroup"; readonly base: string }
  | { readonly is: "namespace"; readonly wrap: Wrap }
  | { readonly is: "group" };

const KILL_MS = 10_000;

/** The surest that works on this machine; or the asked one, undefined where it does not work. */
export async function chooseWay(
  system: System,
  cgroups: Cgroups,
  probe: string,
  asked: TreeKind | undefined,
): Promise<Way | undefined> {
  if (asked === undefined || asked === "cgroup") {
    const base = await tryGroups(system, cgroups.unified, probe);
    if (base !== undefined) return { is: "cgroup", base };
  }
  if (asked === undefined || asked === "namespace") {
    const wrap = await tryNamespace(system);
    if (wrap !== undefined) return { is: "namespace", wrap };
  }
  return asked === undefined || asked === "group" ? { is: "group" } : undefined;
}

/** Pids of what lives of a run, ascending; the shim and shells of ours are not counted. */
export function membersOf(system: System, placement: Placement, run: RunIdentity): readonly number[] {
  // Asked again and again while something ends: a list that is a moment old shows too much, never too little.
  const members = lookIn(system.processes.recent(0) ?? system.processes.list(), system, run).members;
  const group = placement.group === undefined ? [] : groupMembers(system, placement.group);
  return [...new Set([...members.map(({ pid }) => pid), ...group])].sort((a, b) => a - b);
}

/**
 * Whatever the way, also who carries the marker is looked for: root can leave a control group. Back comes who could
 * not be ended in time.
 */
export async function killTree(
  system: System,
  placement: Placement,
  run: RunIdentity,
): Promise<readonly number[]> {
  const { group } = placement;
  const empty = await (group === undefined
    ? untilDead(system, placement, run)
    : untilGroupDead(system, group, run));
  if (empty === true) return [];
  const left = [...everybody(look(system, run)), ...(group === undefined ? [] : groupMembers(system, group))];
  return [...new Set(left)].sort((a, b) => a - b);
}

function untilDead(system: System, placement: Placement, run: RunIdentity): Promise<true | undefined> {
  return waitFor(system.clock, KILL_MS, () => {
    if (placement.tree === "namespace") killNamespace(system, look(system, run));
    if (everybody(look(system, run)).length > 0) killFamily(system, () => look(system, run));
    return everybody(look(system, run)).length === 0 ? true : undefined;
  });
}

/** The kernel ends a group at one word; who left it is looked for in a list that was taken after it was empty. */
function untilGroupDead(system: System, group: string, run: RunIdentity): Promise<true | undefined> {
  let emptyAt: number | undefined;
  return waitFor(system.clock, KILL_MS, () => {
    if (!isEmpty(system, group)) {
      killGroup(system, group);
      emptyAt = undefined;
    }
    if (!isEmpty(system, group)) return undefined;
    emptyAt ??= system.clock.now();
    const all = system.processes.recent(emptyAt);
    if (all === undefined) return undefined;
    if (everybody(lookIn(all, system, run)).length === 0) return true;
    killFamily(system, () => look(system, run));
    emptyAt = undefined;
    return undefined;
  });
}

function look(system: System, run: RunIdentity): Family {
  return lookIn(system.processes.list(), system, run);
}

function lookIn(all: readonly ProcessFacts[], system: System, run: RunIdentity): Family {
  const main = run.bootId === system.host.bootId ? all.find((one) => one.pid === run.pid) : undefined;
  // Its number alone proves nothing: the time of its start does.
  return familyOf(all, run.runId, main?.started === run.started ? main : undefined);
}
