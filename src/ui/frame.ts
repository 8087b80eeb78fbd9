import { veil } from "../base/veil.ts";
import type { Level } from "../model/codes.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Report } from "../model/report.ts";
import type { Position, Span } from "../model/source.ts";
import type { Paint } from "./paint.ts";

export interface Place extends Position {
  readonly offset: number;
  readonly lineStart: number;
  /** Where the line ends, before its line break. */
  readonly lineEnd: number;
}

/** The texts of a report, with their lines counted once however many diagnostics ask. */
export interface Sources {
  /** Undefined where the text of the file is not at hand. */
  range(span: Span): { readonly start: Place; readonly end: Place } | undefined;
  /** A piece of a file as it may be shown: same length, what is secret made unreadable. */
  slice(file: string, from: number, to: number): string;
}

export interface FrameOptions {
  readonly paint: Paint;
  readonly width: number;
}

/** What people read for a level: an info asks for nothing, it advises. */
const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  error: "error",
  warning: "warning",
  info: "advice",
};
const LEVEL_PAINTS = { error: "red", warning: "yellow", info: "blue" } as const;

export function frame(one: Diagnostic, sources: Sources, options: FrameOptions): string {
  const { paint } = options;
  const colour = paint[LEVEL_PAINTS[one.level]];
  const rows = [
    `${paint.bold(colour(`${LEVEL_WORDS[one.level]} ${one.code}`))}  ${paint.bold(visible(one.message))}`,
  ];
  const range = one.at === undefined ? undefined : sources.range(one.at);
  const number = range === undefined ? "" : String(range.start.line);
  // Two digits at least: frames of one file then stand in one line.
  const digits = Math.max(2, number.length);
  const rail = (mark: string): string => `${" ".repeat(digits)} ${paint.dim(mark)}`;
  if (one.at !== undefined) rows.push(`${rail("┌─")} ${paint.place(showPlace(one.at, sources))}`);
  if (one.at !== undefined && range !== undefined) {
    const room = Math.max(20, options.width - digits - 3);
    const { source, indent, carets } = excerpt(one.at.file, range, sources, room);
    rows.push(`${paint.dim(`${number.padStart(digits)} │`)} ${source}`.trimEnd());
    const label = one.label === undefined ? "" : ` ${visible(one.label)}`;
    rows.push(`${rail("│")} ${" ".repeat(indent)}${colour("^".repeat(carets) + label)}`);
  } else if (one.label !== undefined) {
    rows.push(`${rail("│")} ${colour(visible(one.label))}`);
  }
  const places = one.related.map((other) => showPlace(other.at, sources));
  const longest = Math.max(0, ...places.map(textWidth));
  one.related.forEach((other, i) => {
    const place = places[i] ?? "";
    const gap = " ".repeat(longest - textWidth(place));
    rows.push(`${rail("├─")} ${paint.place(place)}${gap}  ${visible(other.message)}`);
  });
  for (const note of one.notes) rows.push(`${rail("=")} ${visible(note)}`);
  return rows.join("\n");
}

/** `file:line:column`, or the file alone where its text is not at hand. */
export function showPlace(span: Span, sources: Sources): string {
  const start = sources.range(span)?.start;
  return visible(span.file) + (start === undefined ? "" : `:${start.line}:${start.column}`);
}

export function sources(report: Pick<Report, "texts" | "diagnostics">): Sources {
  const lines = new Map<string, readonly number[]>();
  const hidden = new Map<string, Span[]>();
  // A frame ends up in the log of a build: it must not repeat the secret that it warns about,
  // nor may another frame of the same line.
  for (const { code, at } of report.diagnostics) {
    if ((code !== "AAC2201" && code !== "AAC2202") || at === undefined) continue;
    const spans = hidden.get(at.file);
    if (spans === undefined) hidden.set(at.file, [at]);
    else spans.push(at);
  }
  const place = (file: string, text: string, wanted: number): Place => {
    const starts = lines.get(file) ?? lineStarts(text);
    lines.set(file, starts);
    const offset = Math.min(Math.max(0, wanted), text.length);
    const line = lineOf(starts, offset);
    const lineStart = starts[line] ?? 0;
    const next = starts[line + 1];
    const broken = next === undefined ? text.length : next - 1;
    const lineEnd = broken > lineStart && text[broken - 1] === "\r" ? broken - 1 : broken;
    return { line: line + 1, column: offset - lineStart + 1, offset, lineStart, lineEnd };
  };
  return {
    range: ({ file, start, end }) => {
      const text = report.texts.get(file);
      if (text === undefined) return undefined;
      return { start: place(file, text, start), end: place(file, text, Math.max(start, end)) };
    },
    slice: (file, from, to) => {
      const text = report.texts.get(file) ?? "";
      let piece = veil(text.slice(from, to), text.slice(Math.max(0, from - 400), from));
      for (const span of hidden.get(file) ?? []) {
        const start = Math.max(span.start, from) - from;
        const end = Math.min(span.end - from, piece.length);
        if (end > start) piece = piece.slice(0, start) + "•".repeat(end - start) + piece.slice(end);
      }
      return piece;
    },
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let next = text.indexOf("\n"); next !== -1; next = text.indexOf("\n", next + 1)) starts.push(next + 1);
  return starts;
}

