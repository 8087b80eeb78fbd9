import type { Change, Plan, Refusal } from "../model/plan.ts";
import { type Id, OF_THE_PROJECT } from "../model/resource.ts";

export interface Choice {
  /** Only these agents or objects, and what they need; empty: all. */
  readonly only: ReadonlySet<string>;
  /** Not these agents or objects, and nothing that needs them. */
  readonly without: ReadonlySet<string>;
}

export interface Chosen {
  readonly plan: Plan;
  /** Changes that are left out, with what pulled each out: itself where it was named. */
  readonly left: readonly { readonly id: Id; readonly because: Id }[];
}

type Changing = Exclude<Change, { readonly is: "keep" }>;

/**
 * A part of a plan. What is chosen brings along what it needs, and what is left out takes along what needs it: a
 * part must not fail for something that the whole would have done. What comes needs what it stands on; what goes
 * needs that nothing stands on it any more.
 */
export function choose(plan: Plan, choice: Choice): Chosen {
  const changing = new Map(
    plan.changes.flatMap((change) => (change.is === "keep" ? [] : [[change.id, change] as const])),
  );
  const needs = needsIn(changing);
  const isNamed = (names: ReadonlySet<string>, id: Id): boolean => names.has(id) || names.has(agentOf(id));
  const left = new Map<Id, Id>();
  if (choice.only.size > 0) {
    const wanted = new Set<Id>();
    const queue = [...changing.values()].filter(({ id }) => isNamed(choice.only, id));
    for (let change = queue.pop(); change !== undefined; change = queue.pop()) {
      if (wanted.has(change.id)) continue;
      wanted.add(change.id);
      for (const id of needs(change)) {
        const other = changing.get(id);
        if (other !== undefined) queue.push(other);
      }
    }
    for (const id of changing.keys()) if (!wanted.has(id)) left.set(id, id);
  }
  for (const id of changing.keys()) if (isNamed(choice.without, id)) left.set(id, id);
  for (let moved = true; moved; ) {
    moved = false;
    for (const change of changing.values()) {
      if (left.has(change.id)) continue;
      const cause =
        needs(change).find((id) => left.has(id) && isMissed(change, changing.get(id))) ??
        followedInVain(change, left);
      if (cause === undefined) continue;
      left.set(change.id, left.get(cause) ?? cause);
      moved = true;
    }
  }
  const changes = plan.changes.filter((change) => !left.has(change.id));
  return {
    plan: {
      ...plan,
      changes,
      refusals: left.size === 0 ? plan.refusals : plan.refusals.flatMap((one) => stillRefused(one, changes)),
    },
    left: [...left].map(([id, because]) => ({ id, because })),
  };
}

const agentOf = (id: Id): string => id.slice(0, id.indexOf("/"));

function needsIn(changing: ReadonlyMap<Id, Changing>): (change: Changing) => readonly Id[] {
  const standing = new Map<Id, Id[]>();
  for (const change of changing.values()) {
    if (change.is === "create") continue;
    for (const id of change.before.after) standing.set(id, [...(standing.get(id) ?? []), change.id]);
  }
  return (change) => (change.is === "delete" ? (standing.get(change.id) ?? []) : change.resource.after);
}

/** What is there already is not missed when its change is left out, unless the new one was to be built on. */
function isMissed(change: Changing, other: Changing | undefined): boolean {
  if (change.is === "delete") return true;
  return other?.is === "create" || other?.is === "replace";
}

/** What was to change only because something else does, and that does not. */
function followedInVain(change: Changing, left: ReadonlyMap<Id, Id>): Id | undefined {
  const followed = change.because.map((one) => (one.is === "follows" ? one.id : undefined));
  return followed.every((id) => id !== undefined && left.has(id)) ? followed[0] : undefined;
}

/** What is left out cannot be a reason to refuse the rest. */
function stillRefused(refusal: Refusal, changes: readonly Change[]): readonly Refusal[] {
  if (refusal.is === "protected") return changes.some(({ id }) => id === refusal.id) ? [refusal] : [];
  const agents = goneOf(changes);
  return agents * 2 > refusal.of ? [{ ...refusal, agents }] : [];
}

/** How many agents lose all that they have. */
export function goneOf(changes: readonly Change[]): number {
  const agents = (ones: readonly Change[]): ReadonlySet<string> =>
    new Set(ones.map(({ id }) => agentOf(id)).filter((agent) => agent !== OF_THE_PROJECT));
  const staying = new Set([
    ...agents(changes.filter(({ is }) => is !== "delete")),
    // One that is renamed goes on under another name.
    ...changes.flatMap((change) =>
      change.is === "update" || change.is === "replace" ? [change.before.agent] : [],
    ),
  ]);
  const going = agents(changes.filter(({ is }) => is === "delete"));
  return [...going].filter((agent) => !staying.has(agent)).length;
}
