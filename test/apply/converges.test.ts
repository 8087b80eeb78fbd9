import { describe, expect, test } from "vitest";
import { chances, rounds, seed } from "../helpers/figure.ts";
import { type Fate, nameOf, steps } from "../helpers/fake-target.ts";
import {
  attempt,
  type Attempt,
  type Does,
  FATES_OF_OBJECTS,
  graphsOf,
  idOf,
  type Node,
  type Options,
  planOf,
  type Scene,
  sceneOf,
} from "./engine.ts";

/** Who ends first: all at once, the first ones, the last ones. */
const SPEEDS: readonly (Options["millis"] & object)[] = [
  () => 1,
  ({ id }) => 1 + Number(/\d+/.exec(id)?.[0] ?? 0),
  ({ id }) => 20 - Number(/\d+/.exec(id)?.[0] ?? 0),
];
const BAD: readonly Fate[] = ["fails", "fails after its effect", "passing", "killed before", "killed after"];

async function stepNames(nodes: readonly Node[]): Promise<string[]> {
  const { world, desired } = sceneOf(nodes);
  return (await planOf(world, desired)).changes.flatMap((change) => steps(change).map(nameOf));
}

/** Everything is as it is wanted, made no more often than needed, and there is nothing left to do. */
async function expectConverged(nodes: readonly Node[], { world, desired }: Scene): Promise<void> {
  expect(world.broken).toEqual([]);
  const wanted = desired.map(({ id, fields, after }) => ({ id, fields, after }));
  const live = [...world.objects.values()].map(({ id, fields, after }) => ({ id, fields, after }));
  expect(live.toSorted(byId)).toEqual(wanted.toSorted(byId));
  const made = nodes.map((_, number) => world.effects.filter((one) => one === `new ${idOf(number)}`).length);
  expect(made).toEqual(nodes.map(({ does }) => (does === "create" || does === "replace" ? 1 : 0)));
  expect((await planOf(world, desired)).changes.filter(({ is }) => is !== "keep")).toEqual([]);
}

/** What the report says of each object is what came of it. */
function expectTruth({ world, desired }: Scene, { applied, plan, effects, session }: Attempt): void {
  if (applied === "killed") return;
  const wanted = new Map(desired.map((one) => [one.id, one]));
  expect(applied.lines.map(({ id }) => id)).toEqual(
    plan.changes.filter(({ is }) => is !== "keep").map(({ id }) => id),
  );
  for (const line of applied.lines) {
    const was = effects.filter((one) => one.endsWith(` ${line.id}`));
    const tried = session.tries.some(({ step }) => step.id === line.id);
    if (line.came === "changed")
      expect(world.objects.get(line.id)?.fields, line.id).toEqual(wanted.get(line.id)?.fields);
    if (line.came === "untouched") expect([was, tried], line.id).toEqual([[], false]);
    if (line.came === "failed") expect([tried, line.cause !== undefined], line.id).toEqual([true, true]);
  }
  const bad = applied.lines.filter(({ came }) => came !== "changed").length;
  expect(applied.outcome === "applied").toBe(bad === 0);
}

/** One step has a bad fate; the next program has none. */
async function tryOnce(nodes: readonly Node[], options: Options): Promise<Attempt> {
  const scene = sceneOf(nodes);
  const first = await attempt(scene.world, scene.desired, options);
  expectTruth(scene, first);
  const second = await attempt(scene.world, scene.desired);
  expect(second.applied === "killed" ? "killed" : second.applied.outcome).toBe("applied");
  await expectConverged(nodes, scene);
  return first;
}

const oneBad =
  (name: string, fate: Fate): NonNullable<Options["fate"]> =>
  (step, nth) =>
    nameOf(step) === name && nth === 0 ? fate : "ok";

describe("whatever one step of a small graph does, the next apply ends it, and the plan after that is empty", () => {
  test("every graph of up to four new objects, each step, each fate, each order of endings", async () => {
    let tried = 0;
    for (const graph of [1, 2, 3, 4].flatMap(graphsOf)) {
      const nodes = graph.map((after): Node => ({ does: "create", after }));
      for (const name of await stepNames(nodes))
        for (const fate of BAD)
          for (const millis of nodes.length < 4 ? SPEEDS : SPEEDS.slice(1)) {
            const { session } = await tryOnce(nodes, { fate: oneBad(name, fate), millis });
            expect(session.tries.map(({ step }) => nameOf(step))).toContain(name);
            tried++;
          }
    }
    // 64 graphs of four, 8 of three, 2 of two, 1 of one.
    expect(tried).toBe(5 * (64 * 8 * 2 + 8 * 6 * 3 + 2 * 4 * 3 + 1 * 2 * 3));
  }, 120_000);

  test("every graph of up to three that come, change, are replaced, go and stay, each step, each fate", async () => {
    for (const graph of [1, 2, 3].flatMap(graphsOf))
      for (const does of mixesOf(graph.length)) {
        const nodes = graph.map((after, one): Node => ({ does: does[one] ?? "keep", after }));
        for (const name of await stepNames(nodes))
          for (const fate of graph.length < 3 ? BAD : (["fails", "killed after"] as const))
            await tryOnce(nodes, { fate: oneBad(name, fate) });
      }
  }, 120_000);

  test("a second kill, at each point of the apply that comes after a first one", async () => {
    for (const graph of [2, 3].flatMap(graphsOf)) {
      const nodes = graph.map((after, one): Node => ({ does: one === 0 ? "replace" : "create", after }));
      const names = await stepNames(nodes);
      for (const first of names)
        for (const second of names)
          for (const fate of ["killed before", "killed after"] as const) {
            const scene = sceneOf(nodes);
            await attempt(scene.world, scene.desired, { fate: oneBad(first, "killed after") });
            await attempt(scene.world, scene.desired, { fate: oneBad(second, fate) });
            await attempt(scene.world, scene.desired);
            await expectConverged(nodes, scene);
          }
    }
  }, 120_000);
});

test("large random graphs under failures and kills converge as soon as nothing fails any more", async () => {
  const from = seed();
  const chance = chances(from);
  process.stdout.write(`converging graphs: seed ${from}\n`);
  for (let round = 0; round < rounds(10); round++) {
    const count = 5 + Math.floor(chance() * 20);
    const nodes = Array.from(
      { length: count },
      (_, number): Node => ({
        does: FATES_OF_OBJECTS[Math.floor(chance() * FATES_OF_OBJECTS.length)] ?? "keep",
        after: Array.from({ length: number }, (__, one) => one).filter(() => chance() < 0.15),
      }),
    );
    const scene = sceneOf(nodes);
    for (let program = 0; program < 6; program++) {
      const options: Options = {
        fate: () => (chance() < 0.12 ? (BAD[Math.floor(chance() * BAD.length)] ?? "ok") : "ok"),
        millis: () => 1 + Math.floor(chance() * 50),
        parallel: 1 + Math.floor(chance() * 6),
        keepGoing: chance() < 0.5,
        ...(chance() < 0.3 ? { stopAt: Math.floor(chance() * 200) } : {}),
      };
      const tried = await attempt(scene.world, scene.desired, options);
      expectTruth(scene, tried);
      expect(tried.session.most).toBeLessThanOrEqual(options.parallel ?? 0);
    }
    await attempt(scene.world, scene.desired);
    await expectConverged(nodes, scene);
  }
}, 600_000);

function mixesOf(count: number): Does[][] {
  if (count === 0) return [[]];
  return mixesOf(count - 1).flatMap((mix) => FATES_OF_OBJECTS.map((does) => [...mix, does]));
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
