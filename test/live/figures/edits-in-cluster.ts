import { createHash } from "node:crypto";
import type { Json } from "../../../src/base/canonical.ts";
import { target } from "../../../targets/kubernetes/index.ts";
import { loadImage } from "../engines.ts";
import { handsIn } from "../kubernetes/hands.ts";
import type { AgentSaid } from "./edits-file.ts";
import { handsOn } from "./edits-hands-in-cluster.ts";
import { filled, nameOf, seen } from "./edits-manifest.ts";
import { isTree, type Tree, treeIn, type World } from "./edits-model.ts";
import { editedProject } from "./edits-project.ts";
import type { Platform, Which } from "./edits-walk.ts";

const LOOP = ["sh", "-c", "trap exit TERM; while :; do sleep 1; done"];
const BASE = { image: "busybox:latest", command: LOOP };

const plain = { variables: {}, args: ["1000"], labels: {}, annotations: {}, dependsOn: {}, code: {} };
// One with a check is known to be up as soon as it is.
const check = { interval: 1, timeout: 61, retries: 3, startPeriod: 5 };
const said = { ...plain, grace: 1, replicas: 1, base: BASE, check };
const AGENTS: readonly AgentSaid[] = [
  { ...said, name: "store", memory: 64 },
  { ...said, name: "desk", variables: { V_ONE: "hello" }, config: { topics: ["rain", "fog"] } },
  { ...said, name: "page", cpu: 50, inside: 8080, labels: { team: "desk" } },
];

const EDITED = [
  "a variable is new",
  "a variable has another value",
  "a variable is gone",
  "another argument",
  "more or fewer arguments",
  "a limit of memory",
  "a small limit of cpu",
  "a label",
  "an annotation",
  "a check's interval",
  "a check's timeout",
  "a check's retries",
  "a check's first time",
  "a check comes or goes",
  "a value of the configuration",
  "an item of the configuration",
  "a key of the configuration",
  "a configuration comes",
  "a configuration goes",
  "a port inside",
  "a port inside comes or goes",
  "a log level",
  "whom it needs",
  "whom it follows",
  "a grace",
  "how many replicas",
];

const deploymentId = (agent: string): string => `${agent}/Deployment/${agent}`;
const serviceId = (agent: string): string => `${agent}/Service/${agent}`;
const configId = (agent: string): string => `${agent}/ConfigMap/${agent}-config`;

function wants(agents: readonly AgentSaid[]): World {
  return Object.fromEntries(
    agents.flatMap((agent) => {
      const { name, config, inside, labels } = agent;
      const marks = Object.keys(labels).length === 0 ? {} : { metadata: { labels } };
      const follows = Object.entries(agent.dependsOn).flatMap(([one, restart]) =>
        restart ? [deploymentId(one)] : [],
      );
      return [
        [deploymentId(name), { fields: deploymentFields(agent), follows }] as const,
        ...(config === undefined ? [] : [[configId(name), { fields: { ...marks, config } }] as const]),
        ...(inside === undefined
          ? []
          : [
              [
                serviceId(name),
                {
                  fields: {
                    ...marks,
                    spec: {
                      ports: { [`${inside}/TCP`]: { name: `tcp-${inside}`, targetPort: inside } },
                      type: "ClusterIP",
                    },
                  },
                },
              ] as const,
            ]),
      ];
    }),
  );
}

