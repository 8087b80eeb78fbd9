import { at, listAt, numberAt, textAt } from "../answers.ts";
import type { Container, Pod } from "../verbs/pods.ts";
import type { Json } from "../../../src/base/canonical.ts";
import type { Part } from "../../../src/model/step.ts";

/** Why a pod is not ready: for now, or for good as far as anybody can tell. */
export type Trouble =
  | { readonly is: "waits"; readonly text: string; readonly asks: "events" | "nothing" }
  | { readonly is: "stuck"; readonly text: string; readonly crashed?: Crashed; readonly unbound?: true };

/** Whose last lines say more. */
export interface Crashed {
  readonly pod: string;
  readonly container: string;
  /** The run that ended is not the one that is there now. */
  readonly isPast: boolean;
}

/** What is known of a wait so far. */
export interface Memory {
  /** Milliseconds since this was first seen, and has been seen ever since. */
  readonly lasted: (what: string) => number;
  /** Of a container as the wait began: what was restarted before has nothing to do with it. */
  readonly restartsBefore: (pod: string, container: string) => number;
}

/** A cluster may be about to make room, or a volume. */
const PATIENCE_MS = 10_000;
/** So many ends show that it does not come up: more of them would only make people wait. */
const FAILED_STARTS = 2;
/** Long enough for another pull. */
const IMAGE_MS = 30_000;

const IMAGE = /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError)$/;

/** What a registry says that is busy, or that could not be reached just now. */
const BUSY =
  /time(?:d )?.?out|too many requests|temporar|connection (?:refused|reset)|\bEOF\b|try again|\b50[0-4]\b/i;
/** Of a start that failed: another try changes nothing. */
const NO_PROGRAM = /no such file or directory|not found in \$PATH|permission denied|exec format error/i;

/** Undefined where the pod is ready. */
export function troubleOf(pod: Pod, memory: Memory): Trouble | undefined {
  if (conditionOf(pod, "Ready")?.status === "True") return undefined;
  const found = notScheduled(pod, memory) ?? ofContainers(pod, memory);
  if (found !== undefined) return found;
  if (pod.isOver) return { is: "waits", text: overText(pod), asks: "nothing" };
  const text = pod.main.state.is === "running" ? "runs, and is not ready yet" : "is being made";
  return { is: "waits", text, asks: "events" };
}

function notScheduled(pod: Pod, { lasted }: Memory): Trouble | undefined {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status !== "False") return undefined;
  const text = `${scheduled.reason ?? "not scheduled"}: ${scheduled.message ?? "no node takes it"}`;
  if (lasted(`${pod.name} unscheduled`) < PATIENCE_MS) return { is: "waits", text, asks: "nothing" };
  const isUnbound = /persistentvolumeclaim/i.test(text);
  return { is: "stuck", text, ...(isUnbound ? { unbound: true } : {}) };
}

function ofContainers(pod: Pod, memory: Memory): Trouble | undefined {
  const found = [...pod.others.filter(({ isFirst }) => isFirst), pod.main, ...pod.others].flatMap(
    (one) => ofContainer(pod, one, memory) ?? [],
  );
  return found.find(({ is }) => is === "stuck") ?? found[0];
}

function ofContainer(pod: Pod, container: Container, memory: Memory): Trouble | undefined {
  const { state, lastEnd, name } = container;
  const who = name === pod.main.name ? "" : `${name}: `;
  const reason = state.is === "waiting" ? state.reason : "";
  const said = state.is === "waiting" ? state.message : undefined;
  const text = `${who}${reason}${said === undefined ? "" : `: ${said}`}`;
  const isSyncing = said?.includes("failed to sync") === true;
  if (IMAGE.test(reason)) {
    const lasted = memory.lasted(`${pod.name} ${name} image`);
    // Pulled in vain once, it is shown for some seconds before anybody says that it waits to try again.
    const patience = BUSY.test(text) ? IMAGE_MS : reason === "ErrImagePull" ? 1000 : 0;
    return lasted >= patience ? { is: "stuck", text } : { is: "waits", text, asks: "nothing" };
  }
  if (reason === "CreateContainerConfigError" && !isSyncing) return { is: "stuck", text };
  if (reason === "CreateContainerError" && memory.lasted(`${pod.name} ${name} ${reason}`) >= PATIENCE_MS)
    return { is: "stuck", text };
  const start =
    lastEnd?.reason === "StartError" || reason === "RunContainerError"
      ? (said ?? lastEnd?.message)
      : undefined;
  if (start !== undefined && NO_PROGRAM.test(start))
    return { is: "stuck", text: `${who}could not start: ${start}` };
  const isOver = state.is === "ended" || reason === "CrashLoopBackOff";
  const ends = container.restarts - memory.restartsBefore(pod.name, name) + (isOver ? 1 : 0);
  if (lastEnd !== undefined && (reason === "CrashLoopBackOff" || ends >= FAILED_STARTS)) {
    const times = ends > 1 ? `, ${ends} times` : "";
    return {
      is: "stuck",
      text: `${who}${endText(lastEnd)}${times}; the cluster goes on trying`,
      crashed: { pod: pod.name, container: name, isPast: state.is !== "ended" },
    };
  }
  if (state.is === "ended" && !(container.isFirst && state.end.code === 0))
    return { is: "waits", text: `${who}${endText(state.end)}, it is started again`, asks: "nothing" };
  if (reason === "" || reason === "ContainerCreating" || reason === "PodInitializing") return undefined;
  return { is: "waits", text, asks: "nothing" };
}

