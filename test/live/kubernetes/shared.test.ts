import { gzipSync } from "node:zlib";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { Holder } from "../../../src/model/holder.ts";
import type { Ir } from "../../../src/model/ir.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Revision, RevisionStore } from "../../../src/model/revision.ts";
import type { Session } from "../../../src/model/target.ts";
import { listAt, textAt } from "../../../targets/kubernetes/answers.ts";
import { describeOn, loadImage } from "../engines.ts";
import { shellAgent, STAYS, worldIn, type World } from "./namespace.ts";

const LONG = { timeout: 120_000, concurrent: true };

const holder = (pid: number): Holder => ({
  pid,
  host: "build-7",
  command: "aac apply --yes",
  since: "2026-01-31T02:14:00.000Z",
});

async function inWorld(
  environment: Readonly<Record<string, string>>,
  body: (world: World, open: () => Promise<Session>) => Promise<void>,
  options: { readonly makesNamespace?: boolean } = {},
): Promise<void> {
  const world = await worldIn(environment, options);
  const opened: Session[] = [];
  try {
    await body(world, async () => {
      const session = await world.open();
      opened.push(session);
      return session;
    });
  } finally {
    for (const one of opened) one.close();
    await world.end();
  }
}

/** Of agents that are as large as it is said. */
function revisionOf(number: number, apply: string, sizes: Readonly<Record<string, string>>): Revision {
  const resource = (agent: string, text: string): Resource => ({
    id: `${agent}/Deployment/${agent}`,
    agent,
    kind: "Deployment",
    name: agent,
    after: [],
    follows: [],
    fields: { text },
    exchange: "stop first",
    holdsData: false,
    protect: false,
    source: "agent.yaml",
    written: {},
    was: { identity: `uid-of-${agent}` },
  });
  return {
    version: 1,
    number,
    apply,
    does: "apply",
    began: "2026-01-31T02:14:00.000Z",
    outcome: "applied",
    by: { user: "ana", host: "build-7", command: "aac apply", madeBy: "aac 0" },
    objects: [{ id: "desk/Deployment/desk", does: "create", came: "changed" }],
    versions: { desk: "busybox:latest" },
    needs: [],
    ir: { irVersion: 1, project: "desk", agents: {} } satisfies Ir,
    facts: { agents: {}, target: { namespace: "x", hasNamespace: true, secrets: {} } },
    resources: Object.entries(sizes).map(([agent, text]) => resource(agent, text)),
  };
}

const secrets = async (world: World): Promise<readonly Json[]> => {
  const answer = await world.get("secrets", "");
  return answer.is === "answer" ? listAt(answer.body, "items") : [];
};
const names = async (world: World, what: string): Promise<readonly string[]> =>
  (await secrets(world))
    .flatMap((one) => textAt(one, "metadata", "name") ?? [])
    .filter((name) => name.startsWith(`aac-${world.project}-${what}-`))
    .sort();
function revisionsOf({ revisions }: Session): RevisionStore {
  if (revisions === undefined) throw new Error("revisions are kept elsewhere");
  return revisions;
}
const value = <T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

