import type { Json } from "../../../src/base/canonical.ts";
import type { AgentStatus, Status } from "../../../src/model/operates.ts";
import { at, listAt, numberAt, textAt } from "../answers.ts";
import { heldIn, replicasIn, shownHold } from "./holds.ts";
import { type Condition, conditionsOf, ended, judge } from "./judge.ts";
import { ANNOTATION, LABEL } from "../names.ts";
import { type Container, type Pod, type PodPort, podsOf, portsOf, standing } from "./pods.ts";

/** What is said of a project's agents, from two lists and the time. Pure. */
export function statusOf(seen: Seen): Status {
  const pods = podsOf(seen.pods);
  const shown = standing(pods);
  const deployments = new Map(seen.deployments.map((one) => [agentOf(one), one]));
  const names = [...new Set([...deployments.keys(), ...shown.map(({ agent }) => agent)])].filter(Boolean);
  const agents = names.sort().flatMap((agent) =>
    linesOf(
      agent,
      deployments.get(agent),
      shown.filter((pod) => pod.agent === agent),
      seen,
    ),
  );
  return { agents, notes: [...endedNotes(pods, shown), ...addressNotes(agents, seen.namespace)] };
}

export interface Seen {
  readonly deployments: readonly Json[];
  readonly pods: readonly Json[];
  readonly namespace: string;
  /** UTC */
  readonly now: string;
}

export const agentOf = (manifest: Json): string => textAt(manifest, "metadata", "labels", LABEL.agent) ?? "";

/** A line a pod; one for a Deployment that has none, and one where some of its pods cannot be made. */
function linesOf(
  agent: string,
  deployment: Json | undefined,
  pods: readonly Pod[],
  { namespace, now }: Seen,
): AgentStatus[] {
  const hold = deployment === undefined ? undefined : heldIn(deployment);
  const revision = Number(textAt(deployment, "metadata", "annotations", ANNOTATION.revision) ?? "0");
  const same = {
    ...(Number.isInteger(revision) && revision > 0 ? { revision } : {}),
    source: textAt(deployment, "metadata", "annotations", ANNOTATION.source) ?? "",
    ...(hold === undefined ? {} : { held: shownHold(hold) }),
  };
  const lines = pods.map((pod, replica) => ({ ...ofPod(pod, replica, namespace, now), ...same }));
  if (deployment === undefined) return lines;
  const missing = ofMissing(deployment, pods);
  if (missing === undefined) return lines;
  const template = at(deployment, "spec", "template", "spec");
  const all = listAt(template, "containers");
  const main = all.find((one) => textAt(one, "name") === agent) ?? all[0];
  const image = textAt(main, "image");
  const held = missing.state === "stopped" ? hold?.since : undefined;
  const since = held ?? missing.since;
  return [
    ...lines,
    {
      agent,
      replica: lines.length,
      state: missing.state,
      ...(missing.detail === undefined ? {} : { detail: missing.detail }),
      health: "none",
      restarts: 0,
      ...(since === undefined ? {} : { since }),
      ports: portsOf(main).map((port) => address(agent, namespace, port)),
      ...(image === undefined ? {} : { image }),
      ...same,
    },
  ];
}

interface Missing {
  readonly state: string;
  readonly detail?: string;
  readonly since?: string | undefined;
}

function ofMissing(deployment: Json, pods: readonly Pod[]): Missing | undefined {
  const created = textAt(deployment, "metadata", "creationTimestamp");
  const condition = (type: string): Condition | undefined => conditionsOf(deployment).get(type);
  const refused = condition("ReplicaFailure");
  const living = pods.filter((pod) => pod.endingSince === undefined && !pod.isOver).length;
  const isOld =
    numberAt(deployment, "status", "observedGeneration") < numberAt(deployment, "metadata", "generation");
  if (refused?.status === "True" && !isOld && living < replicasIn(deployment))
    return { state: "failed", detail: refused.message, since: refused.since };
  if (pods.length > 0) return undefined;
  if (textAt(deployment, "metadata", "deletionTimestamp") !== undefined) return { state: "stopping" };
  const progress = condition("Progressing");
  // Nobody writes down since when, unless it is held.
  if (replicasIn(deployment) === 0) return { state: "stopped" };
  if (progress?.status === "False" && !isOld)
    return { state: "failed", detail: progress.message, since: progress.since };
  return { state: "starting", detail: "none of its pods is there yet", since: created };
}

function ofPod(pod: Pod, replica: number, namespace: string, now: string): Omit<AgentStatus, "source"> {
  const { main } = pod;
  const judged = judge(pod, now);
  return {
    agent: pod.agent,
    replica,
    ...judged,
    restarts: [main, ...pod.others].reduce((sum, { restarts }) => sum + restarts, 0),
    ports: main.ports.map((port) => address(pod.agent, namespace, port)),
    id: pod.name,
    ...(main.image === undefined ? {} : { image: main.image }),
    ...lastExitOf(main),
  };
}

function lastExitOf({ lastEnd }: Container): { readonly lastExit?: string } {
  if (lastEnd === undefined) return {};
  return { lastExit: `${ended(lastEnd)}${lastEnd.at === undefined ? "" : `, ${lastEnd.at}`}` };
}

/** Services have no address outside of the cluster, so each line says the one that other agents use. */
function address(agent: string, namespace: string, { port, protocol, isHttp }: PodPort): string {
  return `${isHttp ? "http" : protocol.toLowerCase()}://${agent}.${namespace}.svc:${port}`;
}

function addressNotes(agents: readonly AgentStatus[], namespace: string): readonly string[] {
  const up = agents.filter(({ state }) => state !== "stopped");
  if (up.every(({ ports }) => ports.length === 0)) return [];
  const one = up.flatMap(({ agent, ports }) => ports.map((port) => ({ agent, port })));
  // The one way in that needs nothing set up, and it carries TCP alone.
  const open = one.find(({ port }) => !port.startsWith("udp:"));
  const how =
    open === undefined
      ? ""
      : `; from here: kubectl -n ${namespace} port-forward deployment/${open.agent} ${open.port.split(":").at(-1) ?? ""}`;
  return [`addresses below .svc answer inside the cluster only${how}`];
}

/** Evicted ones stay in the lists of a cluster until somebody removes them. */
function endedNotes(all: readonly Pod[], shown: readonly Pod[]): readonly string[] {
  const over = all.filter((pod) => pod.endingSince === undefined && !shown.includes(pod));
  return [...new Set(over.map(({ agent }) => agent))].map((agent) => {
    const own = over.filter((pod) => pod.agent === agent);
    const why = [...new Set(own.map((pod) => textAt(pod.manifest, "status", "reason") ?? pod.phase))].sort();
    const names = own.map(({ name }) => name).join(", ");
    return `${agent}: others took the place of pods that ended (${why.join(", ")}): ${names}`;
  });
}
