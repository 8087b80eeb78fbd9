import { describe, expect, test } from "vitest";
import {
  type Action,
  type Event,
  fresh,
  rebased,
  type Rules,
  shownState,
  type Slot,
  step,
} from "../../src/supervisor/machine.ts";
import { type Changes, rulesOf, time } from "./model.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** One machine on a clock of its own; it does what no test is about: nothing is waited for, and trees go away. */
class Desk {
  readonly rules: Rules;
  readonly chance: number;
  now = 0;
  slot: Slot = fresh;
  actions: readonly Action[] = [];
  /** Everything that was done, and when. */
  readonly done: { readonly at: number; readonly action: Action }[] = [];
  readonly timers = new Map<string, number>();

  constructor(changes: Changes = {}, chance = 0) {
    this.rules = rulesOf(changes);
    this.chance = chance;
  }

  tell(...events: readonly Event[]): this {
    for (const event of events) {
      const next = step(this.slot, event, this.rules, { now: this.now, chance: this.chance });
      this.slot = next.slot;
      this.actions = next.actions;
      for (const action of next.actions) {
        this.done.push({ at: this.now, action });
        if (action.do === "set timer") this.timers.set(action.name, this.now + action.inMs);
        if (action.do === "cancel timer") this.timers.delete(action.name);
      }
    }
    return this;
  }

  /** Lets time pass; timers go off in between. */
  pass(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const [next] = [...this.timers].filter(([, at]) => at <= end).sort((a, b) => a[1] - b[1]);
      if (next === undefined) break;
      const [name, at] = next;
      this.timers.delete(name);
      this.now = at;
      if (name === "backoff" || name === "trial" || name === "reset") this.tell({ is: "timer", name });
      if (this.did("check dependencies")) this.tell(MET, STARTED);
    }
    this.now = end;
    return this;
  }

  up(manual = true): this {
    return this.tell({ is: "start", manual }, MET, STARTED);
  }

  /** Ends by itself, leaves nothing, and is started again as soon as it may be. */
  exits(code: number): this {
    this.tell({ is: "ended", code, oom: false }, EMPTIED);
    return this.did("check dependencies") ? this.tell(MET, STARTED) : this;
  }

  did(what: Action["do"]): boolean {
    return this.actions.some((action) => action.do === what);
  }

  get state(): string {
    return shownState(this.slot, this.now).state;
  }

  get detail(): string | undefined {
    return shownState(this.slot, this.now).detail;
  }

  get nextTry(): number | undefined {
    return shownState(this.slot, this.now).nextTryInMs;
  }

  get spawns(): readonly number[] {
    return this.done.filter(({ action }) => action.do === "spawn").map(({ at }) => at);
  }
}

const MET: Event = { is: "dependencies met" };
const STARTED: Event = { is: "started" };
const EMPTIED: Event = { is: "emptied", survivors: [] };
const BY_HAND: Event = { is: "start", manual: true };
const BY_ITSELF: Event = { is: "start", manual: false };
const STOP: Event = { is: "stop" };
const RESTART: Event = { is: "restart" };
const REMOVE: Event = { is: "remove" };
const KILLED: Event = { is: "ended", signal: "SIGKILL", oom: false };
const READY: Event = { is: "ready" };

/** Fails until the breaker opens, each time as soon as it is started. */
function tripped(changes: Changes = {}): Desk {
  const desk = new Desk(changes).up();
  while (desk.slot.breaker.is === "closed") {
    desk.exits(1);
    if (desk.slot.breaker.is === "closed") desk.pass(desk.nextTry ?? 0);
  }
  return desk;
}

