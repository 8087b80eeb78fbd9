import { afterAll, afterEach, describe, expect, test } from "vitest";
import { type Applied, apply } from "../../src/apply/apply.ts";
import { canonicalJson, type Json } from "../../src/base/canonical.ts";
import type { Operates } from "../../src/model/operates.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { Id, Resource } from "../../src/model/resource.ts";
import type { Clock } from "../../src/model/system.ts";
import type { DesiredRequest, Preflight, Session, Target } from "../../src/model/target.ts";
import { plan } from "../../src/plan/plan.ts";
import { printPlan } from "./print-plan.ts";
import { until } from "./until.ts";

/** A place that a target works in, with all that a law needs to be broken there. */
export interface World {
  readonly target: Target;
  readonly clock: Clock;
  readonly origin: string;
  readonly secret: Preflight["secret"];
  open(): Promise<Session>;
  /** What the files say, and what the outside world adds to them. */
  request(session: Session): Promise<DesiredRequest>;
  /** Lets what was promised come true; a world of its own time has to pass it. */
  settle<T>(promise: Promise<T>): Promise<T>;
  readonly drifts: readonly Drift[];
  /** Puts things of somebody else's where ours could be mistaken for them; returns how they look by now. */
  foreign(): Promise<() => Promise<string>>;
  /** From here on one agent cannot come up. */
  breakOne(): Promise<{ readonly failing: Id; readonly dependents: readonly Id[] }>;
  /** All that is left of ours, by name. */
  left(): Promise<readonly string[]>;
  /** Whatever happened: nothing of it stays. */
  end(): Promise<void>;
}

/** One field of one live object that somebody changes by hand. */
export interface Drift {
  readonly what: string;
  readonly id: Id;
  readonly path: string;
  /** `unknown` where what was asked for is lost with it. */
  readonly origin: "drift" | "unknown";
  readonly make: () => Promise<void>;
}

/**
 * The laws that a plan and an apply keep on every target; and those of what runs, where something does.
 * `concurrent`: each world has to itself all that it needs, and mostly waits.
 */
export function describeConformance(
  name: string,
  make: () => Promise<World>,
  { runs = true, concurrent = false }: { readonly runs?: boolean; readonly concurrent?: boolean } = {},
): void {
  describe(`the target ${name}`, () => {
    const LONG = { timeout: 120_000, concurrent };
    const worlds: World[] = [];
    const inWorld = async (): Promise<World> => {
      const world = await make();
      worlds.push(world);
      return world;
    };
    const endAll = async (): Promise<void> => {
      await Promise.all(worlds.splice(0).map((world) => world.end()));
    };
    if (concurrent) afterAll(endAll, LONG.timeout);
    else afterEach(endAll, LONG.timeout);

    test("wants the same bytes for the same files, sorted by their names", LONG, async () => {
      const world = await inWorld();
      const session = await world.open();
      const request = await world.request(session);
      session.close();
      const wanted = world.target.desired(request);
      const again = world.target.desired(structuredClone({ ...request, ir: reversed(request.ir) }));
      expect(bytes(again)).toBe(bytes(wanted));
      const ids = wanted.map(({ id }) => id);
      expect(ids.length).toBeGreaterThan(1);
      expect(ids).toEqual([...new Set(ids)].toSorted());
      for (const { kind } of wanted) expect(Object.keys(world.target.kinds)).toContain(kind);
    });

    test("has nothing left to do after an apply", LONG, async () => {
      const world = await inWorld();
      const applied = await carriedOut(world);
      expect(applied.lines.filter(({ came }) => came !== "changed")).toEqual([]);
      expect(applied.outcome).toBe("applied");
      await expectAllKept(world);
      expect(await carriedOut(world)).toEqual({ lines: [], outcome: "applied" });
    });

    test("sees each drift as that one field, and takes it back", LONG, async () => {
      const world = await inWorld();
      await carriedOut(world);
      expect(world.drifts.length).toBeGreaterThan(0);
      for (const drift of world.drifts) {
        await drift.make();
        const { plan: found } = await planned(world);
        const seen = found.changes.flatMap((change) =>
          change.is === "keep"
            ? []
            : change.is === "update" || change.is === "replace"
              ? change.fields.map((field) => `${change.id} ${field.path} ${field.origin}`)
              : [`${change.is} ${change.id}`],
        );
        expect(seen, drift.what).toEqual([`${drift.id} ${drift.path} ${drift.origin}`]);
        expect((await carriedOut(world)).outcome, drift.what).toBe("applied");
        await expectAllKept(world, drift.what);
      }
    });

    test("leaves nothing after a destroy", LONG, async () => {
      const world = await inWorld();
      await carriedOut(world);
      expect(await world.left()).not.toEqual([]);
      const destroyed = await carriedOut(world, { destroy: true });
      expect(destroyed.outcome).toBe("applied");
      expect(await world.left()).toEqual([]);
      const { plan: after } = await planned(world, { destroy: true });
      expect(printPlan(after)).toBe("");
    });

    test("lets a failed step stop what stands on it and nothing else", LONG, async () => {
      const world = await inWorld();
      const { failing, dependents } = await world.breakOne();
      const applied = await carriedOut(world, { keepGoing: true });
      const came = Object.fromEntries(applied.lines.map((line) => [line.id, line.came]));
      expect(dependents.length).toBeGreaterThan(0);
      expect(applied.outcome).toBe("failed");
      for (const { id } of applied.lines)
        expect([id, came[id]]).toEqual([
          id,
          id === failing ? "failed" : dependents.includes(id) ? "untouched" : "changed",
        ]);
      expect(applied.lines.find(({ id }) => id === failing)?.cause).toMatch(/\S/);
      expect(Object.values(came)).toContain("changed");
    });

    test("never touches what is somebody else's", LONG, async () => {
      const world = await inWorld();
      const look = await world.foreign();
      const before = await look();
      await carriedOut(world);
      expect(await look()).toBe(before);
      await expectAllKept(world);
      await carriedOut(world, { destroy: true });
      expect(await look()).toBe(before);
    });

    if (!runs) return;
    test("names each replica that runs once in its stats, and tells a watch of a restart", LONG, async () => {
      const world = await inWorld();
      await carriedOut(world);
      const session = await world.open();
      try {
        await expectTold(session.operates);
      } finally {
        session.close();
      }
    });
  });
}

