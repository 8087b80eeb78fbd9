import type { Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Change } from "../../../src/model/plan.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import type { Failure, StepContext } from "../../../src/model/target.ts";
import {
  at,
  causesOf,
  failed,
  isFine,
  isGone,
  isManifest,
  listAt,
  numberAt,
  saidBy,
  textAt,
} from "../answers.ts";
import type { Answer } from "../client.ts";
import { conflictsIn, unseen } from "./conflicts.ts";
import { askedText } from "../manifest/asked.ts";
import { digestOf, type Remembers } from "../manifest/fields.ts";
import { manifestOf, send } from "../live/send.ts";
import { HOLD_MANAGER } from "../verbs/holds.ts";
import { asWas } from "../live/as-was.ts";
import type { On } from "../live/lists.ts";
import { ANNOTATION, LABEL } from "../names.ts";
import { objectPath } from "../manifest/paths.ts";
import { pause } from "../logs/pause.ts";
import { rhythm } from "../rhythm.ts";
import { held } from "./rollout.ts";
import type { Manifest } from "../shapes.ts";

export type Putting = Exclude<Change, { readonly is: "keep" | "delete" }>;
export type Changing = Exclude<Putting, { readonly is: "create" }>;
/** `asked`: what the object is to remember, where that is not what it is made of; of some only the digest is known. */
export type PutContext = StepContext & {
  readonly asked?: { readonly digest: string; readonly fields?: Fields } | undefined;
};

/** How long an object may take to go before another comes in its place, beside the time that its pods are given. */
const GONE_MS = 120_000;

/** What was planned, and nothing that the plan did not show. Safe to repeat. */
export async function applyObject(
  on: On,
  change: Putting,
  resource: Resource,
  context: PutContext,
): Promise<Result<void, Failure>> {
  const manifest = async (uid?: string): Promise<Manifest> => {
    const sent = await asWas(on, resource, uid);
    return manifestOf(on, sent, await remembered(sent.fields, context));
  };
  if (change.is === "update") {
    const uid = change.before.identity;
    return settle(on, change, await manifest(uid), uid, context);
  }
  const { kind, name, agent } = resource;
  const identity = change.is === "replace" ? change.before.identity : undefined;
  const free = await untilFree(on, { kind, name, agent, identity }, context);
  if (!free.ok) return free;
  // A namespace that somebody made meanwhile serves as well.
  if (free.value === "taken" && kind === "Namespace") return ok(undefined);
  return settle(on, change, await manifest(), undefined, context);
}

async function remembered(sent: Fields, { asked, mark }: PutContext): Promise<Remembers> {
  const made = digestOf(sent);
  const { digest, fields } = asked ?? { digest: made, fields: sent };
  const text = fields === undefined ? undefined : await askedText({ fields, isSent: digest === made });
  return {
    digest,
    ...(text === undefined ? {} : { asked: text }),
    ...(mark === undefined ? {} : { mark }),
  };
}

/** Gone for good, and then made anew. */
export async function replaceObject(
  on: On,
  change: Changing,
  resource: Resource,
  context: PutContext,
): Promise<Result<void, Failure>> {
  if (resource.kind === "PersistentVolumeClaim")
    return err({
      message: `aac deletes no claim: ${resource.name} holds data, and cannot be changed in place`,
      lines: [],
      passing: false,
    });
  const { kind, name, agent, identity } = change.before;
  const removed = await removeObject(on, kind, name, identity);
  if (!removed.ok) return removed;
  // One that goes by another name by now leaves its place to nobody; its agent is not to run twice all the same.
  const isElsewhere = name !== resource.name;
  const gone = isElsewhere
    ? await untilFree(on, { kind, name, agent, identity }, context)
    : ok("free" as const);
  if (!gone.ok) return gone;
  return applyObject(on, change, resource, context);
}

/** The very object that was planned for; another one in its place is left alone. */
export async function removeObject(
  { cluster, namespace }: On,
  kind: string,
  name: string,
  uid: string,
): Promise<Result<void, Failure>> {
  const answer = await cluster.request("DELETE", objectPath(namespace, kind, name), {
    body: { preconditions: { uid }, propagationPolicy: kind === "Deployment" ? "Foreground" : "Background" },
  });
  const isAnother = answer.is === "answer" && answer.status === 409;
  if (isFine(answer) || isGone(answer) || isAnother) return ok(undefined);
  return err(failed(`the ${kind} ${name} cannot be deleted`, answer));
}

