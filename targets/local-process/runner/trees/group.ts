import type { ProcessFacts, System } from "../../../../src/model/system.ts";
import { readMarker } from "../marker.ts";
import { INIT, SHIM } from "../shim.ts";

/** All of one run, in whatever session or group it is: who carries its marker, and who descends from such a one. */
export interface Family {
  readonly shim?: ProcessFacts;
  /** Shells of ours between the shim and the agent. */
  readonly wrapping: readonly ProcessFacts[];
  /** The agent and all that it started. */
  readonly members: readonly ProcessFacts[];
}

/** Pure. Zombies are nobody: they hold nothing, and only their parent can take them away. */
export function familyOf(all: readonly ProcessFacts[], runId: string, main?: ProcessFacts): Family {
  const living = all.filter((one) => !one.zombie);
  const pids = new Set<number>(main === undefined || main.zombie ? [] : [main.pid]);
  for (const one of living) if (readMarker(one.environment)?.run === runId) pids.add(one.pid);
  for (let before = -1; before < pids.size; ) {
    before = pids.size;
    for (const one of living) if (pids.has(one.parent) && isOwn(one, runId)) pids.add(one.pid);
  }
  const found = living.filter(({ pid }) => pids.has(pid));
  const shim = found.find((one) => isShim(one, runId));
  const wrapping = found.filter((one) => one !== shim && isWrapping(one, runId));
  return {
    ...(shim === undefined ? {} : { shim }),
    wrapping,
    members: found.filter((one) => one !== shim && !wrapping.includes(one)),
  };
}

/** A child that another run marked belongs to that one. */
function isOwn(one: ProcessFacts, runId: string): boolean {
  const run = readMarker(one.environment)?.run;
  return run === undefined || run === runId;
}

/** A copy that the shim is just making of itself looks like it, but leads no session. */
export function isShim(one: ProcessFacts, runId: string): boolean {
  return one.argv[3] === SHIM && one.session === one.pid && readMarker(one.environment)?.run === runId;
}

/** The shim has the whole command among its arguments, so that it names the first process as well. */
export function isWrapping(one: ProcessFacts, runId: string): boolean {
  return one.argv.includes(INIT) && one.argv[3] !== SHIM && readMarker(one.environment)?.run === runId;
}

/** All are halted before one is killed: the children of a dead process would belong to nobody. */
export function killFamily(system: System, look: () => Family): void {
  const halted = new Set<number>();
  for (let round = 0, before = -1; round < 20 && before < halted.size; round++) {
    before = halted.size;
    for (const pid of everybody(look()))
      if (!halted.has(pid)) {
        halted.add(pid);
        system.processes.signal(pid, "SIGSTOP");
      }
  }
  // Looked up once more: a number that became somebody else's in the meantime is no longer among them.
  for (const pid of everybody(look())) system.processes.signal(pid, "SIGKILL");
}

/** The shim stays: it has to write down how the agent ended. */
export function everybody(family: Family): readonly number[] {
  return [...family.members, ...family.wrapping].map(({ pid }) => pid).sort((a, b) => a - b);
}
