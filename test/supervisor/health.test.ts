import { describe, expect, test } from "vitest";
import type { Health as Probes, Probe } from "../../src/model/ir.ts";
import {
  asked,
  beginHealth,
  type Health,
  type HealthEvent,
  nextProbe,
  type Outcome,
  type ProbeKind,
  result,
  shownHealth,
} from "../../src/supervisor/health.ts";
import { time } from "./model.ts";

const SECOND = 1000;

function probe(changes: { readonly interval?: number; readonly retries?: number } = {}): Probe {
  const { interval = 30 * SECOND, retries = 3 } = changes;
  return {
    type: "tcp",
    port: 8080,
    interval: time(interval),
    timeout: time(10 * SECOND),
    retries,
    startPeriod: time(5 * SECOND),
  };
}

const ALL: Probes = { startup: probe(), readiness: probe(), liveness: probe() };
const PASSED: Outcome = { is: "passed", text: "open" };
const FAILED: Outcome = { is: "failed", text: "refused" };
const VOID: Outcome = { is: "void" };

/** One run and its checks, each answered in no time unless told otherwise. */
class Run {
  health: Health;
  now: number;
  readonly events: HealthEvent[] = [];

  constructor(probes: Probes, ready = false, now = 0) {
    this.now = now;
    this.health = beginHealth(probes, now, ready);
  }

  /** What is due next, and in how long: `startup in 1000`. */
  get next(): string | undefined {
    const due = nextProbe(this.health, this.now);
    return due === undefined ? undefined : `${due.kind} in ${due.inMs}`;
  }

  /** Waits for the next check and answers it. */
  answer(outcome: Outcome, { late = 0, takes = 0 } = {}): this {
    const due = nextProbe(this.health, this.now);
    if (due === undefined) throw new Error("nothing is due");
    this.now += due.inMs + late;
    this.health = asked(this.health, due.kind, this.now);
    this.now += takes;
    return this.hear(due.kind, outcome);
  }

  hear(kind: ProbeKind, outcome: Outcome): this {
    const judged = result(this.health, kind, outcome, this.now);
    this.health = judged.health;
    if (judged.event !== undefined) this.events.push(judged.event);
    return this;
  }
}

describe("startup", () => {
  test("is asked alone and at once, soon again, and then each second until it passes", () => {
    const run = new Run(ALL);
    expect([run.next, shownHealth(run.health)]).toEqual(["startup in 0", "starting"]);
    const tries: number[] = [];
    for (let i = 0; i < 8; i++) tries.push(run.answer(FAILED).now);
    expect(tries).toEqual([0, 100, 200, 400, 800, 1600, 2600, 3600]);
    expect(run.answer(FAILED, { takes: 300 }).next).toBe("startup in 700");
    run.answer(PASSED);
    expect(run.events).toEqual([{ is: "started up" }]);
  });

  test("whose first answers are slow is asked again as soon as they are there", () => {
    const run = new Run(ALL).answer(FAILED, { takes: 350 });
    expect(run.next).toBe("startup in 0");
    expect(run.answer(FAILED, { takes: 50 }).next).toBe("startup in 300");
  });

  test("has the start period and as many intervals as there are retries, then it failed", () => {
    const run = new Run({ startup: probe({ interval: 10 * SECOND }) });
    while (run.now < 34 * SECOND) run.answer(FAILED);
    // The last try is at the end of that time, not up to a second before it.
    expect([run.events, run.now, run.next]).toEqual([[], 34_600, "startup in 400"]);
    run.answer(FAILED);
    expect(run.events).toEqual([{ is: "startup failed", text: "refused" }]);
    expect([run.now, run.next]).toEqual([35 * SECOND, undefined]);
  });

  test("is tried a last time at the end of that time, not before it", () => {
    const run = new Run({ startup: probe({ interval: 500, retries: 1 }) });
    while (run.now < 4600) run.answer(FAILED);
    expect([run.now, run.next, run.events]).toEqual([4600, "startup in 900", []]);
    run.answer(PASSED);
    expect(run.events).toEqual([{ is: "started up" }]);
  });

  test("comes before the others: readiness is then asked at once, liveness after its interval", () => {
    const run = new Run(ALL).answer(PASSED);
    expect(run.next).toBe("readiness in 0");
    run.answer(PASSED);
    expect(run.events).toEqual([{ is: "started up" }, { is: "ready" }]);
    expect([run.next, shownHealth(run.health)]).toEqual(["readiness in 30000", "healthy"]);
    expect(run.answer(PASSED).next).toBe("liveness in 0");
  });

  test("alone leaves nothing more to ask, and the agent is healthy for good", () => {
    for (const run of [new Run({ startup: probe() }).answer(PASSED), new Run({ startup: probe() }, true)])
      expect([run.next, shownHealth(run.health)]).toEqual([undefined, "healthy"]);
  });
});

