import { expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { keySecret, LABEL } from "../../../targets/kubernetes/names.ts";
import { numberAt } from "../../../targets/kubernetes/answers.ts";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import type { Hands } from "../kubernetes/hands.ts";
import { inCluster } from "../kubernetes/in-cluster.ts";
import { shellAgent, STAYS } from "../kubernetes/namespace.ts";

const FILES = {
  "store/agent.yaml": shellAgent(
    "store",
    STAYS,
    "  config: {topics: [rain]}\n  ports: [{container: 8080}]\n  environment: [{name: API_KEY, from: secret}]\n",
  ),
};

interface Stranger {
  readonly kind: string;
  readonly name: string;
  readonly body: Json;
}

const PODS = { app: "theirs" };

function strangers(project: string, labels: Readonly<Record<string, string>>): readonly Stranger[] {
  const of = (name: string) => ({ metadata: { name, labels } });
  const container = { name: "store", image: "busybox:latest" };
  const template = { metadata: { labels: PODS }, spec: { containers: [container] } };
  return [
    {
      kind: "deployments",
      name: "store",
      body: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        ...of("store"),
        spec: { replicas: 0, selector: { matchLabels: PODS }, template },
      },
    },
    {
      kind: "services",
      name: "store",
      body: {
        apiVersion: "v1",
        kind: "Service",
        ...of("store"),
        spec: { ports: [{ port: 80 }], selector: PODS },
      },
    },
    {
      kind: "configmaps",
      name: "store-config",
      body: {
        apiVersion: "v1",
        kind: "ConfigMap",
        ...of("store-config"),
        data: { "config.json": '{"theirs":1}' },
      },
    },
    {
      kind: "secrets",
      name: keySecret(project),
      body: { apiVersion: "v1", kind: "Secret", ...of(keySecret(project)), stringData: { theirs: "value" } },
    },
  ];
}

/** Whose it may say that it is. */
const MARKS = (project: string): readonly Readonly<Record<string, string>>[] => [
  {},
  { "app.kubernetes.io/managed-by": "Helm" },
  { [LABEL.project]: `${project}-others`, [LABEL.agent]: "store" },
  { [LABEL.agent]: "store" },
  { [LABEL.project]: project },
];

async function lookAt(hands: Hands, { kind, name }: Stranger): Promise<string> {
  return (await hands.versions([kind]))[`${kind}/${name}`] ?? "gone";
}

await describeOn("kubernetes", "objects of others in a cluster", (environment) => {
  test(
    "of the same names are never touched",
    async () => {
      const from = seed();
      const chance = chances(from);
      const count = rounds(2);
      const pick = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T;
      let touched = 0;
      await inCluster({ environment }, FILES, async ({ hands, ...project }) => {
        await hands.secret("store-secrets", { API_KEY: "value" });
        for (let round = 0; round < count; round++) {
          const stranger = pick(strangers(project.name, pick(MARKS(project.name))));
          const isLate = chance() < 0.5;
          const told = `round ${round}, ${JSON.stringify(stranger.body)}${isLate ? ", after the plan" : ""}, seed ${from}`;
          if (isLate) await project.well("plan --out plan.json");
          await hands.make(stranger.kind, stranger.body);
          const before = await untilQuiet(hands, stranger);
          const applied = await project.aac(`apply --yes${isLate ? " plan.json" : ""}`);
          // Only a place for the key can be done without; one that came late is found on the way.
          const expected = stranger.kind === "secrets" ? 0 : isLate ? 4 : 1;
          expect(applied.code, `${told}\n${applied.out}${applied.err}`).toBe(expected);
          const ours = (await hands.ofProject(project.name)).filter(
            (one) => !one.startsWith("secrets/") && one !== `${stranger.kind}/${stranger.name}`,
          );
          if (applied.code === 4) expect(ours, told).toEqual([]);
          await project.aac("plan");
          const destroyed = await project.aac("destroy --yes");
          expect(destroyed.code, `${told}\n${destroyed.out}${destroyed.err}`).toBe(0);
          const after = await lookAt(hands, stranger);
          if (after !== before) touched++;
          expect(after, told).toBe(before);
          await hands.delete(stranger.kind, stranger.name);
          if (isLate) project.remove("plan.json");
        }
      });
      figure("kubernetes-foreign", `${count} collisions: ${touched} foreign objects touched`, from);
    },
    60_000 + rounds(2) * 20_000,
  );
});

/** Its controller reports once that it has seen it. */
async function untilQuiet(hands: Hands, stranger: Stranger): Promise<string> {
  if (stranger.kind === "deployments") {
    await until("its controller has seen it", async () => {
      const live = await hands.get("deployments", stranger.name);
      return (
        numberAt(live, "status", "observedGeneration") === 1 &&
        JSON.stringify(live).includes("NewReplicaSetAvailable")
      );
    });
  }
  return lookAt(hands, stranger);
}
