import type { Finding } from "../../../src/model/doctor.ts";
import { at, isFine, isForbidden, isGone, saidBy, textAt } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import type { Cluster } from "../client.ts";
import { PARALLEL } from "../live/gather.ts";
import { namespacePath } from "../manifest/paths.ts";

/** All that is needed of a cluster here. */
type Asked = Pick<Cluster, "namespace" | "request">;

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

/** What an apply, a status, logs and a plan that compares secrets do. */
const RIGHTS: readonly Right[] = [
  ...WORK.flatMap(([group, resource]) =>
    ["create", "patch", "delete", "list"].map((verb): Right => ({ verb, group, resource })),
  ),
  { verb: "list", group: CORE, resource: "pods" },
  { verb: "get", group: CORE, resource: "pods", subresource: "log" },
  { verb: "get", group: CORE, resource: "secrets" },
];

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
          "this user may create, change, list and delete Deployments, Services and ConfigMaps, and read pods, logs and Secrets",
      },
    ];
  return missing.map(
    (right): Finding => ({
      about,
      // Without it a plan works all the same, and only says less.
      is: right.verb === "get" ? "warn" : "fail",
      found: `this user may not ${right.verb} ${nameOf(right)} in ${cluster.namespace}`,
      repair:
        "ask whoever looks after the cluster for that right, or choose another user's context with --context",
    }),
  );
}

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
