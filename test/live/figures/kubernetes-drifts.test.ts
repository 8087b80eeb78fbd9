import { expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { does, fieldsOf } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "../kubernetes/in-cluster.ts";
import { shellAgent, STAYS } from "../kubernetes/namespace.ts";

const FILES = {
  "store/agent.yaml": shellAgent(
    "store",
    STAYS,
    `  environment: [{name: GREETING, value: hello}]
  config: {topics: [rain], size: 1}
  ports: [{container: 8080}]
  healthCheck: {command: ["true"], interval: 1s}
`,
  ),
  "desk/agent.yaml": shellAgent("desk", STAYS),
};

interface Drift {
  readonly what: string;
  readonly id: string;
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  readonly body: Json;
}

const POD = "spec/template/spec";

const ofPod = (
  agent: string,
  what: string,
  path: string,
  container: { readonly [key: string]: Json },
): Drift => ({
  what,
  id: `${agent}/Deployment/${agent}`,
  path: `${POD}/containers/${agent}/${path}`,
  kind: "deployments",
  name: agent,
  body: { spec: { template: { spec: { containers: [{ name: agent, ...container }] } } } },
});

const ofDeployment = (what: string, path: string, spec: Json): Drift => ({
  what,
  id: "store/Deployment/store",
  path,
  kind: "deployments",
  name: "store",
  body: { spec },
});

/** One field each, with a value that depends on chance. */
const DRIFTS: readonly ((n: number) => Drift)[] = [
  (n) =>
    ofPod("store", "a variable", "env/GREETING/value", { env: [{ name: "GREETING", value: `bye-${n}` }] }),
  () => ofPod("desk", "an image", "image", { image: "docker.io/library/busybox:latest" }),
  (n) =>
    ofPod("desk", "a limit", "resources/limits/memory", {
      resources: { limits: { memory: `${40 + (n % 20)}Mi` } },
    }),
  (n) =>
    ofPod("store", "a check", "readinessProbe/timeoutSeconds", {
      readinessProbe: { timeoutSeconds: 7 + (n % 9) },
    }),
  (n) =>
    ofPod("store", "another check", "readinessProbe/failureThreshold", {
      readinessProbe: { failureThreshold: 11 + (n % 9) },
    }),
  () => ofPod("desk", "when it is pulled", "imagePullPolicy", { imagePullPolicy: "Never" }),
  () =>
    ofPod("desk", "a right of its program", "securityContext/allowPrivilegeEscalation", {
      securityContext: { allowPrivilegeEscalation: true },
    }),
  () => ofDeployment("replicas", "spec/replicas", { replicas: 2 }),
  (n) =>
    ofDeployment("a deadline", "spec/progressDeadlineSeconds", { progressDeadlineSeconds: 300 + (n % 100) }),
  (n) => ofDeployment("what is kept", "spec/revisionHistoryLimit", { revisionHistoryLimit: 1 + (n % 9) }),
  () =>
    ofDeployment("how it rolls", "spec/strategy/rollingUpdate/maxSurge", {
      strategy: { rollingUpdate: { maxSurge: "50%" } },
    }),
  () =>
    ofDeployment("a grace", `${POD}/terminationGracePeriodSeconds`, {
      template: { spec: { terminationGracePeriodSeconds: 2 } },
    }),
  () =>
    ofDeployment("a token", `${POD}/automountServiceAccountToken`, {
      template: { spec: { automountServiceAccountToken: true } },
    }),
  (n) => ({
    what: "a port",
    id: "store/Service/store",
    path: "spec/ports/8080/TCP/targetPort",
    kind: "services",
    name: "store",
    body: { spec: { ports: [{ port: 8080, targetPort: 9000 + (n % 900) }] } },
  }),
  () => ({
    what: "what a Service chooses",
    id: "store/Service/store",
    path: "spec/type",
    kind: "services",
    name: "store",
    body: { spec: { type: "NodePort" } },
  }),
  (n) => ({
    what: "a configuration",
    id: "store/ConfigMap/store-config",
    path: "config/size",
    kind: "configmaps",
    name: "store-config",
    body: { data: { "config.json": JSON.stringify({ size: 2 + n, topics: ["rain"] }) } },
  }),
];

await describeOn("kubernetes", "drifts in a cluster", (environment) => {
  test(
    "each is seen as that one field, with the name of who made it, and is taken back",
    async () => {
      const from = seed();
      const chance = chances(from);
      const count = rounds(2);
      const first = Math.floor(chance() * DRIFTS.length);
      await inCluster({ environment }, FILES, async ({ hands, ...project }) => {
        await project.well("apply --yes");
        for (let round = 0; round < count; round++) {
          const drift = DRIFTS[(first + round) % DRIFTS.length]?.(Math.floor(chance() * 1000));
          if (drift === undefined) throw new Error("there is a drift for each number");
          const told = `round ${round}, ${drift.what}, seed ${from}`;
          const manager = `hand-${round}`;
          await hands.change(drift.kind, drift.name, manager, drift.body);
          const plan = await project.plan();
          expect(
            fieldsOf(plan).map(({ path, origin, by }) => [path, origin, by]),
            told,
          ).toEqual([[drift.path, "drift", manager]]);
          expect(does(plan), told).toEqual([`update ${drift.id}`]);
          await project.well("apply --yes");
          const after = await project.aac("plan --detailed-exitcode");
          expect(after.code, `${told}\n${after.out}`).toBe(0);
        }
      });
      figure(
        "kubernetes-drifts",
        `${count} of ${count} single-field drifts seen as that one field, by their manager, and taken back`,
        from,
      );
    },
    60_000 + rounds(2) * 20_000,
  );
});
