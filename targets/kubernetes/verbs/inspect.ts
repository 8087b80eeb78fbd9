import type { Json } from "../../../src/base/canonical.ts";
import { isKnownKey, looksSecret, passwordInUrl, secretInQuery } from "../../../src/base/secret-words.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import { at, isFine, isGone, isList, isMap, listAt, textAt, unanswered } from "../answers.ts";
import { heldIn } from "./holds.ts";
import { listPods, type Lists, type On } from "../live/lists.ts";
import { ANNOTATION, LABEL } from "../names.ts";
import { objectPath } from "../manifest/paths.ts";
import { statusOf } from "./status.ts";

/** All that the cluster knows of one agent, without what must not be shown. */
export async function inspect(on: On, agent: string): Promise<Result<Json, Diagnostic>> {
  const { cluster, namespace, place, system } = on;
  if (!NAME.test(agent)) return err(unknown(agent));
  const ask = (kind: string): ReturnType<typeof cluster.request> =>
    cluster.request("GET", objectPath(namespace, kind, agent));
  const [deployment, service, pods] = await Promise.all([
    ask("Deployment"),
    ask("Service"),
    listPods(on, [agent]),
  ]);
  if (!isFine(deployment) && !isGone(deployment))
    return err(unanswered(cluster.server, deployment, `read deployments in ${namespace}`));
  if (!isFine(service) && !isGone(service))
    return err(unanswered(cluster.server, service, `read services in ${namespace}`));
  if (!pods.ok) return pods;
  // Names are free in a cluster: another one's object may be called the same.
  const ours = (body: Json | undefined): Json | undefined =>
    textAt(body, "metadata", "labels", LABEL.project) === place.project ? body : undefined;
  const own = isFine(deployment) ? ours(deployment.body) : undefined;
  if (own === undefined && pods.value.length === 0) return err(unknown(agent));
  const lists: Lists = { deployments: own === undefined ? [] : [own], pods: pods.value };
  const { agents } = statusOf({ ...lists, namespace, now: system.clock.wall() });
  const hold = own === undefined ? undefined : heldIn(own);
  const value = {
    agent,
    namespace,
    source: textAt(own, "metadata", "annotations", ANNOTATION.source),
    origin: textAt(own, "metadata", "annotations", ANNOTATION.origin),
    hold,
    status: agents,
    conditions: listAt(own, "status", "conditions"),
    deployment: own,
    pods: pods.value,
    service: isFine(service) ? ours(service.body) : undefined,
  };
  return ok(shown(JSON.parse(JSON.stringify(value)) as Json));
}

/** What else is asked for has another meaning in the path of a request. */
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

const unknown = (agent: string): Diagnostic =>
  diagnostic("AAC4008", undefined, `no agent \`${agent}\` lives here`, {
    notes: ["aac status lists those that do"],
  });

/** Who wrote which field is the server's own book-keeping; a copy of what was applied may hold what we cover. */
const LEFT_OUT = new Set([
  "managedFields",
  "kubectl.kubernetes.io/last-applied-configuration",
  ANNOTATION.asked,
]);
const COVER = "(secret)";

/** Without what must not be shown: literals whose name or look says that they are secrets. */
function shown(value: Json): Json {
  if (typeof value === "string") return looksLikeOne(value) ? COVER : value;
  if (isList(value)) return value.map(shown);
  if (!isMap(value)) return value;
  const name = textAt(value, "name");
  const isVariable = typeof at(value, "value") === "string" && name !== undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      if (one === undefined || LEFT_OUT.has(key)) return [];
      if (isVariable && key === "value" && looksSecret(name)) return [[key, COVER]];
      return [[key, shown(one)]];
    }),
  );
}

function looksLikeOne(text: string): boolean {
  return isKnownKey(text) || passwordInUrl(text) !== undefined || secretInQuery(text) !== undefined;
}