type End = NonNullable<Container["lastEnd"]>;

export function endText(end: End): string {
  if (end.reason === "OOMKilled") return "ended by the kernel: out of memory";
  const said = end.reason === "StartError" || end.reason === "ContainerCannotRun" ? end.message : undefined;
  if (said !== undefined) return `could not start: ${said}`;
  const how =
    end.code > 128 && end.code < 160 ? `exit ${end.code} (signal ${end.code - 128})` : `exit ${end.code}`;
  const millis = Date.parse(end.at ?? "") - Date.parse(end.began ?? "");
  return Number.isNaN(millis) ? how : `${how} after ${Math.round(millis / 1000)} s`;
}

function overText(pod: Pod): string {
  const reason = textAt(pod.manifest, "status", "reason") ?? pod.phase;
  const message = textAt(pod.manifest, "status", "message");
  return message === undefined ? reason : `${reason}: ${message}`;
}

interface Condition {
  readonly status: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

const conditionOf = (pod: Pod, type: string): Condition | undefined => conditionIn(pod.manifest, type);

function conditionIn(manifest: Json, type: string): Condition | undefined {
  const found = listAt(manifest, "status", "conditions").find((one) => textAt(one, "type") === type);
  if (found === undefined) return undefined;
  return {
    status: textAt(found, "status") ?? "Unknown",
    reason: textAt(found, "reason"),
    message: textAt(found, "message"),
  };
}

/** What keeps the Deployment itself from making its pods: a quota, a right, a policy. */
export function troubleOfDeployment(deployment: Json, { lasted }: Memory): Trouble | undefined {
  const failure = conditionIn(deployment, "ReplicaFailure");
  if (failure?.status === "True") {
    const text = failure.message ?? failure.reason ?? "its pods cannot be made";
    // In a namespace that was made a moment ago its account may still be missing.
    return lasted("replica failure") >= PATIENCE_MS / 2
      ? { is: "stuck", text }
      : { is: "waits", text, asks: "nothing" };
  }
  const progress = conditionIn(deployment, "Progressing");
  if (at(deployment, "spec", "paused") === true)
    return { is: "stuck", text: "somebody paused its rollout: kubectl rollout resume goes on with it" };
  if (progress?.status === "False" && progress.reason === "ProgressDeadlineExceeded")
    return { is: "stuck", text: progress.message ?? progress.reason };
  return undefined;
}

/** Whether the controller knows what is asked for by now: what it says before that is of former times. */
export function isSeen(deployment: Json): boolean {
  return (
    numberAt(deployment, "status", "observedGeneration") >= numberAt(deployment, "metadata", "generation")
  );
}

/** How far the controller has come; undefined where all is done. */
export function unfinished(deployment: Json): string | undefined {
  if (!isSeen(deployment)) return "not begun yet";
  const { done, of } = readyOf(deployment);
  if (done < of) return `${done} of ${of} new pods ready`;
  const former = formerOf(deployment);
  return former > 0
    ? `ready; ${former} of the former ${former === 1 ? "pods is" : "pods are"} about to end`
    : undefined;
}

/** Of those that can be used, nobody says which are new: the former ones most probably can. */
export function readyOf(deployment: Json): Part {
  const updated = numberAt(deployment, "status", "updatedReplicas");
  const available = numberAt(deployment, "status", "availableReplicas");
  const of = numberAt(deployment, "spec", "replicas");
  return { done: Math.max(0, Math.min(updated, available - formerOf(deployment), of)), of };
}

const formerOf = (deployment: Json): number =>
  numberAt(deployment, "status", "replicas") - numberAt(deployment, "status", "updatedReplicas");
