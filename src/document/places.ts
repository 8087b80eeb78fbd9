import type { Json } from "../base/canonical.ts";
import type { Path, Span } from "../model/source.ts";
import type { Node } from "./node.ts";

/**
 * Four offsets a node (key start, key end, value start, value end) in the order in which a walk through the
 * plain value meets them. A place is found by walking the value again: rare, and free of memory.
 */
export interface Settled {
  readonly value: Json;
  readonly places: Uint32Array;
}

export function settle(root: Node): Settled {
  const offsets: number[] = [];
  const walk = (node: Node, keyStart: number, keyEnd: number): Json => {
    offsets.push(keyStart, keyEnd, node.start, node.end);
    switch (node.is) {
      case "scalar":
        return node.value;
      case "list":
        return node.items.map((item) => walk(item, item.start, item.end));
      case "map": {
        const value: Record<string, Json> = {};
        for (const entry of node.entries) value[entry.key] = walk(entry.value, entry.keyStart, entry.keyEnd);
        return value;
      }
    }
  };
  const value = walk(root, root.start, root.start);
  return { value, places: Uint32Array.from(offsets) };
}

/** The place of the key or the value at a path; of the nearest ancestor that is written when it is not. */
export function locate(file: string, settled: Settled, path: Path, part: "key" | "value"): Span {
  let value: Json = settled.value;
  let index = 0;
  let whole = true;
  for (const step of path) {
    const found = child(value, index, step);
    if (found === undefined) {
      whole = false;
      break;
    }
    [value, index] = found;
  }
  // What is not written is told at the key above it.
  const from = index * 4 + (part === "value" && (whole || index === 0) ? 2 : 0);
  return { file, start: settled.places[from] ?? 0, end: settled.places[from + 1] ?? 0 };
}

/** Where the children of a list or map stand in the walk: worked out once for each that is looked into. */
const indexes = new WeakMap<object, ReadonlyMap<string, number>>();

function child(value: Json, index: number, step: string | number): [Json, number] | undefined {
  if (value === null || typeof value !== "object") return undefined;
  let offsets = indexes.get(value);
  if (offsets === undefined) {
    let next = 1;
    const made = new Map<string, number>();
    for (const [key, item] of Object.entries(value)) {
      made.set(key, next);
      next += size(item ?? null);
    }
    offsets = made;
    indexes.set(value, made);
  }
  const offset = offsets.get(String(step));
  const item = (value as Readonly<Record<string, Json>>)[String(step)];
  return offset === undefined || item === undefined ? undefined : [item, index + offset];
}

function size(value: Json): number {
  if (value === null || typeof value !== "object") return 1;
  let total = 1;
  for (const item of Object.values(value)) total += size(item ?? null);
  return total;
}
