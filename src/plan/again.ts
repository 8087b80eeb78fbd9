import { byCodeUnit, type Json } from "../base/canonical.ts";
import type { FieldChange } from "../model/plan.ts";
import type { Revision } from "../model/revision.ts";
import type { Fields, Id, KindRules, Observed, Resource } from "../model/resource.ts";
import { any, leaves } from "./diff.ts";

type Rules = Readonly<Record<string, KindRules>>;

export interface Again {
  /** What stood then, as it is wanted now. */
  readonly desired: readonly Resource[];
  /** Fields of secrets whose former value is kept nowhere: the present one has to do. */
  readonly secrets: readonly { readonly id: Id; readonly path: string }[];
  /** What would be made anew, and held data then. */
  readonly emptied: readonly Id[];
}

/** What stands for the present value of a secret, where somebody knows it. */
export type Present = (agent: string, path: string) => string | undefined;

/** Pure: a revision × what is live → what is wanted, so that things are again as they were then. */
export function again(
  { resources }: Pick<Revision, "resources">,
  observed: readonly Observed[],
  rules: Rules,
  present: Present = () => undefined,
): Again {
  const live = new Map(observed.map((one) => [one.id, one]));
  const secrets: { id: Id; path: string }[] = [];
  const desired = resources.map((resource): Resource => {
    const { id, agent, kind } = resource;
    const now = live.get(id)?.fields;
    const { fields, paths } = withPresent(
      resource.fields,
      now,
      rules[kind]?.secret ?? [],
      (path, seen) => present(agent, path) ?? seen,
    );
    secrets.push(...paths.map((path) => ({ id, path })));
    return paths.length === 0 ? resource : { ...resource, fields };
  });
  return {
    desired,
    secrets,
    emptied: resources.filter(({ id, holdsData }) => holdsData && !live.has(id)).map(({ id }) => id),
  };
}

/** Leaves that only a digest is known of, as they are now. */
function withPresent(
  then: Fields,
  now: Fields | undefined,
  patterns: readonly string[],
  valueOf: (path: string, seen: Json | undefined) => Json | undefined,
): { readonly fields: Fields; readonly paths: readonly string[] } {
  if (patterns.length === 0) return { fields: then, paths: [] };
  const paths: string[] = [];
  const merged = (a: Json, b: Json | undefined, path: string): Json => {
    if (isMap(a))
      return Object.fromEntries(
        Object.entries(a).flatMap(([key, value]) =>
          value === undefined
            ? []
            : [[key, merged(value, isMap(b) ? b[key] : undefined, path === "" ? key : `${path}/${key}`)]],
        ),
      );
    const value = any(patterns, path) ? valueOf(path, b) : undefined;
    if (value === undefined || value === a) return a;
    paths.push(path);
    return value;
  };
  const fields = merged(then, now, "");
  return { fields: isMap(fields) ? fields : then, paths };
}

/** Whether something that was asked for then is asked for otherwise by now, is missing, or is there besides. */
export function isOtherwise(
  { resources }: Pick<Revision, "resources">,
  observed: readonly Observed[],
  rules: Rules,
): boolean {
  const live = observed.filter(({ leftOver }) => leftOver !== true);
  const asked = live.map((one) => ({ ...one, fields: one.asked ?? one.fields }));
  return differences(resources, asked, rules).length > 0;
}

/** One object in which two looks at a place are not alike. */
export interface Difference {
  readonly id: Id;
  readonly is: "new" | "gone" | "changed";
  readonly fields: readonly FieldChange[];
}

type Look = Pick<Resource, "id" | "kind" | "fields">;

/** What differs between two looks, in what the files own; by id. */
export function differences(
  earlier: readonly Look[],
  later: readonly Look[],
  rules: Rules,
): readonly Difference[] {
  const then = new Map(earlier.map((one) => [one.id, one]));
  const now = new Map(later.map((one) => [one.id, one]));
  return [...new Set([...then.keys(), ...now.keys()])]
    .sort(byCodeUnit)
    .flatMap((id): readonly Difference[] => {
      const [before, after] = [then.get(id), now.get(id)];
      if (before === undefined) return [{ id, is: "new", fields: [] }];
      if (after === undefined) return [{ id, is: "gone", fields: [] }];
      const fields = changed(before.fields, after.fields, rules[after.kind]);
      return fields.length === 0 ? [] : [{ id, is: "changed", fields }];
    });
}

function changed(before: Fields, after: Fields, rules: KindRules | undefined): readonly FieldChange[] {
  const secrets = rules?.secret ?? [];
  return leaves(before, after)
    .filter(([path]) => !any([...(rules?.ignore ?? []), ...(rules?.volatile ?? [])], path))
    .filter(([path, { from, to }]) => !(any(secrets, path) && (from === null || to === null)))
    .map(([path, { from, to }]): FieldChange => {
      const secret = any(secrets, path);
      return {
        path,
        ...(secret || from === undefined ? {} : { from }),
        ...(secret || to === undefined ? {} : { to }),
        secret,
        origin: "edit",
      };
    });
}

const isMap = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
