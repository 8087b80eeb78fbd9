import type { Charge, Started } from "../../../src/model/supervision.ts";
import type { ProcessFacts, System } from "../../../src/model/system.ts";
import { type Cgroups, makeGroup } from "./cgroups.ts";
import { obstacleTo } from "./check.ts";
import {
  groupsOf,
  type Placement,
  readExit,
  readFailure,
  readIdentity,
  runFolder,
  writePlacement,
} from "./folder.ts";
import { applyLimits, controllersOf, makeLimitGroups } from "./limits.ts";
import { MARKER, readMarker, writeMarker } from "./marker.ts";
import { shimCommand } from "./shim.ts";
import { findTool } from "./tools.ts";
import { familyOf, killFamily } from "./trees/group.ts";
import { mainOf } from "./trees/namespace.ts";
import type { Way } from "./trees/tree.ts";
import { waitFor } from "./wait.ts";

const START_MS = 10_000;

interface StartPlace {
  readonly key: string;
  readonly logs: string;
  readonly runs: string;
}

interface StartedRun {
  readonly started: Started;
  readonly shimEnded?: Promise<void>;
}

const failed = (why: string, permanent: boolean): StartedRun => ({
  started: { is: "failed", why, permanent },
});

/** Starts a shim with the agent below it, and waits until both are proven to be there. */
export async function startRun(
  system: System,
  place: StartPlace,
  way: Way,
  cgroups: Cgroups,
  charge: Charge,
  runId: string,
  environment: Readonly<Record<string, string>>,
): Promise<StartedRun> {
  const obstacle = obstacleTo(system, charge, environment);
  if (obstacle !== undefined) return failed(obstacle, true);
  const folder = runFolder(place.runs, runId);
  const logs = `${place.logs}/${charge.agent}/${charge.replica}`;
  const name = `aac-${place.key}-${charge.agent}-${charge.replica}-${runId}`;
  let placement: Placement;
  try {
    system.files.makePrivateFolder(folder);
    system.files.makePrivateFolder(logs);
    placement = placeRun(system, way, name, cgroups, charge);
    writePlacement(system.files, folder, placement);
  } catch (error) {
    return failed(`the folder of the run cannot be written: ${messageOf(error)}`, false);
  }
  const refused = applyLimits(system, placement.limits, charge.limits);
  // Where a machine holds no limits at all, whoever asked has decided that before.
  const broken = refused.filter((one) => placement.limits[one] !== undefined);
  if (broken.length > 0)
    return failed(`the limit of ${broken.join(" and ")} was refused by this machine`, true);
  const { source, origin, agent, replica } = charge;
  const detached = system.processes.detach({
    command: shimCommand({
      folder,
      enter: groupsOf(placement).map((one) => `${one}/cgroup.procs`),
      ...(charge.limits.files === undefined ? {} : { files: charge.limits.files }),
      command: wrapped(system, way, charge),
    }),
    cwd: charge.cwd,
    environment: {
      ...environment,
      [MARKER]: writeMarker({ place: place.key, agent, replica, run: runId, source, origin }),
    },
    stdout: `${logs}/stdout.log`,
    stderr: `${logs}/stderr.log`,
  });
  if (detached.is === "not started") return failed(detached.why, !detached.passing);
  const started = await identify(system, folder, way, runId, detached);
  if (started.is === "failed") killFamily(system, () => familyOf(system.processes.list(), runId));
  return { started, shimEnded: detached.ended };
}

function placeRun(system: System, way: Way, name: string, cgroups: Cgroups, charge: Charge): Placement {
  const base = way.is === "cgroup" ? way.base : cgroups.unified[0];
  const limits = makeLimitGroups(system, cgroups, base, name, controllersOf(charge.limits));
  if (way.is !== "cgroup") return { tree: way.is, limits };
  const group = `${way.base}/${name}`;
  if (!makeGroup(system, group)) throw new Error(`${group} cannot be made`);
  return { tree: "cgroup", group, limits };
}

/** The agent leads a session and a group of its own: what is sent to it does not reach the shim. */
function wrapped(system: System, way: Way, charge: Charge): readonly string[] {
  const setsid = findTool(system.files, "setsid");
  const nice = charge.nice === 0 ? undefined : findTool(system.files, "nice");
  const inner = [...(setsid === undefined ? [] : [setsid]), ...charge.command];
  const around = way.is === "namespace" ? way.wrap(inner) : inner;
  return nice === undefined ? around : [nice, "-n", String(charge.nice), ...around];
}

async function identify(
  system: System,
  folder: string,
  way: Way,
  runId: string,
  detached: { readonly pid: number; readonly ended: Promise<void> },
): Promise<Started> {
  let gone = false;
  void detached.ended.then(() => {
    gone = true;
  });
  const since = system.clock.wall();
  const identity = (pid: number, started: string): Started => ({
    is: "started",
    run: { runId, pid, started, bootId: system.host.bootId, shim: detached.pid, since },
  });
  const found = await waitFor(system.clock, START_MS, (): Started | undefined => {
    const over = gone;
    const why = readFailure(system.files, folder);
    if (why !== undefined) return { is: "failed", why, permanent: true };
    const pid = readIdentity(system.files, folder);
    if (pid === undefined)
      return over
        ? { is: "failed", why: "the process ended before it could be started", permanent: false }
        : undefined;
    const facts = agentOf(system, way, pid);
    if (facts !== undefined && isReady(facts, way, runId, detached.pid, over))
      return identity(facts.pid, facts.started);
    // So short a run cannot be looked at any more: how it ended is in its file all the same.
    return over || readExit(system.files, folder) !== undefined ? identity(pid, "") : undefined;
  });
  return (
    found ?? {
      is: "failed",
      why: `the process could not be identified within ${START_MS / 1000} s`,
      permanent: false,
    }
  );
}

function agentOf(system: System, way: Way, pid: number): ProcessFacts | undefined {
  return way.is === "namespace" ? mainOf(system.processes.list(), pid) : system.processes.look(pid);
}

/** Proven to be what the shim started, and leading its own group, so that it can be signalled. */
function isReady(facts: ProcessFacts, way: Way, runId: string, shim: number, shimIsGone: boolean): boolean {
  if (facts.zombie || facts.group !== facts.pid) return false;
  if (readMarker(facts.environment)?.run !== runId) return false;
  return way.is === "namespace" || facts.parent === shim || shimIsGone;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
