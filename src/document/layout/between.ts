import type { CST } from "yaml";
import type { Item } from "./layout.ts";

interface Line {
  /** A comment; empty for a blank line. */
  readonly text: string;
  readonly column: number;
}

/** What stands between the pieces of a text: comments, blank lines, line ends. */
export class Between {
  readonly #text: string;
  /** Lines that belong to what comes next. */
  #pending: Line[] = [];
  /** Nothing stands on this line yet. */
  #fresh = true;
  /** What a comment on this line belongs to. */
  #last: Item | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** From here on, comments on the same line belong to this. */
  follow(item: Item | undefined): void {
    this.#last = item;
    this.#fresh = false;
  }

  lineEnd(blank: boolean): void {
    if (blank) this.#pending.push({ text: "", column: -1 });
    this.#fresh = true;
  }

  /** Takes in comments, blank lines and line ends; gives the anchors among them. */
  read(tokens: readonly CST.SourceToken[] | undefined): string {
    const props: string[] = [];
    for (const token of tokens ?? []) {
      if (token.type === "space") continue;
      if (token.type === "newline") {
        this.lineEnd(this.#fresh);
        continue;
      }
      if (token.type === "comment") this.#comment(token);
      else if (token.type === "anchor" || token.type === "tag") props.push(token.source);
      this.#fresh = false;
    }
    return props.join(" ");
  }

  take(): string[] {
    return this.#pending.splice(0).map((line) => line.text);
  }

  /** Comments between a key and its value, where no line of its own is left for them: above the key. */
  lift(owner: Item): void {
    owner.before.push(...this.take().filter((line) => line !== ""));
  }

  /** What of the waiting lines is indented like a collection is the end of it; the rest belongs further out. */
  inner(least: number): string[] {
    let taken = 0;
    for (const [i, line] of this.#pending.entries()) {
      if (line.text === "") continue;
      if (line.column < least) break;
      taken = i + 1;
    }
    return this.#pending.splice(0, taken).map((line) => line.text);
  }

  #comment(token: CST.SourceToken): void {
    const text = token.source.trimEnd();
    const item = this.#fresh ? undefined : this.#last;
    if (item === undefined) {
      const column = token.offset - 1 - this.#text.lastIndexOf("\n", token.offset - 1);
      this.#pending.push({ text, column });
    } else if (item.comment === undefined) item.comment = text;
    else item.before.push(text);
  }
}
