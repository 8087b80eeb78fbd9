import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tasksOf } from "../../src/apply/tasks.ts";
import { type StepFailure, type Walked, walk } from "../../src/apply/walk.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { Observed, Resource } from "../../src/model/resource.ts";
import type { ApplyEvent, Step, Task } from "../../src/model/step.ts";

const call = (id: string, does = "make"): Step => ({ is: "call", id, does });
const task = (id: string, ...after: string[]): Task => ({
  id,
  after,
  steps: [call(id), { is: "await", id, until: "ready", timeoutMs: 1000 }],
});

/** A world in which steps end when the test says so, in the order that it says. */
function world(options: { fails?: readonly string[]; parallel?: number; keepGoing?: boolean } = {}) {
  const events: ApplyEvent[] = [];
  const open: { step: Step; end: (result: Result<void, StepFailure>) => void }[] = [];
  const stop = new AbortController();
  let most = 0;
  const start = (tasks: readonly Task[]): Promise<Walked> =>
    walk(tasks, {
      run: (step) =>
        new Promise((end) => {
          open.push({ step, end });
          most = Math.max(most, open.length);
        }),
      tell: (event) => events.push(event),
      parallel: options.parallel ?? 10,
      keepGoing: options.keepGoing ?? false,
      signal: stop.signal,
    });
  const endOne = (pick: number): void => {
    const [one] = open.splice(pick % open.length, 1);
    if (one === undefined) return;
    const fails = options.fails?.includes(one.step.id) === true && one.step.is === "call";
    one.end(fails ? err({ cause: "no such image", lines: [] }) : ok(undefined));
  };
  /** Ends every step, always the one that `pick` chooses, until the walk is over. */
  const finish = async (walked: Promise<Walked>, pick: () => number): Promise<Walked> => {
    const state = { over: false };
    void walked.then(() => {
      state.over = true;
    });
    for (let turn = 0; !state.over && turn < 10_000; turn++) {
      if (open.length > 0) endOne(pick());
      // Lets everything that waits for that step go on: no time passes.
      for (let i = 0; i < 8; i++) await Promise.resolve();
    }
    return walked;
  };
  return { events, open, stop, start, finish, most: () => most };
}

const text = (events: readonly ApplyEvent[]): string[] =>
  events.map((event) =>
    event.is === "left out"
      ? `${event.id} left out (${event.because.is === "failed" ? event.because.id : "stopped"})`
      : `${event.id} ${event.step.is === "call" ? event.step.does : event.step.until} ${event.is}`,
  );

describe("a walk", () => {
  test("begins a task when all before it are ready, and tells each step before and after", async () => {
    const { events, start, finish } = world();
    const walked = await finish(start([task("b", "a"), task("a")]), () => 0);
    expect(walked).toEqual({ done: ["a", "b"], failed: [], untouched: [] });
    expect(text(events)).toEqual([
      "a make began",
      "a make ended",
      "a ready began",
      "a ready ended",
      "b make began",
      "b make ended",
      "b ready began",
      "b ready ended",
    ]);
  });

  test("a failed step stops its dependents, and nothing new begins; what runs comes to its end", async () => {
    const { events, start, finish } = world({ fails: ["a"] });
    const walked = await finish(start([task("a"), task("b", "a"), task("c"), task("d", "c")]), () => 0);
    expect(walked).toEqual({ done: [], failed: ["a", "c"], untouched: ["b", "d"] });
    expect(text(events)).toEqual([
      "a make began",
      "c make began",
      "a make failed",
      "c make ended",
      "b left out (a)",
      "d left out (c)",
    ]);
  });

  test("with keep going, what does not depend on a failure is finished", async () => {
    const { start, finish } = world({ fails: ["a"], keepGoing: true });
    const walked = await finish(start([task("a"), task("b", "a"), task("c"), task("d", "c")]), () => 0);
    expect(walked).toEqual({ done: ["c", "d"], failed: ["a"], untouched: ["b"] });
  });

  test("what is not in this apply is there already", async () => {
    const { start, finish } = world();
    expect(await finish(start([task("a", "kept")]), () => 0)).toMatchObject({ done: ["a"] });
  });

  test("a stop lets the running steps end and begins no other", async () => {
    const { events, stop, start, finish } = world({ parallel: 1 });
    const walking = start([task("a"), task("b")]);
    stop.abort();
    expect(await finish(walking, () => 0)).toEqual({ done: [], failed: ["a"], untouched: ["b"] });
    expect(text(events)).toEqual(["a make began", "a make ended", "b left out (stopped)"]);
  });

  test("a throw is a bug and comes out", async () => {
    const walked = walk([task("a")], {
      run: () => Promise.reject(new Error("our bug")),
      tell: () => undefined,
      parallel: 1,
      keepGoing: false,
      signal: new AbortController().signal,
    });
    await expect(walked).rejects.toThrow("our bug");
  });
});