function deploymentFields(agent: AgentSaid): Tree {
  const { name, config, inside, level, memory, cpu, labels, annotations } = agent;
  const marks = filled({ labels, annotations });
  const env: Tree = Object.fromEntries(
    Object.entries({
      ...agent.variables,
      ...(level === undefined ? {} : { LOG_LEVEL: level }),
      ...(inside === undefined ? {} : { PORT: String(inside) }),
      ...(config === undefined ? {} : { AAC_CONFIG: "/etc/aac/config.json" }),
    }).map(([one, value]) => [one, { value }]),
  );
  const limits = filled({
    memory: memory === undefined ? undefined : `${memory}Mi`,
    cpu: cpu === undefined ? undefined : `${cpu}m`,
  });
  const container = filled({
    command: LOOP,
    args: agent.args,
    env,
    image: "busybox:latest",
    ...probes(agent.check),
    ports: inside === undefined ? {} : { [`${inside}/TCP`]: {} },
    resources: filled({ limits }),
    volumeMounts: config === undefined ? {} : { "/etc/aac": { name: "aac-config", readOnly: true } },
  });
  return {
    ...filled({ metadata: marks }),
    ...(config === undefined ? {} : { configDigest: digest(config) }),
    spec: {
      progressDeadlineSeconds: 600,
      replicas: agent.replicas,
      revisionHistoryLimit: 10,
      strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 }, type: "RollingUpdate" },
      template: {
        ...filled({ metadata: marks }),
        spec: filled({
          containers: { [name]: container },
          terminationGracePeriodSeconds: agent.grace,
          volumes: config === undefined ? {} : { "aac-config": { configMap: { name: `${name}-config` } } },
        }),
      },
    },
  };
}

function probes(check: AgentSaid["check"]): Tree {
  if (check === undefined) return {};
  const { interval, timeout, retries, startPeriod } = check;
  const asked = { exec: { command: ["true"] }, timeoutSeconds: timeout };
  const repeated = { ...asked, periodSeconds: interval, failureThreshold: retries };
  return {
    startupProbe: { ...asked, periodSeconds: 1, failureThreshold: startPeriod + interval * retries },
    readinessProbe: repeated,
    livenessProbe: repeated,
  };
}

const digest = (value: Json): string =>
  createHash("sha256")
    .update(JSON.stringify(inOrder(value)))
    .digest("hex")
    .slice(0, 16);

function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => inOrder(one));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, one === undefined ? one : inOrder(one)]),
  );
}

export interface ClusterPlatform extends Platform {
  end(): Promise<void>;
}

export async function clusterPlatform(
  environment: Readonly<Record<string, string>>,
): Promise<ClusterPlatform> {
  await loadImage("busybox:latest");
  const hands = await handsIn(environment);
  const { namespace } = hands;
  const project = await editedProject({
    target,
    name: namespace,
    namespace,
    environment,
    portRange: [20_000, 29_999],
  });
  const objects = async (): Promise<readonly (readonly [id: string, live: Tree])[]> => {
    const [deployments, services, configs] = await Promise.all(
      ["deployments", "services", "configmaps"].map((kind) => hands.list(kind)),
    );
    return [
      ...(deployments ?? []).map((one) => [deploymentId(nameOf(one)), treeIn(one)] as const),
      ...(services ?? []).map((one) => [serviceId(nameOf(one)), treeIn(one)] as const),
      ...(configs ?? []).flatMap((one) => {
        const agent = /^(.+)-config$/.exec(nameOf(one))?.[1];
        return agent === undefined ? [] : [[configId(agent), treeIn(one)] as const];
      }),
    ];
  };
  return {
    project,
    agents: AGENTS,
    edits: EDITED,
    takes: (id, change) =>
      id.includes("/Deployment/") &&
      (change === undefined || /^(?:spec\/template|configDigest)(?:\/|$)/.test(change.path))
        ? "rolling"
        : "in place",
    wants,
    look: async () =>
      Object.fromEntries((await objects()).map(([id, live]) => [id, { fields: seen(id, live) }])),
    which: async () =>
      Object.fromEntries(
        (await objects()).map(([id, live]): [string, Which] => {
          const { uid, generation, resourceVersion } = treeIn(live["metadata"]);
          return [id, { one: String(uid), state: String(generation ?? resourceVersion) }];
        }),
      ),
    hands: (live, chance) => Promise.resolve(handsOn(hands, live, Math.floor(chance() * 1000))),
    async end() {
      try {
        await project.end();
      } finally {
        await hands.end();
      }
    },
  };
}
