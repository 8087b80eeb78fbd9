import { expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { Operates, ReplicaStats, Stats } from "../../../src/model/operates.ts";
import type { Place } from "../../../src/model/target.ts";
import { system } from "../../../src/system/system.ts";
import { ratesOf, type ReplicaUse } from "../../../src/ui/stats/rates.ts";
import { isFine } from "../../../targets/kubernetes/answers.ts";
import { type Cluster, connect } from "../../../targets/kubernetes/client.ts";
import { LABEL } from "../../../targets/kubernetes/names.ts";
import { operatesOn } from "../../../targets/kubernetes/verbs/operates.ts";
import { until } from "../../helpers/until.ts";
import { describeOn, loadImage } from "../engines.ts";
import { type Hands, handsIn } from "./hands.ts";
import { STAYS } from "./namespace.ts";

const LONG = { timeout: 180_000, concurrent: true };
const PROJECT = "office";

const operatesAs = (cluster: Cluster, { namespace }: Hands): Operates =>
  operatesOn({ cluster, system, namespace, place: { project: PROJECT } as unknown as Place });

async function read(operates: Operates): Promise<Stats> {
  const stats = await operates.stats();
  if (!stats.ok) throw new Error(JSON.stringify(stats.error));
  return stats.value;
}

const labels = (agent: string): Json => ({ [LABEL.project]: PROJECT, [LABEL.agent]: agent });

const deploymentOf = (agent: string, script: string, replicas: number, limits: Json): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: agent, labels: labels(agent) },
  spec: {
    replicas,
    selector: { matchLabels: labels(agent) },
    template: { metadata: { labels: labels(agent) }, spec: podSpec(agent, script, limits) },
  },
});

const podSpec = (agent: string, script: string, limits: Json): { readonly [key: string]: Json } => ({
  terminationGracePeriodSeconds: 1,
  containers: [
    {
      name: agent,
      image: "busybox:latest",
      imagePullPolicy: "IfNotPresent",
      command: ["sh", "-c", script],
      resources: { limits },
    },
  ],
});

async function inNamespace(
  environment: Readonly<Record<string, string>>,
  body: (hands: Hands) => Promise<void>,
): Promise<void> {
  const hands = await handsIn(environment);
  try {
    await body(hands);
  } finally {
    await hands.end();
  }
}

await describeOn("kubernetes", "what pods use", (environment) => {
  test("is told of each that runs, and a busy one stands out near what it is held to", LONG, async () => {
    await loadImage("busybox:latest");
    await inNamespace(environment, async (hands) => {
      const operates = operatesAs(hands.cluster, hands);
      expect(await read(operates)).toEqual({ replicas: [], notes: [] });
      const held = { cpu: "300m", memory: "64Mi" };
      await hands.make("deployments", deploymentOf("busy", "while :; do :; done", 1, held));
      await hands.make("deployments", deploymentOf("idle", STAYS, 2, {}));
      let before: readonly ReplicaStats[] = [];
      let uses: readonly ReplicaUse[] = [];
      let notes: readonly string[] = [];
      // Nobody on a node looks at a new pod at once.
      await until(
        "all are measured",
        async () => {
          const stats = await read(operates);
          const isRate = stats.replicas.every(({ cpu }) => cpu?.is === "rate");
          if (!isRate && Date.parse(stats.replicas[0]?.at ?? "") === Date.parse(before[0]?.at ?? ""))
            return false;
          uses = ratesOf(before, stats.replicas);
          [before, notes] = [stats.replicas, stats.notes];
          return (uses[0]?.cpu ?? 0) > 100 && uses.length === 3 && uses.every(({ cpu }) => cpu !== undefined);
        },
        120_000,
      );
      expect(notes).toEqual([]);
      expect(uses.map(({ agent, replica }) => `${agent}.${replica}`)).toEqual(["busy.0", "idle.0", "idle.1"]);
      const [busy, idle] = uses;
      expect(busy).toMatchObject({ cpuLimit: 300, memoryLimit: 67_108_864 });
      expect(busy?.cpu).toBeLessThan(600);
      expect(["metrics API", "kubelet"]).toContain(busy?.from);
      expect(idle).not.toHaveProperty("memoryLimit");
      expect(idle?.cpu).toBeLessThan(busy?.cpu ?? 0);
      expect(idle?.memory).toBeGreaterThan(10_000);

      const viewer = await viewerIn(environment, hands);
      try {
        const refused = await read(operatesAs(viewer, hands));
        expect(refused.replicas.map(({ agent, cpu }) => [agent, cpu])).toEqual([
          ["busy", undefined],
          ["idle", undefined],
          ["idle", undefined],
        ]);
        expect(refused.notes).toHaveLength(1);
        expect(refused.notes[0]).toMatch(/^processor and memory are not known: .*`get nodes\/proxy`$/);
      } finally {
        viewer.close();
      }
    });
  });
});

