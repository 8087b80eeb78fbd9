import { byCodeUnit, canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { type Fields, OF_THE_PROJECT, type Resource } from "../../../src/model/resource.ts";
import type { Mark } from "../../../src/model/target.ts";
import { canonicalAmount } from "../wants/amounts.ts";
import { ANNOTATION, LABEL, ROLLED_OUT } from "../names.ts";
import { sha256 } from "../../../src/wanted/sha256.ts";
import {
  below,
  defined,
  isList,
  isMap,
  isOurs,
  type JsonMap,
  type Key,
  LIFTS,
  MARKED,
  readLifted,
  type Shape,
  shapeOf,
  writeLifted,
} from "./shape.ts";
import type { Manifest } from "../shapes.ts";

/** Whose object it is, beyond what the object itself says. */
export interface Whose {
  readonly project: string;
  readonly namespace: string;
  readonly origin: string;
}

/** What an object remembers beside that. */
export interface Remembers {
  /** Of what was asked for, where that is something else than the fields that are sent. */
  readonly digest?: string;
  /** That itself, written down. */
  readonly asked?: string;
  readonly mark?: Mark;
}

export type Wanted = Pick<Resource, "kind" | "name" | "agent" | "source" | "fields" | "after" | "protect">;

/** An object as a plan compares it. What the server adds stays in it: whoever compares takes what is asked for. */
export function toFields(manifest: Manifest): Fields {
  const { apiVersion: _, kind, metadata, status: __, ...rest } = manifest;
  const { labels, annotations } = metadata;
  let body: JsonMap = { ...rest, metadata: { labels, annotations } };
  const found: Record<string, Json> = {};
  for (const lift of LIFTS) {
    if (lift.kind !== kind) continue;
    const text = valueAt(body, lift.from);
    if (typeof text !== "string") continue;
    found[lift.to] = readLifted(lift, text);
    body = changed(body, lift.from, () => undefined);
  }
  for (const path of MARKED) body = changed(body, path, marks);
  const mapped = keyed(body, shapeOf(kind));
  return sorted(defined({ ...(isMap(mapped) ? mapped : {}), ...found }));
}

/** The object that has those fields, and says itself whose it is. */
export function toManifest(
  resource: Wanted,
  { project, namespace, origin }: Whose,
  { digest, asked, mark }: Remembers = {},
): Manifest {
  const { kind, name, agent, fields } = resource;
  const own = {
    [LABEL.project]: project,
    ...(agent === OF_THE_PROJECT ? {} : { [LABEL.agent]: agent }),
  };
  let body: JsonMap = fields;
  for (const lift of LIFTS) {
    const value = lift.kind === kind ? fields[lift.to] : undefined;
    if (value === undefined) continue;
    body = changed(body, [lift.to], () => undefined);
    body = changed(body, lift.from, () => writeLifted(value));
  }
  if (kind === "Deployment")
    body = changed(body, ["spec", "template", "metadata", "labels"], (labels) => ({
      ...mapOf(labels),
      ...own,
    }));
  const { metadata, [ROLLED_OUT]: _, ...rest } = mapOf(listed(body, shapeOf(kind)));
  const { labels, annotations } = mapOf(metadata);
  return {
    apiVersion: kind === "Deployment" ? "apps/v1" : "v1",
    kind,
    metadata: {
      name,
      ...(kind === "Namespace" ? {} : { namespace }),
      labels: sorted({ ...texts(labels), ...own }),
      annotations: sorted({
        ...texts(annotations),
        [ANNOTATION.source]: resource.source,
        [ANNOTATION.origin]: origin,
        [ANNOTATION.digest]: digest ?? digestOf(fields),
        ...(asked === undefined ? {} : { [ANNOTATION.asked]: asked }),
        ...(mark === undefined
          ? {}
          : { [ANNOTATION.apply]: mark.apply, [ANNOTATION.revision]: String(mark.revision) }),
        ...(resource.after.length === 0 ? {} : { [ANNOTATION.after]: JSON.stringify(resource.after) }),
        ...(resource.protect ? { [ANNOTATION.protect]: "true" } : {}),
      }),
    },
    ...rest,
  };
}

/** Versioned, so that another way to make it is not taken for another wish; of what stands in the manifest alone. */
export function digestOf({ [ROLLED_OUT]: _, ...fields }: Fields): string {
  return `v1:${sha256(canonicalJson(fields))}`;
}

/** Of what an object is to remember as asked for: what is wanted again may have been asked for in other words. */
export function askedDigest({ fields, was }: Pick<Resource, "fields" | "was">): string {
  return digestOf(was?.asked ?? fields);
}

/** What stands in the annotation `after`; nothing where somebody broke it. */
export function afterOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(text);
    return isList(list) ? list.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

function keyed(value: Json | undefined, shape: Shape | undefined): Json | undefined {
  if (shape?.isAmount === true)
    return typeof value === "string" || typeof value === "number" ? canonicalAmount(String(value)) : value;
  if (isList(value)) {
    const items = shape?.by === undefined ? undefined : itemsOf(value, shape.by, shape.empty);
    if (items === undefined) return value.map((item) => keyed(item, undefined) ?? null);
    return sorted(
      Object.fromEntries(items.map(([key, item]) => [key, keyed(item, withoutKey(shape)) ?? null])),
    );
  }
  if (!isMap(value)) return value;
  return sorted(
    Object.fromEntries(
      Object.entries(value).flatMap(([key, one]) => {
        const found = keyed(one, below(shape, key));
        return found === undefined ? [] : [[key, found]];
      }),
    ),
  );
}

/** By their keys, and without what those say; undefined where they cannot be told apart by them. */
function itemsOf(
  list: readonly Json[],
  key: Key,
  empty: JsonMap = {},
): readonly (readonly [string, JsonMap])[] | undefined {
  const found = new Map<string, JsonMap>();
  for (const item of list) {
    const name = isMap(item) ? key.of(item) : undefined;
    if (!isMap(item) || name === undefined || found.has(name)) return undefined;
    const said = key.into(name);
    const rest = Object.entries(item).filter(([field]) => !Object.hasOwn(said, field));
    found.set(name, rest.length === 0 ? empty : Object.fromEntries(rest));
  }
  return [...found];
}

function listed(value: Json | undefined, shape: Shape | undefined): Json | undefined {
  const key = shape?.by;
  if (!isMap(value)) return value;
  if (key === undefined)
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, listed(one, below(shape, name))]),
    );
  return Object.entries(value)
    .toSorted(([a, one], [b, other]) => Number(refers(one)) - Number(refers(other)) || byCodeUnit(a, b))
    .map(([name, item]) => ({ ...key.into(name), ...mapOf(listed(item, withoutKey(shape))) }));
}