describe("a start", () => {
  test("waits for what it depends on, then spawns, then runs", () => {
    const desk = new Desk({ probes: { readiness: true } }).tell(BY_HAND);
    expect([desk.state, desk.actions]).toEqual(["pending", [{ do: "check dependencies" }]]);
    desk.tell(MET);
    expect([desk.state, desk.actions]).toEqual(["starting", [{ do: "spawn" }]]);
    desk.tell(STARTED);
    expect([desk.state, desk.actions]).toEqual([
      "running",
      [
        { do: "probe", on: true },
        { do: "hook", hook: "onStart" },
      ],
    ]);
  });

  test("of an agent without probes makes it ready at once", () => {
    expect(new Desk().up().state).toBe("ready");
    expect(new Desk({ probes: { liveness: true } }).up().state).toBe("ready");
  });

  test("of an agent with a startup probe alone makes it ready when that has passed", () => {
    const desk = new Desk({ probes: { startup: true } }).up();
    expect(desk.state).toBe("running");
    expect(desk.tell({ is: "started up" }).state).toBe("ready");
  });

  test("of an agent with a readiness probe waits for that, though it has started up", () => {
    const desk = new Desk({ probes: { startup: true, readiness: true } }).up().tell({ is: "started up" });
    expect(desk.state).toBe("running");
    expect(desk.tell(READY).state).toBe("ready");
  });

  test("that lacks a secret waits for it, names it, and asks for its dependencies again", () => {
    const desk = new Desk().tell(BY_HAND, MET, { is: "needs secret", name: "OPENAI_API_KEY" });
    expect([desk.state, desk.detail]).toEqual(["pending", "needs-secret OPENAI_API_KEY"]);
    expect(desk.tell(MET).did("spawn")).toBe(false);
    expect(desk.tell({ is: "secrets known" }).actions).toEqual([{ do: "check dependencies" }]);
    expect(desk.tell(MET).did("spawn")).toBe(true);
  });

  test("that can never work fails at once and is not tried again", () => {
    const desk = new Desk().tell(BY_HAND, MET, { is: "start failed", why: "no such file", permanent: true });
    expect([desk.state, desk.detail, desk.nextTry]).toEqual(["failed", "no such file", undefined]);
    expect(desk.actions).toEqual([{ do: "hook", hook: "onError" }]);
  });

  test("that fails for a passing reason is tried again, and is nothing for the breaker to count", () => {
    const desk = new Desk().tell(BY_HAND, MET, { is: "start failed", why: "no room", permanent: false });
    expect([desk.state, desk.nextTry]).toEqual(["backoff", 1000]);
    expect(desk.slot.breaker).toEqual({ is: "closed", failures: [] });
  });

  test("by itself of what runs, failed or waits changes nothing", () => {
    for (const desk of [new Desk().up(), new Desk().up().exits(1), tripped()]) {
      const before = desk.slot;
      expect(desk.tell(BY_ITSELF).slot).toBe(before);
      expect(desk.actions).toEqual([]);
    }
  });
});

describe("readiness", () => {
  test("comes and goes and never restarts anything", () => {
    const desk = new Desk({ probes: { readiness: true } }).up().tell(READY);
    desk.tell({ is: "unready", text: "503" });
    expect([desk.state, desk.actions]).toEqual(["running", [{ do: "cancel timer", name: "reset" }]]);
    expect(desk.tell(READY).state).toBe("ready");
    expect(desk.spawns).toHaveLength(1);
  });

  test("that is lost begins the time of good conduct anew", () => {
    const desk = new Desk({ probes: { readiness: true } })
      .up()
      .tell(READY)
      .pass(59 * SECOND);
    desk.tell({ is: "unready", text: "503" }, READY).pass(59 * SECOND);
    expect(desk.slot.state).toEqual({ is: "ready", earned: false });
    expect(desk.pass(SECOND).slot.state).toEqual({ is: "ready", earned: true });
  });
});

