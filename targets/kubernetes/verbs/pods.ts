import { byCodeUnit, type Json } from "../../../src/base/canonical.ts";
import { at, listAt, numberAt, textAt } from "../answers.ts";
import { LABEL } from "../names.ts";
import { later } from "../live/times.ts";

/** One pod of an agent, as much of it as the verbs of the second day need. */
export interface Pod {
  readonly name: string;
  readonly agent: string;
  /** UTC */
  readonly created: string;
  /** Asked to end at this time; undefined where it may stay. */
  readonly endingSince: string | undefined;
  /** Ended for good, such as one that its node had no room for: another one has taken its place. */
  readonly isOver: boolean;
  readonly phase: string;
  /** The agent's own: beside it there may be others, and some that come before. */
  readonly main: Container;
  readonly others: readonly Container[];
  readonly manifest: Json;
}

export interface Container {
  readonly name: string;
  readonly image: string | undefined;
  readonly isFirst: boolean;
  readonly ports: readonly PodPort[];
  /** Of the kind of check that says whether it can be used. */
  readonly check: Check | undefined;
  readonly restarts: number;
  readonly state: ContainerState;
  /** How the run before this one ended, or this one where it has. */
  readonly lastEnd: End | undefined;
}

export interface PodPort {
  readonly port: number;
  readonly protocol: string;
  /** Whether a check asks it by HTTP. */
  readonly isHttp: boolean;
}

export interface Check {
  /** After so long without an answer it is no more a slow start. */
  readonly patienceMs: number;
}

export type ContainerState =
  | { readonly is: "unknown" }
  | { readonly is: "waiting"; readonly reason: string; readonly message: string | undefined }
  | { readonly is: "running"; readonly since: string }
  | { readonly is: "ended"; readonly end: End };

export interface End {
  readonly code: number;
  readonly reason: string;
  readonly message: string | undefined;
  readonly began: string | undefined;
  readonly at: string | undefined;
}

/** Sorted by agent, then as they came: the same list gives the same numbers of replicas each time. */
export function podsOf(items: readonly Json[]): readonly Pod[] {
  return items
    .map(podOf)
    .filter((pod) => pod !== undefined)
    .sort(
      (a, b) =>
        byCodeUnit(a.agent, b.agent) || byCodeUnit(a.created, b.created) || byCodeUnit(a.name, b.name),
    );
}

/**
 * Without those that ended for good, as far as there are others or they are about to be removed: they are no replicas
 * any more.
 */
export function standing(pods: readonly Pod[]): readonly Pod[] {
  const served = new Set(pods.filter(({ isOver }) => !isOver).map(({ agent }) => agent));
  return pods.filter(
    ({ agent, isOver, endingSince }) => !isOver || (endingSince === undefined && !served.has(agent)),
  );
}

function podOf(manifest: Json): Pod | undefined {
  const name = textAt(manifest, "metadata", "name");
  const agent = textAt(manifest, "metadata", "labels", LABEL.agent);
  if (name === undefined || agent === undefined) return undefined;
  const phase = textAt(manifest, "status", "phase") ?? "Unknown";
  const firsts = containersOf(manifest, "initContainers", "initContainerStatuses", true);
  const all = containersOf(manifest, "containers", "containerStatuses", false);
  const main = all.find((one) => one.name === agent) ?? all[0];
  if (main === undefined) return undefined;
  return {
    name,
    agent,
    created: textAt(manifest, "metadata", "creationTimestamp") ?? "",
    endingSince: endingSince(manifest),
    isOver: phase === "Failed" || phase === "Succeeded",
    phase,
    main,
    others: [...firsts, ...all.filter((one) => one !== main)],
    manifest,
  };
}

/** The server writes down when it will be ended the hard way. */
function endingSince(manifest: Json): string | undefined {
  const deadline = textAt(manifest, "metadata", "deletionTimestamp");
  if (deadline === undefined) return undefined;
  const grace = numberAt(manifest, "metadata", "deletionGracePeriodSeconds");
  return later(deadline, -grace * 1000);
}

function containersOf(
  manifest: Json,
  specs: string,
  statuses: string,
  isFirst: boolean,
): readonly Container[] {
  const told = listAt(manifest, "status", statuses);
  return listAt(manifest, "spec", specs).map((spec) => {
    const name = textAt(spec, "name") ?? "";
    const status = told.find((one) => textAt(one, "name") === name);
    const state = stateOf(at(status, "state"));
    return {
      name,
      image: textAt(spec, "image"),
      isFirst,
      ports: portsOf(spec),
      check: checkOf(spec),
      restarts: numberAt(status, "restartCount"),
      state,
      lastEnd: state.is === "ended" ? state.end : endOf(at(status, "lastState", "terminated")),
    };
  });
}

function stateOf(state: Json | undefined): ContainerState {
  const ended = endOf(at(state, "terminated"));
  if (ended !== undefined) return { is: "ended", end: ended };
  const since = textAt(state, "running", "startedAt");
  if (since !== undefined) return { is: "running", since };
  const reason = textAt(state, "waiting", "reason");
  if (reason === undefined) return { is: "unknown" };
  return { is: "waiting", reason, message: textAt(state, "waiting", "message") };
}

function endOf(terminated: Json | undefined): End | undefined {
  if (terminated === undefined) return undefined;
  return {
    code: numberAt(terminated, "exitCode"),
    reason: textAt(terminated, "reason") ?? "",
    message: textAt(terminated, "message"),
    began: textAt(terminated, "startedAt"),
    at: textAt(terminated, "finishedAt"),
  };
}

const PROBES = ["readinessProbe", "startupProbe", "livenessProbe"] as const;

/** Of a container as it is written, so also of a Deployment's template. */
export function portsOf(container: Json | undefined): readonly PodPort[] {
  const asked = new Set(
    PROBES.map((probe) => at(container, probe, "httpGet", "port")).filter((port) => port !== undefined),
  );
  return listAt(container, "ports").flatMap((one) => {
    const port = numberAt(one, "containerPort");
    const isHttp = asked.has(port) || asked.has(textAt(one, "name") ?? "");
    return port === 0 ? [] : [{ port, protocol: textAt(one, "protocol") ?? "TCP", isHttp }];
  });
}

/** The start has its own patience before that of the check itself begins. The server fills in what was left out. */
function checkOf(container: Json): Check | undefined {
  const probes = [at(container, "startupProbe"), at(container, "readinessProbe")].filter(
    (probe) => probe !== undefined,
  );
  if (probes.length === 0) return undefined;
  const seconds = probes.map(
    (probe) =>
      numberAt(probe, "initialDelaySeconds") +
      numberAt(probe, "periodSeconds") * numberAt(probe, "failureThreshold"),
  );
  return { patienceMs: seconds.reduce((sum, one) => sum + one, 0) * 1000 };
}
