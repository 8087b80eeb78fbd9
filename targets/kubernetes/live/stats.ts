import { ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { ReplicaStats, Stats } from "../../../src/model/operates.ts";
import { isFine, isForbidden, isGone, saidBy, textAt } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import type { Answer } from "../client.ts";
import { ofAgents } from "../manifest/paths.ts";
import { type Pod, podsOf, standing } from "../verbs/pods.ts";
import { listPods, type On } from "./lists.ts";
import {
  type Containers,
  limitsIn,
  usedInMetrics,
  usedInSummary,
  type Used,
  type UsedByPod,
} from "./used.ts";

/** A node answers for all of its pods, which is much to say. */
const NODES_AT_ONCE = 8;
const NODE_MS = 5000;

/** A pod with the number that a status gives it. */
interface Replica {
  readonly pod: Pod;
  readonly replica: number;
}

/** What each running pod uses: as the metrics API has it, else as the kubelets of their nodes do. */
export async function statsOf(on: On): Promise<Result<Stats, Diagnostic>> {
  const listed = await listPods(on);
  if (!listed.ok) return listed;
  const running = replicasOf(standing(podsOf(listed.value))).filter(
    ({ pod }) => pod.main.state.is === "running",
  );
  if (running.length === 0) return ok({ replicas: [], notes: [] });
  const told = await ask(on, running);
  const now = on.system.clock.wall();
  const replicas = running.map(({ pod, replica }): ReplicaStats => {
    const used = told.used.get(pod.name);
    return {
      agent: pod.agent,
      replica,
      id: pod.name,
      ...used,
      at: used?.at ?? now,
      ...limitsIn(pod.manifest, pod.main.name),
      from: told.from,
    };
  });
  const unknown = running.filter(({ pod }) => !told.used.has(pod.name)).map(({ pod }) => pod.agent);
  return ok({
    replicas,
    notes: [
      ...told.notes,
      ...(told.notes.length > 0 || unknown.length === 0
        ? []
        : [`not measured yet, as a new pod takes some seconds: ${[...new Set(unknown)].join(", ")}`]),
    ],
  });
}

function replicasOf(pods: readonly Pod[]): readonly Replica[] {
  const next = new Map<string, number>();
  return pods.map((pod) => {
    const replica = next.get(pod.agent) ?? 0;
    next.set(pod.agent, replica + 1);
    return { pod, replica };
  });
}

interface Told {
  readonly used: UsedByPod;
  readonly notes: readonly string[];
  readonly from: string;
}

async function ask(on: On, running: readonly Replica[]): Promise<Told> {
  const { cluster, namespace, place } = on;
  const containers = new Map(running.map(({ pod }) => [pod.name, pod.main.name]));
  const answer = await cluster.request(
    "GET",
    `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(namespace)}/pods`,
    { query: { labelSelector: ofAgents(place.project) } },
  );
  if (isFine(answer)) return { used: usedInMetrics(answer.body, containers), notes: [], from: "metrics API" };
  return askNodes(on, running, containers, whyNot(answer));
}

/** Nobody has to have a metrics API, and few may see it where there is one. */
function whyNot(answer: Answer): string {
  if (isForbidden(answer)) return "this user may not `list pods.metrics.k8s.io`";
  const isThere = answer.is === "answer" && !isGone(answer) && answer.status !== 503;
  return isThere ? `the metrics API answers: ${saidBy(answer)}` : "the cluster has no metrics API at work";
}

async function askNodes(
  { cluster, namespace }: On,
  running: readonly Replica[],
  containers: Containers,
  why: string,
): Promise<Told> {
  const nodes = running.flatMap(({ pod }) => textAt(pod.manifest, "spec", "nodeName") ?? []);
  const names = [...new Set(nodes)].sort();
  const answers = await atOnce(names, NODES_AT_ONCE, (node) =>
    cluster.request("GET", `/api/v1/nodes/${encodeURIComponent(node)}/proxy/stats/summary`, {
      timeoutMs: NODE_MS,
    }),
  );
  const used = new Map<string, Used>();
  const refused: string[] = [];
  for (const [i, answer] of answers.entries()) {
    if (isFine(answer))
      for (const [pod, one] of usedInSummary(answer.body, namespace, containers)) used.set(pod, one);
    else if (isForbidden(answer)) refused.push("this user may not `get nodes/proxy`");
    else refused.push(`node ${names[i] ?? ""} does not tell: ${saidBy(answer)}`);
  }
  const words = [...new Set(refused)];
  return {
    used,
    notes: words.length === 0 ? [] : [`processor and memory are not known: ${[why, ...words].join("; ")}`],
    from: "kubelet",
  };
}
