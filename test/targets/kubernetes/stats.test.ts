import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { err } from "../../../src/base/result.ts";
import type { Stats } from "../../../src/model/operates.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import type { Answer, Cluster } from "../../../targets/kubernetes/client.ts";
import { statsOf } from "../../../targets/kubernetes/live/stats.ts";
import { limitsIn, usedInMetrics, usedInSummary } from "../../../targets/kubernetes/live/used.ts";
import { virtualClock } from "../../helpers/virtual-clock.ts";

const CONTAINERS = new Map([
  ["desk-a", "desk"],
  ["desk-b", "desk"],
]);

/** As metrics-server 0.8 answers. */
const metricsOf = (...pods: readonly (readonly [string, string, string, string])[]): Json => ({
  kind: "PodMetricsList",
  apiVersion: "metrics.k8s.io/v1beta1",
  metadata: {},
  items: pods.map(([name, container, cpu, memory]) => ({
    metadata: { name, namespace: "desks", creationTimestamp: "2026-11-21T16:00:05Z" },
    timestamp: "2026-11-21T16:00:00Z",
    window: "10.041s",
    containers: [
      { name: "sidecar", usage: { cpu: "1", memory: "1Gi" } },
      { name: container, usage: { cpu, memory } },
    ],
  })),
});

describe("what the metrics API says of pods", () => {
  test.each([
    ["1234567n", 1.234567],
    ["250m", 250],
    ["12u", 0.012],
    ["0", 0],
    ["2", 2000],
    ["1.5", 1500],
    ["1e1", 10_000],
  ])("is a rate, however small: %s", (cpu, milli) => {
    const own = usedInMetrics(metricsOf(["desk-a", "desk", cpu, "1Ki"]), CONTAINERS).get("desk-a");
    if (own?.cpu?.is !== "rate") throw new Error("it is no rate");
    expect(own.cpu.milli).toBeCloseTo(milli, 9);
    expect(own.at).toBe("2026-11-21T16:00:00Z");
  });

  test.each([
    ["12345Ki", 12_641_280],
    ["128974848", 128_974_848],
    ["129e6", 129_000_000],
    ["129M", 129_000_000],
    ["2Gi", 2_147_483_648],
    ["much", undefined],
    ["12Zi", undefined],
    ["", undefined],
  ])("knows memory in every spelling: %s", (memory, bytes) => {
    const own = usedInMetrics(metricsOf(["desk-a", "desk", "1m", memory]), CONTAINERS).get("desk-a");
    expect(own?.memory).toBe(bytes);
  });

  test("is taken of the agent's own container, and of pods that are asked about", () => {
    const body = metricsOf(["desk-a", "desk", "1m", "1Ki"], ["others-a", "desk", "1m", "1Ki"]);
    expect([...usedInMetrics(body, CONTAINERS).keys()]).toEqual(["desk-a"]);
    expect(usedInMetrics(metricsOf(["desk-b", "other", "1m", "1Ki"]), CONTAINERS).size).toBe(0);
    for (const odd of [null, "no", [], { items: null }, { items: [null, {}, { containers: [1] }] }])
      expect(usedInMetrics(odd, CONTAINERS).size).toBe(0);
  });
});

/** As the kubelet of 1.34 answers, without what nobody asks for here. */
const summaryOf = (pod: string, namespace: string, more: Readonly<Record<string, Json>> = {}): Json => ({
  node: { nodeName: "node-1", cpu: { usageNanoCores: 1 } },
  pods: [
    {
      podRef: { name: pod, namespace, uid: "8a1f" },
      startTime: "2026-11-21T15:00:00Z",
      containers: [
        { name: "sidecar", cpu: { usageNanoCores: 9_000_000_000 }, memory: { workingSetBytes: 9 } },
        {
          name: "desk",
          startTime: "2026-11-21T15:00:01Z",
          cpu: {
            time: "2026-11-21T16:00:00Z",
            usageNanoCores: 250_000_000,
            usageCoreNanoSeconds: 1_234_000_000,
          },
          memory: {
            time: "2026-11-21T16:00:00Z",
            availableBytes: 1,
            usageBytes: 2_000_000,
            workingSetBytes: 1_500_000,
            rssBytes: 1,
          },
          rootfs: { time: "2026-11-21T16:00:00Z", usedBytes: 4096 },
          ...more,
        },
      ],
      network: {
        time: "2026-11-21T16:00:00Z",
        name: "eth0",
        rxBytes: 1024,
        rxErrors: 0,
        txBytes: 2048,
        txErrors: 0,
        interfaces: [{ name: "eth0", rxBytes: 1024, txBytes: 2048 }],
      },
      process_stats: { process_count: 3 },
    },
  ],
});

