import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Decision } from "../../../src/model/operates.ts";
import type { Hold } from "../../../src/model/resource.ts";
import { at, isMap, listAt, numberAt, textAt } from "../answers.ts";
import { ANNOTATION, MANAGER } from "../names.ts";
import type { Manifest } from "../shapes.ts";

/** Writes what a person decided about a running object. An apply owns none of it, so it is no drift. */
export const HOLD_MANAGER = "aac-hold";
/** On a pod template: another text is another template, and the pods are exchanged for it. */
export const RESTARTED = "agent.dev/restartedAt";

export interface Held extends Hold {
  /** How many there were before; absent where nobody knows. */
  readonly replicas?: number;
}

/** Somebody's decision about this object, as it stands on it. */
export function holdOf(manifest: Manifest): Hold | undefined {
  const { annotations, creationTimestamp } = manifest.metadata;
  const held = parse(annotations?.[ANNOTATION.hold], creationTimestamp);
  if (held === undefined) return undefined;
  const { replicas: _, ...hold } = held;
  return hold;
}

/** The same with what `aac start` needs. */
export function heldIn(deployment: Json): Held | undefined {
  return parse(
    textAt(deployment, "metadata", "annotations", ANNOTATION.hold),
    textAt(deployment, "metadata", "creationTimestamp"),
  );
}

export function shownHold({ by, since, what, reason }: Hold): string {
  return `held by ${by} since ${since}: ${what}${reason === undefined ? "" : ` (${reason})`}`;
}

/** One that cannot be read is one all the same: whoever wrote it wants that nothing is started. */
function parse(text: string | undefined, created: string | undefined): Held | undefined {
  if (text === undefined || text === "") return undefined;
  const value = jsonIn(text);
  const reason = textAt(value, "reason");
  const replicas = numberAt(value, "replicas");
  return {
    by: textAt(value, "by") ?? "somebody",
    since: textAt(value, "since") ?? created ?? "",
    what: textAt(value, "what") ?? "stopped",
    ...(reason === undefined ? {} : { reason }),
    ...(Number.isInteger(replicas) && replicas > 0 ? { replicas } : {}),
  };
}

function jsonIn(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** A merge patch: no replicas from now on, and why. What a former hold knows of their number is kept. */
export function stopPatch(deployment: Json, { by, reason }: Decision, since: string): Json {
  const live = replicasIn(deployment);
  const replicas = live > 0 ? live : heldIn(deployment)?.replicas;
  const hold = {
    by,
    since,
    what: "stopped",
    ...(reason === undefined ? {} : { reason }),
    ...(replicas === undefined ? {} : { replicas }),
  };
  return {
    metadata: { annotations: { [ANNOTATION.hold]: canonicalJson(hold) } },
    spec: { replicas: 0 },
  };
}

/** A merge patch: as many replicas as there were before, and nobody holds it. */
export function startPatch(replicas: number, also: Tree = {}): Json {
  return { metadata: { annotations: { [ANNOTATION.hold]: null } }, spec: { ...also, replicas } };
}

/** A merge patch: nobody holds it, and all else stays. */
export const RELEASED: Json = { metadata: { annotations: { [ANNOTATION.hold]: null } } };

/** The server fills in 1 where none is written. */
export function replicasIn(deployment: Json): number {
  return at(deployment, "spec", "replicas") === undefined ? 1 : numberAt(deployment, "spec", "replicas");
}

/**
 * A JSON patch that gives the number of replicas back to whoever applies. While it was held it was the hold's, so that
 * no apply could take it by mistake; left there, the next edit of the file would look like somebody else's doing.
 * Nothing where there is nothing to give back.
 */
export function givingBack(deployment: Json): readonly Json[] | undefined {
  const entries = listAt(deployment, "metadata", "managedFields");
  const find = (manager: string, operation: string): number =>
    entries.findIndex(
      (one) =>
        textAt(one, "manager") === manager &&
        textAt(one, "operation") === operation &&
        textAt(one, "subresource") === undefined,
    );
  const from = find(HOLD_MANAGER, "Update");
  const to = find(MANAGER, "Apply");
  const taken = at(entries[from], "fieldsV1");
  const given = at(entries[to], "fieldsV1");
  if (!isMap(taken) || !isMap(given) || at(taken, "f:spec", "f:replicas") === undefined) return undefined;
  const left = without(taken, "f:spec", "f:replicas");
  const spec = at(given, "f:spec");
  const path = (index: number, rest: string): string => `/metadata/managedFields/${index}/${rest}`;
  // Others write to the same list, so each place is asked first whether it is still what was seen there.
  return [
    { op: "test", path: path(from, "manager"), value: HOLD_MANAGER },
    { op: "test", path: path(from, "fieldsV1"), value: taken },
    { op: "test", path: path(to, "manager"), value: MANAGER },
    { op: "test", path: path(to, "fieldsV1"), value: given },
    {
      op: "replace",
      path: path(to, "fieldsV1"),
      value: { ...given, "f:spec": { ...(isMap(spec) ? spec : {}), "f:replicas": {} } },
    },
    left === undefined
      ? { op: "remove", path: `/metadata/managedFields/${from}` }
      : { op: "replace", path: path(from, "fieldsV1"), value: left },
  ];
}

type Tree = Readonly<Record<string, Json | undefined>>;

/** What is left without this path. An empty map would stand for the whole of what is above it, so it goes too. */
function without(tree: Tree, first: string, ...rest: readonly string[]): Tree | undefined {
  const [next, ...more] = rest;
  const below = tree[first];
  const kept = next === undefined || !isMap(below) ? undefined : without(below, next, ...more);
  const { [first]: _, ...others } = tree;
  const left = kept === undefined ? others : { ...others, [first]: kept };
  // A lone `.` says that the map itself was made there.
  return Object.keys(left).some((key) => key !== ".") ? left : undefined;
}