describe("in any graph, with any failures, in any order of endings", () => {
  const graphs = fc.integer({ min: 1, max: 14 }).chain((count) =>
    fc.record({
      tasks: fc.tuple(
        ...Array.from({ length: count }, (_, i) =>
          fc.subarray(Array.from({ length: i }, (_, j) => `t${j}`)).map((after) => task(`t${i}`, ...after)),
        ),
      ),
      fails: fc.subarray(
        Array.from({ length: count }, (_, i) => `t${i}`),
        { maxLength: Math.min(3, count) },
      ),
      picks: fc.array(fc.nat(20), { minLength: 1, maxLength: 40 }),
      parallel: fc.integer({ min: 1, max: 5 }),
      keepGoing: fc.boolean(),
      stopAt: fc.option(fc.nat(20)),
    }),
  );

  test("order holds, the bound holds, every task is accounted for once, and nothing begins after the end of going on", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ tasks, fails, picks, parallel, keepGoing, stopAt }) => {
        const { events, stop, start, finish, most } = world({ fails, parallel, keepGoing });
        let turn = 0;
        const walked = await finish(start(tasks), () => {
          if (turn === stopAt) stop.abort();
          return picks[turn++ % picks.length] ?? 0;
        });
        expect(most()).toBeLessThanOrEqual(parallel);
        expect([...walked.done, ...walked.failed, ...walked.untouched].toSorted(byName)).toEqual(
          tasks.map((one) => one.id).toSorted(byName),
        );
        const began = new Map<string, number>();
        const ready = new Map<string, number>();
        events.forEach((event, i) => {
          if (event.is === "began" && !began.has(event.id)) began.set(event.id, i);
          if (event.is === "ended" && event.step.is === "await") ready.set(event.id, i);
        });
        for (const { id, after } of tasks) {
          const from = began.get(id);
          for (const before of after)
            if (from !== undefined) expect(ready.get(before) ?? Infinity).toBeLessThan(from);
        }
        const firstFailure = events.findIndex((event) => event.is === "failed");
        if (!keepGoing && firstFailure >= 0)
          expect(events.slice(firstFailure).filter((event) => event.is === "began")).toEqual([]);
        for (const id of walked.untouched) expect(began.has(id)).toBe(false);
        if (keepGoing && stopAt === null) {
          const bad = new Set(fails);
          for (const { id, after } of tasks) if (after.some((one) => bad.has(one))) bad.add(id);
          expect(new Set(walked.done)).toEqual(
            new Set(tasks.map((one) => one.id).filter((id) => !bad.has(id))),
          );
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("the graph of an apply", () => {
  const resource = (id: string, ...after: string[]): Resource => ({
    id,
    agent: id,
    kind: "process",
    name: id,
    exchange: "stop first",
    after,
    follows: [],
    fields: {},
    holdsData: false,
    protect: false,
    source: "agent.yaml",
    written: {},
  });
  const observed = (id: string, ...after: string[]): Observed => ({
    ...resource(id, ...after),
    origin: "here",
    identity: id,
  });

  test("what comes waits for what it stands on, and what goes for what stands on it", () => {
    const costs = { order: "gone", dependants: [], losesData: false } as const;
    const tasks = tasksOf(
      {
        changes: [
          { is: "create", id: "web", resource: resource("web", "store"), because: [{ is: "new" }] },
          { is: "create", id: "store", resource: resource("store"), because: [{ is: "new" }] },
          {
            is: "delete",
            id: "old-store",
            before: observed("old-store"),
            because: [{ is: "destroy" }],
            costs,
          },
          {
            is: "delete",
            id: "old-web",
            before: observed("old-web", "old-store"),
            because: [{ is: "destroy" }],
            costs,
          },
          { is: "keep", id: "kept", before: observed("kept") },
        ],
        outside: 0,
        refusals: [],
      },
      (change) => [call(change.id, change.is)],
    );
    expect(tasks.map(({ id, after }) => [id, ...after])).toEqual([
      ["web", "store"],
      ["store"],
      ["old-store", "old-web"],
      ["old-web"],
    ]);
  });
});

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
