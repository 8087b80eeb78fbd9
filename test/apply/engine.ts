import { type Applied, type ApplyRequest, apply } from "../../src/apply/apply.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { Resource } from "../../src/model/resource.ts";
import type { ApplyEvent } from "../../src/model/step.ts";
import { plan } from "../../src/plan/plan.ts";
import { fakeClock } from "../helpers/fake-clock.ts";
import {
  type FakeSession,
  fakeSession,
  fakeTarget,
  type FakeWorld,
  fakeWorld,
  ORIGIN,
  own,
  put,
  type Script,
  steps,
} from "../helpers/fake-target.ts";

export interface Attempt {
  readonly plan: Plan;
  readonly applied: Applied | "killed";
  readonly events: readonly ApplyEvent[];
  /** What it did to the world. */
  readonly effects: readonly string[];
  readonly session: FakeSession;
}

export interface Options extends Script, Partial<Pick<ApplyRequest, "parallel" | "keepGoing" | "timeoutMs">> {
  /** At these times of the clock. */
  readonly stopAt?: number;
  readonly abortAt?: number;
}

/** One program from its start to its end, or to its kill: looks, plans, applies. Nothing of it stays but the world. */
export async function attempt(
  world: FakeWorld,
  desired: readonly Resource[],
  options: Options = {},
): Promise<Attempt> {
  return carriedOut(world, await planOf(world, desired), options);
}

/** A plan that is given, by a program of its own. */
export async function carriedOut(world: FakeWorld, planned: Plan, options: Options = {}): Promise<Attempt> {
  const clock = fakeClock();
  const session = fakeSession(world, clock, options);
  const events: ApplyEvent[] = [];
  const [stop, abort] = [new AbortController(), new AbortController()];
  if (options.stopAt !== undefined) clock.after(options.stopAt, () => stop.abort());
  if (options.abortAt !== undefined) clock.after(options.abortAt, () => abort.abort());
  const since = world.effects.length;
  const applying = apply({
    plan: planned,
    steps,
    run: (step, change, context) => session.run(step, change, context),
    secret: () => {
      throw new Error("there are no secrets here");
    },
    clock,
    tell: (event) => events.push(event),
    parallel: options.parallel ?? 10,
    keepGoing: options.keepGoing ?? false,
    retries: 3,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    stop: stop.signal,
    abort: abort.signal,
  });
  const applied = await clock.run(Promise.race([applying, session.killed]));
  return { plan: planned, applied, events, effects: world.effects.slice(since), session };
}

export async function planOf(world: FakeWorld, desired: readonly Resource[]): Promise<Plan> {
  const observed = await fakeSession(world, fakeClock()).observe(desired);
  if (!observed.ok) throw new Error("a world in memory can always be seen");
  return plan({
    desired,
    observed: observed.value.objects,
    rules: fakeTarget(world, fakeClock()).kinds,
    scope: { paths: ["."], origin: ORIGIN },
    destroy: false,
    prune: false,
    replace: new Set(),
    release: false,
  });
}

/** What is to become of an object. */
export const FATES_OF_OBJECTS = ["create", "update", "replace", "delete", "keep"] as const;
export type Does = (typeof FATES_OF_OBJECTS)[number];

export interface Node {
  readonly does: Does;
  /** Numbers of nodes before this one. */
  readonly after: readonly number[];
}

export interface Scene {
  readonly world: FakeWorld;
  readonly desired: readonly Resource[];
}

export const idOf = (number: number): string => `n${number}/box/main`;

/** A world as an earlier apply left it, and what is wanted of it now. */
export function sceneOf(nodes: readonly Node[]): Scene {
  const world = fakeWorld();
  const resource = (number: number, isNew: boolean): Resource => {
    const { does, after } = nodes[number] ?? { does: "keep", after: [] };
    const there = after.filter((one) => nodes[one]?.does !== (isNew ? "delete" : "create")).map(idOf);
    return own({
      id: idOf(number),
      agent: `n${number}`,
      kind: "box",
      name: "main",
      after: there,
      fields: {
        command: [does === "replace" && isNew ? "other" : "run"],
        limit: does === "update" && isNew ? 2 : 1,
        needs: there,
      },
    });
  };
  nodes.forEach(({ does }, number) => {
    if (does !== "create") put(world, resource(number, false));
  });
  return {
    world,
    desired: nodes.flatMap(({ does }, number) => (does === "delete" ? [] : [resource(number, true)])),
  };
}

/** Every graph of so many nodes in which each stands only on earlier ones. */
export function graphsOf(count: number): number[][][] {
  if (count === 0) return [[]];
  const subsets = Array.from({ length: 2 ** (count - 1) }, (_, bits) =>
    Array.from({ length: count - 1 }, (__, one) => one).filter((one) => (bits >> one) & 1),
  );
  return graphsOf(count - 1).flatMap((graph) => subsets.map((subset) => [...graph, subset]));
}
