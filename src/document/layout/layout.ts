/**
 * How a file is laid out: what its author wrote, piece by piece, without indentation. Comments and blank
 * lines belong to the piece below them; texts keep their quotes and number spellings, for they are never read
 * here. `fmt` prints it anew, `fmt --fix` moves pieces first: so this one tree may be changed in place.
 */
export interface Part {
  /** Comments above a marker; without a marker they stand above the first key. */
  before: string[];
  /** `---`, or `...` which ends a document. */
  readonly mark: string | undefined;
  readonly root: Item;
}

/** A key with its value, a list item, or the root of a document. */
export interface Item {
  /** Where the key stands in the text; -1 where there is none. */
  readonly at: number;
  /** Comment lines above; an empty text is a blank line. */
  before: string[];
  /** As written, with its anchor. */
  key: string | undefined;
  value: Value;
  /** Behind it, on the same line. */
  comment: string | undefined;
}

export type Value = Nothing | Text | Block | Collection;

export interface Nothing {
  readonly is: "nothing";
  readonly props: string;
}

/** A plain or quoted text, or an alias; one line, or several that are folded. */
export interface Text {
  readonly is: "text";
  /** An anchor. */
  readonly props: string;
  readonly lines: readonly string[];
}

/** `|` and `>`: the header without comment, and the lines without their indentation. */
export interface Block {
  readonly is: "block";
  readonly props: string;
  readonly header: string;
  readonly lines: readonly string[];
}

export interface Collection {
  readonly is: "map" | "list";
  readonly props: string;
  /** Written with brackets. */
  flow: boolean;
  /** A flow collection over several lines. */
  readonly broken: boolean;
  items: Item[];
  /** Comments below the last item. */
  after: string[];
}

export const NOTHING: Nothing = { is: "nothing", props: "" };

export function newItem(value: Value, key?: string): Item {
  return { at: -1, before: [], key, value, comment: undefined };
}

export function newCollection(is: Collection["is"], items: Item[] = []): Collection {
  return { is, props: "", flow: false, broken: false, items, after: [] };
}

/** Every comment from here down, in order; blank lines are none. */
export function commentsOf(item: Item): string[] {
  const { value } = item;
  const inner = "items" in value ? [...value.items.flatMap(commentsOf), ...value.after] : [];
  return [...item.before, ...(item.comment === undefined ? [] : [item.comment]), ...inner].filter(
    (line) => line !== "",
  );
}
