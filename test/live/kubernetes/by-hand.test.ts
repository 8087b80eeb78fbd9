import { expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { AgentEvent, Operates, Outcome } from "../../../src/model/operates.ts";
import type { Plan } from "../../../src/model/plan.ts";
import type { Adopted, Session } from "../../../src/model/target.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Result } from "../../../src/base/result.ts";
import { at, isMap, textAt } from "../../../targets/kubernetes/answers.ts";
import { target } from "../../../targets/kubernetes/index.ts";
import { until } from "../../helpers/until.ts";
import { describeOn, loadImage } from "../engines.ts";
import { shellAgent, STAYS, worldIn, type World } from "./namespace.ts";

const LONG = { timeout: 180_000, concurrent: true };

async function inWorld(
  environment: Readonly<Record<string, string>>,
  body: (world: World, session: Session) => Promise<void>,
): Promise<void> {
  await loadImage("busybox:latest");
  const world = await worldIn(environment);
  const session = await world.open();
  try {
    await body(world, session);
  } finally {
    session.close();
    await world.end();
  }
}

const does = (plan: Plan): readonly string[] =>
  plan.changes.map(
    (one) => `${one.is} ${one.id}${one.is === "keep" && one.held ? ` (${one.held.what})` : ""}`,
  );
const fields = (plan: Plan): readonly Json[] =>
  plan.changes.flatMap((one) =>
    one.is === "update"
      ? one.fields.map(({ path, from, to, origin, by }) => [
          path,
          from ?? null,
          to ?? null,
          origin,
          by ?? null,
        ])
      : [],
  );
const texts = (result: Result<readonly Outcome[], Diagnostic> | undefined): readonly string[] =>
  result?.ok === true ? result.value.map(({ agent, text }) => `${agent}: ${text}`) : [JSON.stringify(result)];

async function eventsOf(operates: Operates, since?: string): Promise<readonly AgentEvent[]> {
  const found: AgentEvent[] = [];
  await operates.events?.({
    agents: [],
    ...(since === undefined ? {} : { since }),
    follow: false,
    signal: new AbortController().signal,
    event: (event) => found.push(event),
  });
  return found;
}

await describeOn("kubernetes", "what people do by hand to agents of a cluster", (environment) => {
  test(
    "a number of replicas is held until it is released, and then the files' comes back",
    LONG,
    async () => {
      await inWorld(environment, async (world, { operates }) => {
        world.write("page/agent.yaml", shellAgent("page", STAYS, "  config: {topics: [rain]}\n"));
        await world.apply();
        expect(texts(await operates.scale?.("page", 3, { by: "ana", reason: "a crowd" }))).toEqual([
          "page: scaled to 3",
        ]);
        world.write(
          "page/agent.yaml",
          shellAgent("page", STAYS, "  config: {topics: [rain]}\n  environment: [{name: A, value: b}]\n"),
        );
        expect(does((await world.plan()).plan)).toEqual([
          "keep page/ConfigMap/page-config",
          "keep page/Deployment/page (scaled to 3)",
        ]);
        await until(
          "it has three",
          async () => {
            const status = await operates.status();
            return status.ok && status.value.agents.filter(({ state }) => state === "ready").length === 3;
          },
          30_000,
        );
        expect(texts(await operates.release?.(["page", "none"]))).toEqual([
          "page: released",
          "none: no such agent here",
        ]);
        expect(texts(await operates.release?.(["page"]))).toEqual(["page: not held"]);
        world.write("page/agent.yaml", shellAgent("page", STAYS, "  config: {topics: [rain]}\n"));
        expect(fields((await world.plan()).plan)).toEqual([
          ["spec/replicas", 3, 1, "drift", "a hold that was ended"],
        ]);
        expect((await world.apply()).outcome).toBe("applied");
        expect(does((await world.plan()).plan)).toEqual([
          "keep page/ConfigMap/page-config",
          "keep page/Deployment/page",
        ]);
      });
    },
  );

  test(
    "one that was rolled back is left alone with all that is its own, and a start ends that",
    LONG,
    async () => {
      await inWorld(environment, async (world, { operates }) => {
        world.write("page/agent.yaml", shellAgent("page", STAYS, "  config: {topics: [rain]}\n"));
        await world.apply();
        const hold = { by: "ana", since: "2026-01-31T02:14:00Z", what: "rolled back to revision 4" };
        expect(await operates.hold?.("page", hold)).toEqual({ ok: true, value: undefined });
        expect(await operates.hold?.("none", hold)).toMatchObject({ ok: false, error: { code: "AAC4008" } });
        world.write("page/agent.yaml", shellAgent("page", STAYS, "  config: {topics: [snow]}\n"));
        expect(does((await world.plan()).plan)).toEqual([
          "keep page/ConfigMap/page-config (rolled back to revision 4)",
          "keep page/Deployment/page (rolled back to revision 4)",
        ]);
        expect(texts(await operates.start(["page"]))).toEqual(["page: already running, and no longer held"]);
        expect(does((await world.plan()).plan).map((line) => line.split(" ")[0])).toEqual([
          "update",
          "update",
        ]);
        await operates.hold?.("page", hold);
        const neverReady = shellAgent(
          "page",
          "exit 3",
          "  healthCheck: {file: /run/ready}\n  config: {topics: [snow]}\n",
        );
        // Whoever says so with an apply ends it too; and where that fails, it still holds.
        world.write("page/agent.yaml", neverReady);
        const failed = await world.apply({ release: true, goesBack: true });
        expect([failed.outcome, failed.back?.applied.outcome, failed.back?.rest]).toEqual([
          "failed",
          "applied",
          [],
        ]);
        expect(does((await world.plan()).plan).at(-1)).toBe(
          "keep page/Deployment/page (rolled back to revision 4)",
        );
        world.write("page/agent.yaml", shellAgent("page", STAYS, "  config: {topics: [snow]}\n"));
        expect((await world.apply({ release: true })).outcome).toBe("applied");
        expect(does((await world.plan()).plan)).toEqual([
          "keep page/ConfigMap/page-config",
          "keep page/Deployment/page",
        ]);
      });
    },
  );

  test("what happened is told in order: placed, started, ready, ended, started again", LONG, async () => {
    await inWorld(environment, async (world, { operates }) => {
      world.write("page/agent.yaml", shellAgent("page", "sleep 4; exit 3"));
      const stop = new AbortController();
      const followed: AgentEvent[] = [];
      await world.apply();
      const following = operates.events?.({
        agents: ["page"],
        follow: true,
        signal: stop.signal,
        event: (event) => followed.push(event),
      });
      await until("it was started again", () => followed.some(({ why }) => why === "restart 1"), 30_000);
      stop.abort();
      expect(await following).toEqual({ ok: true, value: undefined });
      const told = await eventsOf(operates);
      const words = told.map(({ what, why, by }) => [what, why, by].join(" | "));
      const order = [
        /^scaled \| .*page.* \| deployment-controller$/,
        /^pod made \| Created pod: page-\S+ \| replicaset-controller$/,
        /^placed \| .* \| scheduler$/,
        /^started \|\s*\| kubelet$/,
        /^exited \| exit 3 after \d+ s \| kubelet$/,
        /^started \| restart 1 \| kubelet$/,
      ].map((pattern) => words.findIndex((line) => pattern.test(line)));
      expect(order, words.join("\n")).toEqual(order.toSorted((a, b) => a - b));
      expect(order, words.join("\n")).not.toContain(-1);
      expect(new Set(told.map(({ agent }) => agent))).toEqual(new Set(["page"]));
      const keys = followed.map((one) => JSON.stringify(one));
      expect(new Set(keys).size).toBe(keys.length);
      const last = told.at(-1)?.at ?? "";
      expect((await eventsOf(operates, last)).every((one) => one.at >= last)).toBe(true);
    });
  });

  test(
    "an object that is as the files say is adopted without a change, and others with what differs",
    LONG,
    async () => {
      await inWorld(environment, async (world, session) => {
        world.write(
          "page/agent.yaml",
          shellAgent("page", STAYS, "  config: {topics: [rain]}\n  ports: [{container: 8080}]\n"),
        );
        const desired = target.desired(await world.request(session));
        const adopt = async (
          kind: string,
          name: string,
          agent = "page",
        ): Promise<Result<Adopted, Diagnostic>> => {
          const done = await session.adopt?.({ kind, name, agent, desired });
          if (done === undefined) throw new Error("nothing can be adopted");
          return done;
        };
        // As somebody made them by hand of what was written for other tools.
        await world.apply();
        const bodies = await Promise.all(
          [
            ["deployments", "page"],
            ["services", "page"],
            ["configmaps", "page-config"],
          ].map(async ([kind = "", name = ""]) => ({ kind, name, body: await bare(world, kind, name) })),
        );
        await world.apply({ destroy: true });
        for (const { kind, body } of bodies) await world.make(kind, body);
        await world.change("services", "page", "hand", {
          spec: { ports: [{ port: 8080, targetPort: 9090 }] },
        });
        const uid = await uidOf(world, "deployments", "page");
        await until(
          "it has come up",
          async () => {
            const answer = await world.get("deployments", "page");
            return answer.is === "answer" && at(answer.body, "status", "availableReplicas") === 1;
          },
          30_000,
        );

        // Whoever comes upon them with a plan is told the way.
        const ways = (await world.plan()).preflight.flatMap(({ notes }) => notes.slice(1, 2));
        expect(ways.toSorted()).toEqual([
          "take it over as it is: aac adopt ConfigMap/page-config",
          "take it over as it is: aac adopt Deployment/page",
          "take it over as it is: aac adopt Service/page",
        ]);
        expect(await adopt("Deployment", "page")).toMatchObject({
          ok: true,
          value: {
            id: "page/Deployment/page",
            notes: [
              "it was marked in place, and its pods run on",
              "it is as the files say: the next apply leaves it as it is",
            ],
          },
        });
        expect(await adopt("cm", "page-config")).toMatchObject({ ok: true });
        expect(await adopt("svc", "page")).toMatchObject({
          ok: true,
          value: { notes: [expect.anything(), expect.stringMatching(/^1 field differs/)] },
        });
        const { plan } = await world.plan();
        expect(does(plan)).toEqual([
          "update page/Service/page",
          "keep page/ConfigMap/page-config",
          "keep page/Deployment/page",
        ]);
        expect(fields(plan)).toEqual([["spec/ports/8080/TCP/targetPort", 9090, 8080, "unknown", "hand"]]);
        expect((await world.apply()).outcome).toBe("applied");
        expect(await uidOf(world, "deployments", "page")).toBe(uid);
        // It is ours in all that the files say: an edit is an edit, and nobody's drift.
        world.write(
          "page/agent.yaml",
          shellAgent("page", STAYS, "  config: {topics: [rain]}\n  ports: [{container: 8080}]\n").replace(
            "32Mi",
            "48Mi",
          ),
        );
        expect(fields((await world.plan()).plan)).toEqual([
          ["spec/template/spec/containers/page/resources/limits/memory", "32Mi", "48Mi", "edit", null],
        ]);

        expect(await adopt("Deployment", "page")).toMatchObject({
          value: { notes: ["the Deployment page is page's already"] },
        });
        const faults = await Promise.all([
          adopt("Pod", "page"),
          adopt("Deployment", "other"),
          adopt("Deployment", "page", "desk"),
        ]);
        expect(faults.map((one) => (one.ok ? "" : `${one.error.code} ${one.error.message}`))).toEqual([
          "AAC4013 no `Pod` can be adopted in a cluster",
          "AAC4013 the files of page ask for no Deployment other",
          "AAC4013 the files of desk ask for no Deployment page",
        ]);
      });
    },
  );

  test(
    "what another tool or another project looks after is not adopted, and says whose it is",
    LONG,
    async () => {
      await inWorld(environment, async (world, session) => {
        world.write("page/agent.yaml", shellAgent("page", STAYS, "  config: {topics: [rain]}\n"));
        const desired = target.desired(await world.request(session));
        const cases: readonly (readonly [Json, RegExp])[] = [
          [
            { labels: { "agent.dev/project": "others", "agent.dev/agent": "x" } },
            /belongs to x of the project others$/,
          ],
          [
            { labels: { "agent.dev/project": world.project, "agent.dev/agent": "x" } },
            /belongs to the agent x of this project$/,
          ],
          [
            {
              labels: { "app.kubernetes.io/managed-by": "Helm" },
              annotations: { "meta.helm.sh/release-name": "shop" },
            },
            /is looked after by the Helm release shop$/,
          ],
          [
            { annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:x/y" } },
            /the application of Argo CD shop$/,
          ],
        ];
        for (const [metadata, words] of cases) {
          await world.make("configmaps", {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "page-config", ...(isMap(metadata) ? metadata : {}) },
            data: {},
          });
          const done = await session.adopt?.({
            kind: "ConfigMap",
            name: "page-config",
            agent: "page",
            desired,
          });
          expect(done).toMatchObject({
            ok: false,
            error: { code: "AAC4013", message: expect.stringMatching(words) },
          });
          await world.delete("configmaps", "page-config");
        }
      });
    },
  );
});

async function uidOf(world: World, kind: string, name: string): Promise<string> {
  const answer = await world.get(kind, name);
  return answer.is === "answer" ? (textAt(answer.body, "metadata", "uid") ?? "") : "";
}

/** The same object as if nobody's tool had made it: of our labels, only those that choose its pods. */
async function bare(world: World, kind: string, name: string): Promise<Json> {
  const answer = await world.get(kind, name);
  if (answer.is === "lost" || !isMap(answer.body)) throw new Error(`no ${name}`);
  const { status: _, spec, data, apiVersion, kind: own } = answer.body;
  const { clusterIP: __, clusterIPs: ___, ...rest } = isMap(spec) ? spec : {};
  return {
    apiVersion: apiVersion ?? "",
    kind: own ?? "",
    metadata: {
      name,
      annotations: { "somebody.example/note": textAt(at(answer.body, "metadata"), "name") ?? "" },
    },
    ...(spec === undefined ? {} : { spec: rest as Json }),
    ...(data === undefined ? {} : { data }),
  };
}
