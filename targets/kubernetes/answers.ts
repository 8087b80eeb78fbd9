import type { Json } from "../../src/base/canonical.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import type { Failure } from "../../src/model/target.ts";
import type { Answer } from "./client.ts";
import { isList, isMap, type JsonMap } from "./manifest/shape.ts";
import type { Manifest } from "./shapes.ts";

export { isList, isMap } from "./manifest/shape.ts";

/** What stands in an answer of the cluster, and what a person is told of one that is no good. */

export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value;
  for (const key of path) {
    if (!isMap(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: Json | undefined, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === "number" ? found : 0;
}

export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return isList(found) ? found : [];
}

export function isManifest(value: Json | undefined): value is JsonMap & Manifest {
  return isMap(value) && textAt(value, "metadata", "name") !== undefined;
}

/** The objects of a list; those of most lists do not say their own kind. */
export function itemsOf(body: Json, apiVersion: string, kind: string): readonly Manifest[] {
  return listAt(body, "items").flatMap((one) =>
    isManifest(one) ? [{ ...one, apiVersion, kind, metadata: one.metadata }] : [],
  );
}

export const isGone = (answer: Answer): boolean => answer.is === "answer" && answer.status === 404;
export const isForbidden = (answer: Answer): boolean => answer.is === "answer" && answer.status === 403;
export const isFine = (answer: Answer): answer is Answer & { readonly is: "answer" } =>
  answer.is === "answer" && answer.status < 300;

/** In the server's own words; they never hold a value of a Secret. */
export function saidBy(answer: Answer): string {
  if (answer.is === "lost") return answer.why;
  return textAt(answer.body, "message") ?? `it answers with status ${answer.status}`;
}

/** What the server names one by one when it refuses. */
export interface Cause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

export function causesOf(answer: Answer): readonly Cause[] {
  if (answer.is === "lost") return [];
  const found = listAt(answer.body, "details", "causes").map((one) => ({
    reason: textAt(one, "reason") ?? "",
    field: textAt(one, "field") ?? "",
    message: textAt(one, "message") ?? "",
  }));
  const seen = new Set<string>();
  // Some checks of the server run twice, and say all that they say twice.
  return found.filter(({ field, message }) => {
    const key = `${field}\n${message}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Trying again may help: the server is busy, or nobody knows what became of the request. */
export function isPassing(answer: Answer): boolean {
  if (answer.is === "lost") return true;
  if (answer.status === 429) return true;
  // A manifest that the server cannot read is answered as if the server were broken.
  return answer.status >= 500 && !saidBy(answer).startsWith("failed to create typed patch");
}

export function failed(what: string, answer: Answer): Failure {
  const lines = causesOf(answer).map(({ field, message }) =>
    field === "" ? message : `${field}: ${message}`,
  );
  return {
    message: `${what}: ${saidBy(answer)}`,
    lines: lines.length > 1 ? lines : [],
    passing: isPassing(answer),
  };
}

/** For whoever only reads: the cluster is not there, or does not let this user look. */
export function unanswered(server: string, answer: Answer, what: string): Diagnostic {
  if (answer.is === "lost")
    return diagnostic("AAC4011", undefined, `the cluster at ${server} does not answer: ${answer.why}`, {
      notes: [
        "see whether it does: kubectl get --raw /readyz",
        "name another with --context or --kubeconfig",
      ],
    });
  if (answer.status === 401)
    return diagnostic("AAC4011", undefined, `the cluster at ${server} does not know this user`, {
      notes: ["sign in again, or name another user's context with --context"],
    });
  const words = saidBy(answer);
  if (answer.status === 403)
    return diagnostic("AAC4014", undefined, `the cluster does not let this user ${what}`, {
      notes: [words, "ask whoever looks after it for that right"],
    });
  return diagnostic(
    isPassing(answer) ? "AAC4011" : "AAC4014",
    undefined,
    `the cluster at ${server} cannot say what is there (${what}): ${words}`,
  );
}
