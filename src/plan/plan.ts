import type { Change, Cost, FieldChange, Plan, Reason, Refusal } from "../model/plan.ts";
import { type Id, type KindRules, type Observed, OF_THE_PROJECT, type Resource } from "../model/resource.ts";
import { goneOf } from "./choose.ts";
import { diff, fits } from "./diff.ts";
import { movesOf, type Renamed } from "./moves.ts";
import { isStillNeeded } from "./shared.ts";
import { isInScope, type Scope } from "./scope.ts";

export interface PlanRequest {
  readonly desired: readonly Resource[];
  readonly observed: readonly Observed[];
  readonly rules: Readonly<Record<string, KindRules>>;
  readonly scope: Scope;
  /** Take everything down that is in scope. */
  readonly destroy: boolean;
  /** Delete what is this project's and in no file, also outside the scope. */
  readonly prune: boolean;
  /** Agents that some file of the project describes, also outside the scope: they are not pruned. */
  readonly described?: ReadonlySet<string>;
  /** By agent that has a file: whether that protects it. What is live knows what the file said once. */
  readonly protects?: ReadonlyMap<string, boolean>;
  /** Objects to make anew though nothing about them changed. */
  readonly replace: ReadonlySet<Id>;
  /** End holds instead of respecting them. */
  readonly release: boolean;
  /** Agents that go by another name in the files than where they live. */
  readonly renamed?: Renamed;
}

/** Desired × observed → what will change. Pure: the same input gives the same plan to the byte. */
export function plan(request: PlanRequest): Plan {
  const { desired, observed, scope } = request;
  const live = new Map(observed.map((one) => [one.id, one]));
  const known = new Set([...observed.map(({ agent }) => agent), ...observed.flatMap(({ after }) => after)]);
  const wanted = new Map((request.destroy ? [] : desired).map((one) => [one.id, one]));
  const moves = movesOf(wanted, live, request.renamed ?? NOBODY, scope);
  const moved = new Set([...moves.values()].map(({ id }) => id));
  const held = request.release ? new Set<string>() : heldIn(observed);
  const changes: Change[] = [...wanted.values()].flatMap((resource) => {
    const before = live.get(resource.id);
    if (before !== undefined) return [exchange(resource, before, request)];
    const former = moves.get(resource.id);
    if (former !== undefined) return [move(resource, former, request)];
    // Another one beside those that somebody holds would be one that they did not want.
    return held.has(groupOf(resource)) ? [] : [create(resource, known, request.renamed?.from)];
  });
  let outside = 0;
  for (const before of observed) {
    if (wanted.has(before.id) || moved.has(before.id) || before.agent === OF_THE_PROJECT) continue;
    if (before.leftOver === true && isInScope(before, scope)) {
      changes.push(gone(before, { is: "left over" }, observed));
      continue;
    }
    const described = request.described?.has(before.agent) === true;
    if (!isInScope(before, scope) && (!request.prune || described)) {
      outside++;
      continue;
    }
    if (before.hold !== undefined && !request.release && !request.destroy) {
      changes.push({ is: "keep", id: before.id, before, held: before.hold });
      continue;
    }
    const heir = heirOf(before.agent, request.renamed?.from);
    const because: Reason = request.destroy
      ? { is: "destroy" }
      : heir === undefined
        ? { is: "no longer in the files" }
        : { is: "renamed", from: before.agent, to: heir };
    changes.push(gone(before, because, observed));
  }
  for (const before of observed) {
    if (before.agent !== OF_THE_PROJECT || wanted.has(before.id)) continue;
    if (isStillNeeded(changes, observed)) continue;
    const because: Reason = request.destroy ? { is: "destroy" } : { is: "no longer in the files" };
    changes.push(gone(before, because, observed));
  }
  const settled = carryOn(changes, request);
  return { changes: settled.toSorted(byRisk), outside, refusals: refusals(settled, request) };
}

const groupOf = ({ agent, kind }: Pick<Observed, "agent" | "kind">): string => `${agent}/${kind}`;