describe("what a kubelet says of its pods", () => {
  test("is the agent's own container, and the network of its pod", () => {
    expect(usedInSummary(summaryOf("desk-a", "desks"), "desks", CONTAINERS).get("desk-a")).toEqual({
      at: "2026-11-21T16:00:00Z",
      cpu: { is: "rate", milli: 250 },
      memory: 1_500_000,
      processes: 3,
      network: { received: 1024, sent: 2048 },
    });
  });

  test("is a sum where the kubelet has not made a rate of it yet", () => {
    const cpu = { time: "2026-11-21T16:00:00Z", usageCoreNanoSeconds: 1_234_000_000 };
    const [own] = usedInSummary(summaryOf("desk-a", "desks", { cpu }), "desks", CONTAINERS).values();
    expect(own?.cpu).toEqual({ is: "sum", ms: 1234 });
  });

  test("says nothing of what it has not looked at, or of pods of other namespaces", () => {
    const [bare] = usedInSummary(
      summaryOf("desk-a", "desks", { cpu: {}, memory: {} }),
      "desks",
      CONTAINERS,
    ).values();
    expect(bare).toEqual({ processes: 3, network: { received: 1024, sent: 2048 } });
    expect(usedInSummary(summaryOf("desk-a", "theirs"), "desks", CONTAINERS).size).toBe(0);
    expect(usedInSummary(summaryOf("page-a", "desks"), "desks", CONTAINERS).size).toBe(0);
    for (const odd of [null, "no", { pods: [null, { podRef: {} }] }])
      expect(usedInSummary(odd, "desks", CONTAINERS).size).toBe(0);
  });
});

test("limits are those of the agent's own container", () => {
  const pod = (limits: Json): Json => ({
    spec: {
      containers: [
        { name: "sidecar", resources: { limits: { cpu: "9" } } },
        { name: "desk", resources: { limits } },
      ],
    },
  });
  expect(limitsIn(pod({ cpu: "1500m", memory: "512Mi" }), "desk")).toEqual({
    cpuLimit: 1500,
    memoryLimit: 536_870_912,
  });
  expect(limitsIn(pod({ cpu: "0.5" }), "desk")).toEqual({ cpuLimit: 500 });
  expect([limitsIn(pod({}), "desk"), limitsIn(null, "desk")]).toEqual([{}, {}]);
});

const podOf = (
  agent: string,
  name: string,
  node: string,
  state: Json = { running: { startedAt: "x" } },
): Json => ({
  metadata: {
    name,
    creationTimestamp: `2026-11-21T15:00:0${name.length}Z`,
    labels: { "agent.dev/agent": agent },
  },
  spec: { nodeName: node, containers: [{ name: agent, resources: { limits: { memory: "64Mi" } } }] },
  status: { phase: "Running", containerStatuses: [{ name: agent, state }] },
});

const PODS = [
  podOf("desk", "desk-b", "node-2"),
  podOf("desk", "desk-a", "node-1"),
  podOf("page", "page-a", "node-1", { waiting: { reason: "CrashLoopBackOff" } }),
];

const fine = (body: Json): Answer => ({ is: "answer", status: 200, body });
const refused = (status: number, message: string): Answer => ({
  is: "answer",
  status,
  body: { kind: "Status", status: "Failure", message, code: status },
});

/** A cluster that answers by path; what is not told of it is not there. */
async function statsIn(
  answers: Readonly<Record<string, Answer>>,
): Promise<{ readonly stats: Stats; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const cluster: Cluster = {
    server: "https://cluster.test",
    context: "test",
    namespace: "desks",
    request(_, path) {
      asked.push(path);
      return Promise.resolve(
        answers[path] ?? refused(404, "the server could not find the requested resource"),
      );
    },
    stream: () => Promise.resolve(err({ message: "nothing is followed here", lines: [], passing: false })),
    upgrade: () => Promise.resolve(err({ is: "lost", why: "nothing else is spoken here" })),
    close: () => undefined,
  };
  const stats = await statsOf({
    cluster,
    system: { clock: virtualClock(0) } as unknown as System,
    place: { project: "office" } as unknown as Place,
    namespace: "desks",
  });
  if (!stats.ok) throw new Error(stats.error.message);
  return { stats: stats.value, asked };
}

