import type { Json } from "../../../src/base/canonical.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import { type Asked, askedIn } from "../manifest/asked.ts";
import { askedDigest } from "../manifest/fields.ts";
import { holds, type Paths, pathsOf, project } from "../manifest/owned.ts";
import { defined, isMap } from "../manifest/shape.ts";
import { ANNOTATION, MANAGER } from "../names.ts";
import type { Manifest } from "../shapes.ts";

/** What the last apply asked for, as far as an object says it: just what is wanted now, or that itself. */
export type Then = { readonly is: "wanted"; readonly fields: Fields } | ({ readonly is: "kept" } & Asked);

/** With an unedited file nothing has to be unfolded: the last apply asked for what is asked for now. */
export async function thenOf(
  { metadata: { annotations } }: Manifest,
  wanted: Resource | undefined,
): Promise<Then | undefined> {
  if (wanted !== undefined && annotations?.[ANNOTATION.digest] === askedDigest(wanted))
    return { is: "wanted", fields: wanted.was?.asked ?? wanted.fields };
  const kept = await askedIn(annotations);
  return kept === undefined ? undefined : { is: "kept", ...kept };
}

export interface LiveFields {
  readonly all: Fields;
  /** Of those: what was applied and is nobody else's since. */
  readonly own: Fields;
  readonly paths: Paths;
}

/**
 * Where what was asked for is not kept, it is told by what we still own; what somebody else took over is not among it,
 * and one cannot tell any more what was asked for there.
 */
export function askedOf(
  manifest: Manifest,
  then: Then | undefined,
  { all, own, paths }: LiveFields,
): { readonly asked?: Fields } {
  if (then?.is === "wanted") return { asked: then.fields };
  const { annotations, managedFields } = manifest.metadata;
  if (then === undefined) {
    const isApplied = managedFields?.some(
      ({ manager, operation }) => manager === MANAGER && operation === "Apply",
    );
    // One that was only adopted was asked for nothing yet.
    return isApplied === true && annotations?.[ANNOTATION.digest] !== undefined ? { asked: own } : {};
  }
  const open = new Set([...pathsOf(then.fields)].filter((path) => holds(paths, path) || !isThere(all, path)));
  const asked = project(then.fields, open);
  // The server may write in other words what we sent, and it stays ours: those are no difference that anybody made.
  return { asked: then.isSent ? over(asked, own) : asked };
}

/** What no file asks for any more and somebody else wrote is theirs, whatever was asked for once. */
const isThere = (all: Fields, path: string): boolean => Object.keys(project(all, new Set([path]))).length > 0;

function over(below: Fields, above: Fields): Fields {
  const both = Object.entries(above).map(([key, value]): [string, Json] => {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isMap(under) && isMap(value) ? over(defined(under), defined(value)) : value];
  });
  return { ...below, ...Object.fromEntries(both) };
}
