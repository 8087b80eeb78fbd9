import type { Json } from "../base/canonical.ts";
import type { Change, Lost, Plan } from "../model/plan.ts";
import type { Fields, Id, KindRules, Observed, Resource } from "../model/resource.ts";
import { any, leaves } from "./diff.ts";
import { asOnce } from "./once.ts";
import { plan } from "./plan.ts";

export interface BackRequest {
  /** What an apply was to do. */
  readonly changes: readonly Change[];
  /** What it began with: done, or half done. All else is as it was. */
  readonly begun: ReadonlySet<Id>;
  /** What is live by now. */
  readonly observed: readonly Observed[];
  readonly rules: Readonly<Record<string, KindRules>>;
}

export interface Back {
  /** Towards what was there before, of what was begun and of nothing else: a plan like any other. */
  readonly plan: Plan;
  readonly lost: readonly Lost[];
}

type Begun = Exclude<Change, { readonly is: "keep" }>;

/** Pure: what was observed before is what is wanted again. */
export function back({ changes, begun, observed, rules }: BackRequest): Back {
  const live = new Map(observed.map((one) => [one.id, one]));
  const touched = changes.filter((change): change is Begun => change.is !== "keep" && begun.has(change.id));
  const agents = new Set(touched.map(({ id }) => id.split("/")[0]));
  const lost: Lost[] = [];
  const going: Change[] = [];
  const former: Resource[] = [];
  const renamed = new Map<string, string>();
  let [runs, origin] = ["", ""];
  for (const change of touched) {
    // One that was to be renamed is under either name by now.
    const now = live.get(change.id) ?? (change.is === "create" ? undefined : live.get(change.before.id));
    if (change.is !== "create" && change.is !== "delete" && change.before.agent !== change.resource.agent) {
      renamed.set(change.before.agent, change.resource.agent);
      if (!change.before.holdsData) runs = change.before.kind;
      origin = change.before.origin;
    }
    if (change.is !== "create") {
      if (change.costs.losesData && now?.identity !== change.before.identity)
        lost.push({ is: "data", id: change.id });
      const { wanted, secrets } = withPresentSecrets(asBefore(change), now, rules[change.before.kind]);
      former.push(wanted);
      lost.push(...secrets.map((path): Lost => ({ is: "secret", id: change.id, path })));
    } else if (now !== undefined && now.holdsData) lost.push({ is: "kept", id: change.id });
    else if (now !== undefined) going.push(gone(now));
  }
  const again = plan({
    desired: former,
    observed: observed.filter(
      (one) =>
        former.some(({ id }) => id === one.id) ||
        touched.some((change) => change.is !== "create" && change.id === one.id) ||
        (one.leftOver === true && agents.has(one.id.split("/")[0])),
    ),
    rules,
    // What an interrupted exchange left beside is in nobody's file.
    scope: { paths: ["."], origin },
    prune: true,
    destroy: false,
    replace: new Set(),
    // Whoever held something did so before the apply, or was asked.
    release: true,
    renamed: { from: renamed, runs },
  });
  return {
    plan: {
      changes: [...again.changes.map(because), ...going],
      outside: 0,
      // It has been decided already: what was there may be there again.
      refusals: [],
    },
    lost,
  };
}

const WHY = [{ is: "rolled back" }] as const;

const because = (change: Change): Change => (change.is === "keep" ? change : { ...change, because: WHY });

const gone = (before: Observed): Change => ({
  is: "delete",
  id: before.id,
  before,
  because: WHY,
  costs: { order: "gone", dependants: [], losesData: false },
});

const asBefore = (change: Exclude<Begun, { readonly is: "create" }>): Resource =>
  asOnce(change.before, change.is === "delete" ? undefined : change.resource, change.before.fields);

/** Only a digest is known of a former value: where the present one differs, it has to do. */
function withPresentSecrets(
  wanted: Resource,
  now: Observed | undefined,
  rules: KindRules | undefined,
): { readonly wanted: Resource; readonly secrets: readonly string[] } {
  if (now === undefined || rules === undefined) return { wanted, secrets: [] };
  const secrets = leaves(now.fields, wanted.fields)
    .filter(([path, { from, to }]) => from !== undefined && to !== undefined && any(rules.secret, path))
    .map(([path]) => path);
  const fields = secrets.reduce((all, path) => withValueOf(all, now.fields, path.split("/")), wanted.fields);
  return { wanted: { ...wanted, fields }, secrets };
}

/** The same, with one leaf of another map in its place. */
function withValueOf(fields: Fields, other: Fields, path: readonly string[]): Fields {
  const [first = "", ...rest] = path;
  const [mine, theirs] = [fields[first], other[first]];
  if (theirs === undefined) return fields;
  if (rest.length === 0 || !isMap(mine) || !isMap(theirs)) return { ...fields, [first]: theirs };
  return { ...fields, [first]: withValueOf(mine, theirs, rest) };
}

const isMap = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
