import { afterEach, describe, expect, test } from "vitest";
import { until } from "../../helpers/until.ts";
import { chargeOf, shell, type TestPlace, testPlace, waysHere } from "./runner-place.ts";

const WAYS = await waysHere();
const opened: TestPlace[] = [];

afterEach(async () => {
  for (const place of opened.splice(0)) await place.close();
});

/** Says its number again and again, with a child that does so too. */
const CHATTER = "(while :; do echo child; sleep 0.02; done) & while :; do echo main; sleep 0.02; done";

const count = (place: TestPlace, word: string): number =>
  place
    .said("stdout")
    .split("\n")
    .filter((line) => line === word).length;

describe.each(WAYS)("a tree of the kind %s that is frozen", (way) => {
  test("does nothing, child and all, until it is let go on; and can be ended while it is", async () => {
    const place = testPlace(way);
    opened.push(place);
    const charge = chargeOf(shell(CHATTER));
    const run = await place.start(charge);
    await until("both say something", () => count(place, "main") > 1 && count(place, "child") > 1);
    expect(await place.runner.freeze?.(charge, run, true)).toBeUndefined();
    expect(place.runner.lives(run)).toBe(true);
    let before = place.said("stdout");
    let quiet = 0;
    await until("nothing is said any more, for many looks in a row", () => {
      const now = place.said("stdout");
      quiet = now === before ? quiet + 1 : 0;
      before = now;
      return quiet > 20;
    });
    expect(await place.runner.freeze?.(charge, run, false)).toBeUndefined();
    const said = before.split("\n").length;
    await until("both go on", () => {
      const news = place.said("stdout").split("\n").slice(said);
      return news.includes("main") && news.includes("child");
    });
    await place.runner.freeze?.(charge, run, true);
    expect(await place.runner.kill(charge, run)).toEqual([]);
  });
});