const LIST = "/api/v1/namespaces/desks/pods";
const METRICS = "/apis/metrics.k8s.io/v1beta1/namespaces/desks/pods";
const node = (name: string): string => `/api/v1/nodes/${name}/proxy/stats/summary`;
const pods = { [LIST]: fine({ items: PODS }) };

describe("the stats of a cluster", () => {
  test("are those of the metrics API, with the numbers of a status, for what runs", async () => {
    const { stats, asked } = await statsIn({
      ...pods,
      [METRICS]: fine(metricsOf(["desk-a", "desk", "250m", "1Mi"])),
    });
    expect(stats.replicas).toEqual([
      {
        agent: "desk",
        replica: 0,
        id: "desk-a",
        at: "2026-11-21T16:00:00Z",
        cpu: { is: "rate", milli: 250 },
        memory: 1_048_576,
        memoryLimit: 67_108_864,
        from: "metrics API",
      },
      // Listed all the same: it runs, and nobody has looked at it yet.
      {
        agent: "desk",
        replica: 1,
        id: "desk-b",
        at: "2026-01-01T00:00:00.000Z",
        memoryLimit: 67_108_864,
        from: "metrics API",
      },
    ]);
    expect(stats.notes).toEqual(["not measured yet, as a new pod takes some seconds: desk"]);
    expect(asked).toEqual([LIST, METRICS]);
  });

  test.each([404, 503])("come from each node once where the metrics API answers %i", async (status) => {
    const { stats, asked } = await statsIn({
      ...pods,
      [METRICS]: refused(status, "the server is currently unable to handle the request"),
      [node("node-1")]: fine(summaryOf("desk-a", "desks")),
      [node("node-2")]: fine(summaryOf("desk-b", "desks")),
    });
    expect(stats.replicas.map(({ id, memory, from }) => [id, memory, from])).toEqual([
      ["desk-a", 1_500_000, "kubelet"],
      ["desk-b", 1_500_000, "kubelet"],
    ]);
    expect(stats.notes).toEqual([]);
    expect(asked.toSorted()).toEqual([LIST, METRICS, node("node-1"), node("node-2")].toSorted());
  });

  test("say in one line which right would help", async () => {
    const forbidden = refused(403, 'nodes "node-1" is forbidden: User "viewer" cannot get resource');
    const nodes = { [node("node-1")]: forbidden, [node("node-2")]: forbidden };
    const { stats } = await statsIn({ ...pods, ...nodes });
    expect(stats.replicas.map(({ id, cpu, memoryLimit }) => [id, cpu, memoryLimit])).toEqual([
      ["desk-a", undefined, 67_108_864],
      ["desk-b", undefined, 67_108_864],
    ]);
    expect(stats.notes).toEqual([
      "processor and memory are not known: the cluster has no metrics API at work; this user may not `get nodes/proxy`",
    ]);
    const neither = await statsIn({ ...pods, ...nodes, [METRICS]: forbidden });
    expect(neither.stats.notes).toEqual([
      "processor and memory are not known: this user may not `list pods.metrics.k8s.io`; this user may not `get nodes/proxy`",
    ]);
  });

  test("tell what of it is missing where one node does not answer", async () => {
    const { stats } = await statsIn({
      ...pods,
      [node("node-1")]: fine(summaryOf("desk-a", "desks")),
      [node("node-2")]: { is: "lost", why: "no answer in time" },
    });
    expect(stats.replicas.map(({ memory }) => memory)).toEqual([1_500_000, undefined]);
    expect(stats.notes).toEqual([
      "processor and memory are not known: the cluster has no metrics API at work; node node-2 does not tell: no answer in time",
    ]);
  });

  test("ask for no more where nothing runs", async () => {
    const { stats, asked } = await statsIn({ [LIST]: fine({ items: [] }) });
    expect([stats, asked]).toEqual([{ replicas: [], notes: [] }, [LIST]]);
  });
});
