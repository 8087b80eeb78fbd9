import { describe, expect, test } from "vitest";
import type { ApplyEvent } from "../../src/model/step.ts";
import { type Fate, nameOf } from "../helpers/fake-target.ts";
import { type Attempt, attempt, type Node, type Options, sceneOf } from "./engine.ts";

const create = (...after: number[]): Node => ({ does: "create", after });

/** n1 stands on n0, n3 on n2; n4 stands alone. */
const PAIRS: readonly Node[] = [create(), create(0), create(), create(2), create()];

function run(nodes: readonly Node[], options: Options = {}): Promise<Attempt> {
  const { world, desired } = sceneOf(nodes);
  return attempt(world, desired, options);
}

const only =
  (name: string, ...fates: Fate[]): NonNullable<Options["fate"]> =>
  (step, nth) =>
    nameOf(step) === name ? (fates[nth] ?? "ok") : "ok";

/** A report as a few lines of text. */
function report({ applied }: Attempt): string[] {
  if (applied === "killed") return ["killed"];
  return [
    applied.outcome,
    ...applied.lines.map(
      ({ id, came, cause }) => `${id.split("/")[0] ?? ""} ${came}${cause === undefined ? "" : `: ${cause}`}`,
    ),
  ];
}

const word = (event: ApplyEvent): string =>
  "step" in event ? `${event.is} ${nameOf(event.step)}` : event.is;

describe("the first failure", () => {
  test("begins no step any more, lets running ones end, and the report says what came of each object", async () => {
    const tried = await run(PAIRS, {
      fate: only("make n0/box/main", "fails"),
      millis: ({ id }) => (id === "n0/box/main" ? 5 : 20),
    });
    expect(report(tried)).toEqual([
      "failed",
      "n0 failed: no room for n0/box/main",
      "n1 untouched",
      "n2 failed: interrupted between two steps",
      "n3 untouched",
      "n4 failed: interrupted between two steps",
    ]);
    const events = tried.events.map(word);
    const failure = events.indexOf("failed make n0/box/main");
    expect(events.slice(failure).filter((one) => one.startsWith("began"))).toEqual([]);
    expect(events.slice(failure + 1, failure + 3)).toEqual([
      "ended make n2/box/main",
      "ended make n4/box/main",
    ]);
    expect(tried.effects).toContain("make n4/box/main");
  });

  test("with keep going, ends all that does not stand on it", async () => {
    const tried = await run(PAIRS, { fate: only("make n0/box/main", "fails"), keepGoing: true });
    expect(report(tried)).toEqual([
      "failed",
      "n0 failed: no room for n0/box/main",
      "n1 untouched",
      "n2 changed",
      "n3 changed",
      "n4 changed",
    ]);
  });

  test("tells the last lines with the cause, once", async () => {
    const { applied } = await run([create()], { fate: only("ready n0/box/main", "fails") });
    expect(applied === "killed" ? [] : applied.lines).toEqual([
      {
        id: "n0/box/main",
        does: "create",
        came: "failed",
        cause: "no room for n0/box/main",
        lines: ["the last line"],
      },
    ]);
  });
});

