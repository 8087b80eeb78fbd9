import type { Found } from "../../../src/model/supervision.ts";
import type { ProcessFacts, System } from "../../../src/model/system.ts";
import { readIdentity, runFolder } from "./folder.ts";
import { type Marker, readMarker } from "./marker.ts";
import { isShim, isWrapping } from "./trees/group.ts";

interface Carrier {
  readonly facts: ProcessFacts;
  readonly marker: Marker;
}

/** Everything alive that carries the marker of a place, sorted by agent, replica, run and pid. */
export function findMarked(system: System, key: string, runs: string): readonly Found[] {
  const carriers = system.processes.list().flatMap((facts): Carrier[] => {
    const marker = facts.zombie ? undefined : readMarker(facts.environment);
    return marker?.place === key ? [{ facts, marker }] : [];
  });
  const byRun = Map.groupBy(carriers, ({ marker }) => marker.run);
  return [...byRun.entries()]
    .flatMap(([run, family]) => toldOf(system, runs, run, family))
    .toSorted(
      (a, b) =>
        compare(a.agent, b.agent) || a.replica - b.replica || compare(a.runId, b.runId) || a.pid - b.pid,
    );
}

function toldOf(system: System, runs: string, run: string, family: readonly Carrier[]): readonly Found[] {
  const shim = family.find(({ facts }) => isShim(facts, run))?.facts.pid;
  const wrapping = new Set(
    family.filter(({ facts }) => isWrapping(facts, run)).map(({ facts }) => facts.pid),
  );
  const main = mainIn(system, runs, run, family, wrapping);
  return family.flatMap(({ facts, marker }): Found[] => {
    if (wrapping.has(facts.pid)) return [];
    const is = facts.pid === shim ? "shim" : facts.pid === main ? "main" : "member";
    return [
      {
        agent: marker.agent,
        replica: marker.replica,
        runId: run,
        pid: facts.pid,
        started: facts.started,
        is,
        source: marker.source,
        origin: marker.origin,
        ...(shim === undefined || is === "shim" ? {} : { shim }),
      },
    ];
  });
}

/** The shim wrote its number down; in a namespace it is what the first process there started first. */
function mainIn(
  system: System,
  runs: string,
  run: string,
  family: readonly Carrier[],
  wrapping: ReadonlySet<number>,
): number | undefined {
  const inside = family
    .filter(({ facts }) => wrapping.has(facts.parent) && !wrapping.has(facts.pid))
    .map(({ facts }) => facts)
    .toSorted((a, b) => Number(a.started) - Number(b.started) || a.pid - b.pid)[0];
  if (inside !== undefined) return inside.pid;
  // A marker is read from outside: what stands in it may be no id at all.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(run)) return undefined;
  return readIdentity(system.files, runFolder(runs, run));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
