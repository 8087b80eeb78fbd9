import type { Charge, Found, RunIdentity, Runner, SlotRecord } from "../model/supervision.ts";
import type { System } from "../model/system.ts";

/** What lives with the marker of this place, whether a slot knows of it or not. */
export interface Strays {
  /** The run that a record tells of, if it lives: by its identity, else by what carries its marker. */
  living(record: SlotRecord): RunIdentity | undefined;
  /** What is left of a run whose main process is gone, named by one of its processes. */
  left(record: SlotRecord): RunIdentity | undefined;
  /** Ends what is left of that run, and of no other. */
  endLeft(record: SlotRecord): Promise<void>;
  /** Ends what lives of an agent beside a run of it; back comes what could not be ended. */
  clear(agent: string, runId: string | undefined): Promise<readonly number[]>;
}

/** A scan of all processes is dear; strangers do not appear every second. */
const LOOK_AGAIN_MS = 2000;

export function straysOf(
  system: System,
  runner: Runner,
  ended: (agent: string, pids: readonly number[]) => void = () => undefined,
): Strays {
  let found = runner.find();
  let lookedAt = system.clock.now();

  return {
    living({ charge, run, runId }) {
      if (run !== undefined && runner.lives(run)) return run;
      // Killed between the start of a run and the note of it, or somebody started it anew by hand.
      const mains = found.filter(
        (one) => one.is === "main" && one.agent === charge.agent && one.replica === charge.replica,
      );
      const one = mains.find((main) => main.runId === runId) ?? mains[0];
      return one === undefined ? undefined : identityOf(one, system);
    },
    left({ charge, runId }) {
      const one = found.find(
        (each) => each.agent === charge.agent && each.replica === charge.replica && each.runId === runId,
      );
      return one === undefined ? undefined : identityOf(one, system);
    },
    async endLeft({ charge, runId }) {
      await end(found.filter((one) => one.agent === charge.agent && one.runId === runId));
    },
    async clear(agent, runId) {
      if (system.clock.now() - lookedAt > LOOK_AGAIN_MS) {
        found = runner.find();
        lookedAt = system.clock.now();
      }
      // What a slot ended itself meanwhile is nothing that anybody left.
      const strays = found.filter(
        (one) => one.agent === agent && one.runId !== runId && runner.lives(identityOf(one, system)),
      );
      const runs = [...Map.groupBy(strays, (one) => one.runId).values()];
      const survivors = await Promise.all(runs.map((family) => end(family)));
      // What could not be ended is still there when somebody asks again.
      found = found.filter((one) => !strays.includes(one) || survivors.flat().includes(one.pid));
      return [...new Set(survivors.flat())].toSorted((a, b) => a - b);
    },
  };

  async function end(family: readonly Found[]): Promise<readonly number[]> {
    const one = family.find(({ is }) => is === "main") ?? family[0];
    if (one === undefined) return [];
    const charge = chargeOf(one);
    const survivors = await runner.kill(charge, identityOf(one, system));
    const gone = family.map(({ pid }) => pid).filter((pid) => !survivors.includes(pid));
    if (gone.length > 0) ended(one.agent, gone);
    if (survivors.length === 0) runner.forget(charge, one.runId);
    return survivors;
  }
}

function identityOf(one: Found, { host, clock }: System): RunIdentity {
  return {
    runId: one.runId,
    pid: one.pid,
    started: one.started,
    bootId: host.bootId,
    shim: one.shim ?? one.pid,
    since: clock.wall(),
  };
}

/** Of one that nobody has orders for: as much as it takes to end it. */
function chargeOf({ agent, replica, source = "", origin = "" }: Found): Charge {
  const none = { ms: 0, text: "0s" };
  return {
    agent,
    replica,
    source,
    origin,
    after: [],
    protect: false,
    command: [""],
    cwd: "/",
    environment: {},
    surroundings: {},
    secrets: {},
    health: {},
    ports: {},
    supervision: {
      restart: "no",
      maxRestarts: 0,
      backoff: { type: "fixed", initial: none, max: none, multiplier: 1, jitter: 0, written: false },
      circuitBreaker: { failures: 0, window: none, resetAfter: none, halfOpen: 0 },
      successCodes: [],
      stopGracePeriod: none,
      stopSignal: "SIGKILL",
    },
    hooks: {},
    limits: {},
    logging: { maxBytes: 0, maxFiles: 0 },
    dependsOn: {},
    nice: 0,
    asked: {},
  };
}
