import type { Json } from "../../../src/base/canonical.ts";
import type { Fields } from "../../../src/model/resource.ts";
import { MANAGER } from "../names.ts";
import { below, isMap, isOurs, type JsonMap, LIFTS, MARKED, type Shape, shapeOf } from "./shape.ts";
import type { ManagedFields, Manifest } from "../shapes.ts";

/**
 * Places in the fields of an object, in their spelling. A path stands for all that is there; one that ends in `/.`
 * only for the fact that something is: an item without more, or a map of which others hold the rest.
 */
export type Paths = ReadonlySet<string>;

const ITSELF = "/.";

/** What was applied by this tool and is still its own: a field that somebody else took over by force is not. */
export function ownedPaths(manifest: Manifest): Paths {
  const own = (manifest.metadata.managedFields ?? []).filter(isApplied);
  return new Set(own.flatMap(({ fieldsV1 }) => pathsIn(manifest.kind, fieldsV1)));
}

/** Every leaf of some fields. */
export function pathsOf(fields: Fields): Paths {
  const found = new Set<string>();
  const walk = (value: Json, path: string): void => {
    const entries = isMap(value) ? Object.entries(value) : [];
    if (!isMap(value)) found.add(path);
    else if (entries.length === 0) found.add(path + ITSELF);
    for (const [key, one] of entries) if (one !== undefined) walk(one, `${path}/${key}`);
  };
  for (const [key, value] of Object.entries(fields)) walk(value, key);
  return found;
}

/** The same, and as a whole whatever is one text of the object: what somebody adds to that is in the way as well. */
export function askedPaths(kind: string, fields: Fields): Paths {
  const whole = LIFTS.filter((lift) => lift.kind === kind && Object.hasOwn(fields, lift.to));
  return new Set([...pathsOf(fields), ...whole.map(({ to }) => to)]);
}

/** What stands at those places, and nothing else. */
export function project(fields: Fields, paths: Paths): Fields {
  const taken = (value: Json, path: string): Json | undefined => {
    if (paths.has(path)) return value;
    if (!isMap(value)) return undefined;
    const inner = Object.entries(value).flatMap(([key, one]) => {
      const found = one === undefined ? undefined : taken(one, `${path}/${key}`);
      return found === undefined ? [] : [[key, found] as const];
    });
    return inner.length > 0 || paths.has(path + ITSELF) ? Object.fromEntries(inner) : undefined;
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => {
      const found = taken(value, key);
      return found === undefined ? [] : [[key, found]];
    }),
  );
}

export interface Writer {
  readonly manager: string;
  /** When it wrote anything of the object last; UTC. */
  readonly time?: string;
}

/** By place that is asked for and not this tool's own: who wrote it last. */
export function writersOf(
  manifest: Manifest,
  asked: Paths,
  own: Paths = ownedPaths(manifest),
): Readonly<Record<string, Writer>> {
  const theirs = others(manifest).map(({ writer, fieldsV1 }) => ({
    writer,
    paths: new Set(pathsIn(manifest.kind, fieldsV1)),
  }));
  return Object.fromEntries(
    [...asked].sort().flatMap((path) => {
      if (holds(own, path)) return [];
      const by = theirs.findLast(({ paths }) => holds(paths, path));
      return by === undefined ? [] : [[plain(path), by.writer]];
    }),
  );
}

/** Who changed an object last; this tool aside, also where it stops agents, and whoever only reports a state. */
export function changedBy(manifest: Manifest): string | undefined {
  return others(manifest).findLast(({ writer }) => !writer.manager.startsWith(`${MANAGER}-`))?.writer.manager;
}

/** Paths of one set that are also in another, where either may be the wider one. */
export function holds(paths: Paths, path: string): boolean {
  if (paths.has(path)) return true;
  const own = plain(path);
  for (let end = own.length; end > 0; end = own.lastIndexOf("/", end - 1))
    if (paths.has(own.slice(0, end))) return true;
  return [...paths].some((one) => one.startsWith(`${own}/`));
}

