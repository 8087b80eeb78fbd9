import type { Json } from "../../src/base/canonical.ts";
import { err } from "../../src/base/result.ts";
import { diagnostic } from "../../src/model/diagnostic.ts";
import { system } from "../../src/system/system.ts";
import { listAt, numberAt, textAt } from "../../targets/kubernetes/answers.ts";
import { target } from "../../targets/kubernetes/index.ts";
import { LABEL } from "../../targets/kubernetes/names.ts";
import { loadImage } from "../live/engines.ts";
import { isHistory } from "../live/kubernetes/hands.ts";
import { shellAgent, STAYS, worldIn, type World as Namespace } from "../live/kubernetes/namespace.ts";
import type { Drift, World } from "./target-conformance.ts";
import { until } from "./until.ts";

/** Three small agents: one that another waits for, one with a configuration, one with a port and a health check. */
const FILES: Readonly<Record<string, string>> = {
  "store/agent.yaml": shellAgent("store", STAYS),
  "desk/agent.yaml": shellAgent(
    "desk",
    STAYS,
    "  dependsOn: [store]\n  environment: [{name: GREETING, value: hello}]\n  config: {topics: [rain]}\n",
  ),
  "page/agent.yaml": shellAgent(
    "page",
    "cd /tmp; echo hi > index.html; exec httpd -f -p 8080",
    "  ports: [{container: 8080}]\n  healthCheck: {path: /index.html, interval: 1s}\n",
  ),
};

/** Deployments of a real cluster, in a namespace of their own. */
export async function kubernetesWorld(environment: Readonly<Record<string, string>>): Promise<World> {
  await loadImage("busybox:latest");
  const namespace = await worldIn(environment);
  for (const [path, text] of Object.entries(FILES)) namespace.write(path, text);
  const session = await namespace.open();
  const { origin } = session.place;
  session.close();
  return {
    target,
    clock: system.clock,
    origin,
    secret: () => err(diagnostic("AAC3102", undefined, "there are no secrets here")),
    open: () => namespace.open(),
    request: (one) => namespace.request(one),
    settle: (promise) => promise,
    drifts: driftsOf(namespace),
    foreign: () => strangersIn(namespace),
    breakOne() {
      namespace.write(
        "store/agent.yaml",
        shellAgent("store", STAYS).replace("busybox:", "nowhere.invalid/none:"),
      );
      return Promise.resolve({
        failing: "store/Deployment/store",
        dependents: ["desk/Deployment/desk"],
      });
    },
    left: () => leftIn(namespace),
    end: () => namespace.end(),
  };
}

const KINDS = ["configmaps", "deployments", "persistentvolumeclaims", "pods", "secrets", "services"];

async function items(namespace: Namespace, kind: string): Promise<readonly Json[]> {
  const answer = await namespace.get(kind, "");
  return answer.is === "answer" ? listAt(answer.body, "items") : [];
}

const nameOf = (one: Json): string => textAt(one, "metadata", "name") ?? "";

async function leftIn(namespace: Namespace): Promise<readonly string[]> {
  const all = await Promise.all(KINDS.map((kind) => items(namespace, kind)));
  return all.flatMap((found, i) =>
    found
      .filter(
        (one) => textAt(one, "metadata", "labels", LABEL.project) === namespace.project && !isHistory(one),
      )
      .map((one) => `${KINDS[i]}/${nameOf(one)}`),
  );
}

/** What others may have in the same namespace, with labels that resemble ours. */
async function strangersIn(namespace: Namespace): Promise<() => Promise<string>> {
  const { project } = namespace;
  const others = { [LABEL.project]: `${project}-others`, [LABEL.agent]: "store" };
  const pods = { app: "theirs" };
  await namespace.make("deployments", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "store-of-others", labels: others },
    spec: {
      replicas: 0,
      selector: { matchLabels: pods },
      template: {
        metadata: { labels: pods },
        spec: { containers: [{ name: "store", image: "busybox:latest" }] },
      },
    },
  });
  // Of this project, as somebody says who is not its apply: no agent's.
  await namespace.make("configmaps", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "notes", labels: { [LABEL.project]: project } },
    data: { "config.json": "{}" },
  });
  await namespace.make("services", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "store", labels: { "app.kubernetes.io/name": "store" } },
    spec: { ports: [{ port: 80 }], selector: pods },
  });
  await namespace.make("secrets", {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "desk-secrets", labels: { [LABEL.agent]: "desk" } },
  });
  const theirs = ["store-of-others", "notes", "store", "desk-secrets"];
  const look = async (): Promise<string> => {
    const kinds = ["deployments", "configmaps", "services", "secrets"];
    const all = await Promise.all(kinds.map((kind) => items(namespace, kind)));
    const found = all.flatMap((some, i) =>
      some
        .filter((one) => nameOf(one) === theirs[i])
        .map((one) => [kinds[i], nameOf(one), textAt(one, "metadata", "resourceVersion") ?? ""]),
    );
    return JSON.stringify(found);
  };
  await until("its controller has seen it", async () =>
    (await items(namespace, "deployments")).every(
      (one) => numberAt(one, "status", "observedGeneration") === 1,
    ),
  );
  return look;
}

const pod = (agent: string, container: Readonly<Record<string, Json>>): Json => ({
  spec: { template: { spec: { containers: [{ name: agent, ...container }] } } },
});

function driftsOf(namespace: Namespace): readonly Drift[] {
  const drift = (
    what: string,
    id: string,
    path: string,
    [kind, name, body]: readonly [kind: string, name: string, body: Json],
  ): Drift => ({
    what,
    id,
    path,
    origin: "drift",
    make: () => namespace.change(kind, name, "somebody", body),
  });
  const inPod = (
    agent: string,
    what: string,
    path: string,
    container: Readonly<Record<string, Json>>,
  ): Drift =>
    drift(what, `${agent}/Deployment/${agent}`, `spec/template/spec/containers/${agent}/${path}`, [
      "deployments",
      agent,
      pod(agent, container),
    ]);
  return [
    inPod("desk", "kubectl set env", "env/GREETING/value", { env: [{ name: "GREETING", value: "bye" }] }),
    inPod("store", "kubectl set image", "image", { image: "docker.io/library/busybox:latest" }),
    inPod("store", "kubectl set resources", "resources/limits/memory", {
      resources: { limits: { memory: "48Mi" } },
    }),
    inPod("page", "a check that was made slower", "readinessProbe/periodSeconds", {
      readinessProbe: { periodSeconds: 2 },
    }),
    drift("kubectl scale", "store/Deployment/store", "spec/replicas", [
      "deployments",
      "store",
      { spec: { replicas: 2 } },
    ]),
    drift("a shorter grace", "desk/Deployment/desk", "spec/template/spec/terminationGracePeriodSeconds", [
      "deployments",
      "desk",
      { spec: { template: { spec: { terminationGracePeriodSeconds: 2 } } } },
    ]),
    drift("another port of a Service", "page/Service/page", "spec/ports/8080/TCP/targetPort", [
      "services",
      "page",
      { spec: { ports: [{ port: 8080, targetPort: 8081 }] } },
    ]),
    drift("an edited configuration", "desk/ConfigMap/desk-config", "config/topics/0", [
      "configmaps",
      "desk-config",
      { data: { "config.json": '{"topics":["snow"]}' } },
    ]),
  ];
}
