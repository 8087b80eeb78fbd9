import type { Holder } from "../../model/holder.ts";
import { secondsOf } from "../../ui/status/age.ts";
import { flat } from "../../ui/visible.ts";

/** `pid 4121 on desk, since 02:14 UTC, 3 min ago: aac apply --yes` */
export function holderWords(holder: Holder | undefined, now: string): string {
  if (holder === undefined) return "somebody who has just begun";
  const { pid, host, since, command } = holder;
  return `pid ${pid} on ${flat(host)}, since ${sinceWords(since, now)}: ${flat(command)}`;
}

/** How long until a lock that ends by itself is free, should its holder be gone. */
export const endsWords = (millis: number): string =>
  `it ends by itself in ${Math.max(1, Math.ceil(millis / 1000))} s if its holder is gone`;

/** The zone stays said: a holder may be on a machine of another one. */
function sinceWords(since: string, now: string): string {
  const [from, to] = [secondsOf(since), secondsOf(now)];
  if (from === undefined || to === undefined) return flat(since);
  const age = to - from;
  const day = age < DAY ? "" : `${since.slice(0, 10)} `;
  return `${day}${since.slice(11, 16)} UTC, ${ageWords(age)}`;
}

const DAY = 86_400;

/** A clock of another machine that goes before ours makes nothing older than now. */
function ageWords(seconds: number): string {
  if (seconds < 1) return "just now";
  if (seconds < 120) return `${Math.floor(seconds)} s ago`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / DAY)} days ago`;
}