/** What a variable is made of has to stand before it. */
const refers = (item: Json | undefined): boolean => {
  const text = isMap(item) ? item["value"] : undefined;
  return typeof text === "string" && /(?<!\$)(?:\$\$)*\$\(/.test(text);
};

const withoutKey = (shape: Shape | undefined): Shape =>
  shape?.below === undefined ? {} : { below: shape.below };

/** Labels and annotations that are somebody's: without ours, and without all else that the server says of an object. */
function marks(metadata: Json | undefined): Json | undefined {
  const { labels, annotations } = mapOf(metadata);
  const rest = { labels: foreign(labels), annotations: foreign(annotations) };
  const kept = Object.entries(rest).filter(([, one]) => Object.keys(one).length > 0);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const foreign = (map: Json | undefined): JsonMap =>
  Object.fromEntries(Object.entries(mapOf(map)).filter(([key]) => !isOurs(key)));

const mapOf = (value: Json | undefined): JsonMap => (isMap(value) ? value : {});

const texts = (value: Json | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(mapOf(value)).flatMap(([key, one]) => (typeof one === "string" ? [[key, one]] : [])),
  );

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (found, step) => (isMap(found) && Object.hasOwn(found, step) ? found[step] : undefined),
    value,
  );
}

/** With another value at a place, or none; maps on the way are made, and taken out where they are emptied by it. */
function changed(
  map: JsonMap,
  [step = "", ...more]: readonly string[],
  to: (now: Json | undefined) => Json | undefined,
): JsonMap {
  const now = Object.hasOwn(map, step) ? map[step] : undefined;
  const next = more.length === 0 ? to(now) : emptied(now, changed(mapOf(now), more, to));
  const { [step]: _, ...rest } = map;
  return next === undefined ? rest : { ...rest, [step]: next };
}

const emptied = (before: Json | undefined, after: JsonMap): Json | undefined =>
  Object.keys(after).length > 0
    ? after
    : isMap(before) && Object.keys(before).length === 0
      ? before
      : undefined;

function sorted<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => byCodeUnit(a, b)));
}
