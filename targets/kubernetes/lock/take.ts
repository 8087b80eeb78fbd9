import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import { isFine, isForbidden, isGone, saidBy, unanswered } from "../answers.ts";
import type { Answer } from "../client.ts";
import type { On } from "../live/lists.ts";
import { listPath, objectPath } from "../manifest/paths.ts";
import { leaseName } from "../names.ts";
import {
  emptyLease,
  type Holding,
  identityOf,
  LEASE_QUERY,
  leaseBody,
  type LeaseSeen,
  leaseSeen,
  secondsLeft,
} from "./lease.ts";

/** One question and one word to the server; whoever is late by a moment is told so by it. */
export type Taken =
  | { readonly is: "ours"; readonly lease: LeaseSeen }
  | { readonly is: "theirs"; readonly lease: LeaseSeen; readonly endsInMs: number }
  /** There is no namespace that it could be in. */
  | { readonly is: "nowhere" }
  | { readonly is: "refused"; readonly fault: Diagnostic }
  | { readonly is: "unknown"; readonly answer: Answer };

const ANSWER_MS = 4000;
/** Each time somebody else was faster; by then it is theirs. */
const TRIES = 5;

/** Takes a Lease that is nobody's, or whose holder is gone; one that is ours already is renewed. */
export async function take(on: On, holding: Holding): Promise<Taken> {
  const { cluster, namespace, system } = on;
  const path = objectPath(namespace, "Lease", leaseName(holding.project));
  for (let tries = 1; ; tries++) {
    const now = await cluster.request("GET", path, { timeoutMs: ANSWER_MS });
    if (!isFine(now) && !isGone(now)) return noAnswer(on, now);
    const seen = isFine(now) ? leaseSeen(now.body) : undefined;
    if (seen !== undefined && seen.identity !== "" && seen.identity !== identityOf(holding)) {
      const left = secondsLeft(seen, isFine(now) ? now.date : undefined, system.clock.wall());
      if (left > 0) return { is: "theirs", lease: seen, endsInMs: left * 1000 };
    }
    const wrote = await write(on, holding, seen);
    if (wrote !== "late") return wrote;
    if (tries === TRIES && seen !== undefined) return { is: "theirs", lease: seen, endsInMs: 1000 };
    if (tries === TRIES) return { is: "unknown", answer: now };
  }
}

/** Nobody may have written in between: that is for the server to judge. */
export async function write(on: On, holding: Holding, over: LeaseSeen | undefined): Promise<Taken | "late"> {
  const { cluster, namespace, system } = on;
  const how = {
    body: leaseBody(holding, system.clock.wall(), over),
    query: LEASE_QUERY,
    timeoutMs: ANSWER_MS,
  };
  const answer =
    over === undefined
      ? await cluster.request("POST", listPath(namespace, "Lease"), how)
      : await cluster.request("PUT", objectPath(namespace, "Lease", leaseName(holding.project)), how);
  if (answer.is === "answer" && answer.status === 409) return "late";
  if (isFine(answer)) return { is: "ours", lease: leaseSeen(answer.body) };
  if (isGone(answer)) return over === undefined ? { is: "nowhere" } : "late";
  return noAnswer(on, answer);
}

/** Gone where it may be deleted, else nobody's; one that is somebody else's by now is left alone. */
export async function give({ cluster, namespace }: On, project: string, lease: LeaseSeen): Promise<void> {
  const path = objectPath(namespace, "Lease", leaseName(project));
  const answer = await cluster.request("DELETE", path, {
    body: { preconditions: { uid: lease.uid, resourceVersion: lease.version } },
    timeoutMs: ANSWER_MS,
  });
  if (isForbidden(answer))
    await cluster.request("PUT", path, {
      body: emptyLease(project, lease),
      query: LEASE_QUERY,
      timeoutMs: ANSWER_MS,
    });
}

function noAnswer({ cluster, namespace, place }: On, answer: Answer): Taken {
  if (!isForbidden(answer)) return { is: "unknown", answer };
  const said = saidBy(answer);
  if (said.includes("being terminated"))
    return {
      is: "refused",
      fault: diagnostic("AAC4014", undefined, `the namespace ${namespace} is being deleted`, {
        notes: ["nothing can be made in it: wait until it is gone, or choose another with --namespace"],
      }),
    };
  const user = /User "([^"]+)"/.exec(said)?.[1] ?? "USER";
  return {
    is: "refused",
    fault: diagnostic(
      "AAC4014",
      undefined,
      `the cluster does not let this user keep the Lease ${leaseName(place.project)}, by which one apply at a time is at work`,
      { notes: [said, ...leaseRole(cluster.context, namespace, user)] },
    ),
  };
}

/** The lines that give the right that is missing. */
export function leaseRole(context: string, namespace: string, user: string): readonly string[] {
  const kubectl = `kubectl${context === "" ? "" : ` --context ${quoted(context)}`} -n ${namespace}`;
  return [
    `${kubectl} create role aac-lock --verb=get,create,update,delete --resource=leases.coordination.k8s.io`,
    `${kubectl} create rolebinding aac-lock --role=aac-lock --user=${quoted(user)}`,
  ];
}

const quoted = (word: string): string =>
  /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Words for one that could not be asked. */
export const leaseFault = ({ cluster, namespace, place }: On, answer: Answer): Diagnostic =>
  unanswered(cluster.server, answer, `keep the Lease ${leaseName(place.project)} in ${namespace}`);