/** Whether it is in an item of a list that is this tool's own and not asked for any more: it goes with that. */
export function isGoing(own: Paths, asked: Paths, path: string): boolean {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const item = path.slice(0, end);
    if (own.has(item + ITSELF) && !holds(asked, item)) return true;
  }
  return false;
}

const plain = (path: string): string => (path.endsWith(ITSELF) ? path.slice(0, -ITSELF.length) : path);

const isApplied = ({ manager, operation, subresource }: ManagedFields): boolean =>
  manager === MANAGER && operation === "Apply" && (subresource ?? "") === "";

/** Oldest first. A subresource says what an object is doing, not what it is; only a scale is a wish. */
function others(manifest: Manifest): readonly { readonly writer: Writer; readonly fieldsV1: Json }[] {
  return (manifest.metadata.managedFields ?? [])
    .filter((one) => !isApplied(one) && ["", "scale"].includes(one.subresource ?? ""))
    .toSorted((a, b) => Date.parse(a.time ?? "") - Date.parse(b.time ?? "") || 0)
    .flatMap(({ manager, time, fieldsV1 }) =>
      manager === undefined || fieldsV1 === undefined
        ? []
        : [{ writer: { manager, ...(time === undefined ? {} : { time }) }, fieldsV1 }],
    );
}

/** `f:spec`, `k:{"name":"desk"}` and `.` as paths of fields; what is no field of ours has none. */
function pathsIn(kind: string, fieldsV1: Json | undefined): readonly string[] {
  return isMap(fieldsV1) ? walk(kind, fieldsV1, [], shapeOf(kind)) : [];
}

function walk(kind: string, node: JsonMap, path: readonly string[], shape: Shape | undefined): string[] {
  const found: string[] = [];
  for (const [key, child] of Object.entries(node)) {
    if (key === ".") {
      if (path.length > 0) found.push(...spelled(kind, path, ITSELF));
      continue;
    }
    const name = key.startsWith("f:") ? key.slice(2) : keyOf(key, shape);
    if (name === undefined) {
      // An item of a list that has no keys in fields: the list as a whole.
      found.push(...spelled(kind, path, ""));
      continue;
    }
    const isItem = !key.startsWith("f:");
    const next = isItem ? itemOf(shape) : below(shape, name);
    const inner = isMap(child) ? withoutKey(child, isItem ? shape : undefined, name) : {};
    const at = [...path, name];
    if (Object.keys(inner).length > 0) found.push(...walk(kind, inner, at, next));
    else found.push(...spelled(kind, at, isItem ? ITSELF : ""));
  }
  return found;
}

const itemOf = (shape: Shape | undefined): Shape =>
  shape?.below === undefined ? {} : { below: shape.below };

function keyOf(key: string, shape: Shape | undefined): string | undefined {
  if (shape?.by === undefined || !key.startsWith("k:")) return undefined;
  const item: unknown = JSON.parse(key.slice(2));
  return isMap(item) ? shape.by.of(item) : undefined;
}

/** What the key of an item says is no field of it. */
function withoutKey(child: JsonMap, shape: Shape | undefined, name: string): JsonMap {
  const said = shape?.by?.into(name) ?? {};
  return Object.fromEntries(
    Object.entries(child).filter(([field]) => !Object.hasOwn(said, field.replace(/^f:/, ""))),
  );
}

function spelled(kind: string, path: readonly string[], end: string): readonly string[] {
  const lift = LIFTS.find((one) => one.kind === kind && isSame(one.from, path));
  if (lift !== undefined) return [lift.to];
  const [first, ...more] = path;
  if (first === undefined || NO_FIELDS.has(first)) return [];
  const mark = MARKED.find((one) => isSame(one, path.slice(0, one.length)));
  if (mark !== undefined) {
    const [group, name] = path.slice(mark.length);
    if (group !== "labels" && group !== "annotations") return [];
    if (name === undefined ? end === ITSELF : isOurs(name)) return [];
  }
  return [[first, ...more].join("/") + end];
}

const NO_FIELDS: ReadonlySet<string> = new Set(["apiVersion", "kind", "status"]);

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((step, i) => step === b[i]);
