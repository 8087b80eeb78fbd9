import { byCodeUnit } from "../base/canonical.ts";
import type { Drift, DriftedAway, DriftedField, DriftedIn, DriftedObject, Next } from "../model/drift.ts";
import {
  type Fields,
  type Id,
  type KindRules,
  type Observed,
  OF_THE_PROJECT,
  type Resource,
} from "../model/resource.ts";
import { any, diff, leaves, nearest } from "./diff.ts";

export interface DriftRequest {
  readonly observed: readonly Observed[];
  /** What was observed in view of: a platform that was asked what it would make of it was asked about these. */
  readonly compared: readonly Resource[];
  /** What the files ask for now; absent where there are none. */
  readonly wanted?: readonly Resource[];
  /** What stood after the last apply, where that was written down. */
  readonly stood?: readonly Resource[];
  readonly rules: Readonly<Record<string, KindRules>>;
  /** Empty: all. */
  readonly agents: ReadonlySet<string>;
}

/**
 * Three looks at each field: what the files ask for, what the last apply asked for, what is live. Only what parts
 * the last two is a drift; the first says what becomes of it. Pure.
 */
export function driftOf({ rules, agents, ...all }: DriftRequest): Drift {
  const isMeant = ({ agent }: { readonly agent: string }): boolean => agents.size === 0 || agents.has(agent);
  const observed = all.observed.filter(isMeant).toSorted((a, b) => byCodeUnit(a.id, b.id));
  const wanted = all.wanted?.filter(isMeant);
  const stood = all.stood?.filter(isMeant);
  const looks = {
    compared: byId(all.compared),
    inFiles: wanted === undefined ? undefined : byId(wanted),
  };
  const changed: DriftedObject[] = [];
  const untold: Id[] = [];
  for (const live of observed) {
    if (live.hold !== undefined || live.leftOver === true) continue;
    const fields = fieldsOf(live, rulesOf(rules, live.kind), looks);
    if (fields === undefined) untold.push(live.id);
    else if (fields.length > 0) changed.push({ id: live.id, fields });
  }
  return {
    changed,
    gone: goneOf(observed, wanted, stood),
    extra: extraOf(observed, wanted, stood),
    held: observed.flatMap(({ id, hold }) => (hold === undefined ? [] : [{ id, hold }])),
    untold,
    agents: new Set(observed.map(({ agent }) => agent).filter((agent) => agent !== OF_THE_PROJECT)).size,
  };
}

interface Looks {
  readonly compared: ReadonlyMap<Id, Resource>;
  readonly inFiles: ReadonlyMap<Id, Resource> | undefined;
}

/** Undefined where the object does not know what it was asked for. */
function fieldsOf(live: Observed, rules: KindRules, looks: Looks): readonly DriftedField[] | undefined {
  const { asked, others = {}, changedAt = {}, changedBy } = live;
  if (asked === undefined) return undefined;
  const wish = looks.inFiles?.get(live.id);
  const edits = wish === undefined ? [] : leaves(asked, wish.fields).map(([path]) => path);
  const planned = wish === undefined ? [] : diff(wish, { ...live, becomes: wish.fields }, rules);
  const isReal = realOf(live, asked, looks.compared.get(live.id));
  return leaves(asked, live.fields).flatMap(([path, { from: was, to: is }]): readonly DriftedField[] => {
    const secret = any(rules.secret, path);
    // Without the key that it was made with nobody can tell whether a secret is another one.
    if (any(rules.ignore, path) || !isReal(path) || (secret && (was === null || is === null))) return [];
    const isEdited = edits.some((one) => meet(one, path));
    const when = nearest(changedAt, path);
    const change = planned.find((one) => meet(one.path, path));
    return [
      {
        path,
        ...(secret || was === undefined ? {} : { was }),
        ...(secret || is === undefined ? {} : { is }),
        secret,
        by: nearest(others, path) ?? changedBy ?? "outside aac",
        ...(when === undefined ? {} : { changedAt: when }),
        next:
          looks.inFiles === undefined
            ? "unknown"
            : nextOf(wish !== undefined, change !== undefined, isEdited),
        ...(change?.at === undefined ? {} : { at: change.at }),
      },
    ];
  });
}

/** A platform that writes the same in other words says so, where it was asked about just that. */
function realOf(live: Observed, asked: Fields, compared: Resource | undefined): (path: string) => boolean {
  const { becomes, fields } = live;
  if (becomes === undefined || compared === undefined) return () => true;
  if (leaves(asked, compared.fields).length > 0) return () => true;
  const differing = leaves(fields, becomes).map(([path]) => path);
  return (path) => differing.some((one) => meet(one, path));
}

function nextOf(isWanted: boolean, isPlanned: boolean, isEdited: boolean): Next {
  // What is in no file any more goes as a whole.
  if (!isWanted) return "changes it";
  if (!isEdited) return "takes it back";
  return isPlanned ? "changes it" : "agrees since";
}

/** That very field, one around it or one within: a list that became longer is one leaf, and its items are others. */
const meet = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

function goneOf(
  observed: readonly Observed[],
  wanted: readonly Resource[] | undefined,
  stood: readonly Resource[] | undefined,
): readonly DriftedAway[] {
  const live = new Set(observed.map(({ id }) => id));
  const known = new Set(observed.map(({ agent }) => agent));
  // Without a record nobody knows an agent that is wholly gone: it could as well be a new one.
  const expected = stood ?? wanted?.filter(({ agent }) => agent !== OF_THE_PROJECT && known.has(agent)) ?? [];
  // Whoever holds an agent may have put parts of it away.
  const held = new Set(observed.flatMap(({ agent, hold }) => (hold === undefined ? [] : [agent])));
  const isWanted = (id: Id): boolean => wanted?.some((one) => one.id === id) === true;
  return expected
    .filter(({ id, agent }) => !live.has(id) && !held.has(agent))
    .map(({ id }) => id)
    .toSorted(byCodeUnit)
    .map((id) => ({
      id,
      next: wanted === undefined ? "unknown" : isWanted(id) ? "takes it back" : "agrees since",
    }));
}

/** What an interrupted apply left beside, and what appeared without any that is known of. */
function extraOf(
  observed: readonly Observed[],
  wanted: readonly Resource[] | undefined,
  stood: readonly Resource[] | undefined,
): readonly DriftedIn[] {
  const expected =
    stood === undefined ? undefined : new Set([...stood, ...(wanted ?? [])].map(({ id }) => id));
  return (
    observed
      // One more of an agent that somebody holds at another number is what they decided.
      .filter(
        ({ id, leftOver, hold }) => leftOver === true || (hold === undefined && expected?.has(id) === false),
      )
      .map(({ id, identity }) => ({
        id,
        identity,
        next: wanted === undefined ? "unknown" : "takes it back",
      }))
  );
}

function rulesOf(all: DriftRequest["rules"], kind: string): KindRules {
  const rules = all[kind];
  if (rules === undefined) throw new Error(`no rules for the kind ${kind}`);
  return rules;
}

const byId = (all: readonly Resource[]): ReadonlyMap<Id, Resource> =>
  new Map(all.map((one) => [one.id, one]));