/** Agents, with the kind of theirs that somebody holds. */
const heldIn = (observed: readonly Observed[]): ReadonlySet<string> =>
  new Set(observed.filter(({ hold }) => hold !== undefined).map(groupOf));

function gone(before: Observed, because: Reason, observed: readonly Observed[]): Change {
  const costs = cost("gone", before, before.holdsData && before.leftOver !== true, observed);
  return { is: "delete", id: before.id, before, because: [because], costs };
}

/** Of an agent that lives, an object is missing; of another, it is new. What all share is missed by who was made after it. */
function create(
  resource: Resource,
  known: ReadonlySet<string>,
  renamed: Renamed["from"] = new Map(),
): Change {
  const from = renamed.get(resource.agent);
  if (from !== undefined && known.has(from) && !known.has(resource.agent))
    return {
      is: "create",
      id: resource.id,
      resource,
      because: [{ is: "renamed", from, to: resource.agent }],
    };
  const isMissed = known.has(resource.agent === OF_THE_PROJECT ? resource.id : resource.agent);
  return { is: "create", id: resource.id, resource, because: [{ is: isMissed ? "missing" : "new" }] };
}

/** The same agent under another name. What holds data is only told whose it is by now. */
function move(resource: Resource, before: Observed, request: PlanRequest): Change {
  if (before.hold !== undefined && !request.release)
    return { is: "keep", id: before.id, before, held: before.hold };
  const rules = rulesOf(request, resource.kind);
  const fields = diff(resource, before, rules);
  const because: readonly Reason[] = [
    { is: "renamed", from: before.agent, to: resource.agent },
    ...reasons(fields, before, rules),
  ];
  const stays = resource.holdsData;
  const costs = cost(stays ? "in place" : resource.exchange, before, false, request.observed);
  return { is: stays ? "update" : "replace", id: resource.id, resource, before, because, fields, costs };
}

const NOBODY: Renamed = { from: new Map(), runs: "" };

const heirOf = (agent: string, renamed: Renamed["from"] = new Map()): string | undefined =>
  [...renamed].find(([, former]) => former === agent)?.[0];

function exchange(resource: Resource, before: Observed, request: PlanRequest): Change {
  if (before.hold !== undefined && !request.release)
    return { is: "keep", id: resource.id, before, held: before.hold };
  const rules = rulesOf(request, resource.kind);
  const fields = diff(resource, before, rules);
  const forced = request.replace.has(resource.id);
  if (fields.length === 0 && !forced) return { is: "keep", id: resource.id, before };
  const because = [...reasons(fields, before, rules), ...(forced ? [{ is: "asked for" } as const] : [])];
  return changed(resource, before, because, fields, forced, request);
}

function changed(
  resource: Resource,
  before: Observed,
  because: readonly Reason[],
  fields: readonly FieldChange[],
  anew: boolean,
  request: PlanRequest,
): Change {
  const isForced = fields.some((field) => field.forces !== undefined);
  // Where what runs can be made anew without it, the object stays.
  const replaces = isForced || (anew && resource.rolls === undefined);
  const rolls = anew || fields.some((field) => field.rolls !== undefined);
  const order = replaces
    ? resource.exchange
    : !rolls
      ? "in place"
      : resource.rolls === "start first"
        ? "rolling"
        : "stop first";
  const costs = cost(order, before, replaces && before.holdsData, request.observed);
  return { is: replaces ? "replace" : "update", id: resource.id, resource, before, because, fields, costs };
}

function reasons(fields: readonly FieldChange[], before: Observed, rules: KindRules): Reason[] {
  const found: Reason[] = [];
  // What forces the most comes first: it is what people ask about.
  for (const field of fields.toSorted(
    (a, b) => Number(b.forces !== undefined) - Number(a.forces !== undefined),
  )) {
    if (rules.code.some((pattern) => fits(pattern, field.path))) {
      if (!found.some((one) => one.is === "code changed")) found.push({ is: "code changed" });
    } else if (field.secret) found.push({ is: "secret rotated", path: field.path });
    else if (field.origin === "drift")
      found.push({ is: "drifted", path: field.path, by: field.by ?? before.changedBy ?? "outside aac" });
    else found.push({ is: "edited", path: field.path, ...(field.at === undefined ? {} : { at: field.at }) });
  }
  return found;
}

