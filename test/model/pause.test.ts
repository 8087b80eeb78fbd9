import { describe, expect, test } from "vitest";
import { growing, pause } from "../../src/model/pause.ts";
import { virtualClock } from "../helpers/virtual-clock.ts";

async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false;
  void promise.then(() => (over = true));
  await new Promise((resolve) => setImmediate(resolve));
  return over;
}

describe("a pause", () => {
  test("ends with its time, and with the first signal that comes sooner", async () => {
    const clock = virtualClock();
    const [one, other] = [new AbortController(), new AbortController()];
    const timed = pause(clock, 1000, one.signal);
    const cut = pause(clock, 5000, one.signal, other.signal);
    await clock.advance(999);
    expect([await isOver(timed), await isOver(cut)]).toEqual([false, false]);
    await clock.advance(1);
    expect([await isOver(timed), await isOver(cut)]).toEqual([true, false]);
    other.abort();
    expect(await isOver(cut)).toBe(true);
    expect(await isOver(pause(clock, 5000, other.signal))).toBe(true);
  });

  test("grows with each failure in a row, up to ten seconds", () => {
    expect([0, 1, 2, 3, 4, 5, 60].map(growing)).toEqual([1000, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });
});
