import type { Json } from "../../../src/base/canonical.ts";
import type { Hands } from "../kubernetes/hands.ts";
import { at } from "./edits-manifest.ts";
import { type Tree, treeIn, withValue, type World } from "./edits-model.ts";
import type { Hand } from "./edits-walk.ts";

/** What somebody could do in a namespace now. */
export function handsOn(hands: Hands, live: World, n: number): readonly Hand[] {
  return Object.entries(live).flatMap(([id, { fields }]): readonly Hand[] => {
    const [agent = "", kind = "", name = ""] = id.split("/");
    const plural = `${kind.toLowerCase()}s`;
    const patch = (what: string, path: readonly string[], value: Json | undefined, body: Json): Hand => ({
      agent,
      what,
      makes: { ...live, [id]: { ...live[id], fields: withValue(fields, path, value) } },
      make: () => hands.change(plural, name, `hand-${n}`, body),
    });
    if (kind === "ConfigMap") {
      const config = withValue(treeIn(fields["config"]), ["topics", "0"], `snow ${n}`);
      return [
        patch("kubectl edit configmap", ["config", "topics", "0"], `snow ${n}`, {
          data: { "config.json": JSON.stringify(config) },
        }),
      ];
    }
    if (kind === "Service") {
      const [port = ""] = Object.keys(treeIn(treeIn(fields["spec"])["ports"]));
      return [
        patch("another port of a Service", ["spec", "ports", port, "targetPort"], 9000 + n, {
          spec: { ports: [{ port: Number(port.split("/")[0]), targetPort: 9000 + n }] },
        }),
        patch("another type of a Service", ["spec", "type"], "NodePort", { spec: { type: "NodePort" } }),
      ];
    }
    return ofDeployment(agent, fields, n, patch, hands, live);
  });
}

function ofDeployment(
  agent: string,
  fields: Tree,
  n: number,
  patch: (what: string, path: readonly string[], value: Json | undefined, body: Json) => Hand,
  hands: Hands,
  live: World,
): readonly Hand[] {
  const pod = ["spec", "template", "spec"];
  const inPod = (what: string, path: readonly string[], value: Json | undefined, container: Json): Hand =>
    patch(what, [...pod, "containers", agent, ...path], value, {
      spec: { template: { spec: { containers: [{ name: agent, ...treeIn(container) }] } } },
    });
  const ofSpec = (what: string, path: readonly string[], value: Json, spec: Json): Hand =>
    patch(what, ["spec", ...path], value, { spec });
  const container = treeIn(at(fields, [...pod, "containers", agent]));
  const [variable, another] = Object.keys(treeIn(container["env"])).filter((one) => one.startsWith("V_"));
  const limits = treeIn(treeIn(container["resources"])["limits"]);
  const { team } = treeIn(treeIn(fields["metadata"])["labels"]);
  return [
    ...(variable === undefined
      ? []
      : [
          inPod("kubectl set env", ["env", variable, "value"], `by hand ${n}`, {
            env: [{ name: variable, value: `by hand ${n}` }],
          }),
        ]),
    ...(another === undefined
      ? []
      : [
          inPod("kubectl set env NAME-", ["env", another], undefined, {
            env: [{ name: another, $patch: "delete" }],
          }),
        ]),
    inPod("kubectl set image", ["image"], "docker.io/library/busybox:latest", {
      image: "docker.io/library/busybox:latest",
    }),
    ...(limits["memory"] === undefined
      ? []
      : [
          inPod("kubectl set resources", ["resources", "limits", "memory"], `${91 + (n % 30)}Mi`, {
            resources: { limits: { memory: `${91 + (n % 30)}Mi` } },
          }),
        ]),
    ...(container["readinessProbe"] === undefined
      ? []
      : [
          inPod("a slower check", ["readinessProbe", "timeoutSeconds"], 100 + n, {
            readinessProbe: { timeoutSeconds: 100 + n },
          }),
          inPod("a more patient check", ["livenessProbe", "failureThreshold"], 20 + n, {
            livenessProbe: { failureThreshold: 20 + n },
          }),
        ]),
    ofSpec("kubectl scale", ["replicas"], 3, { replicas: 3 }),
    ofSpec("another deadline", ["progressDeadlineSeconds"], 601 + n, { progressDeadlineSeconds: 601 + n }),
    ofSpec("fewer former ones", ["revisionHistoryLimit"], 1 + (n % 9), { revisionHistoryLimit: 1 + (n % 9) }),
    ofSpec("another surge", ["strategy", "rollingUpdate", "maxSurge"], "50%", {
      strategy: { rollingUpdate: { maxSurge: "50%" } },
    }),
    ofSpec("a longer grace", ["template", "spec", "terminationGracePeriodSeconds"], 4 + (n % 5), {
      template: { spec: { terminationGracePeriodSeconds: 4 + (n % 5) } },
    }),
    ...(team === undefined
      ? []
      : [
          patch("kubectl label", ["metadata", "labels", "team"], `hand-${n}`, {
            metadata: { labels: { team: `hand-${n}` } },
          }),
        ]),
    {
      agent,
      what: "a label that nobody asked for",
      makes: live,
      make: () =>
        hands.change("deployments", agent, `hand-${n}`, { metadata: { labels: { theirs: `hand-${n}` } } }),
    },
  ];
}
