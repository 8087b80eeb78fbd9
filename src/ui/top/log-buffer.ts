import type { LogLine } from "../../model/operates.ts";
import { flat } from "../visible.ts";
import { type Level, levelOf } from "./log-level.ts";

/** One printed line, made visible and without secrets: it was made so once, when it came. */
export interface LogEntry {
  /** Counts up for ever: names a line also when those before it are gone. */
  readonly seq: number;
  readonly agent: string;
  readonly replica: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  readonly level: Level;
}

export const LEVELS = ["all", "warn", "error"] as const;
/** `warn` has errors too. */
export type LogLevel = (typeof LEVELS)[number];

export interface LogChoice {
  /** Absent: of all. */
  readonly agent?: string;
  readonly level: LogLevel;
}

export const BOUNDS = { lines: 5000, line: 64 * 1024, chars: 16 * 1024 * 1024 } as const;

const PLAIN = /^[\x20-\x7e]*$/;

/**
 * The last lines that were printed, bounded in number, each, and all together. A class because it changes inside:
 * at thousands of lines a second nobody wants a new list for each; whoever draws asks for what he needs.
 */
export class LogBuffer {
  private entries: (LogEntry | undefined)[] = [];
  private start = 0;
  private next = 0;
  private chars = 0;
  private choice: LogChoice & { readonly found: LogEntry[]; seen: number } = {
    level: "all",
    found: [],
    seen: 0,
  };
  private search: { readonly of: LogEntry[]; readonly text: string; readonly found: number[]; seen: number } =
    { of: [], text: "", found: [], seen: 0 };

  /** Goes up with each line. */
  get version(): number {
    return this.next;
  }

  /** How many it holds, and how many characters: what the bounds are about. */
  get size(): { readonly lines: number; readonly chars: number } {
    return { lines: this.entries.length - this.start, chars: this.chars };
  }

  add(line: LogLine): void {
    const { agent, replica, stream } = line;
    const some = line.text.slice(0, BOUNDS.line);
    // Nearly all lines are plain, and that is found out a hundred times faster than it is made so.
    const shown = PLAIN.test(some) ? some : flat(some).slice(0, BOUNDS.line);
    const text = line.partial || line.text.length > BOUNDS.line ? `${shown} … (cut here)` : shown;
    this.entries.push({ seq: this.next++, agent, replica, stream, text, level: levelOf(text) });
    this.chars += text.length;
    while (this.entries.length - this.start > BOUNDS.lines || this.chars > BOUNDS.chars) this.drop();
    // Moved down once in a while, and not for each line.
    if (this.start > BOUNDS.lines) {
      this.entries = this.entries.slice(this.start);
      this.start = 0;
    }
  }

  private drop(): void {
    this.chars -= this.entries[this.start]?.text.length ?? 0;
    this.entries[this.start++] = undefined;
  }

  /** In the order in which they came. What was found before is gone on with. */
  chosen({ agent, level }: LogChoice): readonly LogEntry[] {
    if (this.choice.agent !== agent || this.choice.level !== level)
      this.choice = { ...(agent === undefined ? {} : { agent }), level, found: [], seen: 0 };
    const { found } = this.choice;
    const first = this.next - (this.entries.length - this.start);
    let gone = 0;
    while ((found[gone]?.seq ?? first) < first) gone++;
    if (gone > 0) found.splice(0, gone);
    for (let seq = Math.max(first, this.choice.seen); seq < this.next; seq++) {
      const entry = this.entries[this.start + seq - first];
      if (entry !== undefined && isChosen(entry, this.choice)) found.push(entry);
    }
    this.choice.seen = this.next;
    return found;
  }

  /** The lines with a text in them, by number; nothing where nothing is searched. */
  matches(choice: LogChoice, search: string): readonly number[] {
    const text = search.toLowerCase();
    if (text === "") return [];
    this.chosen(choice);
    const of = this.choice.found;
    if (this.search.of !== of || this.search.text !== text) this.search = { of, text, found: [], seen: 0 };
    const { found, seen } = this.search;
    const first = of[0]?.seq ?? this.next;
    let gone = 0;
    while ((found[gone] ?? first) < first) gone++;
    if (gone > 0) found.splice(0, gone);
    for (let at = indexOf(of, seen); at < of.length; at++) {
      const entry = of[at];
      if (entry?.text.toLowerCase().includes(text) === true) found.push(entry.seq);
    }
    this.search.seen = this.next;
    return found;
  }
}

const isChosen = (entry: LogEntry, { agent, level }: LogChoice): boolean =>
  (agent === undefined || entry.agent === agent) &&
  (level === "all" || entry.level === "error" || (level === "warn" && entry.level === "warn"));

/** Where the first line stands that is not older than that. */
export function indexOf(entries: readonly { readonly seq: number }[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