describe("readiness", () => {
  test("is asked soon and then each second until it passes, then at its interval", () => {
    const run = new Run({ readiness: probe() }).answer(FAILED);
    expect([run.next, run.events]).toEqual(["readiness in 100", []]);
    while (run.now < 10 * SECOND) run.answer(FAILED);
    expect([run.next, run.events]).toEqual(["readiness in 1000", []]);
    expect(run.answer(PASSED).next).toBe("readiness in 30000");
    expect(run.events).toEqual([{ is: "ready" }]);
  });

  test("is lost by as many failures in a row as there are retries, and comes back with one success", () => {
    const run = new Run({ readiness: probe() }, true).answer(FAILED).answer(FAILED).answer(PASSED);
    run.answer(FAILED).answer(FAILED);
    expect([run.events, shownHealth(run.health)]).toEqual([[], "healthy"]);
    run.answer(FAILED).answer(FAILED);
    expect([run.events, shownHealth(run.health)]).toEqual([
      [{ is: "unready", text: "refused" }],
      "unhealthy",
    ]);
    run.answer(PASSED);
    expect([run.events.at(-1), shownHealth(run.health)]).toEqual([{ is: "ready" }, "healthy"]);
  });

  test("that never came is nothing to lose: it is asked for ever, less often after its time", () => {
    const run = new Run({ readiness: probe({ interval: 10 * SECOND }) });
    while (run.now < 35 * SECOND) run.answer(FAILED);
    expect([run.events, run.next, shownHealth(run.health)]).toEqual([[], "readiness in 10000", "unhealthy"]);
    expect(run.answer(PASSED).events).toEqual([{ is: "ready" }]);
  });
});

describe("liveness", () => {
  test("fails with as many failures in a row as there are retries, and is asked no more", () => {
    const run = new Run({ liveness: probe() }, true).answer(FAILED).answer(FAILED).answer(PASSED);
    run.answer(FAILED).answer(FAILED);
    expect(run.events).toEqual([]);
    run.answer(FAILED);
    expect(run.events).toEqual([{ is: "liveness failed", text: "refused (3 in a row)" }]);
    expect([run.next, shownHealth(run.health)]).toEqual([undefined, "unhealthy"]);
  });

  test("without a startup check has the same time to begin with", () => {
    const run = new Run({ liveness: probe({ interval: 10 * SECOND }) });
    while (run.now < 34 * SECOND) run.answer(FAILED);
    expect(run.events).toEqual([]);
    expect(run.answer(FAILED).events).toHaveLength(1);
    const other = new Run({ liveness: probe() }).answer(FAILED).answer(PASSED);
    expect(other.answer(FAILED).answer(FAILED).events).toEqual([]);
    expect(other.answer(FAILED).events).toHaveLength(1);
  });

  test("waits for startup, whatever that takes", () => {
    const run = new Run({ startup: probe(), liveness: probe({ interval: SECOND }) });
    while (run.now < 60 * SECOND) {
      expect(run.next).toContain("startup");
      run.answer(FAILED);
    }
    expect(run.events).toEqual([]);
  });
});