await describeOn("kubernetes", "what the machines that reach a cluster share", (environment) => {
  test("one of many that lock a project at once has it, and the next one after it", LONG, async () => {
    await inWorld(environment, async (world, open) => {
      for (let round = 0; round < 3; round++) {
        const rivals = await Promise.all(Array.from({ length: 10 }, open));
        const locks = await Promise.all(rivals.map(async (one, i) => await one.lock?.(holder(4000 + i))));
        const won = locks.flatMap((one, i) => (one?.is === "held" ? [i] : []));
        expect(won).toHaveLength(1);
        for (const one of locks)
          if (one?.is !== "held")
            expect(one).toEqual({
              is: "taken",
              holder: holder(4000 + (won[0] ?? -1)),
              endsInMs: expect.toSatisfy((millis: number) => millis > 0 && millis <= 15_000),
            });
        for (const one of locks) if (one?.is === "held") await one.release();
      }
      const left = await world.cluster.request(
        "GET",
        `/apis/coordination.k8s.io/v1/namespaces/${world.namespace}/leases`,
      );
      expect(left.is === "answer" ? listAt(left.body, "items") : left).toEqual([]);
    });
  });

  test(
    "where there is no namespace yet, the first to have made it goes on, and what waited is written",
    LONG,
    async () => {
      await loadImage("busybox:latest");
      await inWorld(
        environment,
        async (world, open) => {
          world.write("page/agent.yaml", shellAgent("page", STAYS));
          const session = await open();
          const lock = await session.lock?.(holder(1));
          expect(lock?.is).toBe("held");
          expect(value(await revisionsOf(session).heads())).toEqual([]);
          value(await revisionsOf(session).write({ ...revisionOf(1, "a", {}), outcome: "pending" }));
          const { plan } = await world.plan();
          const change = plan.changes.find(({ id }) => id.startsWith("/Namespace/"));
          if (change === undefined) throw new Error("no namespace is planned");
          const done = await session.run({ is: "call", id: change.id, does: "apply" }, change, {
            signal: new AbortController().signal,
            report: () => undefined,
            secret: () => ({ ok: false, error: { code: "AAC3102" } }) as never,
          });
          expect(done).toEqual({ ok: true, value: undefined });
          expect(
            value(await revisionsOf(session).heads()).map(({ number, outcome }) => [number, outcome]),
          ).toEqual([[1, "pending"]]);
          const rival = await (await open()).lock?.(holder(2));
          expect(rival).toMatchObject({ is: "taken", holder: holder(1) });
          if (lock?.is === "held") await lock.release();
        },
        { makesNamespace: true },
      );
    },
  );

  test(
    "revisions are seen from another machine as they were written, and a number is one apply's",
    LONG,
    async () => {
      await inWorld(environment, async (_, open) => {
        const [here, there] = [revisionsOf(await open()), revisionsOf(await open())];
        const pending = { ...revisionOf(1, "a", {}), outcome: "pending" as const };
        const first = revisionOf(1, "a", { desk: "one", store: "same" });
        value(await here.write(pending));
        expect(value(await there.heads())).toMatchObject([{ number: 1, outcome: "pending" }]);
        value(await here.write(first));
        value(await here.write(first));
        expect(value(await there.read(1))).toEqual(first);
        expect(value(await there.read(2))).toBeUndefined();
        expect(await there.write(revisionOf(1, "b", {}))).toMatchObject({
          ok: false,
          error: { code: "AAC4001" },
        });
        expect(value(await there.read(1))).toEqual(first);
        const both = await Promise.all([here, there].map((one, i) => one.write(revisionOf(2, `${i}`, {}))));
        expect(both.filter(({ ok }) => ok)).toHaveLength(1);
      });
    },
  );

  test(
    "ten revisions stay, with what only they need, and what did not change is kept once",
    LONG,
    async () => {
      await inWorld(environment, async (world, open) => {
        const store = revisionsOf(await open());
        for (let number = 1; number <= 12; number++)
          value(await store.write(revisionOf(number, `${number}`, { desk: `v${number}`, store: "same" })));
        expect(value(await store.heads()).map(({ number }) => number)).toEqual([
          12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
        ]);
        expect(await names(world, "rev")).toHaveLength(10);
        // One of `desk` for each, and of all of them one of `store` and one of what they have in common.
        expect(await names(world, "part")).toHaveLength(12);
        expect(value(await store.read(3))?.resources[0]?.fields).toEqual({ text: "v3" });
        for (const one of await secrets(world)) {
          expect(textAt(one, "type")).toBe("agent.dev/revision");
        }
      });
    },
  );

  test("a revision that is too large for one Secret is kept in several", LONG, async () => {
    await inWorld(environment, async (world, open) => {
      const store = revisionsOf(await open());
      const noise = randomBytes(1_200_000).toString("hex");
      expect(gzipSync(noise).length).toBeGreaterThan(1_100_000);
      const large = revisionOf(1, "a", { desk: noise });
      value(await store.write(large));
      expect((await names(world, "part")).length).toBeGreaterThanOrEqual(3);
      expect(value(await store.read(1))).toEqual(large);
    });
  });

  test("revisions are no objects of the project, and are named when all else has gone", LONG, async () => {
    await loadImage("busybox:latest");
    await inWorld(environment, async (world, open) => {
      world.write("page/agent.yaml", shellAgent("page", STAYS));
      expect((await world.apply({ mark: { apply: "f00d", revision: 7 } })).outcome).toBe("applied");
      value(await revisionsOf(await open()).write(revisionOf(7, "f00d", { page: "x" })));
      expect((await world.plan()).plan.changes.map(({ is, id }) => [is, id])).toEqual([
        ["keep", "page/Deployment/page"],
      ]);
      expect(value(await (await open()).operates.status()).agents).toMatchObject([
        { agent: "page", revision: 7 },
      ]);
      const gone = await world.apply({ destroy: true });
      expect(gone.leftovers).toEqual([
        `the history stays, 1 revision: kubectl -n ${world.namespace} delete secret -l agent.dev/project=${world.project},agent.dev/kept`,
      ]);
      expect(await names(world, "rev")).toHaveLength(1);
    });
  });
});
