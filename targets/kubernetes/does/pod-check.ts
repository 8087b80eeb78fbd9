import type { Json } from "../../../src/base/canonical.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { at, isForbidden, numberAt, saidBy } from "../answers.ts";
import { manifestOf } from "../live/send.ts";
import type { On } from "../live/lists.ts";
import { MANAGER } from "../names.ts";
import { listPath } from "../manifest/paths.ts";
import { isMap } from "../manifest/shape.ts";

/**
 * A Deployment is accepted with pods that no quota, limit or policy of its namespace lets in: only its controller meets
 * that, much later. So one pod is played through as well. Whoever may make Deployments often may make no pods by
 * hand: then nobody can tell.
 */
export async function podFaults(
  on: On,
  resource: Resource,
  { isNew }: { readonly isNew: boolean },
): Promise<readonly Diagnostic[]> {
  // A manifest is JSON: only its type says less.
  const manifest = manifestOf(on, resource) as unknown as Json;
  const template = at(manifest, "spec", "template");
  if (resource.kind !== "Deployment" || !isMap(template)) return [];
  if (numberAt(manifest, "spec", "replicas") === 0) return [];
  const metadata = at(template, "metadata");
  const answer = await on.cluster.request("POST", listPath(on.namespace, "Pod"), {
    body: {
      apiVersion: "v1",
      kind: "Pod",
      ...template,
      metadata: { ...(isMap(metadata) ? metadata : {}), generateName: `${resource.name}-` },
    },
    query: { dryRun: "All", fieldManager: MANAGER },
  });
  if (!isForbidden(answer)) return [];
  const said = /^pods "[^"]*" is forbidden: (?!User )(.*)$/s.exec(saidBy(answer))?.[1];
  if (said === undefined || NO_FAULT.test(said)) return [];
  // Former pods may have to go before new ones come, and make room.
  if (!isNew && said.startsWith("exceeded quota")) return [];
  return [diagnostic("AAC4014", undefined, `${resource.agent}: the cluster refuses its pods: ${said}`)];
}

/** An account that is missing is told with the line that makes it. */
const NO_FAULT = /service account|serviceaccount|does not support dry run/i;
