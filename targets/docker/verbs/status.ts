import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { AgentStatus } from "../../../src/model/operates.ts";
import type { Fields, Hold } from "../../../src/model/resource.ts";
import { containerIn, imageName } from "../live/live.ts";
import { howItEnded } from "../live/exits.ts";
import { isTable } from "../labels.ts";
import { type Binding, type Host, portsOf } from "./addresses.ts";
import { type HealthCheck, healthCheckOf } from "../container/healthcheck.ts";
import { LABEL } from "../names.ts";

/** Of what an engine says of a container: what a status is made of. */
export interface Inspected {
  readonly Id: string;
  readonly Created: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly OOMKilled: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?:
      | {
          readonly Status: string;
          readonly Log: readonly { readonly Output: string; readonly ExitCode: number }[] | null;
        }
      | undefined;
  };
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> | null };
  readonly HostConfig: {
    readonly RestartPolicy?:
      | { readonly Name: string; readonly MaximumRetryCount?: number | undefined }
      | undefined;
    readonly PortBindings?: Readonly<Record<string, readonly Binding[] | null>> | null;
  };
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, readonly Binding[] | null>> | null };
}

/** An answer to the check of an agent, where the engine has none of its own, or has not asked yet. */
export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

export interface Seen {
  readonly container: Inspected;
  /** What its last apply asked for, where that is known. */
  readonly asked: Fields | undefined;
  readonly revision?: number | undefined;
  readonly hold?: Hold | undefined;
  readonly answer?: Answer | undefined;
  /** A check that fails by now says nothing yet: the agent has its time to start. */
  readonly isEarly?: boolean;
  /** UTC: when it was looked at. */
  readonly now?: string;
}

export function statusOf(seen: Seen, host: Host): AgentStatus {
  const { container, asked, revision, hold, answer } = seen;
  const { Config, RestartCount } = container;
  const labels = Config.Labels ?? {};
  const check = checkOf(asked);
  const health = healthOf(seen, check);
  const lastExit = lastExitOf(container);
  const lastProbe = answer?.text ?? lastProbeOf(container);
  const since = sinceOf(container);
  return {
    agent: labels[LABEL.agent] ?? "",
    replica: replicaOf(container),
    ...stateOf(seen, check, health),
    health,
    restarts: RestartCount,
    ...(since === undefined ? {} : { since }),
    ports: portsOf(container, asked, host),
    id: container.Id.slice(0, 12),
    image: imageName(Config.Image, containerIn(asked)),
    ...(lastExit === undefined ? {} : { lastExit }),
    ...(lastProbe === undefined ? {} : { lastProbe }),
    ...(hold === undefined ? {} : { held: heldText(hold) }),
    ...(revision === undefined ? {} : { revision }),
    source: labels[LABEL.source] ?? "",
  };
}

