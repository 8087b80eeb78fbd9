import { chances, figure } from "../helpers/figure.ts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Action,
  type Event,
  fresh,
  type Rules,
  shownState,
  type Slot,
  step,
} from "../../src/supervisor/machine.ts";
import { Model, rulesOf, time } from "./model.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const ROUNDS = Number(process.env["FIGURE_ROUNDS"] ?? 300);
const SEED = Number(process.env["FIGURE_SEED"] ?? 20_260_107);

type Chance = () => number;

function pick<T>(chance: Chance, from: readonly [T, ...T[]]): T {
  return from[Math.floor(chance() * from.length)] ?? from[0];
}

/** As many short ones as long ones: a crash at once is as likely as one after an hour. */
function span(chance: Chance, least: number, most: number): number {
  return Math.round(least * (most / least) ** chance());
}

function someRules(chance: Chance): Rules {
  const probes = (): boolean => chance() < 0.5;
  return rulesOf({
    supervision: {
      restart: pick(chance, ["always", "always", "unless-stopped", "on-failure", "on-failure", "no"]),
      maxRestarts: pick(chance, ["unlimited", "unlimited", "unlimited", 0, 1, 3, 8, 20]),
      successCodes: pick(chance, [[0], [0, 3]]),
    },
    backoff: {
      type: pick(chance, ["exponential", "exponential", "linear", "fixed"]),
      initial: time(pick(chance, [1000, 1000, 0, 100, 5000])),
      max: time(pick(chance, [60_000, 60_000, 5000, 500])),
      multiplier: pick(chance, [2, 2, 1, 1.5, 3]),
      jitter: pick(chance, [0.25, 0.25, 0, 1]),
    },
    breaker: {
      failures: pick(chance, [10, 10, 0, 1, 3]),
      window: time(pick(chance, [10 * MINUTE, 10 * MINUTE, MINUTE, 10 * SECOND])),
      resetAfter: time(pick(chance, [15 * MINUTE, MINUTE, 5 * SECOND])),
      halfOpen: pick(chance, [1, 1, 1, 0, 2, 3]),
    },
    probes: { startup: probes(), readiness: probes(), liveness: probes() },
  });
}

interface Coming {
  readonly at: number;
  readonly event: Event | "a person" | "another supervisor";
  /** Gone with the run, or with the supervisor. */
  readonly of: "run" | "supervisor" | "world";
}

/** A world for one replica: it carries out what the machine says, and lets things happen that no machine likes. */
class World {
  readonly #chance: Chance;
  readonly #rules: Rules;
  now = 0;
  #coming: Coming[] = [];
  #lives = false;
  /** When it was last spawned, and whether a person had a hand in what came after. */
  #spawnedAt: number | undefined;
  #byHand = false;
  readonly faults: string[] = [];

  constructor(chance: Chance, rules: Rules) {
    this.#chance = chance;
    this.#rules = rules;
    this.#soon({ is: "start", manual: chance() < 0.5 }, 0);
    this.#comes("a person", span(chance, SECOND, 30 * MINUTE), "world");
    this.#comes("another supervisor", span(chance, SECOND, 120 * MINUTE), "world");
  }