/** The last line that starts at or before the offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What one or several characters take up on the screen, and which offsets of the piece they are. */
interface Cell {
  readonly shown: string;
  readonly width: number;
  readonly from: number;
  readonly to: number;
}

function excerpt(
  file: string,
  range: { readonly start: Place; readonly end: Place },
  sources: Sources,
  room: number,
): { readonly source: string; readonly indent: number; readonly carets: number } {
  const { start, end } = range;
  const { lineStart, lineEnd } = start;
  // Nothing further away can be seen: a line may be megabytes long.
  const from = Math.max(lineStart, start.offset - 2 * room);
  const to = Math.min(lineEnd, start.offset + 2 * room);
  const cells = cellsOf(sources.slice(file, from, to));
  const first = cells.filter((cell) => cell.to <= start.offset - from).length;
  const last = Math.max(first, cells.filter((cell) => cell.from < end.offset - from).length);
  const [a, b] = view(cells, first, last, room, from > lineStart, to < lineEnd);
  const before = a > 0 || from > lineStart ? "…" : "";
  const after = b < cells.length || to < lineEnd ? "…" : "";
  const seen = cells.slice(a, b).map((cell) => cell.shown);
  return {
    source: (before + seen.join("") + after).trimEnd(),
    indent: before.length + sumWidth(cells, a, first),
    carets: Math.max(1, sumWidth(cells, first, Math.min(last, b))),
  };
}

/** Which cells are shown: all, else from the line's start, else the span with a third of the room before it. */
function view(
  cells: readonly Cell[],
  first: number,
  last: number,
  room: number,
  cutBefore: boolean,
  cutAfter: boolean,
): readonly [number, number] {
  if (!cutBefore && !cutAfter && sumWidth(cells) <= room) return [0, cells.length];
  let a = 0;
  if (cutBefore || sumWidth(cells, 0, last) > room - 1) {
    a = first;
    let spare = Math.floor(room / 3);
    for (; a > 0 && (cells[a - 1]?.width ?? 0) <= spare; a--) spare -= cells[a - 1]?.width ?? 0;
  }
  const dots = (from: number, to: number): number =>
    (from > 0 || cutBefore ? 1 : 0) + (to < cells.length || cutAfter ? 1 : 0);
  let b = a;
  let used = 0;
  const fits = (more: number, from: number, to: number): boolean => used + more + dots(from, to) <= room;
  for (let next = cells[b]; next !== undefined && fits(next.width, a, b + 1); next = cells[b]) {
    used += next.width;
    b++;
  }
  // Near the end of a line there is room left before the span.
  for (let next = cells[a - 1]; next !== undefined && fits(next.width, a - 1, b); next = cells[a - 1]) {
    used += next.width;
    a--;
  }
  return [a, b];
}

function sumWidth(cells: readonly Cell[], from = 0, to = cells.length): number {
  let width = 0;
  for (let i = from; i < to; i++) width += cells[i]?.width ?? 0;
  return width;
}

const textWidth = (text: string): number => sumWidth(cellsOf(text));

/** Marks, joiners and what they join belong to the cell before: a cut never parts them. */
function cellsOf(text: string): readonly Cell[] {
  const cells: Cell[] = [];
  let from = 0;
  let joined = false;
  for (const char of text) {
    const to = from + char.length;
    const last = cells.at(-1);
    const emoji = PICTURE.test(char);
    if (last !== undefined && (MARK.test(char) || (joined && emoji))) {
      const widened = char === "\uFE0F" && last.width === 1 && PICTURE.test(last.shown) ? 2 : last.width;
      cells[cells.length - 1] = { shown: last.shown + char, width: widened, from: last.from, to };
    } else {
      const shown = visible(char);
      cells.push({ shown, width: shown === char && WIDE.test(char) ? 2 : shown.length, from, to });
    }
    joined = char === "\u200D" && last !== undefined;
    from = to;
  }
  return cells;
}

const PICTURE = /^\p{Extended_Pictographic}/u;
const MARK = /^(?:\p{Mn}|\p{Me}|\u200C|\u200D|\p{Emoji_Modifier})$/u;
// East Asian wide and full width, and what is drawn as an emoji unasked; flags are two letters of one cell each.
const WIDE =
  /^(?!\p{Regional_Indicator})[\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]/u;
// Controls, what turns the direction of writing, what has no width, halves of a pair, and hidden tags.
const UNSEEN =
  /[\p{Cc}\p{Cs}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/** Nothing from a file moves the cursor, changes colours or hides: each such character gets a picture or its number. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === "\t") return "    ";
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "␡";
    return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}