/**
 * What follows a changed object is made anew with it, and what follows that in turn. Of its own agent each change
 * reaches it: it is made from that. Another agent that is changed in place runs on, and nothing has to follow it.
 */
function carryOn(changes: readonly Change[], request: PlanRequest): Change[] {
  const byId = new Map(changes.map((change) => [change.id, change]));
  const wanted = new Map(request.desired.map((one) => [one.id, one]));
  for (let moved = true; moved; ) {
    moved = false;
    for (const change of byId.values()) {
      if (change.is !== "update" && (change.is !== "keep" || change.held !== undefined)) continue;
      const resource = wanted.get(change.id);
      const cause = resource?.follows.find((id) => reaches(byId.get(id), resource.agent));
      if (resource === undefined || cause === undefined) continue;
      // One that is changed in place for it stays an update: once is enough.
      if (change.is === "update" && change.because.some(({ is }) => is === "follows")) continue;
      const [own, fields] = change.is === "update" ? [change.because, change.fields] : [[], []];
      const because: readonly Reason[] = [...own, { is: "follows", id: cause }];
      byId.set(change.id, changed(resource, change.before, because, fields, true, request));
      moved = true;
    }
  }
  return [...byId.values()];
}

function reaches(cause: Change | undefined, agent: string): boolean {
  if (cause === undefined || cause.is === "keep") return false;
  if (cause.is !== "update" || cause.resource.agent === agent) return true;
  // Another program runs in it by then, though the object around it stays.
  return cause.costs.order !== "in place";
}

function cost(
  order: Cost["order"],
  before: Observed,
  losesData: boolean,
  observed: readonly Observed[],
): Cost {
  const dependants = observed
    .filter(
      ({ agent, after }) => agent !== before.agent && agent !== OF_THE_PROJECT && after.includes(before.id),
    )
    .map((one) => one.agent);
  return {
    order,
    dependants: order === "gone" || order === "stop first" ? [...new Set(dependants)].sort() : [],
    losesData,
  };
}

function refusals(changes: readonly Change[], request: PlanRequest): Refusal[] {
  const found: Refusal[] = [];
  for (const change of changes) {
    const guarded =
      change.is === "delete"
        ? isGuarded(change.before, request)
        : change.is === "replace" && change.resource.protect;
    if (guarded && (change.is === "delete" || change.is === "replace"))
      found.push({ is: "protected", id: change.id, wanted: change.is });
  }
  const agents = new Set(request.observed.map((one) => one.agent).filter((one) => one !== OF_THE_PROJECT));
  const gone = goneOf(changes);
  if (!request.destroy && gone > 0 && gone * 2 > agents.size)
    found.push({ is: "more than half", agents: gone, of: agents.size });
  return found;
}

/** Whoever takes all down goes by the files of today; what is in no file any more says it itself. */
function isGuarded({ agent, holdsData, protect }: Observed, { destroy, protects }: PlanRequest): boolean {
  return (destroy && !holdsData ? protects?.get(agent) : undefined) ?? protect;
}

function rulesOf(request: PlanRequest, kind: string): KindRules {
  const rules = request.rules[kind];
  if (rules === undefined) throw new Error(`no rules for the kind ${kind}`);
  return rules;
}

/** What is lost first, then what goes, is exchanged, changes, comes; what stays last. */
function byRisk(a: Change, b: Change): number {
  const risk = riskOf(a) - riskOf(b);
  return risk !== 0 ? risk : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function riskOf(change: Change): number {
  if ((change.is === "delete" || change.is === "replace") && change.costs.losesData) return 0;
  return { delete: 1, replace: 2, update: 3, create: 4, keep: 5 }[change.is];
}
