import { test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { listAt, textAt } from "../../../targets/kubernetes/answers.ts";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { describeOn } from "../engines.ts";
import { type ClusterProject, inCluster } from "../kubernetes/in-cluster.ts";
import { shellAgent, STAYS } from "../kubernetes/namespace.ts";
import { countsOf, type Move, said, staleRounds } from "./stale-rounds.ts";

const agent = (name: string): string =>
  shellAgent(
    name,
    STAYS,
    `  environment:
    - {name: LEVEL, value: "0"}
    - {name: TOKEN, from: secret, secretName: ${name}, secretKey: token}
  config: {topics: [rain], size: 0}
  ports: [{container: 8080}]
  healthCheck: {command: ["true"], interval: 1s}
`,
  );

const EXTRA = shellAgent("extra", STAYS, '  healthCheck: {command: ["true"], interval: 1s}\n');

const NAMES = ["desk", "store"];
const FILES = Object.fromEntries(NAMES.map((name) => [`${name}/agent.yaml`, agent(name)]));

const inPod = (name: string, container: Readonly<Record<string, Json>>): Json => ({
  spec: { template: { spec: { containers: [{ name, ...container }] } } },
});

/** What somebody can do in a cluster, to the agent that a plan touches or to the other one. */
function movesOf({ hands }: ClusterProject, name: string): readonly Move[] {
  const title = `${name} · Deployment`;
  const change = (body: Json): Promise<void> => hands.change("deployments", name, "hand", body);
  return [
    {
      what: "kubectl set image",
      says: [title, "image busybox:latest, now docker.io/library/busybox:latest"],
      make: () => change(inPod(name, { image: "docker.io/library/busybox:latest" })),
    },
    {
      what: "kubectl set resources",
      says: [title, "limits.memory 32Mi, now 48Mi"],
      make: () => change(inPod(name, { resources: { limits: { memory: "48Mi" } } })),
    },
    {
      what: "kubectl scale",
      says: [title, "spec.replicas 1, now 2"],
      make: () => change({ spec: { replicas: 2 } }),
    },
    {
      what: "a slower check",
      says: [title, "readinessProbe.timeoutSeconds 10, now 77"],
      make: () => change(inPod(name, { readinessProbe: { timeoutSeconds: 77 } })),
    },
    {
      what: "kubectl edit configmap",
      says: [`${name} · ConfigMap`, "rain, now snow"],
      async make() {
        const live = await hands.get("configmaps", `${name}-config`);
        const text = (textAt(live, "data", "config.json") ?? "").replace("rain", "snow");
        await hands.change("configmaps", `${name}-config`, "hand", { data: { "config.json": text } });
      },
    },
    {
      what: "a Secret has another value",
      says: [`${name}: `, "TOKEN has another value by now"],
      make: (n) => hands.change("secrets", name, "hand", { stringData: { token: `token ${n}` } }),
    },
    {
      what: "kubectl delete deployment",
      says: [`${title} was there, and is gone now`],
      make: () => hands.delete("deployments", name),
    },
  ];
}

/** What only what a plan touches can meet. */
function touchedOf(project: ClusterProject): readonly Move[] {
  return [
    ...movesOf(project, "desk"),
    {
      what: "somebody else applies something in between",
      says: ["desk · Deployment", "LEVEL", /now 7\d\d\d/],
      async make(n) {
        project.edit("desk/agent.yaml", `value: "${n}"`, `value: "${7000 + n}"`);
        await project.well("apply --yes");
        project.edit("desk/agent.yaml", `value: "${7000 + n}"`, `value: "${n}"`);
      },
    },
    {
      what: "it was taken down and made again",
      says: ["desk · Deployment was planned against", "is another one now"],
      async make(n) {
        project.edit("desk/agent.yaml", `value: "${n}"`, `value: "${n - 1}"`);
        await project.hands.delete("deployments", "desk");
        await project.well("apply --yes");
        project.edit("desk/agent.yaml", `value: "${n - 1}"`, `value: "${n}"`);
      },
    },
    {
      what: "what was to be made is there",
      says: ["extra · Deployment was to be made, and is there now"],
      plans: () => project.write("extra/agent.yaml", EXTRA),
      make: async () => void (await project.well("apply -f extra --yes")),
      undo: () => project.remove("extra"),
    },
  ];
}

await describeOn("kubernetes", "a plan file of a cluster", (environment) => {
  test(
    "is refused where the world moved, and nothing is touched",
    async () => {
      const from = seed();
      const counts = countsOf(rounds(1));
      await inCluster({ environment }, FILES, async (project) => {
        const { hands } = project;
        for (const name of NAMES) await hands.secret(name, { token: "first" });
        await staleRounds(
          {
            project,
            touched: touchedOf(project),
            beside: movesOf(project, "store"),
            async versions(name) {
              const kinds = ["deployments", "services", "configmaps"];
              const lists = await Promise.all(kinds.map((kind) => hands.list(kind)));
              return lists
                .flat()
                .filter(
                  (one) => name === undefined || textAt(one, "metadata", "name")?.startsWith(name) === true,
                )
                .map((one) => [
                  textAt(one, "metadata", "uid"),
                  // What the cluster reports of it goes on by itself.
                  JSON.stringify({ ...mapOf(one), status: 0, metadata: labelsOf(one) }),
                ]);
            },
            async level() {
              const found = await hands.list("deployments");
              const desk = found.find((one) => textAt(one, "metadata", "name") === "desk");
              const [container] = listAt(desk, "spec", "template", "spec", "containers");
              return textAt(
                listAt(container, "env").find((one) => textAt(one, "name") === "LEVEL"),
                "value",
              );
            },
          },
          counts,
          { chance: chances(from), from },
        );
      });
      figure("stale-kubernetes", said(counts), from);
    },
    60_000 + rounds(1) * 60_000,
  );
});

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json | undefined } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const mapOf = (value: Json | undefined): Readonly<Record<string, Json | undefined>> =>
  isMap(value) ? value : {};

const labelsOf = (object: Json): Json => mapOf(mapOf(object)["metadata"])["labels"] ?? null;