describe("what ends", () => {
  test("is swept before anything is decided", () => {
    const desk = new Desk().up().tell(KILLED);
    expect([desk.state, desk.actions]).toEqual([
      "stopping",
      [{ do: "cancel timer", name: "reset" }, { do: "probe", on: false }, { do: "sweep" }],
    ]);
    expect(desk.tell(EMPTIED).state).toBe("backoff");
  });

  test.each<[string, Event, string]>([
    ["another exit code", { is: "ended", code: 3, oom: false }, "exit 3"],
    ["a signal that nobody here sent", KILLED, "killed by SIGKILL"],
    ["no memory", { is: "ended", code: 0, oom: true }, "out of memory"],
    ["an unknown status", { is: "ended", oom: false }, "ended, and nobody saw how"],
  ])("by %s is a failure", (_, event, why) => {
    const desk = new Desk({ supervision: { restart: "no" } }).up().tell(event, EMPTIED);
    expect([desk.state, desk.detail]).toEqual(["failed", why]);
    expect(desk.actions).toEqual([{ do: "hook", hook: "onError" }]);
  });

  test.each(["no", "on-failure"] as const)("well is completed under `%s`", (restart) => {
    const desk = new Desk({ supervision: { restart, successCodes: [0, 7] } }).up().exits(7);
    expect([desk.state, desk.actions]).toEqual(["completed", []]);
  });

  test.each(["always", "unless-stopped"] as const)(
    "well is started again under `%s`, later each time, and the breaker counts none of it",
    (restart) => {
      const desk = new Desk({ supervision: { restart } }).up();
      const delays: (number | undefined)[] = [];
      for (let i = 0; i < 15; i++) {
        delays.push(desk.exits(0).nextTry);
        desk.pass(desk.nextTry ?? 0);
      }
      expect(delays.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
      expect([desk.slot.breaker, desk.slot.restarts]).toEqual([{ is: "closed", failures: [] }, 15]);
    },
  );

  test("badly is started again under `on-failure` and is failed under `no`", () => {
    expect(new Desk({ supervision: { restart: "on-failure" } }).up().exits(1).state).toBe("backoff");
    expect(new Desk({ supervision: { restart: "no" } }).up().exits(1).state).toBe("failed");
  });

  test("with survivors is failed, says who, and nothing is started beside them", () => {
    const desk = new Desk().up().tell(KILLED, { is: "emptied", survivors: [4122, 4121] });
    expect([desk.state, desk.detail, desk.nextTry]).toEqual(["failed", "survivors: 4121 4122", undefined]);
    expect(desk.tell(BY_HAND).actions).toEqual([{ do: "sweep" }]);
    expect(desk.tell(EMPTIED).actions).toEqual([{ do: "check dependencies" }]);
  });
});

describe("a fault", () => {
  test.each<[Event, string, boolean]>([
    [{ is: "liveness failed", text: "503" }, "liveness failed: 503", true],
    [{ is: "startup failed", text: "refused" }, "startup failed: refused", true],
    [{ is: "limit exceeded", what: "memory" }, "limit exceeded: memory", false],
  ])(
    "such as $is stops the agent, counts as one failure, and it is started again",
    (event, why, graceful) => {
      const desk = new Desk({ probes: { startup: true, liveness: true } }).up().tell(event);
      expect([desk.state, desk.detail]).toEqual(["stopping", why]);
      expect(desk.actions).toContainEqual({ do: "end", graceful });
      // That it ended well when it was told to makes it no success.
      desk.tell({ is: "ended", code: 0, oom: false }, EMPTIED);
      expect([desk.state, desk.detail, desk.nextTry]).toEqual(["backoff", why, 1000]);
      expect(desk.slot.breaker).toEqual({ is: "closed", failures: [0] });
    },
  );

  test("of an agent that is not restarted makes it failed", () => {
    const desk = new Desk({ supervision: { restart: "no" } }).up();
    desk.tell({ is: "limit exceeded", what: "pids" }, EMPTIED);
    expect([desk.state, desk.detail]).toEqual(["failed", "limit exceeded: pids"]);
  });
});

describe("back-off", () => {
  const delays = (changes: Changes, chance = 0): readonly (number | undefined)[] => {
    const desk = new Desk({ ...changes, breaker: { failures: 100 } }, chance).up();
    return [1, 2, 3, 4].map(() => {
      const next = desk.exits(1).nextTry;
      desk.pass(next ?? 0);
      return next;
    });
  };

  test("grows exponentially, linearly or not at all, up to its maximum", () => {
    expect(delays({ backoff: { max: time(5000) } })).toEqual([1000, 2000, 4000, 5000]);
    expect(delays({ backoff: { multiplier: 3 } })).toEqual([1000, 3000, 9000, 27_000]);
    expect(delays({ backoff: { type: "linear", initial: time(2000) } })).toEqual([2000, 4000, 6000, 8000]);
    expect(delays({ backoff: { type: "fixed", initial: time(5000) } })).toEqual([5000, 5000, 5000, 5000]);
  });

  test("is jittered upwards", () => {
    expect(delays({}, 1)).toEqual([1250, 2500, 5000, 10_000]);
    expect(delays({ backoff: { jitter: 0.5 } }, 0.5)).toEqual([1250, 2500, 5000, 10_000]);
  });

  test("keeps a second between two spawns, unless the author wrote less", () => {
    expect(delays({ backoff: { max: time(100) } })).toEqual([1000, 1000, 1000, 1000]);
    expect(delays({ backoff: { type: "fixed", initial: time(100) } })).toEqual([100, 100, 100, 100]);
    const never = new Desk({ backoff: { type: "fixed", initial: time(0) } }).up().exits(1);
    expect([never.state, never.spawns]).toEqual(["ready", [0, 0]]);
  });

  test("begins anew after a minute of being ready, and the run that earned it starts again at once", () => {
    const desk = new Desk().up().exits(1).pass(1000).exits(1).pass(2000);
    expect(desk.slot.backoff).toEqual({ waits: 2, inARow: 2, lastMs: 2000 });
    desk.pass(MINUTE);
    expect(desk.slot.backoff).toEqual({ waits: 0, inARow: 0, lastMs: 0 });
    const at = desk.now;
    desk.exits(1);
    expect([desk.state, desk.spawns.at(-1), desk.slot.restarts]).toEqual(["ready", at, 3]);
    expect(desk.exits(1).nextTry).toBe(1000);
  });

  test("that was long asks for ten times as long, ten minutes at most", () => {
    const changes = { breaker: { failures: 100 } };
    const desk = new Desk(changes).up();
    for (const ms of [1000, 2000, 4000, 8000]) desk.exits(1).pass(ms);
    desk.pass(79_999);
    expect(desk.slot.state).toEqual({ is: "ready", earned: false });
    expect(desk.pass(1).slot.state).toEqual({ is: "ready", earned: true });
    const slow = new Desk({ backoff: { type: "fixed", initial: time(5 * MINUTE), max: time(5 * MINUTE) } });
    slow
      .up()
      .exits(1)
      .pass(5 * MINUTE + 599_999);
    expect(slow.slot.state).toEqual({ is: "ready", earned: false });
    expect(slow.pass(1).slot.state).toEqual({ is: "ready", earned: true });
  });

  test("ends in failure when it was started again as often as is allowed", () => {
    const desk = new Desk({ supervision: { maxRestarts: 2 } }).up().exits(1).pass(1000).exits(1).pass(2000);
    expect(desk.state).toBe("ready");
    desk.exits(1);
    expect([desk.state, desk.detail]).toEqual(["failed", "gave up after 2 restarts: exit 1"]);
    expect([desk.nextTry, desk.spawns.length]).toEqual([undefined, 3]);
    expect(new Desk({ supervision: { maxRestarts: 0 } }).up().exits(1).state).toBe("failed");
  });

  test("counts restarts in a row only: a long run is a new beginning", () => {
    const desk = new Desk({ supervision: { maxRestarts: 1 } })
      .up()
      .exits(1)
      .pass(1000 + MINUTE)
      .exits(1);
    expect(desk.state).toBe("ready");
    expect(desk.exits(1).state).toBe("failed");
  });
});

describe("the breaker", () => {
  test("opens at one failure more than it allows, says so, and tries again after fifteen minutes", () => {
    const desk = tripped();
    expect([desk.state, desk.detail]).toEqual(["failed", "more than 10 failures in 10m: exit 1"]);
    expect([desk.slot.breaker.is, desk.spawns.length, desk.nextTry]).toEqual(["open", 11, 15 * MINUTE]);
  });

  test("forgets failures that are older than its window", () => {
    const desk = new Desk({ breaker: { failures: 2, window: time(MINUTE) } }).up().exits(1);
    desk
      .pass(40 * SECOND)
      .exits(1)
      .pass(40 * SECOND)
      .exits(1);
    expect(desk.slot.breaker).toEqual({ is: "closed", failures: [40 * SECOND, 80 * SECOND] });
  });

  test("forgets a failure at the very end of the window, and no failure for a run that stayed up", () => {
    const desk = new Desk({ breaker: { failures: 1, window: time(2 * MINUTE) } }).up().exits(1);
    desk.pass(SECOND + MINUTE);
    expect(desk.slot).toMatchObject({ state: { earned: true }, breaker: { failures: [0] } });
    desk.pass(59 * SECOND).exits(1);
    expect(desk.slot.breaker).toEqual({ is: "closed", failures: [2 * MINUTE] });
  });

  test("opens again when its trial fails, and closes when the trial stays up", () => {
    const desk = tripped().pass(15 * MINUTE);
    expect([desk.state, desk.slot.breaker]).toEqual(["ready", { is: "half-open", left: 1 }]);
    desk.exits(1);
    expect([desk.state, desk.slot.breaker.is, desk.nextTry]).toEqual(["failed", "open", 15 * MINUTE]);
    desk.pass(15 * MINUTE).pass(10 * MINUTE);
    expect([desk.state, desk.slot.breaker]).toEqual(["ready", { is: "closed", failures: [] }]);
  });

  test("lets as many trials fail as it is told", () => {
    const desk = tripped({ breaker: { halfOpen: 2 } })
      .pass(15 * MINUTE)
      .exits(1);
    expect([desk.state, desk.slot.breaker]).toEqual(["backoff", { is: "half-open", left: 1 }]);
    desk.pass(desk.nextTry ?? 0).exits(1);
    expect([desk.state, desk.slot.breaker.is]).toEqual(["failed", "open"]);
    expect(tripped({ breaker: { halfOpen: 0 } }).nextTry).toBeUndefined();
  });

  test("is closed by a job that completes, and never opens where nothing is restarted", () => {
    const desk = tripped({ supervision: { restart: "on-failure" } })
      .pass(15 * MINUTE)
      .exits(0);
    expect([desk.state, desk.slot.breaker]).toEqual(["completed", { is: "closed", failures: [] }]);
    const once = new Desk({ supervision: { restart: "no" }, breaker: { failures: 0 } }).up().exits(1);
    expect([once.state, once.slot.breaker.is, once.nextTry]).toEqual(["failed", "closed", undefined]);
  });

  test("keeps out of a trial that gives up for good", () => {
    const desk = tripped();
    desk.timers.clear();
    desk.tell({ is: "timer", name: "trial" }, MET, { is: "start failed", why: "gone", permanent: true });
    expect([desk.state, desk.slot.breaker.is, desk.nextTry]).toEqual(["failed", "open", undefined]);
  });

  test("and everything else that failures left is cleared by a start by hand", () => {
    const desk = tripped({ supervision: { maxRestarts: 20 } }).tell(BY_HAND);
    expect(desk.actions).toEqual([{ do: "cancel timer", name: "trial" }, { do: "check dependencies" }]);
    expect(desk.slot).toMatchObject({
      backoff: { waits: 0, inARow: 0, lastMs: 0 },
      breaker: { is: "closed", failures: [] },
      restarts: 10,
    });
    expect(desk.tell(MET, STARTED).exits(1).nextTry).toBe(1000);
  });
});

describe("a stop", () => {
  test("during a delay cancels the timer and succeeds at once", () => {
    const desk = new Desk().up().exits(1).tell(STOP);
    expect([desk.state, desk.actions]).toEqual(["stopped", [{ do: "cancel timer", name: "backoff" }]]);
    expect(desk.pass(MINUTE).spawns).toHaveLength(1);
  });

  test("while it waits, after it failed or completed succeeds at once", () => {
    const pending = new Desk().tell(BY_HAND, STOP);
    expect([pending.state, pending.tell(MET).did("spawn")]).toEqual(["stopped", false]);
    expect(tripped().tell(STOP).state).toBe("stopped");
    expect(new Desk({ supervision: { restart: "no" } }).up().exits(0).tell(STOP).state).toBe("stopped");
  });

  test("while it runs lasts until the whole tree is gone", () => {
    const desk = new Desk().up().tell(STOP);
    expect([desk.state, desk.actions.at(-1)]).toEqual(["stopping", { do: "end", graceful: true }]);
    expect(desk.tell({ is: "ended", signal: "SIGTERM", oom: false }).state).toBe("stopping");
    expect(desk.tell(EMPTIED).state).toBe("stopped");
    expect(desk.slot.breaker).toEqual({ is: "closed", failures: [] });
  });

  test("while it is spawned waits for the answer, for there is nothing to end before it", () => {
    const desk = new Desk().tell(BY_HAND, MET, STOP);
    expect([desk.state, desk.actions]).toEqual(["stopping", []]);
    expect(desk.tell(STARTED).actions).toEqual([{ do: "end", graceful: true }]);
    expect(desk.tell(EMPTIED).state).toBe("stopped");
    const failed: Event = { is: "start failed", why: "no room", permanent: false };
    expect(new Desk().tell(BY_HAND, MET, STOP, failed).state).toBe("stopped");
    expect(new Desk().tell(BY_HAND, MET, STOP, { is: "needs secret", name: "KEY" }).state).toBe("stopped");
  });

  test("that leaves survivors is failed and names them, until a later one finds none", () => {
    const desk = new Desk().up().tell(STOP, { is: "emptied", survivors: [7] });
    expect([desk.state, desk.detail]).toEqual(["failed", "survivors: 7"]);
    expect(desk.tell(STOP).actions).toEqual([{ do: "sweep" }]);
    expect(desk.tell(EMPTIED).state).toBe("stopped");
  });

  test("while a fault is being dealt with turns it into a stop", () => {
    const desk = new Desk().up().tell({ is: "liveness failed", text: "503" }, STOP, EMPTIED);
    expect([desk.state, desk.slot.breaker]).toEqual(["stopped", { is: "closed", failures: [] }]);
  });

  test("does not keep a later start from happening after it", () => {
    const desk = new Desk().up().tell(STOP, BY_ITSELF);
    expect(desk.state).toBe("stopping");
    expect(desk.tell(EMPTIED).actions).toEqual([{ do: "check dependencies" }]);
    const spawning = new Desk().tell(BY_HAND, MET, STOP, BY_HAND, STARTED, EMPTIED);
    expect([spawning.state, spawning.spawns.length]).toEqual(["pending", 1]);
  });
});

describe("a removal", () => {
  test("stops, and forgets when nothing is left", () => {
    const desk = new Desk().up().tell(REMOVE);
    expect([desk.state, desk.did("forget")]).toEqual(["stopping", false]);
    expect(desk.tell(STOP, RESTART, EMPTIED).actions).toEqual([{ do: "forget" }]);
    expect(new Desk().up().exits(1).tell(REMOVE).actions).toEqual([
      { do: "cancel timer", name: "backoff" },
      { do: "forget" },
    ]);
    expect(new Desk().tell(REMOVE).actions).toEqual([{ do: "forget" }]);
  });

  test("with survivors forgets nothing", () => {
    const desk = new Desk().up().tell(REMOVE, { is: "emptied", survivors: [7] });
    expect([desk.state, desk.did("forget")]).toEqual(["failed", false]);
    expect(desk.tell(REMOVE).actions).toEqual([{ do: "sweep" }]);
    expect(desk.tell(EMPTIED).actions).toEqual([{ do: "forget" }]);
  });
});

describe("a restart", () => {
  test("is the whole stop, then a start, and no failure", () => {
    const desk = new Desk().up().tell(RESTART);
    expect([desk.state, desk.actions.at(-1)]).toEqual(["stopping", { do: "end", graceful: true }]);
    expect(desk.tell(KILLED, EMPTIED).actions).toEqual([{ do: "check dependencies" }]);
    expect(desk.slot).toMatchObject({ breaker: { is: "closed", failures: [] }, restarts: 0 });
  });

  test("of what waits or failed starts at once, and what failed before is not forgotten", () => {
    const waiting = new Desk().up().exits(1).tell(RESTART);
    expect(waiting.actions).toEqual([{ do: "cancel timer", name: "backoff" }, { do: "check dependencies" }]);
    expect(waiting.slot.backoff.waits).toBe(1);
    const failed = tripped().tell(RESTART);
    expect(failed.actions).toEqual([{ do: "cancel timer", name: "trial" }, { do: "check dependencies" }]);
    expect(failed.slot.breaker).toEqual({ is: "half-open", left: 1 });
  });

  test("by hand forgets what failed before", () => {
    const desk = tripped().tell({ is: "restart", manual: true });
    expect(desk.slot.breaker).toEqual({ is: "closed", failures: [] });
  });

  test("while it is spawned ends what comes of the spawn first", () => {
    const desk = new Desk().tell(BY_HAND, MET, RESTART, STARTED);
    expect(desk.actions).toEqual([{ do: "end", graceful: true }]);
    expect(desk.tell(EMPTIED).actions).toEqual([{ do: "check dependencies" }]);
  });
});

describe("a later supervisor", () => {
  test("takes over a run that lives, with its probes and its time of good conduct", () => {
    const desk = new Desk({ probes: { readiness: true } }).up();
    expect(desk.tell({ is: "adopted", ready: true }).state).toBe("ready");
    expect(desk.actions.slice(-2)).toEqual([
      { do: "probe", on: true },
      { do: "set timer", name: "reset", inMs: MINUTE },
    ]);
    expect(desk.tell({ is: "adopted", ready: false }).state).toBe("running");
    expect(desk.spawns).toHaveLength(1);
  });

  test("keeps what a run has earned", () => {
    const desk = new Desk().up().pass(MINUTE).tell({ is: "adopted", ready: true });
    expect([desk.slot.state, desk.did("set timer")]).toEqual([{ is: "ready", earned: true }, false]);
  });

  test("that lost its records takes over a run before it would start another", () => {
    const desk = new Desk().tell(BY_ITSELF, { is: "adopted", ready: true });
    expect(desk.state).toBe("ready");
    expect(desk.tell(MET).did("spawn")).toBe(false);
  });

  test("ends a run that nobody wants", () => {
    expect(new Desk().tell({ is: "adopted", ready: true }).actions).toEqual([{ do: "end", graceful: true }]);
    const stopping = new Desk().up().tell(STOP, { is: "adopted", ready: true });
    expect(stopping.actions).toEqual([{ do: "end", graceful: true }]);
    expect(stopping.tell(EMPTIED).state).toBe("stopped");
  });

  test("that finds nothing alive takes a run for one that ended and nobody saw how", () => {
    const desk = new Desk().up().tell({ is: "resumed" });
    expect(desk.actions).toEqual([{ do: "sweep" }]);
    desk.tell(EMPTIED);
    expect([desk.state, desk.detail]).toEqual(["backoff", "ended, and nobody saw how"]);
    expect(new Desk().tell(BY_HAND, MET, { is: "resumed" }).state).toBe("backoff");
    expect(new Desk().up().tell(STOP, { is: "resumed" }).actions).toEqual([{ do: "sweep" }]);
  });

  test("waits for what is left of a delay, on its own clock", () => {
    const desk = new Desk().up().exits(1).pass(400);
    desk.slot = rebased(desk.slot, 5000);
    desk.now += 5000;
    expect(desk.tell({ is: "resumed" }).actions).toEqual([{ do: "set timer", name: "backoff", inMs: 600 }]);
    expect(desk.slot).toMatchObject({ breaker: { failures: [5000] }, spawnedAt: 5000 });
    const failed = tripped().tell({ is: "resumed" });
    expect(failed.actions).toEqual([{ do: "set timer", name: "trial", inMs: 15 * MINUTE }]);
    const late = rebased(failed.slot, -60 * MINUTE);
    expect(step(late, { is: "resumed" }, failed.rules, { now: failed.now, chance: 0 }).actions).toEqual([
      { do: "set timer", name: "trial", inMs: 0 },
    ]);
  });

  test("asks again for what a start waited for, and finishes a removal", () => {
    expect(new Desk().tell(BY_HAND, { is: "resumed" }).actions).toEqual([{ do: "check dependencies" }]);
    expect(new Desk().tell(REMOVE, { is: "resumed" }).actions).toEqual([{ do: "forget" }]);
    expect(new Desk().tell(BY_HAND, MET, STOP, { is: "resumed" }).state).toBe("stopped");
    expect(new Desk().tell({ is: "resumed" }).actions).toEqual([]);
  });
});

describe("every event in every state", () => {
  const FAULTS = ["liveness failed", "limit exceeded", "startup failed"];
  const WISHES = ["start", "restart", "stop", "remove", "adopted"];
  /** How to get there, and what means something there besides wishes. */
  const states: Readonly<Record<Slot["state"]["is"], readonly [() => Desk, readonly string[]]>> = {
    stopped: [() => new Desk(), []],
    pending: [() => new Desk().tell(BY_HAND), ["dependencies met", "needs secret", "resumed"]],
    starting: [() => new Desk().tell(BY_HAND, MET), ["started", "start failed", "needs secret", "resumed"]],
    aborting: [
      () => new Desk().tell(BY_HAND, MET, STOP),
      ["started", "start failed", "needs secret", "resumed"],
    ],
    running: [() => new Desk({ probes: { readiness: true } }).up(), ["ended", "ready", "resumed", ...FAULTS]],
    ready: [() => new Desk().up(), ["ended", "unready", "timer reset", "resumed", ...FAULTS]],
    stopping: [() => new Desk().up().tell(KILLED), ["emptied", "resumed"]],
    backoff: [() => new Desk().up().exits(1), ["timer backoff", "resumed"]],
    completed: [() => new Desk({ supervision: { restart: "no" } }).up().exits(0), []],
    failed: [() => tripped(), ["timer trial", "resumed"]],
    "left over": [() => new Desk().up().tell(KILLED, { is: "emptied", survivors: [7] }), []],
  };
  const events: readonly Event[] = [
    BY_HAND,
    RESTART,
    STOP,
    REMOVE,
    MET,
    { is: "needs secret", name: "KEY" },
    { is: "secrets known" },
    STARTED,
    { is: "start failed", why: "no room", permanent: false },
    { is: "adopted", ready: true },
    { is: "resumed" },
    KILLED,
    EMPTIED,
    { is: "started up" },
    READY,
    { is: "unready", text: "503" },
    { is: "startup failed", text: "503" },
    { is: "liveness failed", text: "503" },
    { is: "limit exceeded", what: "pids" },
    { is: "timer", name: "backoff" },
    { is: "timer", name: "trial" },
    { is: "timer", name: "reset" },
  ];

  test.each(Object.entries(states))("%s: what means nothing there changes nothing", (name, [road, meant]) => {
    for (const event of events) {
      const desk = road();
      expect(desk.slot.state.is).toBe(name);
      const before = desk.slot;
      desk.tell(event);
      const what = event.is === "timer" ? `timer ${event.name}` : event.is;
      const changed = desk.actions.length > 0 || JSON.stringify(desk.slot) !== JSON.stringify(before);
      if (!WISHES.includes(what)) expect([what, changed]).toEqual([what, meant.includes(what)]);
      expect(JSON.parse(JSON.stringify(desk.slot))).toEqual(desk.slot);
      // Only what waits with nothing alive may be spawned.
      if (desk.did("spawn")) expect(name).toBe("pending");
      if (desk.slot.wanted !== "running")
        expect(["pending", "starting", "backoff"]).not.toContain(desk.state);
    }
  });
});
