import { OF_THE_PROJECT } from "../../model/resource.ts";
import type { RevisionHead } from "../../model/revision.ts";
import type { Noted } from "../../state/events.ts";
import { DONE } from "../../ui/apply/words.ts";
import { authorWords, OUTCOME } from "../carry-out/noting.ts";

/** Oldest first; what two sources tell of is told once, by the one that says more. */
export function inOrder(events: readonly Noted[]): readonly Noted[] {
  const once = new Map(events.map((event) => [keyOf(event), event]));
  const all = [...once.values()];
  const began = new Map(all.filter(isBeginning).map(({ at }) => [secondOf(at), Date.parse(at)]));
  const byHand = Map.groupBy(all.filter(isByHand), whoDidWhat);
  return all
    .filter((event) => event.why !== undefined || !isNear(event, byHand.get(whoDidWhat(event))))
    .map((event, i) => ({ event, i, at: timeOf(event, began) }))
    .toSorted((a, b) => a.at - b.at || a.i - b.i)
    .map(({ event }) => event);
}

/** Clusters tell some times to the second only: what an apply sets off did not come before it. */
function timeOf({ at }: Noted, began: ReadonlyMap<number, number>): number {
  const time = Date.parse(at);
  return time % 1000 === 0 ? Math.max(time, (began.get(secondOf(at)) ?? time) + 0.5) : time;
}

const isBeginning = ({ apply, agent, what }: Noted): boolean =>
  apply !== undefined && agent === OF_THE_PROJECT && what.endsWith(" began");
const secondOf = (at: string): number => Math.floor(Date.parse(at) / 1000);

/** Who does it by hand says why; a supervisor that obeys says only that it did. */
const NEAR_MS = 5000;
const isByHand = ({ why }: Noted): boolean => why?.startsWith("by hand") === true;
const whoDidWhat = ({ agent, what, by }: Noted): string => JSON.stringify([agent, what, by]);
const isNear = ({ at }: Noted, others: readonly Noted[] = []): boolean =>
  others.some((one) => Math.abs(Date.parse(one.at) - Date.parse(at)) < NEAR_MS);

export const keyOf = ({ at, agent, replica, what, why, by }: Noted): string =>
  JSON.stringify([Date.parse(at), agent, replica ?? 0, what, why ?? "", by ?? ""]);

/** Those of the agents that were named; what is about the project as a whole is left out then. */
export function isAsked(agents: readonly string[], since: string | undefined): (event: Noted) => boolean {
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
  return ({ agent, at }) => (agents.length === 0 || agents.includes(agent)) && Date.parse(at) >= from;
}

/**
 * Applies that others wrote down: from another machine, or from before this one lost its notes. `known`: applies of
 * which this machine noted each step.
 */
export function eventsOf(heads: readonly RevisionHead[], known: ReadonlySet<string>): readonly Noted[] {
  return heads.filter(({ apply }) => !known.has(apply)).flatMap(eventsOfOne);
}

export const appliesIn = (events: readonly Noted[]): ReadonlySet<string> =>
  new Set(events.flatMap(({ apply }) => apply ?? []));

function eventsOfOne(head: RevisionHead): readonly Noted[] {
  const { apply, began, millis, outcome, number, does, objects } = head;
  const by = authorWords(head.by);
  const whole = { agent: "", by, apply };
  const first: Noted = { at: began, ...whole, what: `${does} began`, why: head.by.command };
  if (outcome === "pending") return [first];
  const at = new Date(Date.parse(began) + (millis ?? 0)).toISOString();
  const agents = new Map<string, string>();
  for (const { id, does: did, came } of objects) {
    const agent = id.split("/")[0] ?? "";
    const what = came === "failed" ? "failed" : came === "changed" ? DONE[did] : undefined;
    // One that failed says more of its agent than what went well.
    if (what !== undefined && agents.get(agent) !== "failed") agents.set(agent, what);
  }
  return [
    first,
    ...[...agents]
      .filter(([agent]) => agent !== "")
      .map(([agent, what]): Noted => ({ at, agent, what, why: `revision ${number}`, by, apply })),
    { at, ...whole, what: `${does} ended`, why: `${OUTCOME[outcome] ?? outcome}, revision ${number}` },
  ];
}