describe("a result that is void", () => {
  test("because the host slept changes nothing but the next try", () => {
    const run = new Run({ liveness: probe() }, true).answer(FAILED).answer(FAILED);
    const { lastProbe } = run.health;
    run.answer(VOID).answer(VOID);
    expect([run.events, run.health.lastProbe, run.next]).toEqual([[], lastProbe, "liveness in 30000"]);
    expect(run.answer(FAILED).events).toHaveLength(1);
  });

  test("because it was asked late by more than half an interval does not count, good or bad", () => {
    const run = new Run({ liveness: probe({ retries: 1 }) }, true).answer(FAILED, { late: 15_001 });
    expect([run.events, run.health.lastProbe]).toEqual([[], undefined]);
    expect(run.answer(FAILED, { late: 15_000 }).events).toHaveLength(1);
    const unready = new Run({ readiness: probe() }).answer(PASSED, { late: 15_001 });
    // All of its time was lost, so it begins again.
    expect([unready.events, unready.next]).toEqual([[], "readiness in 100"]);
  });

  test("is not made so by a machine that is busy, however close together the tries are", () => {
    for (const interval of [100, 1000, 30_000]) {
      const run = new Run({ readiness: probe({ interval }) }).answer(FAILED).answer(PASSED, { late: 500 });
      expect(run.events).toEqual([{ is: "ready" }]);
    }
    const late = new Run({ readiness: probe({ interval: 100 }) })
      .answer(FAILED)
      .answer(PASSED, { late: 501 });
    expect(late.events).toEqual([]);
  });

  test("because its answer came later than it could does not count", () => {
    const run = new Run({ liveness: probe({ retries: 1 }) }, true).answer(FAILED, { takes: 25_001 });
    expect(run.events).toEqual([]);
    expect(run.answer(FAILED, { takes: 10_000 }).events).toHaveLength(1);
  });

  test("takes nothing from the time that an agent has to start", () => {
    const run = new Run({ startup: probe({ interval: 10 * SECOND }) }).answer(FAILED);
    run.answer(FAILED, { late: 60 * SECOND });
    expect(run.events).toEqual([]);
    while (run.now < 94 * SECOND) run.answer(FAILED);
    expect([run.events, run.next]).toEqual([[], "startup in 400"]);
    expect(run.answer(FAILED).events).toEqual([{ is: "startup failed", text: "refused" }]);
  });
});

describe("a check", () => {
  test("never overlaps itself, and does not hold up the other", () => {
    const run = new Run({ readiness: probe(), liveness: probe() }, true);
    run.health = asked(run.health, "readiness", run.now);
    expect(run.next).toBe("liveness in 0");
    run.health = asked(run.health, "liveness", run.now);
    run.now += 60 * SECOND;
    expect(run.next).toBeUndefined();
  });

  test("that took longer than its interval is asked again at once", () => {
    const run = new Run({ readiness: probe({ interval: 8 * SECOND }) }, true);
    expect(run.answer(PASSED, { takes: 9 * SECOND }).next).toBe("readiness in 0");
    // The next one is due only now, so its answer is not late.
    const slow = new Run({ liveness: probe({ interval: 2 * SECOND, retries: 1 }) }, true);
    expect(slow.answer(PASSED, { takes: 9 * SECOND }).answer(FAILED).events).toHaveLength(1);
  });

  test("that nobody asked has no answer", () => {
    const run = new Run(ALL);
    const before = run.health;
    run.hear("startup", PASSED).hear("liveness", FAILED);
    expect([run.health, run.events]).toEqual([before, []]);
    expect(asked(run.health, "liveness", 0)).toBe(before);
  });

  test("is remembered for the status: what it was, when, and what was said", () => {
    const run = new Run(ALL).answer(FAILED);
    expect(run.health.lastProbe).toEqual({ kind: "startup", ok: false, text: "refused", at: 0 });
    run.answer(PASSED);
    expect(run.health.lastProbe).toEqual({ kind: "startup", ok: true, text: "open", at: 100 });
  });
});

describe("a later supervisor", () => {
  test("asks a run that was ready at once, and does not let it start up again", () => {
    const run = new Run(ALL, true, 5000);
    expect([run.next, shownHealth(run.health)]).toEqual(["readiness in 0", "healthy"]);
    run.answer(PASSED).answer(PASSED);
    expect(run.events).toEqual([]);
  });
});

test("an agent without checks has no health, and nothing is ever due", () => {
  const run = new Run({});
  expect([run.next, shownHealth(run.health)]).toEqual([undefined, "none"]);
});