  next(): Event {
    for (;;) {
      const first = this.#coming.reduce<Coming | undefined>(
        (best, one) => (best === undefined || one.at < best.at ? one : best),
        undefined,
      );
      if (first === undefined) throw new Error("a person always comes again");
      this.#coming = this.#coming.filter((one) => one !== first);
      this.now = first.at;
      if (first.event === "a person") {
        this.#comes("a person", span(this.#chance, SECOND, 30 * MINUTE), "world");
        this.#byHand = true;
        return this.#wish();
      }
      if (first.event === "another supervisor") return this.#succession();
      this.#happened(first.event);
      return first.event;
    }
  }

  act(action: Action): void {
    const chance = this.#chance;
    switch (action.do) {
      case "check dependencies":
        this.#soon({ is: "dependencies met" }, chance() < 0.9 ? 0 : span(chance, 100, 5 * MINUTE));
        return;
      case "spawn":
        this.#spawn();
        return;
      case "end":
        this.#drop("run");
        if (this.#lives) this.#soon(this.#end(), span(chance, 1, 5000));
        this.#soon({ is: "emptied", survivors: this.#survivors() }, span(chance, 5001, 10_000));
        return;
      case "sweep":
        this.#soon({ is: "emptied", survivors: this.#survivors() }, span(chance, 1, 100));
        return;
      case "set timer":
        this.#comes({ is: "timer", name: action.name }, action.inMs, "supervisor");
        return;
      case "cancel timer":
        this.#coming = this.#coming.filter(({ event }) => !isTimer(event, action.name));
        return;
      case "probe":
      case "hook":
      case "forget":
    }
  }

  timer(name: string): number | undefined {
    return this.#coming.find(({ event }) => isTimer(event, name))?.at;
  }

  #spawn(): void {
    const chance = this.#chance;
    if (this.#lives) this.faults.push("spawned beside what lives");
    const floor = Math.min(1000, this.#rules.supervision.backoff.initial.ms);
    if (!this.#byHand && this.#spawnedAt !== undefined && this.now - this.#spawnedAt < floor)
      this.faults.push(`spawned again after ${this.now - this.#spawnedAt} ms`);
    this.#spawnedAt = this.now;
    this.#byHand = false;
    const fate = chance();
    if (fate < 0.86) this.#soon({ is: "started" }, span(chance, 1, 50));
    else if (fate < 0.93) this.#soon({ is: "start failed", why: "no room", permanent: false }, 1);
    else if (fate < 0.95) this.#soon({ is: "start failed", why: "no such file", permanent: true }, 1);
    else {
      this.#soon({ is: "needs secret", name: "KEY" }, 0);
      this.#soon({ is: "secrets known" }, span(chance, 10, 10 * MINUTE));
    }
  }

  #happened(event: Event): void {
    if (event.is === "started") {
      this.#lives = true;
      this.#live();
    }
    // Nothing came of that spawn.
    if (event.is === "needs secret") this.#spawnedAt = undefined;
    if (event.is === "ended" || event.is === "emptied") {
      this.#lives = false;
      this.#drop("run");
    }
  }

  #live(): void {
    const chance = this.#chance;
    const { startup, readiness, liveness } = this.#rules.probes;
    const ofRun = (event: Event, ms: number): void => this.#comes(event, ms, "run");
    ofRun(this.#end(), span(chance, 1, 120 * MINUTE));
    let at = span(chance, 10, 30 * SECOND);
    if (startup) ofRun(chance() < 0.9 ? { is: "started up" } : { is: "startup failed", text: "refused" }, at);
    if (readiness)
      for (let flaps = Math.floor(chance() * 4); flaps >= 0; flaps--) {
        ofRun({ is: "ready" }, (at += span(chance, 1, 5 * SECOND)));
        ofRun({ is: "unready", text: "503" }, (at += span(chance, SECOND, 60 * MINUTE)));
      }
    if (liveness && chance() < 0.4)
      ofRun({ is: "liveness failed", text: "503" }, span(chance, SECOND, 60 * MINUTE));
    if (chance() < 0.1) ofRun({ is: "limit exceeded", what: "memory" }, span(chance, SECOND, 60 * MINUTE));
  }

  #end(): Event {
    const chance = this.#chance;
    const fate = chance();
    const is = "ended";
    if (fate < 0.65) return { is, code: pick(chance, [0, 1, 1, 3]), oom: false };
    if (fate < 0.8) return { is, signal: pick(chance, ["SIGKILL", "SIGSEGV"]), oom: false };
    return fate < 0.9 ? { is, code: pick(chance, [0, 137]), oom: true } : { is, oom: false };
  }

  #survivors(): readonly number[] {
    return this.#chance() < 0.03 ? [4121] : [];
  }

  #wish(): Event {
    const fate = this.#chance();
    if (fate < 0.4) return { is: "start", manual: true };
    if (fate < 0.5) return { is: "start", manual: false };
    if (fate < 0.7) return { is: "stop" };
    return fate < 0.97 ? { is: "restart", manual: fate < 0.8 } : { is: "remove" };
  }

  /** Timers and answers go with a supervisor; the run does not. */
  #succession(): Event {
    this.#comes("another supervisor", span(this.#chance, SECOND, 120 * MINUTE), "world");
    const wasAsked = this.#coming.some(({ event }) => typeof event === "object" && event.is === "started");
    this.#drop("supervisor");
    if (wasAsked && this.#chance() < 0.5) {
      this.#lives = true;
      this.#live();
    }
    return this.#lives ? { is: "adopted", ready: this.#chance() < 0.5 } : { is: "resumed" };
  }

  #soon(event: Event, inMs: number): void {
    this.#comes(event, inMs, "supervisor");
  }

  #comes(event: Coming["event"], inMs: number, of: Coming["of"]): void {
    this.#coming.push({ at: this.now + inMs, event, of });
  }

  #drop(of: Coming["of"]): void {
    this.#coming = this.#coming.filter((one) => one.of !== of);
  }
}