async function expectTold(operates: Operates): Promise<void> {
  const [status, stats] = [await operates.status(), await operates.stats()];
  if (!status.ok || !stats.ok) throw new Error("what is live cannot be read");
  const named = (all: readonly { readonly agent: string; readonly replica: number }[]): readonly string[] =>
    all.map(({ agent, replica }) => `${agent}.${replica}`).toSorted();
  expect(named(stats.value.replicas)).toEqual(named(status.value.agents));
  expect(stats.value.replicas.length).toBeGreaterThan(1);
  const stop = new AbortController();
  let moves = 0;
  const watching = operates.watch({ signal: stop.signal, moved: () => void moves++ });
  await until("the watch has begun", () => moves > 0);
  const before = moves;
  expect(await operates.restart(["store"])).toMatchObject({ ok: true, value: [{ ok: true }] });
  await until("the restart is told", () => moves > before);
  stop.abort();
  expect(await watching).toEqual({ ok: true, value: undefined });
}

interface How {
  readonly destroy?: boolean;
  readonly keepGoing?: boolean;
}

async function planned(
  world: World,
  { destroy = false }: How = {},
): Promise<{ readonly plan: Plan; readonly session: Session }> {
  const session = await world.open();
  const desired: readonly Resource[] = destroy ? [] : world.target.desired(await world.request(session));
  const observed = await world.settle(session.observe(desired));
  if (!observed.ok) throw new Error(observed.error.message);
  session.close();
  return {
    session,
    plan: plan({
      desired,
      observed: observed.value.objects,
      rules: world.target.kinds,
      scope: { paths: ["."], origin: world.origin },
      destroy,
      prune: false,
      replace: new Set(),
      release: false,
    }),
  };
}

async function carriedOut(world: World, how: How = {}): Promise<Applied> {
  const { plan: whole } = await planned(world, how);
  const session = await world.open();
  const signal = new AbortController().signal;
  try {
    const begun = await world.settle(session.begin());
    if (!begun.ok) throw new Error([begun.error.message, ...begun.error.notes].join("\n"));
    const applied = await world.settle(
      apply({
        plan: whole,
        steps: (change) => world.target.steps(change),
        run: (step, change, context) => session.run(step, change, context),
        secret: world.secret,
        clock: world.clock,
        tell: () => undefined,
        parallel: 10,
        keepGoing: how.keepGoing === true,
        retries: 1,
        timeoutMs: 30_000,
        stop: signal,
        abort: signal,
      }),
    );
    await session.end();
    return applied;
  } finally {
    session.close();
  }
}

async function expectAllKept(world: World, what = "after an apply"): Promise<void> {
  const { plan: after } = await planned(world);
  expect(
    printPlan(after)
      .split("\n")
      .filter((line) => !line.startsWith("= ") && !line.startsWith("outside: ")),
    what,
  ).toEqual([]);
}

const bytes = (resources: readonly Resource[]): string => canonicalJson(resources as unknown as Json);

/** The same agents, named the other way round. */
const reversed = (ir: DesiredRequest["ir"]): DesiredRequest["ir"] => ({
  ...ir,
  agents: Object.fromEntries(Object.entries(ir.agents).toReversed()),
});
