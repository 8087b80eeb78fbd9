import { byCodeUnit } from "../base/canonical.ts";
import type { Resource } from "../model/resource.ts";

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
  return Object.fromEntries(
    names.flatMap(([from, to]) =>
      Object.entries(written).flatMap(([path, at]) =>
        path === from || path.startsWith(`${from}/`) ? [[to + path.slice(from.length), at] as const] : [],
      ),
    ),
  );
}
