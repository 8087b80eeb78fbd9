import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApplyEvent, Step, Task } from "../../src/model/step.ts";
import { eventLine } from "../../src/ui/apply/json.ts";
import { beginTelling, tell } from "../../src/ui/apply/plain.ts";
import {
  beginProgress,
  elapsed,
  foldProgress,
  progressOf,
  tallyOf,
  waitsFor,
} from "../../src/ui/apply/progress.ts";
import { plainPaint } from "../../src/ui/paint.ts";
import { change, create, keep } from "./plan-cases.ts";

const R = "researcher/process/main";
const C = "chatbot/process/main";
const stop: Step = { is: "call", id: R, does: "stop" };
const start: Step = { is: "call", id: R, does: "start" };
const ready: Step = { is: "await", id: R, until: "ready", timeoutMs: 60_000 };

const changes = [
  change("replace", "researcher", "process", []),
  create("chatbot", "process"),
  create("noop", "marker"),
  keep("other"),
];
const tasks: readonly Task[] = [
  { id: R, after: ["elsewhere/process/main"], steps: [stop, start, ready] },
  { id: C, after: [R], steps: [{ ...start, id: C }] },
  { id: "noop/marker/main", after: [], steps: [] },
];

const began = (step: Step): ApplyEvent => ({ is: "began", id: R, step });
const ended = (step: Step): ApplyEvent => ({ is: "ended", id: R, step });
const says = (text: string): ApplyEvent => ({ is: "progress", id: R, step: ready, text });

type Timed = readonly (readonly [number, ApplyEvent])[];

function folded(events: Timed) {
  return events.reduce((so, [now, event]) => foldProgress(so, event, now), beginProgress(changes, tasks, 0));
}

function told(events: Timed, gapMs = 5000): string[] {
  let telling = beginTelling(changes, tasks, 0, { paint: plainPaint, gapMs });
  return events.flatMap(([now, event]) => {
    const next = tell(telling, event, now);
    telling = next.telling;
    return next.lines;
  });
}

const RUN: Timed = [
  [0, began(stop)],
  [1000, ended(stop)],
  [1000, began(start)],
  [2000, ended(start)],
  [2000, began(ready)],
  [3000, says("waits for GET /health on 8080: connection refused")],
  [4000, says("waits for GET /health on 8080: connection refused")],
  [5000, says("waits for GET /health on 8080: 503")],
  [9000, says("waits for GET /health on 8080: 503")],
  [14_000, ended(ready)],
];

describe("the fold of an apply", () => {
  test("begins with all that changes, waiting for what is in the same apply", () => {
    const progress = folded([]);
    expect(progress.objects.map(({ id, symbol, state }) => `${symbol} ${id} ${state.is}`)).toEqual([
      `-/+ ${R} waiting`,
      `+ ${C} waiting`,
      "+ noop/marker/main done",
    ]);
    expect(progress.objects.map((one) => waitsFor(progress, one))).toEqual([undefined, R, undefined]);
  });

  test("an object is done when its last step has ended, and only then", () => {
    expect(progressOf(folded(RUN.slice(0, -1)), R)?.state).toEqual({
      is: "running",
      since: 0,
      step: ready,
      text: "waits for GET /health on 8080: 503",
      tries: 0,
    });
    const done = folded(RUN);
    expect(progressOf(done, R)?.state).toEqual({ is: "done", millis: 14_000 });
    expect(done.objects.map((one) => waitsFor(done, one))).toEqual([undefined, undefined, undefined]);
    expect(tallyOf(done)).toEqual({ waiting: 1, running: 0, done: 2, failed: 0, "left out": 0, all: 3 });
  });

  test("keeps tries, cause and last lines, and how long it took", () => {
    const events: Timed = [
      [1000, began(start)],
      [2000, { is: "again", id: R, step: start, cause: "busy", tries: 1 }],
    ];
    const running = folded(events);
    expect(progressOf(running, R)?.state).toMatchObject({ is: "running", text: "busy", tries: 1 });
    expect(running.objects.map((one) => elapsed(one, 5000))).toEqual([4000, 0, 0]);
    const failed = folded([
      ...events,
      [6000, { is: "failed", id: R, step: start, cause: "exit 1", lines: ["x"] }],
      [6000, { is: "left out", id: C, because: { is: "failed", id: R } }],
    ]);
    expect(progressOf(failed, R)?.state).toEqual({
      is: "failed",
      millis: 5000,
      cause: "exit 1",
      lines: ["x"],
    });
    expect(progressOf(failed, C)?.state).toEqual({ is: "left out", because: { is: "failed", id: R } });
  });

  test("loses no object, keeps a few words of each, and turns no time back, whatever happens", () => {
    const id = fc.constantFrom(R, C, "ghost/x/y");
    const step = fc.constantFrom(stop, start, ready);
    const event = fc.oneof(
      fc.record({ is: fc.constant("began" as const), id, step }),
      fc.record({ is: fc.constant("ended" as const), id, step }),
      fc.record({ is: fc.constant("progress" as const), id, step, text: fc.string() }),
      fc.record({ is: fc.constant("again" as const), id, step, cause: fc.string(), tries: fc.nat(3) }),
      fc.record({ is: fc.constant("failed" as const), id, step, cause: fc.string(), lines: fc.constant([]) }),
    );
    const timed = fc.array(fc.tuple(fc.nat(2000), event), { maxLength: 80 });
    fc.assert(
      fc.property(timed, (events) => {
        let now = 0;
        const progress = folded(events.map(([wait, one]) => [(now += wait), one] as const));
        const { all, ...parts } = tallyOf(progress);
        expect(Object.values(parts).reduce((sum, n) => sum + n, 0)).toBe(all);
        expect(progress.objects.map(({ id: one }) => one)).toEqual(
          folded([]).objects.map(({ id: one }) => one),
        );
        for (const one of progress.objects) {
          expect(one.said.length).toBeLessThanOrEqual(20);
          expect(elapsed(one, now)).toBeGreaterThanOrEqual(0);
          expect(elapsed(one, now)).toBeLessThanOrEqual(now);
        }
      }),
    );
  });

  test("an event of an object that nobody planned changes nothing", () => {
    const progress = folded([]);
    expect(foldProgress(progress, { is: "began", id: "ghost/x/y", step: start }, 1)).toBe(progress);
  });
});

