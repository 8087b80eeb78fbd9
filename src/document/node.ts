import type { Json } from "../base/canonical.ts";

/**
 * The tree of one YAML document with the place of every key and value. It lives from parsing until the
 * document is checked; then `settle` turns it into a plain value and one packed list of places, because
 * 100,000 agents must fit in memory.
 */
export type Node = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly is: "map";
  readonly start: number;
  readonly end: number;
  readonly entries: Entry[];
  readonly origin?: unknown;
}

export interface Entry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Node;
  /** Came in through an alias or a merge: `fmt --fix` must not rewrite it here. */
  readonly shared?: boolean;
}

export interface ListNode {
  readonly is: "list";
  readonly start: number;
  readonly end: number;
  readonly items: Node[];
  readonly origin?: unknown;
}

export interface ScalarNode {
  readonly is: "scalar";
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
  /** As the author wrote it, without quotes. */
  readonly text: string;
  readonly plain: boolean;
  readonly origin?: unknown;
}

export function find(node: Node | undefined, key: string): Entry | undefined {
  return node?.is === "map" ? node.entries.find((entry) => entry.key === key) : undefined;
}

export function textOf(node: Node | undefined): string | undefined {
  return node?.is === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

type At = { readonly start: number; readonly end: number };

/** Makers for rewritten parts; a made node stands at the place of what it came from. */
export const made = {
  text: (at: At, value: string): ScalarNode => ({
    is: "scalar",
    ...place(at),
    value,
    text: value,
    plain: false,
  }),
  value: (at: At, value: number | boolean): ScalarNode => ({
    is: "scalar",
    ...place(at),
    value,
    text: String(value),
    plain: true,
  }),
  list: (at: At, items: Node[]): ListNode => ({ is: "list", ...place(at), items }),
  map: (at: At, entries: Entry[]): MapNode => ({ is: "map", ...place(at), entries }),
  entry: (key: string, value: Node, keyAt: At = value): Entry => ({
    key,
    keyStart: keyAt.start,
    keyEnd: keyAt.end,
    value,
  }),
};

const place = (at: At): At => ({ start: at.start, end: at.end });

export function toJson(node: Node): Json {
  switch (node.is) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(toJson);
    case "map":
      return Object.fromEntries(node.entries.map((entry) => [entry.key, toJson(entry.value)]));
  }
}