describe("a passing failure", () => {
  const passing: Fate = "passing";

  test("is tried again after one, two and three seconds, and then it is none", async () => {
    const { applied, session, events } = await run([create()], {
      fate: only("make n0/box/main", passing, passing, passing),
      millis: () => 0,
    });
    expect(session.tries.filter(({ step }) => step.is === "call").map(({ at }) => at)).toEqual([
      0, 1000, 3000, 6000,
    ]);
    expect(events.flatMap((one) => (one.is === "again" ? [[one.tries, one.cause]] : []))).toEqual([
      [1, "no room for n0/box/main"],
      [2, "no room for n0/box/main"],
      [3, "no room for n0/box/main"],
    ]);
    expect(applied === "killed" ? applied : applied.outcome).toBe("applied");
  });

  test("that stays says how often it was tried again", async () => {
    const tried = await run([create()], { fate: ({ is }) => (is === "call" ? passing : "ok") });
    expect(report(tried)).toEqual(["failed", "n0 failed: failed after 3 retries: no room for n0/box/main"]);
    expect(tried.session.tries).toHaveLength(4);
  });

  test("makes nothing twice, whether it had its effect or not", async () => {
    const { effects } = await run([create()], {
      fate: only("make n0/box/main", "passing after its effect", passing),
    });
    expect(effects.filter((one) => one === "new n0/box/main")).toHaveLength(1);
  });

  test("that turns into one for good is not tried again", async () => {
    const tried = await run([create()], { fate: only("make n0/box/main", passing, "fails") });
    expect(report(tried)).toEqual(["failed", "n0 failed: no room for n0/box/main"]);
    expect(tried.session.tries).toHaveLength(2);
  });

  test("is not tried again once somebody said stop, also while it waits for its next try", async () => {
    const tried = await run([create(), create(0)], {
      fate: ({ is }) => (is === "call" ? passing : "ok"),
      stopAt: 500,
    });
    expect(tried.session.tries).toHaveLength(1);
    expect(report(tried)).toEqual(["failed", "n0 failed: no room for n0/box/main", "n1 untouched"]);
  });
});

describe("a stop", () => {
  test("lets the running steps end and begins no other", async () => {
    const tried = await run(PAIRS, { millis: () => 100, stopAt: 50 });
    expect(report(tried)).toEqual([
      "interrupted",
      "n0 failed: interrupted between two steps",
      "n1 untouched",
      "n2 failed: interrupted between two steps",
      "n3 untouched",
      "n4 failed: interrupted between two steps",
    ]);
    expect(tried.effects.filter((one) => one.startsWith("make"))).toHaveLength(3);
  });

  test("that comes when all is done changes nothing", async () => {
    expect(report(await run([create()], { millis: () => 10, stopAt: 19 }))).toEqual([
      "applied",
      "n0 changed",
    ]);
  });
});

describe("an abort", () => {
  test("ends the running steps, and is an interruption, not a failure", async () => {
    const tried = await run([create(), create(0)], {
      fate: only("ready n0/box/main", "hangs"),
      stopAt: 50,
      abortAt: 70,
    });
    expect(report(tried)).toEqual(["interrupted", "n0 failed: interrupted", "n1 untouched"]);
  });

  test("waits five seconds for a step that does not listen, and no longer", async () => {
    const tried = await run([create()], {
      fate: only("make n0/box/main", "hangs and is deaf"),
      stopAt: 50,
      abortAt: 70,
    });
    expect(report(tried)).toEqual(["interrupted", "n0 failed: interrupted, and still not over after 5 s"]);
  });

  test("does not hide that all was done", async () => {
    const tried = await run([create()], { millis: () => 10, stopAt: 11, abortAt: 15 });
    expect(report(tried)).toEqual(["applied", "n0 changed"]);
  });
});

describe("how many at once", () => {
  test.each([1, 2, 3, 7])("never more than %i, and as many as that where there is work", async (parallel) => {
    const { session } = await run(
      Array.from({ length: 12 }, () => create()),
      { parallel },
    );
    expect(session.most).toBe(parallel);
  });
});

describe("how long", () => {
  const waits = ({ session }: Attempt): (number | undefined)[] =>
    session.tries.flatMap(({ step }) => (step.is === "await" ? [step.timeoutMs] : []));

  test("a wait may take what the target says, unless the command says otherwise", async () => {
    expect(waits(await run([create()]))).toEqual([300_000]);
    expect(waits(await run([create()], { timeoutMs: 1234 }))).toEqual([1234]);
  });
});

describe("what is told", () => {
  test("each step before and after it, and with the last one that the object is done", async () => {
    const { events } = await run([create()]);
    expect(events.map((one) => [word(one), one.is === "ended" && one.last === true])).toEqual([
      ["began make n0/box/main", false],
      ["ended make n0/box/main", false],
      ["began ready n0/box/main", false],
      ["ended ready n0/box/main", true],
    ]);
  });

  test("nothing at all where there is nothing to do", async () => {
    const tried = await run([{ does: "keep", after: [] }]);
    expect(tried.events).toEqual([]);
    expect(report(tried)).toEqual(["applied"]);
  });
});
