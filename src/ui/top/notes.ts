import type { AgentStatus } from "../../model/operates.ts";
import { untilWords } from "../status/age.ts";
import { flat } from "../visible.ts";
import { withClock } from "./times.ts";

/** What has to be said of a replica beside its state, the most pressing first: one line. */
export function noteOf(one: AgentStatus, now: string, offsetMinutes: number): string {
  const tries = nextTryWords(one, now);
  const parts = [
    ...(tries === undefined ? [] : [tries]),
    ...(one.breaker === undefined || one.breaker === "closed" ? [] : [`breaker ${one.breaker}`]),
    ...(one.held === undefined ? [] : [flat(one.held)]),
    ...endOf(one),
    ...(one.detail === undefined ? [] : [flat(one.detail)]),
    ...(one.health === "unhealthy" && one.lastProbe !== undefined ? [flat(one.lastProbe)] : []),
    ...(one.state === "failed" && one.detail === undefined && one.lastExit !== undefined
      ? [flat(one.lastExit)]
      : []),
  ];
  return withClock(parts.join(" · "), now, offsetMinutes);
}

/** Some targets only name the state that they are in, and have how it came to that elsewhere. */
function endOf({ state, detail, lastExit }: AgentStatus): readonly string[] {
  if (state !== "backoff" || detail === undefined || lastExit === undefined) return [];
  const how = lastExit.replace(/, \d{4}-\S+Z$/, "");
  return how.startsWith(detail) || detail.includes(how) ? [] : [flat(how)];
}

/** `next try in 12s`; counted down on the screen. */
export function nextTryWords({ nextTry }: AgentStatus, now: string): string | undefined {
  if (nextTry === undefined) return undefined;
  return `next try ${untilWords(nextTry, now) ?? flat(nextTry)}`;
}
