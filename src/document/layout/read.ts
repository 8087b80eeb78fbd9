import { type CST, Parser } from "yaml";
import type { Block, Collection, Item, Part, Value } from "./layout.ts";
import { newItem } from "./layout.ts";
import { Between } from "./between.ts";
import { blockLines, textLines } from "./lines.ts";

/** The layout of a text that `parse` accepts; undefined for the rare forms that have none (`? key`, directives). */
export function readLayout(text: string): Part[] | undefined {
  try {
    return new Reader(text).read();
  } catch (thrown) {
    if (thrown instanceof NoLayout) return undefined;
    throw thrown;
  }
}

/** All line ends as `\n`, and no byte order mark: the text that a layout is read from. */
export function cleanText(text: string): string {
  return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
}

class NoLayout extends Error {}

/**
 * Goes through the tokens in the order of the text. The syntax tree hands comments now to the piece above and
 * now to the one below; here it is decided by the place alone: behind something on its line, or else by column.
 */
class Reader {
  readonly #text: string;
  #parts: Part[] = [];
  readonly #between: Between;

  constructor(text: string) {
    this.#text = text;
    this.#between = new Between(text);
  }

  read(): Part[] {
    for (const token of new Parser().parse(this.#text)) {
      if (token.type === "document") this.#document(token);
      else if (token.type === "doc-end") {
        const part = this.#part(token.source);
        this.#between.follow(part.root);
        this.#between.read(token.end);
      } else if (token.type === "comment" || token.type === "newline" || token.type === "space")
        this.#between.read([token]);
      else if (token.type !== "byte-order-mark") throw new NoLayout();
    }
    const last = this.#parts.at(-1)?.root.value;
    const rest = this.#between.inner(0);
    if (last !== undefined && "items" in last) last.after.push(...rest);
    else if (rest.length > 0) throw new NoLayout();
    return this.#parts;
  }

  #part(mark: string | undefined): Part {
    const part: Part = {
      before: mark === undefined ? [] : this.#between.take(),
      mark,
      root: newItem({ is: "nothing", props: "" }),
    };
    this.#parts.push(part);
    return part;
  }

