import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedTimes, type Left, timeLeft, type Times } from "../../../src/ui/apply/remaining.ts";
import { change, create, keep } from "../plan-cases.ts";
import { beginning, began, ends, failed, idOf, screenAfter, type Timed } from "./cases.ts";

/** `c` stands on `b`, `b` on `a`; `x` on nothing. */
const AFTER = { a: [], b: ["a"], c: ["b"], x: [] };
const TIMES = { a: 1000, b: 2000, c: 4000, x: 6000 };

function left(
  events: Timed,
  now: number,
  times: Readonly<Record<string, number>>,
  parallel = 10,
): Left | undefined {
  const { progress, expected } = screenAfter(beginning(AFTER), events, now, times);
  return timeLeft(progress, expected, parallel, now);
}

const about = (millis: number, untimed = 0): Left => ({ is: "about", millis, untimed });

describe("the time that is left", () => {
  test("is that of the longest way along the graph", () => {
    expect(left([], 0, TIMES)).toEqual(about(7000));
    expect(left([], 0, { ...TIMES, x: 9000 })).toEqual(about(9000));
  });

  test("is no less than as many at once can do", () => {
    expect(left([], 0, TIMES, 1)).toEqual(about(13_000));
    expect(left([], 0, { ...TIMES, x: 9000 }, 2)).toEqual(about(9000));
  });

  test("goes down as things run and end, and never below what waits", () => {
    const events: Timed = [
      [0, began("a")],
      ...ends("a").map((one) => [1500, one] as const),
      [1500, began("b")],
    ];
    expect(left(events.slice(0, 1), 400, TIMES)).toEqual(about(6600));
    expect(left(events.slice(0, 1), 9000, TIMES)).toEqual({ is: "longer", after: 6000 });
    expect(left(events, 2000, { ...TIMES, x: 0 })).toEqual(about(5500));
  });

  test("is not guessed: what nobody timed is counted, and nothing is said where nothing was", () => {
    expect(left([], 0, {})).toEqual({ is: "not timed" });
    expect(left([], 0, { a: 1000, c: 500 })).toEqual(about(1500, 2));
    expect(left([[0, began("a")]], 60_000, { a: 1000 })).toEqual({ is: "longer", after: 0 });
  });

  test("is nothing once all is over, well or not", () => {
    const over: Timed = Object.keys(AFTER).map((name) => [0, failed(name, "exit 1")] as const);
    expect(left(over, 5000, TIMES)).toBeUndefined();
  });

  test("never grows while nothing happens", () => {
    const moment = fc.integer({ min: 0, max: 20_000 });
    const names = fc.subarray(Object.keys(AFTER));
    fc.assert(
      fc.property(names, names, moment, moment, (begun, timed, one, other) => {
        const events: Timed = begun.map((name) => [0, began(name)] as const);
        const times = Object.fromEntries(timed.map((name) => [name, TIMES[name as keyof typeof TIMES]]));
        const [sooner, later] = [one, other].toSorted((a, b) => a - b).map((now) => left(events, now, times));
        const millis = (at: Left | undefined): number =>
          at?.is === "about" ? at.millis : at?.is === "longer" ? at.after : 0;
        expect(millis(later)).toBeLessThanOrEqual(millis(sooner));
      }),
    );
  });
});

describe("what is expected of an object", () => {
  const id = idOf("a");
  const times = (own: NonNullable<ReturnType<Times["get"]>>): Times => new Map([[id, own]]);
  const made = create("a", "process");
  const anew = change("replace", "a", "process", []);
  const changed = change("update", "a", "process", [], { readyMs: [300, 500, 100] });

  test("is the middle of the last times that the same was done to it", () => {
    expect([...expectedTimes([made, keep("b")], times({ create: [9000, 1000, 2000], delete: [5] }))]).toEqual(
      [[id, 2000]],
    );
  });

  test("of a new one and a replaced one is the same, where only the other was timed", () => {
    expect(expectedTimes([made], times({ replace: [700] })).get(id)).toBe(700);
    expect(expectedTimes([anew], times({ create: [800], update: [1] })).get(id)).toBe(800);
    expect(expectedTimes([anew], times({ create: [800], replace: [900] })).get(id)).toBe(900);
  });

  test("is what its own starts took where no apply was timed, and else not known", () => {
    expect(expectedTimes([changed], new Map()).get(id)).toBe(300);
    expect(expectedTimes([changed], times({ update: [50] })).get(id)).toBe(50);
    expect(expectedTimes([made, anew], new Map()).size).toBe(0);
  });
});
