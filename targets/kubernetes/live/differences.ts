import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Fields } from "../../../src/model/resource.ts";
import { isList, isMap } from "../manifest/shape.ts";

/** The paths at which a plan would find a difference. */
export function differences(
  live: Fields,
  wanted: Fields,
  isNone: (path: string, live: Json | undefined, wanted: Json | undefined) => boolean = () => false,
): readonly string[] {
  const found: string[] = [];
  const compare = (a: Json | undefined, b: Json | undefined, path: string): void => {
    if (a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b))) return;
    const below = path === "" ? "" : `${path}/`;
    if (isMap(a) && isMap(b))
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compare(a[key], b[key], below + key);
    else if (isList(a) && isList(b) && a.length === b.length)
      for (const [i, item] of a.entries()) compare(item, b[i], `${below}${i}`);
    else if (!isNone(path, a, b)) found.push(path);
  };
  compare(live, wanted, "");
  return found;
}