describe("the lines of an apply", () => {
  test("come one for each change of state", () => {
    expect(told(RUN)).toEqual([
      "0 ms    researcher · process  stop",
      "1 s     researcher · process  start",
      "2 s     researcher · process  waits until it is ready",
      "3 s     researcher · process  waits for GET /health on 8080: connection refused",
      "9 s     researcher · process  waits for GET /health on 8080: 503",
      "14 s    researcher · process  replaced in 14 s",
    ]);
  });

  test("say at its end what a step said last of itself, where that came too soon to be told", () => {
    const built = (at: number): readonly string[] =>
      told([
        [0, { is: "began", id: C, step: { ...start, id: C } }],
        [1, { is: "progress", id: C, step: { ...start, id: C }, text: "step 1 of 2: FROM x" }],
        [at, { is: "progress", id: C, step: { ...start, id: C }, text: "built 2 of 2 steps" }],
        [9000, { is: "ended", id: C, step: { ...start, id: C } }],
      ]).slice(2);
    expect(built(3000)).toEqual(["9 s     chatbot · process  created in 9 s: built 2 of 2 steps"]);
    expect(built(6000)).toEqual([
      "6 s     chatbot · process  built 2 of 2 steps",
      "9 s     chatbot · process  created in 9 s",
    ]);
  });

  test("say what failed, with its last lines, and what was left out for it", () => {
    expect(
      told([
        [0, began(start)],
        [1000, { is: "again", id: R, step: start, cause: "busy", tries: 1 }],
        [
          75_000,
          { is: "failed", id: R, step: start, cause: "exit 1", lines: ["Traceback", "\u001B[31mno module"] },
        ],
        [75_000, { is: "left out", id: C, because: { is: "failed", id: R } }],
        [75_000, { is: "left out", id: "noop/marker/main", because: { is: "stopped" } }],
      ]),
    ).toEqual([
      "0 ms    researcher · process  start",
      "1 s     researcher · process  failed, tried again (1): busy",
      "1 min 15 s  researcher · process  failed: exit 1",
      "          │ Traceback",
      "          │ \\x1b[31mno module",
      "1 min 15 s  chatbot · process  left out: researcher · process failed",
      "1 min 15 s  noop · marker  left out: the apply was stopped",
    ]);
  });

  test("never say the same progress twice in a row, nor sooner than asked for", () => {
    const event = fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.constantFrom("a", "b", "c"));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.integer({ min: 0, max: 9000 }), (events, gap) => {
        let now = 0;
        const timed = events.map(([wait, text]) => [(now += wait), says(text)] as const);
        let telling = beginTelling(changes, tasks, 0, { paint: plainPaint, gapMs: gap });
        let last: { text: string; at: number } | undefined;
        for (const [at, one] of timed) {
          const next = tell(telling, one, at);
          telling = next.telling;
          if (one.is !== "progress") continue;
          const due = last === undefined || (last.text !== one.text && at - last.at >= gap);
          expect(next.lines).toHaveLength(due ? 1 : 0);
          if (due) last = { text: one.text, at };
        }
      }),
    );
  });
});

describe("the lines of JSON", () => {
  test("are one for each event, with its time", () => {
    expect(eventLine(began(ready), "2026-08-01T02:14:00Z")).toBe(
      `{"apiVersion":"agent.dev/v1","at":"2026-08-01T02:14:00Z","id":"${R}","is":"began","kind":"ApplyEvent","step":{"id":"${R}","is":"await","timeoutMs":60000,"until":"ready"}}\n`,
    );
  });

  test("hold every fact of an event, and no line break or control inside", () => {
    const events: readonly ApplyEvent[] = [
      says("two\nlines \u009B31m"),
      { is: "again", id: R, step: start, cause: "busy", tries: 2 },
      { is: "failed", id: R, step: start, cause: "exit 1", lines: ["a\u001B[0m"] },
      { is: "left out", id: C, because: { is: "failed", id: R } },
    ];
    for (const event of events) {
      const text = eventLine(event, "t");
      // oxlint-disable-next-line no-control-regex
      expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
      expect(JSON.parse(text)).toEqual({ apiVersion: "agent.dev/v1", kind: "ApplyEvent", at: "t", ...event });
    }
  });
});
