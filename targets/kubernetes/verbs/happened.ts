import type { Json } from "../../../src/base/canonical.ts";
import type { AgentEvent } from "../../../src/model/operates.ts";
import { listAt, numberAt, textAt } from "../answers.ts";
import { conditionsOf, ended } from "./judge.ts";
import type { Container, Pod } from "./pods.ts";

/** What the cluster says happened, in the words that every target uses. Pure. */

/** In a word or two; what is not named here says its own reason in small letters. */
const WHAT: Readonly<Record<string, string>> = {
  BackOff: "waits to try again",
  Evicted: "evicted",
  Failed: "failed",
  FailedCreate: "pod refused",
  FailedMount: "volume not mounted",
  FailedScheduling: "not placed",
  Killing: "told to end",
  Preempted: "pushed aside",
  Pulled: "image pulled",
  ScalingReplicaSet: "scaled",
  Scheduled: "placed",
  Started: "started",
  SuccessfulCreate: "pod made",
  SuccessfulDelete: "pod removed",
  Unhealthy: "check failed",
};

/** Steps on the way to what is told anyway. */
const SILENT = new Set(["Created", "Pulling"]);

/** As people call them. */
const BY: Readonly<Record<string, string>> = { "default-scheduler": "scheduler" };

export interface Known {
  /** Those of this project. */
  readonly agents: ReadonlySet<string>;
  /** Pods that can be seen themselves, by name, with the number that a status gives them. */
  readonly pods: ReadonlyMap<string, { readonly pod: Pod; readonly replica: number }>;
}

/** Undefined of what is not this project's, or says nothing new. */
export function eventTold(event: Json, known: Known): AgentEvent | undefined {
  const kind = textAt(event, "involvedObject", "kind") ?? "";
  const name = textAt(event, "involvedObject", "name") ?? "";
  const agent = agentNamed(kind, name);
  const reason = textAt(event, "reason") ?? "";
  if (agent === undefined || !known.agents.has(agent) || SILENT.has(reason)) return undefined;
  const seen = kind === "Pod" ? known.pods.get(name) : undefined;
  const at = timeOf(event);
  const message = textAt(event, "message")?.trim() ?? "";
  if (reason === "Pulled" && message.includes("already present")) return undefined;
  // A container says itself when it was started, and to the same second.
  if (reason === "Started" && seen !== undefined && isTold(seen.pod, at)) return undefined;
  const times = Math.max(numberAt(event, "count"), numberAt(event, "series", "count"));
  // That it was says `what`, and in which container is no news.
  const words = reason === "Started" ? "" : message;
  const why = [words, ...(times > 1 ? [`(${times} times)`] : [])].filter(Boolean).join(" ");
  const by = textAt(event, "reportingComponent") || textAt(event, "source", "component");
  return {
    at,
    agent,
    ...(seen === undefined ? {} : { replica: seen.replica }),
    what: WHAT[reason] ?? inSmall(reason),
    ...(why === "" ? {} : { why }),
    ...(by === undefined || by === "" ? {} : { by: BY[by] ?? by }),
  };
}

/** Every name says what it was made for: a Deployment is called as its agent, and the rest after it. */
function agentNamed(kind: string, name: string): string | undefined {
  const parts = name.split("-");
  switch (kind) {
    case "Deployment":
      return name;
    case "ReplicaSet":
      return parts.slice(0, -1).join("-");
    case "Pod":
      return parts.slice(0, -2).join("-");
    default:
      return undefined;
  }
}

/** When it was seen last. */
function timeOf(event: Json): string {
  const time =
    textAt(event, "series", "lastObservedTime") ??
    textAt(event, "lastTimestamp") ??
    textAt(event, "eventTime") ??
    textAt(event, "metadata", "creationTimestamp") ??
    "";
  return wall(time);
}

