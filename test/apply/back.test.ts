import { expect, test } from "vitest";
import { back } from "../../src/plan/back.ts";
import { chances, figure, rounds, seed } from "../helpers/figure.ts";
import { fakeClock } from "../helpers/fake-clock.ts";
import { type Fate, fakeSession, fakeTarget, type FakeWorld, nameOf, steps } from "../helpers/fake-target.ts";
import { attempt, carriedOut, FATES_OF_OBJECTS, type Node, planOf, sceneOf } from "./engine.ts";

const BAD: readonly Fate[] = ["fails", "fails after its effect", "passing", "passing after its effect"];

const seen = (world: FakeWorld): unknown =>
  [...world.objects.values()]
    .map(({ id, fields, after }) => ({ id, fields, after }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Up to ten objects, each standing on some before it. */
function randomNodes(chance: () => number): readonly Node[] {
  return Array.from({ length: 2 + Math.floor(chance() * 9) }, (_, number) => ({
    does: FATES_OF_OBJECTS[Math.floor(chance() * FATES_OF_OBJECTS.length)] ?? "keep",
    after: Array.from({ length: number }, (__, one) => one).filter(() => chance() < 0.3),
  }));
}

test("whatever fails, and wherever: after the way back the world is as it was before the apply", async () => {
  const from = seed();
  const chance = chances(from);
  let failed = 0;
  const all = rounds(300);
  for (let round = 0; round < all; round++) {
    const nodes = randomNodes(chance);
    const { world, desired } = sceneOf(nodes);
    const before = seen(world);
    const names = (await planOf(world, desired)).changes.flatMap((change) => steps(change).map(nameOf));
    if (names.length === 0) continue;
    const bad = names[Math.floor(chance() * names.length)];
    const fate = BAD[Math.floor(chance() * BAD.length)] ?? "fails";
    const tried = await attempt(world, desired, {
      fate: (step, nth) => (nameOf(step) === bad && (nth === 0 || fate.startsWith("passing")) ? fate : "ok"),
      parallel: 1 + Math.floor(chance() * 4),
      keepGoing: chance() < 0.3,
      millis: () => 1 + Math.floor(chance() * 20),
    });
    if (tried.applied === "killed") throw new Error("nobody was to be killed");
    if (tried.applied.outcome === "applied") continue;
    failed++;
    const observed = await fakeSession(world, fakeClock()).observe([]);
    if (!observed.ok) throw new Error("a world in memory can always be seen");
    const way = back({
      changes: tried.plan.changes,
      begun: new Set(tried.applied.lines.flatMap(({ id, came }) => (came === "untouched" ? [] : [id]))),
      observed: observed.value.objects,
      rules: fakeTarget(world, fakeClock()).kinds,
    });
    const undone = await carriedOut(world, way.plan);
    const told = `seed ${from}, round ${round}`;
    expect(undone.applied === "killed" ? "killed" : undone.applied.outcome, told).toBe("applied");
    expect(seen(world), told).toEqual(before);
    expect(world.broken, told).toEqual([]);
    expect(way.lost, told).toEqual([]);
  }
  expect(failed).toBeGreaterThan(all / 4);
  figure("way-back", `${failed} failed applies in memory, each put back as it was`, from);
});