function isTimer(event: Coming["event"], name: string): boolean {
  return typeof event === "object" && event.is === "timer" && event.name === name;
}

interface Compared {
  readonly differences: readonly string[];
  readonly states: ReadonlySet<string>;
  readonly events: number;
}

/** One history, told to machine and model alike. */
function compare(seed: number, length: number): Compared {
  const chance = chances(seed);
  const rules = someRules(chance);
  const world = new World(chance, rules);
  const model = new Model(rules);
  const states = new Set<string>();
  const told: string[] = [];
  let slot: Slot = fresh;
  for (let i = 0; i < length; i++) {
    const event = world.next();
    const at = { now: world.now, chance: chance() };
    const after = step(slot, event, rules, at);
    slot = after.slot;
    for (const action of after.actions) world.act(action);
    const expected = model.take(event, at.now, at.chance);
    const shown = shownState(slot, at.now);
    const found = {
      state: shown.state,
      due: shown.nextTryInMs === undefined ? undefined : at.now + shown.nextTryInMs,
      provenAt: world.timer("reset"),
      breaker: shown.breaker,
      restarts: slot.restarts,
    };
    states.add(`${shown.state} ${shown.breaker}`);
    told.push(`${at.now} ${JSON.stringify(event)} → ${JSON.stringify(found)}`);
    const timer = world.timer("backoff") ?? world.timer("trial");
    const faults = [
      ...world.faults,
      ...(JSON.stringify(found) === JSON.stringify(expected) ? [] : [`expected ${JSON.stringify(expected)}`]),
      ...(timer === found.due ? [] : [`a timer at ${timer}`]),
    ];
    if (faults.length > 0) {
      const differences = [`seed ${seed}: ${faults.join("; ")}`, JSON.stringify(rules), ...told.slice(-12)];
      return { differences, states, events: i };
    }
  }
  return { differences: [], states, events: length };
}

test(`the machine and the model agree on ${ROUNDS} random histories, seed ${SEED}`, {
  timeout: 600_000,
}, () => {
  const states = new Set<string>();
  let events = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const one = compare(SEED + round, 120);
    expect(one.differences).toEqual([]);
    for (const state of one.states) states.add(state);
    events += one.events;
  }
  expect(events).toBe(ROUNDS * 120);
  figure(
    "restarts",
    `${ROUNDS} random exit histories of 120 events, machine against model: 0 differences`,
    SEED,
  );
  // Histories that never came to the hard places would agree on nothing.
  for (const name of [
    "pending",
    "starting",
    "running",
    "ready",
    "stopping",
    "stopped",
    "backoff",
    "completed",
    "failed",
  ])
    expect([...states]).toContainEqual(expect.stringContaining(name));
  for (const name of ["failed open", "ready half-open", "backoff half-open", "stopping half-open"])
    expect([...states]).toContain(name);
});

describe("an agent that ends at once", () => {
  test("starts at most 12 times in 10 minutes, with growing and jittered gaps, then after 15 minutes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 40 }),
        (chances) => {
          const rules = rulesOf();
          let slot = fresh;
          let now = 0;
          let inMs: number | undefined;
          const starts: number[] = [];
          const next = (event: Event): void => {
            const after = step(slot, event, rules, { now, chance: chances[starts.length] ?? 0 });
            slot = after.slot;
            for (const action of after.actions) {
              if (action.do === "spawn") starts.push(now);
              if (action.do === "set timer" && action.name !== "reset") inMs = action.inMs;
            }
          };
          next({ is: "start", manual: true });
          while (slot.breaker.is !== "open") {
            next({ is: "dependencies met" });
            next({ is: "started" });
            next({ is: "ended", code: 1, oom: false });
            next({ is: "emptied", survivors: [] });
            if (slot.state.is === "backoff") {
              now += inMs ?? 0;
              next({ is: "timer", name: "backoff" });
            }
          }
          expect(starts.filter((at) => at < 10 * MINUTE).length).toBeLessThanOrEqual(12);
          expect(inMs).toBe(15 * MINUTE);
          starts.slice(1).forEach((at, index) => {
            const least = Math.min(MINUTE, SECOND * 2 ** index);
            const gap = at - (starts[index] ?? 0);
            expect(gap).toBeGreaterThanOrEqual(least);
            expect(gap).toBeLessThanOrEqual(least * 1.25);
            expect(gap).toBe(Math.round(least * (1 + 0.25 * (chances[index + 1] ?? 0))));
          });
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});
