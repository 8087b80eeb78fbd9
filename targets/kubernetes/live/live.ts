import type { Fields, Hold, Id, Observed, Resource } from "../../../src/model/resource.ts";
import { isOfKey } from "../../../src/wanted/keyed.ts";
import { afterOf, askedDigest, toFields } from "../manifest/fields.ts";
import { HOLD_MANAGER, holdOf } from "../verbs/holds.ts";
import { ANNOTATION, LABEL, MANAGER } from "../names.ts";
import { changedBy, othersOf, ownedPaths, type Paths, askedPaths, project } from "../manifest/owned.ts";
import { isMap } from "../manifest/shape.ts";
import type { Manifest } from "../shapes.ts";

/** An object of ours as it lives, with all that it says itself. */
export interface Live {
  readonly observed: Observed;
  /** What of it is compared: what is asked for now, and what was asked for and is still our own. */
  readonly paths: Paths;
}

export function idOf({ kind, metadata }: Manifest): Id {
  return `${metadata.labels?.[LABEL.agent] ?? ""}/${kind}/${metadata.name}`;
}

/** `keyId`: what digests of secrets are made with now; those of another key tell nothing. */
export function liveObject(manifest: Manifest, wanted: Resource | undefined, keyId: string): Live {
  const { metadata, kind } = manifest;
  const { annotations = {}, labels = {} } = metadata;
  const agent = labels[LABEL.agent] ?? "";
  const all = comparable(toFields(manifest), keyId);
  const owned = ownedPaths(manifest);
  const asked = wanted === undefined ? new Set<string>() : askedPaths(kind, wanted.fields);
  const paths = new Set([...owned, ...asked]);
  const by = changedBy(manifest);
  const hold = kind === "Deployment" ? holdOf(manifest) : undefined;
  const others = wanted === undefined ? {} : named(othersOf(manifest, asked, owned), hold);
  return {
    paths,
    observed: {
      id: idOf(manifest),
      agent,
      kind,
      name: metadata.name,
      after: afterOf(annotations[ANNOTATION.after]),
      fields: project(all, paths),
      ...askedOf(manifest, wanted, project(all, owned)),
      holdsData: kind === "PersistentVolumeClaim",
      protect: annotations[ANNOTATION.protect] === "true",
      source: annotations[ANNOTATION.source] ?? "",
      origin: annotations[ANNOTATION.origin] ?? "",
      identity: metadata.uid ?? "",
      ...(by === undefined ? {} : { changedBy: by }),
      ...(Object.keys(others).length === 0 ? {} : { others }),
      ...(hold === undefined ? {} : { hold }),
    },
  };
}

/** What was written for a hold is its owner's doing, also where it was ended since. */
function named(
  others: Readonly<Record<string, string>>,
  hold: Hold | undefined,
): Readonly<Record<string, string>> {
  const who = hold?.by ?? "a hold that was ended";
  return Object.fromEntries(
    Object.entries(others).map(([path, by]) => [path, by === HOLD_MANAGER ? who : by]),
  );
}

/**
 * With an unedited file the last apply asked for what is asked for now. With an edited one that is told by what we
 * still own; what somebody else took over is not among it, and one cannot tell any more what was asked for there.
 */
function askedOf(
  { metadata }: Manifest,
  wanted: Resource | undefined,
  own: Fields,
): { readonly asked?: Fields } {
  const digest = metadata.annotations?.[ANNOTATION.digest];
  if (wanted !== undefined && digest === askedDigest(wanted))
    return { asked: wanted.was?.asked ?? wanted.fields };
  const isApplied = metadata.managedFields?.some(
    ({ manager, operation }) => manager === MANAGER && operation === "Apply",
  );
  // One that was only adopted was asked for nothing yet.
  return isApplied === true && digest !== undefined ? { asked: own } : {};
}

function comparable(fields: Fields, keyId: string): Fields {
  const { secrets } = fields;
  if (!isMap(secrets)) return fields;
  const known = Object.entries(secrets).map(([name, digest]) => [
    name,
    typeof digest === "string" && isOfKey(digest, keyId) ? digest : null,
  ]);
  return { ...fields, secrets: Object.fromEntries(known) };
}
