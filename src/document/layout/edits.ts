import { type Entry, find, type MapNode, type Node } from "../node.ts";
import type { Edits } from "../spellings/rewrite.ts";
import { Builder } from "./build.ts";
import { type Collection, commentsOf, type Item, newCollection, newItem } from "./layout.ts";

/** A piece that was taken out, until it is clear where its comments go. */
interface Taken {
  readonly item: Item;
  readonly home: Collection;
  index: number;
  /** The first piece that was made of it. */
  heir: Item | undefined;
}

/** Makes in the layout of a file what the rewriting makes in its tree. One for each root. */
export class LayoutEdits implements Edits {
  readonly #builder = new Builder();
  readonly #root: MapNode;
  readonly #moved = new Map<string, Node>();
  #taken: Taken | undefined;
  #changes = 0;
  #lost = false;

  /** `root` is what the rewriting goes through, `written` the part of it that stands in the file as `item`. */
  constructor(root: MapNode, written: Node, item: Item) {
    this.#root = root;
    this.#builder.register(written, item);
  }

  /** How many places were rewritten. */
  get changes(): number {
    return this.#changes;
  }

  /** True where something could not be made: then the file must stay as it is. */
  get lost(): boolean {
    return this.#lost;
  }

  /** What stands under `spec.config` now, by name. */
  get moved(): ReadonlyMap<string, Node> {
    return this.#moved;
  }

  remove(map: MapNode, key: string): void {
    this.done();
    const home = this.#home(map);
    const item = home?.items.find((one) => this.#builder.nameOf(one) === key);
    if (home === undefined || item === undefined) return;
    this.#changes++;
    const index = home.items.indexOf(item);
    home.items.splice(index, 1);
    this.#taken = { item, home, index, heir: undefined };
  }

  set(map: MapNode, key: string, value: Node, moved: Entry | undefined): void {
    const home = this.#home(map);
    if (home === undefined) return;
    const old = home.items.find((one) => this.#builder.nameOf(one) === key);
    if (moved !== undefined) {
      const item = this.#builder.take(moved.value, key);
      this.#builder.name(item, key);
      this.#add(home, item);
      this.#claim(item);
      // Comments between brackets are hard to read, and worse to move again.
      if (commentsOf(item).length > 0) home.flow = false;
    } else if (old === undefined) {
      const item = this.#builder.item(value, key);
      this.#add(home, item);
      const maker = value.is === "map" && value.entries.length === 0;
      if (!maker) this.#claim(item);
    } else {
      // A text where a map is wanted: the tree drops it, a file must not.
      if (value.is === "map" && value.entries.length === 0 && old.value.is !== "nothing") this.#lost = true;
      if (this.#taken === undefined) this.#changes++;
      this.#builder.replace(old, value);
      this.#claim(old);
    }
  }

  item(list: Node, index: number, value: Node): void {
    const home = this.#home(list);
    const item = home?.items[index];
    if (item === undefined) {
      this.#lost = true;
      return;
    }
    this.#changes++;
    this.#builder.replace(item, value);
    const first = "items" in item.value ? item.value.items[0] : undefined;
    if (first !== undefined && first.comment === undefined) {
      first.comment = item.comment;
      item.comment = undefined;
    }
  }

  dead(map: MapNode, entry: Entry, name: string): boolean {
    const item = this.#builder.itemOf(entry.value);
    const spec = find(this.#root, "spec")?.value;
    const config = spec?.is === "map" && !this.#moved.has(name) ? this.#config(spec) : undefined;
    if (item === undefined || spec === undefined || config === undefined) return false;
    this.remove(map, entry.key);
    // The same may stand there already; then only this one goes.
    if (find(find(spec, "config")?.value, name) === undefined) {
      this.#builder.name(item, name);
      item.before = withoutLeadingBlank(item.before);
      config.items.push(item);
      this.#taken = undefined;
    }
    this.#moved.set(name, entry.value);
    return true;
  }

  /** Comments that are left in what was taken out go to what was made of it, or stay where they stood. */
  done(): void {
    if (this.#taken === undefined) return;
    const { item, home, index, heir } = this.#taken;
    this.#taken = undefined;
    const left = commentsOf(item);
    const next = home.items[index];
    if (heir !== undefined) heir.before.push(...left);
    else if (next === undefined) home.after.push(...left);
    else next.before.unshift(...left);
  }

  #home(node: Node): Collection | undefined {
    const value = this.#builder.itemOf(node)?.value;
    if (value !== undefined && "items" in value) return value;
    this.#lost = true;
    return undefined;
  }

  /** At the place of what was taken out of the same map, else at the end. */
  #add(home: Collection, item: Item): void {
    const taken = this.#taken;
    if (taken?.home !== home) {
      item.before = withoutLeadingBlank(item.before);
      home.items.push(item);
    } else {
      if (taken.item !== item && taken.item.before[0] === "" && item.before[0] !== "")
        item.before.unshift("");
      home.items.splice(taken.index, 0, item);
      taken.index++;
    }
    this.#builder.settle(item, home);
  }

  /** The first piece that is made of one that was taken out has its comments. */
  #claim(item: Item): void {
    const taken = this.#taken;
    if (taken === undefined) return;
    if (taken.item === item) {
      this.#taken = undefined;
      return;
    }
    const { before, comment } = taken.item;
    item.before.unshift(...before.filter((line) => line !== ""), ...(comment === undefined ? [] : [comment]));
    taken.item.before = [];
    taken.item.comment = undefined;
    taken.heir ??= item;
  }

  #config(spec: MapNode): Collection | undefined {
    const home = this.#home(spec);
    if (home === undefined) return undefined;
    let item = home.items.find((one) => this.#builder.nameOf(one) === "config");
    if (item === undefined) {
      item = newItem(newCollection("map"), "config");
      this.#builder.name(item, "config");
      home.items.push(item);
    }
    if (item.value.is === "nothing" && item.value.props === "") item.value = newCollection("map");
    return item.value.is === "map" ? item.value : undefined;
  }
}

function withoutLeadingBlank(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line !== "");
  return first < 0 ? [] : lines.slice(first);
}