/** Somebody who may list what runs in that namespace, and nothing else. */
async function viewerIn(environment: Readonly<Record<string, string>>, hands: Hands): Promise<Cluster> {
  const { cluster, namespace } = hands;
  const group = "rbac.authorization.k8s.io";
  const make = async (kind: string, body: { readonly [key: string]: Json }): Promise<void> => {
    const answer = await cluster.request("POST", `/apis/${group}/v1/namespaces/${namespace}/${kind}`, {
      body: { apiVersion: `${group}/v1`, metadata: { name: "look" }, ...body },
    });
    expect(answer).toMatchObject({ status: 201 });
  };
  await make("roles", { kind: "Role", rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }] });
  await make("rolebindings", {
    kind: "RoleBinding",
    roleRef: { apiGroup: group, kind: "Role", name: "look" },
    subjects: [{ apiGroup: group, kind: "User", name: "viewer" }],
  });
  const file = (environment["KUBECONFIG"] ?? "").replace("admin.", "viewer.");
  const connected = await connect({ namespace }, { ...environment, KUBECONFIG: file }, system.files);
  if (!connected.ok) throw new Error(connected.error.message);
  const { value: viewer } = connected;
  await until("the right is in force", async () => (await operatesAs(viewer, hands).stats()).ok, 30_000);
  return viewer;
}

await describeOn("kubernetes", "a watch in a cluster", (environment) => {
  test("tells of pods of the project as they come, change and go, until it is ended", LONG, async () => {
    await inNamespace(environment, async (hands) => {
      const podOf = (name: string, agent: Json): Json => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, labels: agent },
        // On no node: what happens to it is what is done here.
        spec: { ...podSpec("ana", STAYS, {}), schedulerName: "nobody", automountServiceAccountToken: false },
      });
      await until("pods may be made", async () =>
        isFine(await hands.cluster.request("GET", serviceAccount(hands.namespace))),
      );
      const stop = new AbortController();
      let moves = 0;
      const watching = operatesAs(hands.cluster, hands).watch({
        signal: stop.signal,
        moved: () => void moves++,
      });
      await until("it has begun", () => moves > 0);
      const moving = async (what: string, does: () => Promise<void>): Promise<void> => {
        const before = moves;
        await does();
        await until(`${what} is told`, () => moves > before);
      };
      await hands.make("pods", podOf("theirs", { [LABEL.project]: "others", [LABEL.agent]: "ana" }));
      await moving("a new one", () => hands.make("pods", podOf("ours", labels("ana"))));
      const change = { metadata: { annotations: { seen: "yes" } } };
      await moving("a change", () => hands.change("pods", "ours", "hand", change));
      await moving("its end", () => hands.delete("pods", "ours"));
      stop.abort();
      expect(await watching).toEqual({ ok: true, value: undefined });
    });
  });
});

const serviceAccount = (namespace: string): string =>
  `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
