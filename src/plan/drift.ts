import type { Json } from "../base/canonical.ts";
import { byCodeUnit } from "../base/canonical.ts";
import type { Drift, DriftedAway, DriftedField, DriftedIn, DriftedObject, Next } from "../model/drift.ts";
import { type Id, type KindRules, type Observed, OF_THE_PROJECT, type Resource } from "../model/resource.ts";
import { any, diff, leaves } from "./diff.ts";

export interface DriftRequest {
  readonly observed: readonly Observed[];
  /** What the files ask for now; absent where there are none. */
  readonly wanted?: readonly Resource[];
  /** What stood after the last apply, as far as that was written down somewhere. */
  readonly stood?: readonly Resource[];
  readonly rules: Readonly<Record<string, KindRules>>;
  /** Empty: all. */
  readonly agents: ReadonlySet<string>;
}

/**
 * Three looks at each field: what the files ask for, what the last apply asked for, what is live. Only what parts
 * the last two is a drift; the first says what becomes of it. Pure.
 */
export function driftOf(request: DriftRequest): Drift {
  const isMeant = ({ agent }: { readonly agent: string }): boolean =>
    request.agents.size === 0 || request.agents.has(agent);
  const observed = request.observed.filter(isMeant).toSorted((a, b) => byCodeUnit(a.id, b.id));
  const wanted = request.wanted === undefined ? undefined : byId(request.wanted);
  const changed: DriftedObject[] = [];
  const untold: Id[] = [];
  for (const live of observed) {
    if (live.hold !== undefined || live.leftOver === true) continue;
    const fields = fieldsOf(live, wanted?.get(live.id), { ...request, hasFiles: wanted !== undefined });
    if (fields === undefined) untold.push(live.id);
    else if (fields.length > 0) changed.push({ id: live.id, fields });
  }
  return {
    changed,
    gone: goneOf(request, isMeant),
    extra: extraOf(request, observed),
    held: observed.flatMap(({ id, hold }) => (hold === undefined ? [] : [{ id, hold }])),
    untold,
    agents: new Set(observed.map(({ agent }) => agent).filter((agent) => agent !== OF_THE_PROJECT)).size,
  };
}

interface Looks {
  readonly rules: DriftRequest["rules"];
  readonly hasFiles: boolean;
}

/** Undefined where nobody knows what it was asked for. */
function fieldsOf(
  live: Observed,
  wanted: Resource | undefined,
  { rules: all, hasFiles }: Looks,
): readonly DriftedField[] | undefined {
  const { asked } = live;
  if (asked === undefined) return undefined;
  const rules = all[live.kind];
  if (rules === undefined) throw new Error(`no rules for the kind ${live.kind}`);
  // Where the platform wrote the same in other words, it says so of what the files ask for.
  const differing =
    wanted === undefined ? undefined : new Set(diff(wanted, live, rules).map(({ path }) => path));
  const ahead = wanted === undefined ? undefined : new Map(leaves(asked, wanted.fields));
  return leaves(asked, live.fields).flatMap(([path, { from: was, to: is }]): readonly DriftedField[] => {
    if (any(rules.ignore, path)) return [];
    const secret = any(rules.secret, path);
    // Without the key nobody can tell whether a secret is another one.
    if (secret && (was === null || is === null)) return [];
    const isEdited = ahead !== undefined && touches(ahead, path);
    const differs = differing !== undefined && touches(differing, path);
    // The same in other words: the file is as it was, and the platform finds nothing to change.
    if (ahead !== undefined && !isEdited && !differs) return [];
    const next = nextOf({ hasFiles, isWanted: wanted !== undefined, isEdited, differs });
    const at =
      wanted === undefined ? undefined : diff(wanted, live, rules).find((one) => one.path === path)?.at;
    return [
      {
        path,
        ...(secret || was === undefined ? {} : { was }),
        ...(secret || is === undefined ? {} : { is }),
        secret,
        by: live.others?.[path] ?? live.changedBy ?? "outside aac",
        next,
        ...(at === undefined ? {} : { at }),
      },
    ];
  });
}

function nextOf(one: {
  readonly hasFiles: boolean;
  readonly isWanted: boolean;
  readonly isEdited: boolean;
  readonly differs: boolean;
}): Next {
  if (!one.hasFiles) return "unknown";
  // Its object is in no file any more, and goes as a whole.
  if (!one.isWanted) return "changes it";
  if (!one.differs) return "agrees since";
  return one.isEdited ? "changes it" : "takes it back";
}

/** That very field, one around it or one within: a list that became longer is one leaf, its items are others. */
function touches(paths: ReadonlySet<string> | ReadonlyMap<string, unknown>, path: string): boolean {
  if (paths.has(path)) return true;
  return [...paths.keys()].some((one) => one.startsWith(`${path}/`) || path.startsWith(`${one}/`));
}

function goneOf(
  { observed, wanted, stood, agents, rules }: DriftRequest,
  isMeant: (one: { readonly agent: string }) => boolean,
): readonly DriftedAway[] {
  const live = new Set(observed.map(({ id }) => id));
  const wants = new Set(wanted?.map(({ id }) => id));
  // An agent that goes by another way is not there to miss anything: a hold, or a place that was emptied.
  const held = new Set(observed.flatMap(({ agent, hold }) => (hold === undefined ? [] : [agent])));
  const known = new Set(observed.map(({ agent }) => agent));
  const missed =
    stood ??
    // Without a record: what the files ask for of an agent that lives is missed, what is wholly new is not.
    wanted?.filter(({ agent }) => agent !== OF_THE_PROJECT && known.has(agent)) ??
    [];
  const all = missed
    .filter((one) => isMeant(one) && (agents.size === 0 || agents.has(one.agent)))
    .filter(({ id, agent, kind }) => !live.has(id) && !held.has(agent) && Object.hasOwn(rules, kind));
  return [...new Set(all.map(({ id }) => id))]
    .toSorted(byCodeUnit)
    .map((id) => ({
      id,
      next: wanted === undefined ? "unknown" : wants.has(id) ? "takes it back" : "agrees since",
    }));
}

/** What was left beside by an apply that was interrupted, and what appeared without one. */
function extraOf({ stood, wanted }: DriftRequest, observed: readonly Observed[]): readonly DriftedIn[] {
  const expected =
    stood === undefined ? undefined : new Set([...stood, ...(wanted ?? [])].map(({ id }) => id));
  return observed
    .filter((one) => one.leftOver === true || (expected !== undefined && !expected.has(one.id)))
    .map(({ id, identity }) => ({
      id,
      identity,
      next: wanted === undefined ? "unknown" : "takes it back",
    }));
}

const byId = (all: readonly Resource[]): ReadonlyMap<Id, Resource> =>
  new Map(all.map((one) => [one.id, one]));

export type { Json };