/** One spelling for what has whole seconds, and for what has millionths. */
function wall(time: string): string {
  const stamp = Date.parse(time);
  return Number.isNaN(stamp) ? time : new Date(stamp).toISOString();
}

const inSmall = (reason: string): string =>
  reason === "" ? "something" : reason.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();

const NEAR_MS = 2000;

const isTold = (pod: Pod, at: string): boolean =>
  startsOf(pod.main).some((start) => Math.abs(Date.parse(start.at) - Date.parse(at)) <= NEAR_MS);

interface Start {
  readonly at: string;
  /** 0: it was the first. */
  readonly restart: number;
}

/** Of this run and the one before. */
function startsOf({ state, lastEnd, restarts }: Container): readonly Start[] {
  const began = lastEnd?.began;
  const isRunning = state.is === "running";
  return [
    ...(began === undefined ? [] : [{ at: began, restart: isRunning ? restarts - 1 : restarts }]),
    ...(isRunning ? [{ at: state.since, restart: restarts }] : []),
  ];
}

/** What a pod says itself: this run of its agent and the one before, and since when it can be used. */
export function podTold(pod: Pod, replica: number): readonly AgentEvent[] {
  const { main, agent } = pod;
  const same = { agent, replica, by: "kubelet" };
  const found: AgentEvent[] = startsOf(main).map(({ at, restart }) => ({
    at: wall(at),
    ...same,
    what: "started",
    ...(restart > 0 ? { why: `restart ${restart}` } : {}),
  }));
  const end = main.lastEnd;
  if (end?.at !== undefined) found.push({ at: wall(end.at), ...same, what: "exited", why: ended(end) });
  const ready = conditionsOf(pod.manifest).get("Ready");
  const hasStarted = startsOf(main).length > 0;
  if (ready?.since !== undefined && hasStarted && pod.endingSince === undefined)
    found.push(
      ready.status === "True"
        ? { at: wall(ready.since), ...same, what: "became ready" }
        : {
            at: wall(ready.since),
            ...same,
            what: "is not ready",
            ...(ready.message === "" ? {} : { why: ready.message }),
          },
    );
  return found;
}

/** All of it, in the order in which it happened. */
export function toldBy(events: readonly Json[], known: Known): readonly AgentEvent[] {
  const told = [
    ...events.flatMap((one) => eventTold(one, known) ?? []),
    ...[...known.pods.values()].flatMap(({ pod, replica }) => podTold(pod, replica)),
  ];
  return inOrder(told);
}

export function inOrder(events: readonly AgentEvent[]): readonly AgentEvent[] {
  const sorted = events.toSorted(
    (a, b) => secondOf(a) - secondOf(b) || rank(a) - rank(b) || Date.parse(a.at) - Date.parse(b.at),
  );
  let last = "";
  return sorted.map((event) => {
    // Some times are of whole seconds: one that came after another is told no sooner than that.
    const isEarly = event.at < last && event.at.slice(0, 19) === last.slice(0, 19);
    const at = isEarly ? last : event.at;
    last = at;
    return isEarly ? { ...event, at } : event;
  });
}

const secondOf = ({ at }: AgentEvent): number => Math.floor(Date.parse(at) / 1000);

/** Within one second, as most times here are: what comes before what. */
const ORDER = [
  "scaled",
  "pod made",
  "placed",
  "image pulled",
  "started",
  "exited",
  "started again",
  "became ready",
  "is not ready",
];
const rank = ({ what, why }: AgentEvent): number => {
  // Nothing is started again that has not ended before.
  const found = ORDER.indexOf(what === "started" && why?.startsWith("restart") ? "started again" : what);
  return found === -1 ? ORDER.length : found;
};

/** Whose pods they are, whichever of them is meant. */
export const ofDeployments = (deployments: readonly Json[]): ReadonlySet<string> =>
  new Set(deployments.flatMap((one) => textAt(one, "metadata", "name") ?? []));

export const itemsIn = (body: Json): readonly Json[] => listAt(body, "items");
