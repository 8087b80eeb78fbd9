import type { System } from "../../../src/model/system.ts";
import { failed, isFine, isForbidden, isGone, saidBy, textAt } from "../answers.ts";
import type { Answer, Cluster } from "../client.ts";
import { keySecret, LABEL, MANAGER } from "../names.ts";
import { listPath, objectPath } from "../manifest/paths.ts";
import type { Failure } from "../../../src/model/target.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";

/** The key that digests of secrets are made with lives beside them, so that every machine makes the same. */
export type KeyLook =
  | { readonly is: "key"; readonly key: string }
  | { readonly is: "absent" }
  /** It cannot be read, or is none of ours: nobody can tell whether a secret changed. */
  | { readonly is: "unknown"; readonly why: string }
  | { readonly is: "lost"; readonly answer: Answer };

export interface KeyPlace {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly project: string;
}

export async function lookForKey({ cluster, namespace, project }: KeyPlace): Promise<KeyLook> {
  const name = keySecret(project);
  const answer = await cluster.request("GET", objectPath(namespace, "Secret", name));
  if (isGone(answer)) return { is: "absent" };
  if (isForbidden(answer)) return { is: "unknown", why: saidBy(answer) };
  if (!isFine(answer)) return { is: "lost", answer };
  const key = keyIn(answer);
  return key === undefined
    ? { is: "unknown", why: `the Secret ${name} holds no key of this version` }
    : { is: "key", key };
}

/** Never over one that is there: another machine may have made it a moment ago, and its digests stand already. */
export async function makeKey(
  place: KeyPlace,
  digests: System["digests"],
): Promise<Result<KeyLook, Failure>> {
  const { cluster, namespace, project } = place;
  const name = keySecret(project);
  const body = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, labels: { [LABEL.project]: project } },
    type: "Opaque",
    stringData: { key: digests.random(32) },
  };
  const answer = await cluster.request("POST", listPath(namespace, "Secret"), {
    body,
    query: { fieldManager: MANAGER },
  });
  if (isForbidden(answer)) return ok({ is: "unknown", why: saidBy(answer) });
  const isThere = answer.is === "answer" && answer.status === 409;
  if (!isThere && !isFine(answer)) return err(failed(`the Secret ${name} cannot be made`, answer));
  const look = await lookForKey(place);
  return look.is === "lost" ? err(failed(`the Secret ${name} cannot be read`, look.answer)) : ok(look);
}

/** What nobody can read any more, since all that it was made for is gone; never a Secret of somebody else's. */
export async function removeKey({ cluster, namespace, project }: KeyPlace): Promise<void> {
  const path = objectPath(namespace, "Secret", keySecret(project));
  const answer = await cluster.request("GET", path);
  if (!isFine(answer) || keyIn(answer) === undefined) return;
  if (textAt(answer.body, "metadata", "labels", LABEL.project) !== project) return;
  const uid = textAt(answer.body, "metadata", "uid") ?? null;
  await cluster.request("DELETE", path, { body: { preconditions: { uid } } });
}

function keyIn(answer: Answer & { readonly is: "answer" }): string | undefined {
  const key = decoded(textAt(answer.body, "data", "key") ?? "");
  return /^[0-9a-f]{64}$/.test(key) ? key : undefined;
}

function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return "";
  }
}
