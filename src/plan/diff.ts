import { byCodeUnit, canonicalJson, type Json } from "../base/canonical.ts";
import { matchesGlob } from "../base/glob.ts";
import type { FieldChange } from "../model/plan.ts";
import type { Fields, KindRules, Observed, Resource } from "../model/resource.ts";

/** The fields in which a live object is not as it is wanted; only those that the files own. */
export function diff(wanted: Resource, live: Observed, rules: KindRules): FieldChange[] {
  const asked = live.asked;
  return (
    leaves(live.fields, live.becomes ?? wanted.fields)
      .filter(([path]) => !any(rules.ignore, path))
      // A secret of which nobody can tell whether it changed is not said to have changed.
      .filter(([path, { from, to }]) => !(any(rules.secret, path) && (from === null || to === null)))
      .map(([path, { from, to }]) => {
        const secret = any(rules.secret, path);
        const forces = live.fixed?.[path] ?? ruleFor(rules.replaceOn, path);
        const rolls = ruleFor(rules.rolls, path);
        const by = nearest(live.others ?? {}, path) ?? below(live.others ?? {}, path);
        const at = nearest(wanted.written, path);
        return {
          path,
          ...(secret || from === undefined ? {} : { from }),
          ...(secret || to === undefined ? {} : { to }),
          secret,
          origin: asked === undefined ? ("unknown" as const) : originOf(valueAt(asked, path), from, to),
          ...(by === undefined ? {} : { by }),
          ...(at === undefined ? {} : { at }),
          ...(forces === undefined ? {} : { forces }),
          ...(rolls === undefined ? {} : { rolls }),
        };
      })
  );
}

const ruleFor = (rules: Readonly<Record<string, string>>, path: string): string | undefined =>
  Object.entries(rules).find(([pattern]) => fits(pattern, path))?.[1];

/** Every leaf in which two maps of fields differ, by path. */
export function leaves(
  from: Fields,
  to: Fields,
): readonly (readonly [path: string, { readonly from?: Json; readonly to?: Json }])[] {
  const found = new Map<string, { readonly from?: Json; readonly to?: Json }>();
  compare(from, to, "", found);
  return [...found].sort(([a], [b]) => byCodeUnit(a, b));
}

/** Three looks at one field: what is wanted now, what was asked for then, what is live. */
function originOf(
  asked: Json | undefined,
  live: Json | undefined,
  wanted: Json | undefined,
): FieldChange["origin"] {
  const edited = !same(asked, wanted);
  const drifted = !same(asked, live);
  return edited && drifted ? "both" : drifted ? "drift" : "edit";
}

function compare(
  live: Json | undefined,
  wanted: Json | undefined,
  path: string,
  leaves: Map<string, { readonly from?: Json; readonly to?: Json }>,
): void {
  if (same(live, wanted)) return;
  if (isMap(live) && isMap(wanted)) {
    for (const key of new Set([...Object.keys(live), ...Object.keys(wanted)])) {
      compare(live[key], wanted[key], path === "" ? key : `${path}/${key}`, leaves);
    }
    return;
  }
  if (isList(live) && isList(wanted) && live.length === wanted.length) {
    wanted.forEach((item, i) => compare(live[i], item, `${path}/${i}`, leaves));
    return;
  }
  leaves.set(path, {
    ...(live === undefined ? {} : { from: live }),
    ...(wanted === undefined ? {} : { to: wanted }),
  });
}

/** A key may hold a slash itself, such as `8080/tcp` or the path of a file. */
function valueAt(value: Json | undefined, path: string): Json | undefined {
  for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
    const key = end === -1 ? path : path.slice(0, end);
    const below = isList(value)
      ? value[Number(key)]
      : isMap(value) && Object.hasOwn(value, key)
        ? value[key]
        : undefined;
    if (end === -1) return below;
    const found = below === undefined ? undefined : valueAt(below, path.slice(end + 1));
    if (found !== undefined) return found;
  }
}

/** What is said of a place, or of the nearest one around it. */
export function nearest<T>(said: Readonly<Record<string, T>>, path: string): T | undefined {
  const steps = path.split("/");
  for (let i = steps.length; i > 0; i--) {
    const found = said[steps.slice(0, i).join("/")];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of what goes as a whole: what is said of the first place in it. */
const below = <T>(said: Readonly<Record<string, T>>, path: string): T | undefined =>
  Object.entries(said).find(([one]) => one.startsWith(`${path}/`))?.[1];

export const fits = (pattern: string, path: string): boolean =>
  matchesGlob(pattern, path) || matchesGlob(`${pattern}/**`, path);
export const any = (patterns: readonly string[], path: string): boolean =>
  patterns.some((pattern) => fits(pattern, path));
const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b));

function isMap(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
