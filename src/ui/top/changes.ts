import type { AgentStatus, Status } from "../../model/operates.ts";
import { untilWords } from "../status/age.ts";
import { flat } from "../visible.ts";
import { keyOf } from "./history.ts";

/** One thing that is not as it was when it was looked at before. */
export interface Seen {
  /** UTC: when it was seen here. */
  readonly at: string;
  readonly key: string;
  readonly agent: string;
  /** `ready → backoff, next try in 4s` */
  readonly text: string;
  readonly well: boolean;
}

/** By agent and replica, in the order of their names. */
export function changesBetween(before: Status, after: Status, at: string): readonly Seen[] {
  const old = new Map(before.agents.map((one) => [keyOf(one), one]));
  const now = new Map(after.agents.map((one) => [keyOf(one), one]));
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort();
  return keys.flatMap((key): readonly Seen[] => {
    const [from, to] = [old.get(key), now.get(key)];
    const one = to ?? from;
    if (one === undefined) return [];
    const text = textOf(from, to, at);
    const well = to === undefined || isWell(to);
    return text === "" ? [] : [{ at, key, agent: one.agent, text, well }];
  });
}

const isWell = ({ state, health }: AgentStatus): boolean =>
  health !== "unhealthy" && !["failed", "backoff", "unknown"].includes(state);

function textOf(from: AgentStatus | undefined, to: AgentStatus | undefined, now: string): string {
  if (to === undefined) return "gone";
  if (from === undefined) return `new: ${flat(to.state)}`;
  const parts: string[] = [];
  if (from.state !== to.state) parts.push(`${flat(from.state)} → ${flat(to.state)}`);
  if (from.health !== to.health && to.health === "unhealthy")
    parts.push(`unhealthy${to.lastProbe === undefined ? "" : ` (${flat(to.lastProbe)})`}`);
  else if (from.health === "unhealthy" && to.health === "healthy") parts.push("healthy again");
  if (to.restarts > from.restarts) parts.push(`restart ${to.restarts}`);
  else if (from.state === to.state && from.id !== to.id && from.id !== undefined && to.id !== undefined)
    parts.push(`another one: ${flat(to.id)}`);
  if (from.state !== to.state && to.lastExit !== undefined && to.lastExit !== from.lastExit)
    parts.push(flat(to.lastExit).replace(/, \d{4}-\S+Z$/, ""));
  if (to.nextTry !== undefined && to.nextTry !== from.nextTry) {
    const tries = untilWords(to.nextTry, now);
    if (tries !== undefined) parts.push(`next try ${tries}`);
  }
  if (from.breaker !== to.breaker && to.breaker !== undefined && (from.breaker ?? "closed") !== to.breaker)
    parts.push(`breaker ${to.breaker}`);
  if (from.held !== to.held)
    parts.push(to.held === undefined ? "no longer held" : flat(to.held).replace(/ since \S+Z:/, ":"));
  return parts.join(", ");
}
