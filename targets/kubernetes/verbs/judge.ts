import type { Json } from "../../../src/base/canonical.ts";
import type { AgentStatus } from "../../../src/model/operates.ts";
import { listAt, textAt } from "../answers.ts";
import type { Container, End, Pod } from "./pods.ts";
import { later } from "../live/times.ts";

/** What a pod's own status comes to, in the words that every target uses. Pure. */
export type Judged = Pick<AgentStatus, "state" | "detail" | "health" | "since" | "nextTry">;

export function judge(pod: Pod, now: string): Judged {
  const conditions = conditionsOf(pod.manifest);
  if (pod.endingSince !== undefined) return still("stopping", undefined, pod.endingSince);
  if (pod.isOver) return over(pod);
  if (pod.phase === "Unknown")
    return still("unknown", textAt(pod.manifest, "status", "message"), pod.created);
  const scheduled = conditions.get("PodScheduled");
  if (scheduled?.status === "False") return still("starting", placing(scheduled.message), pod.created);
  const first = [
    ...pod.others.filter(({ isFirst }) => isFirst),
    pod.main,
    ...pod.others.filter((one) => !one.isFirst),
  ]
    .map((container) => troubleOf(container, pod))
    .find((trouble) => trouble !== undefined);
  if (first !== undefined)
    return { ...first, since: first.since ?? conditions.get("Ready")?.since ?? pod.created };
  return upOrComing(pod, conditions.get("Ready"), now);
}

function still(state: string, detail: string | undefined, since: string): Judged {
  return { state, ...(detail === undefined || detail === "" ? {} : { detail }), health: "none", since };
}

/** Why no node takes it; what else the scheduler thought of helps nobody. */
function placing(message: string): string {
  return message.replace(/\.?,? (?:no new claims to deallocate|preemption:).*$/s, "");
}

function over(pod: Pod): Judged {
  const end = pod.main.lastEnd;
  const since = end?.at ?? pod.created;
  if (pod.phase === "Succeeded") return still("completed", undefined, since);
  const reason = textAt(pod.manifest, "status", "reason");
  const message = textAt(pod.manifest, "status", "message");
  const words = [reason, message].filter((text) => text !== undefined && text !== "").join(": ");
  return still("failed", words === "" && end !== undefined ? ended(end) : words, since);
}

function upOrComing(pod: Pod, ready: Condition | undefined, now: string): Judged {
  const { state, check } = pod.main;
  if (state.is !== "running") return still("starting", undefined, pod.created);
  if (ready?.status === "True")
    return {
      state: "ready",
      health: check === undefined ? "none" : "healthy",
      since: ready.since ?? state.since,
    };
  const health =
    check === undefined
      ? "none"
      : isLate(check.patienceMs, state.since, ready?.since, now)
        ? "unhealthy"
        : "starting";
  const detail = check === undefined && ready?.message !== "" ? ready?.message : undefined;
  return { state: "running", ...(detail === undefined ? {} : { detail }), health, since: state.since };
}

/** It was ready in this run and is not any more, or has had all the time that it was given. */
function isLate(patienceMs: number, started: string, unready: string | undefined, now: string): boolean {
  const since = Date.parse(started);
  return Date.parse(unready ?? started) > since || Date.parse(now) - since > patienceMs;
}

/** On their way: nothing is wrong yet. */
const COMING = new Set(["ContainerCreating", "PodInitializing"]);
/** No time mends these. */
const FINAL = new Set(["InvalidImageName", "ErrImageNeverPull"]);

function troubleOf(container: Container, pod: Pod): Judged | undefined {
  const { state, lastEnd } = container;
  const whose = container === pod.main ? "" : `${container.name}: `;
  if (state.is === "ended") {
    // What comes before the agent is meant to end.
    if (container.isFirst && state.end.code === 0) return undefined;
    return backoff(`${whose}${ended(state.end)}, is started again`, state.end);
  }
  if (state.is !== "waiting" || COMING.has(state.reason)) return undefined;
  if (state.reason === "CrashLoopBackOff") {
    // How the agent itself ended has a place of its own.
    const how = whose === "" || lastEnd === undefined ? "" : `, ${ended(lastEnd)}`;
    return backoff(`${whose}${state.reason}${how}`, lastEnd, state.message);
  }
  const words = `${whose}${state.reason}${state.message === undefined ? "" : `: ${state.message}`}`;
  if (FINAL.has(state.reason)) return { state: "failed", detail: words, health: "none" };
  return backoff(words, undefined);
}

function backoff(detail: string, end: End | undefined, message?: string): Judged {
  const next = end?.at === undefined ? undefined : nextTry(end.at, message);
  return {
    state: "backoff",
    detail,
    health: "none",
    ...(end?.at === undefined ? {} : { since: end.at }),
    ...(next === undefined ? {} : { nextTry: next }),
  };
}

/** `back-off 2m40s restarting failed container=…`, counted from the end of the run before. */
function nextTry(ended: string, message: string | undefined): string | undefined {
  const match = /^back-off (?:(\d+)m)?(?:(\d+)s)? restarting/.exec(message ?? "");
  if (match === null) return undefined;
  const seconds = Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0);
  return later(ended, seconds * 1000);
}

/** `exit 1 after 3 s`, `OOMKilled after 20 s`, or why it could not be begun. */
export function ended(end: End): string {
  if (!["Error", "Completed", "OOMKilled", ""].includes(end.reason))
    return `${end.reason}${end.message === undefined ? "" : `: ${end.message}`}`;
  const how = end.reason === "OOMKilled" ? end.reason : `exit ${end.code}`;
  const ranMs = Date.parse(end.at ?? "") - Date.parse(end.began ?? "");
  return Number.isNaN(ranMs) ? how : `${how} after ${Math.round(ranMs / 1000)} s`;
}

export interface Condition {
  readonly status: string;
  readonly message: string;
  readonly since: string | undefined;
}

/** By type. */
export function conditionsOf(manifest: Json): ReadonlyMap<string, Condition> {
  return new Map(
    listAt(manifest, "status", "conditions").map((one) => [
      textAt(one, "type") ?? "",
      {
        status: textAt(one, "status") ?? "",
        message: textAt(one, "message") ?? "",
        since: textAt(one, "lastTransitionTime"),
      },
    ]),
  );
}
