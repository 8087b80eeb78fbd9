import type { Json } from "../../../src/base/canonical.ts";
import { ok, err, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { isFine, listAt, unanswered } from "../answers.ts";
import type { Cluster } from "../client.ts";
import { LABEL } from "../names.ts";
import { listPath } from "../manifest/paths.ts";

/** Where the verbs of the second day work. */
export interface On {
  readonly cluster: Cluster;
  readonly system: System;
  readonly place: Place;
  readonly namespace: string;
}

/** What a project's agents are and what runs of them: two requests, whatever their number. */
export interface Lists {
  readonly deployments: readonly Json[];
  readonly pods: readonly Json[];
}

export async function listBoth(on: On): Promise<Result<Lists, Diagnostic>> {
  const [deployments, pods] = await Promise.all([list(on, "Deployment", "deployments"), listPods(on)]);
  if (!deployments.ok) return deployments;
  if (!pods.ok) return pods;
  return ok({ deployments: deployments.value, pods: pods.value });
}

/** Of these agents, or of all. */
export function listPods(
  on: On,
  agents: readonly string[] = [],
  signal?: AbortSignal,
): Promise<Result<readonly Json[], Diagnostic>> {
  return list(on, "Pod", "pods", agents, signal);
}

async function list(
  { cluster, namespace, place }: On,
  kind: "Deployment" | "Pod",
  words: string,
  agents: readonly string[] = [],
  signal?: AbortSignal,
): Promise<Result<readonly Json[], Diagnostic>> {
  const chosen = agents.length === 0 ? LABEL.agent : `${LABEL.agent} in (${[...agents].sort().join(",")})`;
  const answer = await cluster.request("GET", listPath(namespace, kind), {
    query: { labelSelector: `${LABEL.project}=${place.project},${chosen}` },
    ...(signal === undefined ? {} : { signal }),
  });
  if (!isFine(answer)) return err(unanswered(cluster.server, answer, `list ${words} in ${namespace}`));
  return ok(listAt(answer.body, "items"));
}
