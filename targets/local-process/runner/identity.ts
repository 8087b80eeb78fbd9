import type { RunIdentity } from "../../../src/model/supervision.ts";
import type { ProcessFacts, System } from "../../../src/model/system.ts";
import { readMarker } from "./marker.ts";
import { isShim } from "./trees/group.ts";

/**
 * The process of a run, if it is still this very one. A program may write over its own environment, so that a marker
 * that is missing proves nothing; one of another run does.
 */
export function lookFor(system: System, run: RunIdentity): ProcessFacts | undefined {
  if (run.bootId !== system.host.bootId || run.pid <= 1) return undefined;
  const facts = system.processes.look(run.pid);
  if (facts === undefined || facts.zombie || facts.started !== run.started) return undefined;
  const marked = readMarker(facts.environment)?.run;
  return marked === undefined || marked === run.runId ? facts : undefined;
}

export function livesStill(system: System, run: RunIdentity): boolean {
  return lookFor(system, run) !== undefined;
}

/** A shim has no time of start on record: its arguments and its marker say whose it is. */
export function shimLives(system: System, run: RunIdentity): boolean {
  if (run.bootId !== system.host.bootId || run.shim <= 1) return false;
  const facts = system.processes.look(run.shim);
  return facts !== undefined && !facts.zombie && isShim(facts, run.runId);
}