export function replicaOf({ Config }: Pick<Inspected, "Config">): number {
  const text = Config.Labels?.[LABEL.replica] ?? "";
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

/** Of two containers of one replica the newest that runs, else the newest; the others are what an exchange left. */
export function whichCounts<T extends { readonly container: Inspected }>(
  lives: readonly T[],
): { readonly counting: readonly T[]; readonly others: readonly T[] } {
  const key = ({ container }: T): string => `${agentOf(container)}/${replicaOf(container)}`;
  const best = new Map<string, T>();
  for (const one of lives) {
    const other = best.get(key(one));
    if (other === undefined || isBefore(other.container, one.container)) best.set(key(one), one);
  }
  const counting = [...best.values()].sort(
    ({ container: a }, { container: b }) => byCodeUnit(agentOf(a), agentOf(b)) || replicaOf(a) - replicaOf(b),
  );
  return { counting, others: lives.filter((one) => best.get(key(one)) !== one) };
}

export const agentOf = ({ Config }: Pick<Inspected, "Config">): string => Config.Labels?.[LABEL.agent] ?? "";

function isBefore(a: Inspected, b: Inspected): boolean {
  if (a.State.Running !== b.State.Running) return b.State.Running;
  return a.Created < b.Created;
}

const heldText = ({ by, since, what, reason }: Hold): string =>
  `held by ${by} since ${since}: ${what}${reason === undefined ? "" : ` (${reason})`}`;

function healthOf(
  { container: { State }, answer, isEarly }: Seen,
  check: HealthCheck,
): AgentStatus["health"] {
  if (!isUp(State)) return "none";
  const status = State.Health?.Status;
  if (status === "starting" && answer?.ok === true) return "healthy";
  if (status === "healthy" || status === "unhealthy" || status === "starting") return status;
  if (check.is !== "outside" || answer === undefined) return "none";
  if (answer.ok) return "healthy";
  return isEarly === true ? "starting" : "unhealthy";
}

/** It has a run, even if somebody has stopped its time. */
export const isUp = ({ Status }: Pick<Inspected["State"], "Status">): boolean =>
  Status === "running" || Status === "paused";

type Told = Pick<AgentStatus, "state" | "detail">;

/** After so long an engine itself begins to count its tries anew. */
const SETTLED_MS = 10_000;

/** One that ends again and again runs for a moment in between. */
export function isBackJustNow(
  { State, RestartCount }: Pick<Inspected, "State" | "RestartCount">,
  now: string,
): boolean {
  const isShort = Date.parse(now) - Date.parse(State.StartedAt) < SETTLED_MS;
  return State.Status === "running" && RestartCount > 0 && isShort;
}

function stateOf(
  { container, asked, hold, answer, now }: Seen,
  check: HealthCheck,
  health: AgentStatus["health"],
): Told {
  const { State, RestartCount } = container;
  const error = State.Error === "" ? {} : { detail: oneLine(State.Error) };
  switch (State.Status) {
    case "created":
      return State.Error === ""
        ? { state: "stopped", detail: "not started yet" }
        : { state: "failed", ...error };
    case "running":
      if (check.is === "outside" && answer === undefined)
        return { state: "ready", detail: "its check cannot be asked from here" };
      if (health === "none" && now !== undefined && isBackJustNow(container, now))
        return { state: "running", detail: "it ended, and the engine started it again just now" };
      return { state: health === "none" || health === "healthy" ? "ready" : "running" };
    case "paused":
      return hold?.what === "paused"
        ? { state: "paused" }
        : { state: "paused", detail: "outside aac: nothing of it runs until aac start" };
    case "restarting":
      return {
        state: "backoff",
        detail: `the engine starts it again, for the ${nth(RestartCount + 1)} time`,
      };
    case "removing":
      return { state: "stopping" };
    case "exited":
      return hold?.what === "stopped" ? { state: "stopped" } : { ...endOf(container, asked), ...error };
    case "dead":
      return { state: "failed", detail: "the engine could not take it away: it is dead" };
    default:
      return { state: "unknown", detail: State.Status };
  }
}

/** What ended by itself and is not started again is told from what somebody stopped by what the policy would have done. */
function endOf({ State, RestartCount, HostConfig }: Inspected, asked: Seen["asked"]): Told {
  const policy = HostConfig.RestartPolicy;
  const failed = State.ExitCode !== 0 || State.OOMKilled;
  switch (policy?.Name) {
    case "always":
    case "unless-stopped":
      return { state: "stopped", detail: "stopped outside aac" };
    case "on-failure": {
      if (!failed) return { state: "completed" };
      const most = policy.MaximumRetryCount ?? 0;
      if (most > 0 && RestartCount >= most)
        return { state: "failed", detail: `given up after ${most} ${most === 1 ? "restart" : "restarts"}` };
      return { state: "stopped", detail: "stopped outside aac" };
    }
    default: {
      // Somebody took its policy away, so it is not its own end that keeps it down.
      const wanted = restartOf(asked)?.policy;
      if (wanted !== undefined && wanted !== "no") return { state: "stopped", detail: "stopped outside aac" };
      return { state: failed ? "failed" : "completed" };
    }
  }
}

/** As the last apply asked for it; undefined where nobody knows that. */
export function restartOf(
  asked: Fields | undefined,
): { readonly policy: string; readonly retries: number } | undefined {
  const restart = asked?.["restart"];
  if (!isTable(restart) || typeof restart["policy"] !== "string") return undefined;
  const { policy, retries } = restart;
  return { policy, retries: typeof retries === "number" ? retries : 0 };
}

function sinceOf({ State, Created }: Inspected): string | undefined {
  switch (State.Status) {
    case "running":
    case "paused":
      return timeOf(State.StartedAt);
    case "exited":
    case "restarting":
    case "dead":
    case "removing":
      return timeOf(State.FinishedAt);
    default:
      return timeOf(Created);
  }
}

/** As everywhere else; an engine says the year 1 for what never was. */
export function timeOf(text: string): string | undefined {
  const millis = Date.parse(text);
  return Number.isNaN(millis) || millis <= 0 ? undefined : new Date(millis).toISOString();
}

function lastExitOf({ State }: Inspected): string | undefined {
  const at = timeOf(State.FinishedAt);
  if (at === undefined) return undefined;
  // It runs again, and how it ended before the engine has forgotten.
  if (isUp(State)) return `ended, nobody kept how, ${at}`;
  return `${howItEnded(State)}, ${at}`;
}

function lastProbeOf({ State }: Inspected): string | undefined {
  const last = State.Health?.Log?.at(-1);
  if (last === undefined) return undefined;
  const said = oneLine(last.Output).slice(0, 200);
  // What an engine says by itself, such as that the time was up, has no status that means anything.
  if (last.ExitCode < 0) return said === "" ? "no answer" : said;
  return said === "" ? `exit ${last.ExitCode}` : `exit ${last.ExitCode}: ${said}`;
}

/** The last one that says something: a trace ends with its reason. */
function oneLine(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.findLast((line) => line !== "") ?? "";
}

function nth(count: number): string {
  const teens = count % 100 >= 11 && count % 100 <= 13;
  const end = teens ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${end}`;
}

/** How its check is asked. */
export function checkOf(asked: Fields | undefined): HealthCheck {
  const health = asked?.["health"];
  return isTable(health) ? healthCheckOf(health) : { is: "none" };
}
