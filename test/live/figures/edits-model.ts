import type { Json } from "../../../src/base/canonical.ts";
import type { Change, Plan } from "../../../src/model/plan.ts";

/** What this test knows of a world by itself: its objects, each with those of its fields that the test can change. */
export type World = Readonly<Record<string, Thing>>;

export interface Thing {
  readonly fields: Tree;
  /** What it is started anew with. */
  readonly follows?: readonly string[];
}

export type Tree = { readonly [key: string]: Json | undefined };

/**
 * How a target takes a change of a field: whether the object stays, and whether what runs in it does. Without one: how
 * an object is started anew where nothing of its own changed.
 */
export type Takes = (id: string, change?: Difference) => "in place" | "rolling" | "anew";

export interface Difference {
  readonly path: string;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/** Every field in which two trees differ; a map that is there or not as a whole is one. */
export function differences(from: Tree, to: Tree, above = ""): readonly Difference[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys.flatMap((key) => differ(from[key], to[key], above === "" ? key : `${above}/${key}`));
}

function differ(from: Json | undefined, to: Json | undefined, path: string): readonly Difference[] {
  if (text(from) === text(to)) return [];
  if (isTree(from) && isTree(to)) return differences(from, to, path);
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length)
    return from.flatMap((one, i) => differ(one, to[i], `${path}/${i}`));
  return [{ path, from, to }];
}

export const isSame = (one: World, other: World): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([id, { fields }]) => differences(fields, other[id]?.fields ?? {}).length === 0);

export const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is below, where that is a map. */
export const treeIn = (value: Json | undefined): Tree => (isTree(value) ? value : {});

export function jsonIn(text: string): Json {
  const value: Json = JSON.parse(text);
  return value;
}

/** Keys in order, so that the same is the same. */
const text = (value: Json | undefined): string =>
  value === undefined
    ? ""
    : JSON.stringify(value, (_, one: unknown) =>
        isTree(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
      );

function at(tree: Tree | undefined, path: string): Json | undefined {
  if (tree === undefined) return undefined;
  const found = differences({}, tree)
    .flatMap(({ path: top, to }) => leavesOf(to, top))
    .find(([one]) => one === path);
  return found?.[1];
}

/** Every place of a tree with what stands there, maps and lists included. */
function leavesOf(value: Json | undefined, path: string): readonly (readonly [string, Json | undefined])[] {
  const below = isTree(value)
    ? Object.entries(value).flatMap(([key, one]) => leavesOf(one, `${path}/${key}`))
    : Array.isArray(value)
      ? value.flatMap((one: Json, i) => leavesOf(one, `${path}/${i}`))
      : [];
  return [[path, value], ...below];
}

export interface Worlds {
  /** What was asked for when each object was applied last. */
  readonly asked: World;
  readonly live: World;
  readonly wanted: World;
}

/** What a plan has to say of three worlds: one line an object, one line a field, sorted. */
export function expected({ asked, live, wanted }: Worlds, takes: Takes): readonly string[] {
  const does = new Map<string, "create" | "delete" | "update" | "rolling" | "replace">();
  const fields = new Map<string, readonly string[]>();
  for (const id of new Set([...Object.keys(live), ...Object.keys(wanted)])) {
    const [now, next] = [live[id], wanted[id]];
    if (now === undefined) does.set(id, "create");
    else if (next === undefined) does.set(id, "delete");
    else {
      const all = differences(now.fields, next.fields);
      if (all.length === 0) continue;
      const ways = all.map((one) => takes(id, one));
      does.set(id, ways.includes("anew") ? "replace" : ways.includes("rolling") ? "rolling" : "update");
      fields.set(
        id,
        all.map((one) => said(id, one, originOf(asked[id]?.fields, one))),
      );
    }
  }
  follow(does, { live, wanted }, takes);
  return [...does]
    .flatMap(([id, how]) => [`${how === "rolling" ? "update" : how} ${id}`, ...(fields.get(id) ?? [])])
    .sort();
}

/** What follows another is exchanged with it: with all of its own agent, and with another that is made anew. */
function follow(
  does: Map<string, "create" | "delete" | "update" | "rolling" | "replace">,
  { live, wanted }: Pick<Worlds, "live" | "wanted">,
  takes: Takes,
): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (const [id, { follows = [] }] of Object.entries(wanted)) {
      const how = does.get(id);
      if (live[id] === undefined || how === "rolling" || how === "replace") continue;
      const isReached = follows.some((other) => {
        const cause = does.get(other);
        return cause !== undefined && (cause !== "update" || other.split("/")[0] === id.split("/")[0]);
      });
      if (!isReached) continue;
      does.set(id, takes(id) === "rolling" ? "rolling" : "replace");
      moved = true;
    }
  }
}

function originOf(asked: Tree | undefined, { path, from, to }: Difference): string {
  if (asked === undefined) return "unknown";
  const then = text(at(asked, path));
  if (then === text(from)) return "edit";
  return then === text(to) ? "drift" : "both";
}

const said = (id: string, { path, from, to }: Difference, origin: string): string =>
  `  ${id} ${path}: ${text(from)} → ${text(to)} ${origin}`;

/** The same lines of a real plan. */
export function linesOf(plan: Plan): readonly string[] {
  return plan.changes
    .flatMap((change: Change) => {
      if (change.is === "keep") return [];
      const fields = change.is === "update" || change.is === "replace" ? change.fields : [];
      return [
        `${change.is} ${change.id}`,
        ...fields.map(({ path, from, to, origin }) => said(change.id, { path, from, to }, origin)),
      ];
    })
    .sort();
}

/** With the value of one place changed; `undefined` takes it away. */
export function withValue(tree: Tree, path: readonly string[], value: Json | undefined): Tree {
  const [first = "", ...rest] = path;
  const inner = tree[first];
  if (rest.length > 0 && Array.isArray(inner)) {
    const list: readonly Json[] = inner;
    return { ...tree, [first]: list.map((one, i) => (String(i) === rest[0] ? (value ?? null) : one)) };
  }
  if (rest.length > 0) return { ...tree, [first]: withValue(isTree(inner) ? inner : {}, rest, value) };
  const { [first]: _, ...others } = tree;
  return value === undefined ? others : { ...others, [first]: value };
}
