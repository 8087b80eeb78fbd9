import type { Node, ScalarNode } from "../node.ts";
import {
  type Collection,
  commentsOf,
  type Item,
  newCollection,
  newItem,
  NOTHING,
  type Value,
} from "./layout.ts";

/** Knows which piece of a layout stands for which node, and makes pieces for nodes that were made. */
export class Builder {
  readonly #items = new WeakMap<Node, Item>();
  readonly #homes = new WeakMap<Item, Collection>();
  readonly #names = new WeakMap<Item, string>();

  /** What stands behind an alias is not registered: it is written elsewhere. */
  register(node: Node, item: Item): void {
    this.#items.set(node, item);
    const { value } = item;
    if (node.is === "map" && value.is === "map") {
      for (const one of value.items) this.#homes.set(one, value);
      const byPlace = new Map(value.items.map((one) => [one.at, one]));
      for (const entry of node.entries) {
        const inner = entry.shared === true ? undefined : byPlace.get(entry.keyStart);
        if (inner === undefined) continue;
        this.#names.set(inner, entry.key);
        this.register(entry.value, inner);
      }
    } else if (node.is === "list" && value.is === "list") {
      node.items.forEach((one, i) => {
        const inner = value.items[i];
        if (inner === undefined) return;
        this.#homes.set(inner, value);
        this.register(one, inner);
      });
    }
  }

  itemOf(node: Node): Item | undefined {
    return this.#items.get(node);
  }

  nameOf(item: Item): string | undefined {
    return this.#names.get(item);
  }

  name(item: Item, name: string): void {
    if (this.#names.get(item) !== name) item.key = written(name);
    this.#names.set(item, name);
  }

  settle(item: Item, home: Collection): void {
    this.#homes.set(item, home);
  }

  /** The piece of a node, out of where it stood, to be put elsewhere. */
  take(node: Node, key: string | undefined): Item {
    const known = this.#items.get(node);
    if (known === undefined) return this.item(node, key);
    const home = this.#homes.get(known);
    const index = home?.items.indexOf(known) ?? -1;
    if (index >= 0) home?.items.splice(index, 1);
    return known;
  }

  item(node: Node, key: string | undefined): Item {
    const item = newItem(NOTHING, key === undefined ? undefined : written(key));
    if (key !== undefined) this.#names.set(item, key);
    item.value = this.#value(node);
    this.#items.set(node, item);
    return item;
  }

  /** Puts another value behind a key or a dash; comments within the old value stay. */
  replace(item: Item, node: Node): void {
    const old = item.value;
    const before = "items" in old ? [...old.items] : [];
    // The old value may become a part of the new one, which takes it and its comment out of this piece.
    const value = this.#value(node);
    if ("items" in old && "items" in value) {
      value.after.unshift(...old.after);
      keepAbove(old, before, value);
    }
    if ("items" in old) for (const one of old.items) item.before.push(...commentsOf(one));
    if ("items" in old && !("items" in value)) item.before.push(...old.after);
    item.value = value;
    this.#items.set(node, item);
  }

  #value(node: Node): Value {
    if (node.is === "scalar")
      return node.value === null ? NOTHING : { is: "text", props: "", lines: [scalarText(node)] };
    const items =
      node.is === "list"
        ? node.items.map((one) => this.#part(one, undefined))
        : node.entries.map((entry) => this.#part(entry.value, entry.key));
    const made = newCollection(node.is, items);
    for (const one of items) this.#homes.set(one, made);
    return made;
  }

  /** A piece that stays what it is moves with all that belongs to it; another one gives its value and the comment behind. */
  #part(node: Node, key: string | undefined): Item {
    const known = this.#items.get(node);
    if (known === undefined) return this.item(node, key);
    if (this.#names.get(known) === key && (key !== undefined || known.key === undefined))
      return this.take(node, key);
    const item = newItem(known.value, key === undefined ? undefined : written(key));
    if (key !== undefined) this.#names.set(item, key);
    if (!("items" in known.value) || known.value.flow) {
      item.comment = known.comment;
      known.comment = undefined;
    }
    known.value = NOTHING;
    this.#items.set(node, item);
    return item;
  }
}

/** What stood above an old piece that is gone stands above the new one in its place. */
function keepAbove(old: Collection, before: readonly Item[], made: Collection): void {
  const paired = before.length === made.items.length;
  let place = 0;
  for (const one of before) {
    const kept = made.items.indexOf(one);
    const heir = made.items[place];
    if (kept >= 0) place = kept + 1;
    else if (heir !== undefined) {
      const above = one.before;
      one.before = [];
      heir.before.unshift(...above, ...commentsOf(one));
      old.items.splice(old.items.indexOf(one), 1);
      if (paired) place++;
    }
  }
}

const SAFE = /^(?:\.{0,2}\/)?[A-Za-z_](?:[\w./@+-]|:[\w/])*$|^\.{0,2}\/(?:[\w./@+-]|:[\w/])*$/;
/** Words that some reader takes for something else than text. */
const WORDS = /^(?:null|true|false|yes|no|on|off|y|n|\.inf|\.nan)$/i;

/** A text as it is written: without quotes where every reader takes it for text. */
function written(text: string): string {
  return SAFE.test(text) && !WORDS.test(text) ? text : JSON.stringify(text);
}

const scalarText = (node: ScalarNode): string =>
  typeof node.value === "string" && !node.plain ? written(node.value) : node.text;
