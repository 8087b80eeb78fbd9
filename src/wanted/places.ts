import { byCodeUnit } from "../base/canonical.ts";
import type { Resource, Written } from "../model/resource.ts";

/** Places of an object's own fields, and of the agent as a whole: a file has many more. */
export function writtenOf(fields: object, places: Resource["written"]): Resource["written"] {
  return Object.fromEntries(
    Object.entries(places)
      .filter(([path]) => path === "metadata" || Object.hasOwn(fields, path.split("/")[0] ?? ""))
      .sort(([a], [b]) => byCodeUnit(a, b)),
  );
}

/** What the file calls otherwise than an object does, under the object's own names: `resources/limits` → `limits`. */
export function renamed(
  written: Resource["written"],
  names: readonly (readonly [from: string, to: string])[],
): Resource["written"] {
  const known = byAncestor(written);
  return Object.fromEntries(
    names.flatMap(([from, to]) =>
      (known.get(from) ?? []).map(([path, at]) => [to + path.slice(from.length), at] as const),
    ),
  );
}

/** Paths by each path that they are below, themselves included: a kind has as many names as a file has places. */
function byAncestor(
  written: Resource["written"],
): ReadonlyMap<string, readonly (readonly [string, Written])[]> {
  const found = new Map<string, (readonly [string, Written])[]>();
  for (const place of Object.entries(written)) {
    const [path] = place;
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
      const above = path.slice(0, end);
      const known = found.get(above);
      if (known === undefined) found.set(above, [place]);
      else known.push(place);
    }
  }
  return found;
}
