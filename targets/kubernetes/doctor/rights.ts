import type { Finding } from "../../../src/model/doctor.ts";
import { at, isFine, isForbidden, isGone, saidBy, textAt } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import type { Cluster } from "../client.ts";
import { PARALLEL } from "../live/gather.ts";
import { leaseRole } from "../lock/take.ts";
import { namespacePath } from "../manifest/paths.ts";

/** All that is needed of a cluster here. */
type Asked = Pick<Cluster, "context" | "namespace" | "request">;

interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

/** It answered a moment ago. */
const ANSWER_MS = 2000;
const CORE = "";
const WORK: readonly (readonly [group: string, resource: string])[] = [
  ["apps", "deployments"],
  [CORE, "services"],
  [CORE, "configmaps"],
];

const LEASES = "leases";

/** What an apply, its lock and its history, a status, logs, events and a plan that compares secrets do. */
const RIGHTS: readonly Right[] = [
  ...WORK.flatMap(([group, resource]) =>
    ["create", "patch", "delete", "list"].map((verb): Right => ({ verb, group, resource })),
  ),
  { verb: "list", group: CORE, resource: "pods" },
  { verb: "get", group: CORE, resource: "pods", subresource: "log" },
  ...["get", "create", "update", "delete"].map(
    (verb): Right => ({ verb, group: "coordination.k8s.io", resource: LEASES }),
  ),
  ...["get", "list", "create", "update", "delete"].map(
    (verb): Right => ({ verb, group: CORE, resource: "secrets" }),
  ),
  { verb: "list", group: CORE, resource: "events" },
];

/** Without it a plan or an apply works all the same, and only says less. */
const isExtra = ({ verb, resource }: Right): boolean =>
  resource === "secrets" || resource === "events" || (verb === "get" && resource === "pods");

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** Whether the namespace is there; an apply makes one that is not. */
export async function namespaceFindings(cluster: Asked): Promise<readonly Finding[]> {
  const about = "namespace";
  const { namespace } = cluster;
  const answer = await cluster.request("GET", namespacePath(namespace), { timeoutMs: ANSWER_MS });
  if (isGone(answer)) return [notThere(namespace)];
  if (isForbidden(answer))
    return [{ about, is: "ok", found: `${namespace}: this user may work in it, and not look at it` }];
  if (!isFine(answer))
    return [{ about, is: "fail", found: `${namespace} cannot be looked at: ${saidBy(answer)}` }];
  if (textAt(answer.body, "status", "phase") === "Terminating")
    return [
      {
        about,
        is: "fail",
        found: `${namespace} is being deleted`,
        repair: "wait until it is gone, or choose another with --namespace",
      },
    ];
  return [{ about, is: "ok", found: `${namespace} is there` }];
}

export const notThere = (namespace: string): Finding => ({
  about: "namespace",
  is: "ok",
  found: `${namespace} is not there: the first apply makes it`,
});

/** The server is asked for each right by itself: what a role says is not what holds in the end. */
export async function rightsFindings(cluster: Asked): Promise<readonly Finding[]> {
  const about = "rights";
  const answers = await atOnce(RIGHTS, PARALLEL, (right) => review(cluster, right));
  const [lost] = answers.flatMap((one) => ("why" in one ? [one.why] : []));
  if (lost !== undefined)
    return [{ about, is: "warn", found: `nobody can tell what this user may do: ${lost}` }];
  const missing = RIGHTS.filter((_, i) => {
    const answer = answers[i];
    return answer !== undefined && "may" in answer && !answer.may;
  });
  if (missing.length === 0)
    return [
      {
        about,
        is: "ok",
        found:
          "this user may create, change, list and delete Deployments, Services and ConfigMaps, keep the lock and the history, and read pods, logs, events and Secrets",
      },
    ];
  // One line for each thing, however many ways to handle it are missing.
  const things = Map.groupBy(missing, (right) => `${nameOf(right)} ${isExtra(right)}`);
  return [...things.values()].flatMap(([first, ...more]): readonly Finding[] => {
    if (first === undefined) return [];
    const verbs = orWords([first, ...more].map(({ verb }) => verb));
    return [
      {
        about,
        is: isExtra(first) ? "warn" : "fail",
        found: `this user may not ${verbs} ${nameOf(first)} in ${cluster.namespace}`,
        repair:
          first.resource === LEASES
            ? leaseRole(cluster.context, cluster.namespace, "USER").join("; ")
            : "ask whoever looks after the cluster for that right, or choose another user's context with --context",
      },
    ];
  });
}

const orWords = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;

const nameOf = ({ group, resource, subresource }: Right): string =>
  `${resource}${subresource === undefined ? "" : `/${subresource}`}${group === CORE ? "" : `.${group}`}`;

async function review(
  cluster: Asked,
  right: Right,
): Promise<{ readonly may: boolean } | { readonly why: string }> {
  const answer = await cluster.request("POST", REVIEWS, {
    timeoutMs: ANSWER_MS,
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { namespace: cluster.namespace, ...right } },
    },
  });
  if (!isFine(answer)) return { why: saidBy(answer) };
  return { may: at(answer.body, "status", "allowed") === true };
}
