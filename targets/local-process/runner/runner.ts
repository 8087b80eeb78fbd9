import type { Charge, Limits, RunIdentity, Runner, Started } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import { type Cgroups, findCgroups } from "./cgroups.ts";
import { watchEnds } from "./ends.ts";
import { findMarked } from "./find.ts";
import { groupsOf, type Placement, readPlacement, runFolder, type TreeKind } from "./folder.ts";
import { lookFor } from "./identity.ts";
import { withGroups } from "./join.ts";
import { applyLimits, type Held, limitsHeldBy, openFilesOf, readLiveLimits } from "./limits.ts";
import { startRun } from "./start.ts";
import { groupMembers, removeGroups } from "./trees/cgroup.ts";
import { freezeTree } from "./trees/freeze.ts";
import { chooseWay, killTree, membersOf, type Way } from "./trees/tree.ts";
import { usageOf } from "./usage.ts";

export interface RunnerPlace {
  readonly project: string;
  /** 12 hexadecimal digits. */
  readonly key: string;
  /** Where an agent writes: `<logs>/<agent>/<replica>/stdout.log`. Absolute. */
  readonly logs: string;
  /** A folder for each run. Absolute. */
  readonly runs: string;
}

export interface LocalRunner extends Runner {
  /** Which limits this machine can hold for a whole tree. Looks only. */
  limitsHeld(): Held;
  /** What holds for a run now; undefined where it has no control group. */
  readLimits(charge: Charge, run: RunIdentity): Limits | undefined;
}

/** Agents as processes of this machine. `tree` forces the way in which trees are ended. */
export function localRunner(system: System, place: RunnerPlace, tree?: TreeKind): LocalRunner {
  const ends = watchEnds(system, place.runs);
  const shims = new Map<string, Promise<void>>();
  let way: Promise<Way | undefined> | undefined;
  const chosen = (): Promise<Way | undefined> => {
    way ??= chooseWay(system, cgroups(), `aac-${place.key}-probe-${system.host.pid}`, tree);
    return way;
  };
  /** Mounts do not move while a program runs. */
  let groups: Cgroups | undefined;
  const cgroups = (): Cgroups => (groups ??= findCgroups(system));
  const placed = (runId: string): Placement => readPlacement(system, runFolder(place.runs, runId));

  return {
    find: () => findMarked(system, place.key, place.runs),

    async start(charge, runId, environment): Promise<Started> {
      const found = await chosen();
      if (found === undefined)
        return {
          is: "failed",
          why: `this machine offers no ${tree ?? "way"} to end a tree by`,
          permanent: true,
        };
      const { started, shimEnded } = await startRun(
        system,
        place,
        found,
        cgroups(),
        charge,
        runId,
        environment,
      );
      if (started.is === "failed") forget(runId);
      else if (shimEnded !== undefined) {
        shims.set(runId, shimEnded);
        void shimEnded.then(() => shims.delete(runId));
      }
      return started;
    },

    ended: (_charge, run, tell) => ends.watch(run, shims.get(run.runId), tell),

    lives: (run) => lookFor(system, run) !== undefined,

    signal(_charge, run, signal): void {
      const facts = lookFor(system, run);
      if (facts === undefined) return;
      // Where it left its group, the group is somebody else's.
      const group = facts.group === facts.pid;
      system.processes.signal(facts.pid, signal, group);
      // A halted process would sleep through its own end.
      if (signal === "SIGTERM") system.processes.signal(facts.pid, "SIGCONT", group);
    },

    kill: (_charge, run) => killTree(system, placed(run.runId), run),

    freeze: (_charge, run, on) => freezeTree(system, placed(run.runId), run, on),

    members: (_charge, run) => membersOf(system, placed(run.runId), run),

    limit(charge, run): boolean {
      const { files } = charge.limits;
      // Open files are counted process by process: only a new start can change that.
      if (files !== undefined && files !== openFilesOf(system, run.pid)) return false;
      const { limits } = withGroups(system, place.runs, placed(run.runId), cgroups(), charge, run);
      return applyLimits(system, limits, charge.limits).length === 0;
    },

    usage(_charge, run) {
      const placement = placed(run.runId);
      // A group knows its members: to look at all processes for each agent would take seconds with hundreds of them.
      const pids =
        placement.group === undefined
          ? membersOf(system, placement, run)
          : groupMembers(system, placement.group);
      return usageOf(system, placement, pids);
    },

    environment: (run) => lookFor(system, run)?.environment,

    forget: (_charge, runId) => forget(runId),

    tidy() {
      // Whoever lost the state folder lost with it where the groups of its runs are.
      const bases = [...cgroups().unified, ...Object.values(cgroups().first)];
      for (const base of bases)
        for (const { name } of system.files.list(base))
          if (name.startsWith(`aac-${place.key}-`)) system.files.removeFolder(`${base}/${name}`);
    },

    limitsHeld: () => limitsHeldBy(system, cgroups()),

    readLimits(charge, run) {
      const live = readLiveLimits(system, placed(run.runId).limits, charge.limits);
      const asked = charge.limits.files !== undefined && lookFor(system, run) !== undefined;
      const files = asked ? openFilesOf(system, run.pid) : undefined;
      return live === undefined || files === undefined ? live : { ...live, files };
    },
  };

  function forget(runId: string): void {
    const groups = groupsOf(placed(runId));
    system.files.remove(runFolder(place.runs, runId));
    void removeGroups(system, groups);
  }
}