  #document(token: CST.Document): void {
    const at = token.start.findIndex((one) => one.type === "doc-start");
    this.#between.read(token.start.slice(0, Math.max(0, at)));
    const { root } = this.#part(at < 0 ? undefined : "---");
    this.#between.follow(root);
    const props = this.#between.read(token.start.slice(Math.max(0, at)));
    if (
      token.value?.type !== "block-map" &&
      token.value?.type !== "block-seq" &&
      token.value?.type !== "flow-collection"
    )
      throw new NoLayout();
    root.value = this.#value(token.value, props, root, 0);
    this.#between.read(token.end);
  }

  #value(token: CST.Token | null | undefined, props: string, owner: Item, least: number): Value {
    switch (token?.type) {
      case undefined:
        return { is: "nothing", props };
      case "scalar":
      case "alias":
      case "single-quoted-scalar":
      case "double-quoted-scalar":
        return this.#scalar(token, props, owner);
      case "block-scalar":
        return this.#blockScalar(token, props, owner);
      case "block-map":
      case "block-seq":
        return this.#block(token, props, owner, Math.max(token.indent, least));
      case "flow-collection":
        return this.#flow(token, props, owner);
      default:
        throw new NoLayout();
    }
  }

  #scalar(token: CST.FlowScalar, props: string, owner: Item): Value {
    if (token.source === "") {
      this.#between.read(token.end);
      return { is: "nothing", props };
    }
    this.#between.lift(owner);
    this.#between.follow(owner);
    this.#between.read(token.end);
    return { is: "text", props, lines: textLines(token.source) };
  }

  #blockScalar(token: CST.BlockScalar, props: string, owner: Item): Block {
    this.#between.lift(owner);
    let header = "";
    for (const one of token.props) {
      if (one.type === "block-scalar-header") header = one.source;
      if ("source" in one && one.type !== "block-scalar") this.#between.read([one as CST.SourceToken]);
    }
    const { lines, blank } = blockLines(header, token.source, token.indent);
    this.#between.lineEnd(blank);
    return { is: "block", props, header: header.replace(/[1-9]/, "2"), lines };
  }

  #block(token: CST.BlockMap | CST.BlockSequence, props: string, owner: Item, least: number): Collection {
    const is = token.type === "block-map" ? "map" : "list";
    const items: Item[] = [];
    for (const one of token.items) {
      const dash = one.start.findIndex((part) => part.type === "seq-item-ind");
      const keyProps = this.#between.read(dash < 0 ? one.start : one.start.slice(0, dash));
      if (dash < 0 && !one.key && !one.sep && !one.value) continue;
      // `- ` and a map share their first line, so a comment between them can only stand above both.
      if (items.length === 0 && owner.key === undefined && owner !== this.#parts.at(-1)?.root)
        this.#between.lift(owner);
      const item = is === "map" ? this.#keyed(one.key, one.start, keyProps) : this.#opened(undefined, -1);
      const valueProps = this.#between.read(is === "map" ? one.sep : one.start.slice(dash));
      item.value = this.#value(one.value, valueProps, item, least + 1);
      items.push(item);
    }
    return { is, props, flow: false, broken: false, items, after: this.#between.inner(least) };
  }

  #opened(key: string | undefined, at: number): Item {
    const item: Item = {
      at,
      before: this.#between.take(),
      key,
      value: { is: "nothing", props: "" },
      comment: undefined,
    };
    this.#between.follow(item);
    return item;
  }

  #keyed(key: CST.Token | null | undefined, start: readonly CST.SourceToken[], props: string): Item {
    if (
      key?.type !== "scalar" &&
      key?.type !== "single-quoted-scalar" &&
      key?.type !== "double-quoted-scalar"
    )
      throw new NoLayout();
    if (key.source.includes("\n") || start.some((part) => part.type === "explicit-key-ind"))
      throw new NoLayout();
    const item = this.#opened(props === "" ? key.source : `${props} ${key.source}`, key.offset);
    this.#between.read(key.end);
    return item;
  }

  #flow(token: CST.FlowCollection, props: string, owner: Item): Collection {
    this.#between.lift(owner);
    this.#between.read([token.start]);
    this.#between.follow(undefined);
    const is = token.start.type === "flow-map-start" ? "map" : "list";
    const items: Item[] = [];
    for (const one of token.items) {
      const keyProps = this.#between.read(one.start);
      if (!one.key && !one.sep && !one.value) continue;
      items.push(this.#flowItem(is, one, keyProps));
    }
    const [close, ...rest] = token.end;
    const after = this.#between.take().filter((line) => line !== "");
    this.#between.follow(owner);
    this.#between.read(rest);
    const broken = this.#text.slice(token.offset, close?.offset ?? token.offset).includes("\n");
    return { is, props, flow: true, broken, items, after };
  }

  #flowItem(is: Collection["is"], one: CST.FlowCollection["items"][number], props: string): Item {
    if (is === "list" && !one.key && !one.sep) {
      const item = this.#opened(undefined, -1);
      item.value = this.#value(one.value, props, item, 0);
      return item;
    }
    // A key alone in a map, `{a}`, may come as a value.
    const alone = !one.key && !one.sep;
    const item = this.#keyed(alone ? one.value : one.key, one.start, props);
    const valueProps = this.#between.read(one.sep);
    item.value = this.#value(alone ? undefined : one.value, valueProps, item, 0);
    if (is === "map") return item;
    // `[a: 1]` is a list with one map in it.
    const outer = newItem({ is: "map", props: "", flow: true, broken: false, items: [item], after: [] });
    outer.before = item.before;
    outer.comment = item.comment;
    item.before = [];
    item.comment = undefined;
    this.#between.follow(outer);
    return outer;
  }
}
