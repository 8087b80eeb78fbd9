import type { Fields, Hold, Id, Observed, Resource } from "../../../src/model/resource.ts";
import { isOfKey } from "../../../src/wanted/keyed.ts";
import { afterOf, toFields } from "../manifest/fields.ts";
import { HOLD_MANAGER, holdOf } from "../verbs/holds.ts";
import { ANNOTATION, LABEL } from "../names.ts";
import {
  askedPaths,
  changedBy,
  isGoing,
  ownedPaths,
  type Paths,
  pathsOf,
  project,
  type Writer,
  writersOf,
} from "../manifest/owned.ts";
import { askedOf, type Then } from "./asked-then.ts";
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
export function liveObject(
  manifest: Manifest,
  wanted: Resource | undefined,
  keyId: string,
  then?: Then,
): Live {
  const { metadata, kind } = manifest;
  const { annotations = {}, labels = {} } = metadata;
  const agent = labels[LABEL.agent] ?? "";
  const all = comparable(toFields(manifest), keyId);
  const owned = ownedPaths(manifest);
  // Where nothing is wanted, what somebody took over is still seen beside what was asked for.
  const compared = wanted?.fields ?? then?.fields;
  const still = compared === undefined ? new Set<string>() : askedPaths(kind, compared);
  const going = [...pathsOf(then?.fields ?? {})].filter((path) => isGoing(owned, still, path));
  const asked = new Set([...still, ...going]);
  const paths = new Set([...owned, ...asked]);
  const by = changedBy(manifest);
  const hold = kind === "Deployment" ? holdOf(manifest) : undefined;
  return {
    paths,
    observed: {
      id: idOf(manifest),
      agent,
      kind,
      name: metadata.name,
      after: afterOf(annotations[ANNOTATION.after]),
      fields: project(all, paths),
      ...askedOf(manifest, then && { ...then, fields: comparable(then.fields, keyId) }, {
        all,
        own: project(all, owned),
        paths,
      }),
      holdsData: kind === "PersistentVolumeClaim",
      protect: annotations[ANNOTATION.protect] === "true",
      source: annotations[ANNOTATION.source] ?? "",
      origin: annotations[ANNOTATION.origin] ?? "",
      identity: metadata.uid ?? "",
      ...(by === undefined ? {} : { changedBy: by }),
      ...saidOf(writersOf(manifest, asked, owned), hold),
      ...(hold === undefined ? {} : { hold }),
    },
  };
}

/** What was written for a hold is its owner's doing, also where it was ended since. */
function saidOf(
  writers: Readonly<Record<string, Writer>>,
  hold: Hold | undefined,
): Pick<Observed, "others" | "changedAt"> {
  const who = hold?.by ?? "a hold that was ended";
  const all = Object.entries(writers);
  if (all.length === 0) return {};
  const times = all.flatMap(([path, { time }]) => (time === undefined ? [] : [[path, time] as const]));
  return {
    others: Object.fromEntries(
      all.map(([path, { manager }]) => [path, manager === HOLD_MANAGER ? who : manager]),
    ),
    ...(times.length === 0 ? {} : { changedAt: Object.fromEntries(times) }),
  };
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
