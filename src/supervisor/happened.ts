import type { LastExit } from "../model/supervision.ts";
import type { Event, Slot, State } from "./machine.ts";

/** Something that happened to a replica, in a word or two and why. */
export interface Happened {
  readonly what: string;
  readonly why?: string;
  /** It came to what somebody had asked for. */
  readonly asked: boolean;
}

export interface Change {
  readonly before: Slot;
  readonly after: Slot;
  readonly event: Event;
  readonly exit: LastExit | undefined;
  /** A check says whether it is ready; without one it is that as it starts. */
  readonly isChecked: boolean;
  /** Of the machine's clock. */
  readonly now: number;
}

/** What a person is told of one step of the machine. Pure. */
export function happened(change: Change): readonly Happened[] {
  const { before, after, event } = change;
  const own = (what: string, why?: string): Happened => ({
    what,
    ...(why === undefined || why === "" ? {} : { why }),
    asked: false,
  });
  const [was, is] = [before.state.is, after.state.is];
  const found: Happened[] = [];
  if (event.is === "started" && isUp(after.state)) found.push({ what: "started", asked: true });
  if (event.is === "adopted" && isUp(after.state)) found.push(own("found running"));
  if (event.is === "ended" && isUp(before.state))
    found.push(own("exited", change.exit && exitWords(change.exit)));
  if (event.is === "start failed" && was === "starting") found.push(own("could not start", event.why));
  if (event.is === "needs secret" && is === "pending")
    found.push(own("waits", `nobody has the secret ${event.name}`));
  if (event.is === "startup failed" || event.is === "liveness failed") {
    if (is === "stopping" && was !== "stopping")
      found.push(own("became unhealthy", `${event.is}: ${event.text}`));
  } else if (event.is === "limit exceeded" && is === "stopping" && was !== "stopping")
    found.push(own("exceeded a limit", event.what));
  else if (event.is === "unready" && was === "ready") found.push(own("became unhealthy", event.text));
  if (is === "ready" && was === "running" && change.isChecked && event.is !== "adopted")
    found.push(own("became ready"));
  if (is === was) return found;
  const { state } = after;
  switch (state.is) {
    case "backoff":
      return [...found, own("restarting", `in ${span(state.retryAt - change.now)}`)];
    case "failed":
      return [
        ...found,
        "retryAt" in state
          ? own("breaker opened", `${state.why}; tried again in ${span(state.retryAt - change.now)}`)
          : own("gave up", state.why),
      ];
    case "completed":
      return [...found, own("completed")];
    case "stopped":
      return [...found, { what: after.wanted === "removed" ? "removed" : "stopped", asked: true }];
    case "left over":
      return [...found, own("could not be ended", `pids ${state.pids.join(" ")}`)];
    default:
      return found;
  }
}

const isUp = ({ is }: State): boolean => is === "running" || is === "ready";

/** `exit 1 after 6 s` */
function exitWords({ code, signal, oom, because, ranMs }: LastExit): string {
  const how = oom
    ? "ended by the kernel: out of memory"
    : (because ??
      (signal !== undefined
        ? `ended by ${signal}`
        : code !== undefined
          ? `exit ${code}`
          : "ended, nobody saw how"));
  return `${how} after ${span(ranMs)}`;
}

const span = (millis: number): string =>
  millis < 1000 ? `${Math.max(0, Math.round(millis))} ms` : `${Math.round(millis / 1000)} s`;