async function settle(
  on: On,
  change: Putting,
  manifest: Manifest,
  uid: string | undefined,
  context: StepContext,
): Promise<Result<void, Failure>> {
  const what = `the ${manifest.kind} ${manifest.metadata.name}`;
  const same = { ...(uid === undefined ? {} : { uid }), signal: context.signal };
  const first = await send(on, manifest, same);
  const conflicts = conflictsIn(first, manifest);
  const strange = unseen(conflicts, change);
  if (strange.length > 0)
    return err({
      message: `${what} was changed since the plan: ${strange.map(({ path, manager }) => `${path} by ${manager}`).join(", ")}`,
      lines: ["nothing of it was overridden: plan again to see it, then apply"],
      passing: false,
    });
  const answer = conflicts.length === 0 ? first : await send(on, manifest, { ...same, force: true });
  if (!isFine(answer)) return err(isAnother(answer) ? exchanged(what) : failed(`${what} is refused`, answer));
  if (isStalled(answer.body)) await nudge(on, manifest);
  return ok(undefined);
}

function isStalled(live: Json): boolean {
  return listAt(live, "status", "conditions").some(
    (one) => textAt(one, "type") === "ReplicaFailure" && textAt(one, "status") === "True",
  );
}

/**
 * A cluster that could not make pods tries again after longer and longer times, also where what hindered it is gone.
 * It hands annotations on to what makes the pods, and that looks anew whenever something is written to it.
 */
async function nudge({ cluster, namespace, system }: On, { kind, metadata }: Manifest): Promise<void> {
  await cluster.request("PATCH", objectPath(namespace, kind, metadata.name), {
    body: { metadata: { annotations: { [ANNOTATION.tried]: system.clock.wall() } } },
    contentType: "application/merge-patch+json",
    query: { fieldManager: HOLD_MANAGER },
  });
}

/** The server says this in two ways: of an object that is gone, and of one that has come in its place. */
function isAnother(answer: Answer): boolean {
  if (answer.is === "lost") return false;
  if (answer.status === 409 && saidBy(answer).includes("uid mismatch")) return true;
  return answer.status === 422 && causesOf(answer).some(({ field }) => field === "metadata.uid");
}

const exchanged = (what: string): Failure => ({
  message: `${what} is not the one that was planned for: somebody deleted it meanwhile`,
  lines: ["plan again to see what is there now"],
  passing: false,
});

/**
 * Whoever releases a hold has its number of replicas in the plan; the word of the hold itself goes once that has come
 * up, so that after a failure it still says what it said.
 */
export async function releaseObject(
  { cluster, namespace }: On,
  { kind, name }: Resource,
): Promise<Result<void, Failure>> {
  const answer = await cluster.request("PATCH", objectPath(namespace, kind, name), {
    body: { metadata: { annotations: { [ANNOTATION.hold]: null } } },
    contentType: "application/merge-patch+json",
    query: { fieldManager: HOLD_MANAGER },
  });
  return isFine(answer) ? ok(undefined) : err(failed(`the hold of ${name} cannot be ended`, answer));
}

interface Spot {
  readonly kind: string;
  readonly name: string;
  readonly agent: string;
  /** Of the one that was told to go. */
  readonly identity: string | undefined;
}

/** What is about to go has to be gone first, and what is somebody else's stays as it is. */
async function untilFree(
  on: On,
  { kind, name, agent, identity }: Spot,
  { signal, report }: Pick<StepContext, "signal" | "report">,
): Promise<Result<"free" | "taken", Failure>> {
  const { cluster, namespace, place, system } = on;
  const began = system.clock.now();
  let said = false;
  for (const millis of rhythm()) {
    const answer = await cluster.request("GET", objectPath(namespace, kind, name), { signal });
    if (isGone(answer)) return ok("free");
    if (!isFine(answer)) return err(failed(`nobody can tell whether there is a ${kind} ${name}`, answer));
    const live = isManifest(answer.body) ? answer.body.metadata : undefined;
    if (kind !== "Namespace" && !isOurs(live, place.project, agent)) return err(foreign(kind, name));
    const isOld = identity !== undefined && live?.uid === identity;
    if (live?.deletionTimestamp === undefined && !isOld) return ok("taken");
    if (!said) report("waits until the former one is gone");
    said = true;
    const grace =
      numberAt(at(answer.body, "spec", "template", "spec"), "terminationGracePeriodSeconds") * 1000;
    if (system.clock.now() - began > GONE_MS + grace)
      return err({
        message: `the former ${kind} ${name} is still there, though it was deleted${held(answer)}`,
        lines: [],
        passing: false,
      });
    if (signal.aborted) return err({ message: "interrupted while it waited", lines: [], passing: false });
    await pause(system.clock, millis, signal);
  }
  throw new Error("a rhythm has no end");
}

export function isOurs(metadata: Manifest["metadata"] | undefined, project: string, agent: string): boolean {
  const { labels = {} } = metadata ?? {};
  return labels[LABEL.project] === project && labels[LABEL.agent] === agent;
}

const foreign = (kind: string, name: string): Failure => ({
  message: `there is a ${kind} ${name} that is not this project's`,
  lines: ["it was not touched: plan again to see whose it is"],
  passing: false,
});
