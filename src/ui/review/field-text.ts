import type { FieldChange } from "../../model/plan.ts";
import { cut, hang, pad, textWidth, widest } from "../plan/columns.ts";
import { covered } from "../plan/values.ts";
import { visible } from "../visible.ts";
import { type Line, type Piece, piece, widthOf } from "./pieces.ts";
import type { NodeField, Origin } from "./tree.ts";
import { lineParts, type Part, wordParts } from "./words.ts";

/** How fields are written: without colour the differing words stand between marks. */
export interface FieldForm {
  readonly width: number;
  readonly indent: number;
  readonly coloured: boolean;
  /** All of a value, on as many lines as it takes. */
  readonly whole: boolean;
}

/** So many lines of one text, where not all of it is asked for; unchanged lines beside a change. */
const MOST_LINES = 12;
const BESIDE = 2;

const WORDS: Readonly<Record<FieldChange["origin"], string>> = {
  edit: "edit",
  drift: "drift",
  both: "edit, drift",
  unknown: "edit?",
};

const wordOf = ({ change }: NodeField): string => (change === undefined ? "inherited" : WORDS[change.origin]);

/** A line a field where it fits: sign, origin, path, what it was and what it will be, where that stands. */
export function fieldText(fields: readonly NodeField[], form: FieldForm): readonly FieldLines[] {
  const words = widest(fields.map(wordOf));
  const paths = Math.min(
    widest(fields.map(({ row }) => row.path)),
    Math.max(16, Math.floor(form.width * 0.35)),
  );
  return fields.map((field) => ({ field, lines: linesOf(field, words, paths, form) }));
}

export interface FieldLines {
  readonly field: NodeField;
  readonly lines: readonly Line[];
}

function linesOf(field: NodeField, words: number, paths: number, form: FieldForm): readonly Line[] {
  const { row } = field;
  const lead: Line = [
    { text: " ".repeat(form.indent) },
    piece(row.symbol, ...signPaint(row.symbol)),
    { text: ` ${pad(wordOf(field), words)}  ` },
  ];
  const path = `${pad(row.path, paths)}  `;
  const note: Line = row.note === undefined ? [] : [piece(`  ${row.note}`, "place", "dim")];
  const texts = severalLines(field);
  if (texts === undefined) {
    const value = oneLine(field, form.coloured);
    const bare: Line = [...lead, { text: `${row.path}  ` }, ...value];
    const padded: Line = [...lead, { text: path }, ...value];
    const fits = [[...padded, ...note], [...bare, ...note], padded, bare].find(
      (one) => widthOf(one) <= form.width,
    );
    if (fits !== undefined)
      return [fits, ...(fits === padded || fits === bare ? noteBelow(field, form) : [])];
  }
  const head: Line = [...lead, { text: row.path }];
  // The path is never cut where it can be wrapped, since it is what people look for.
  const fits = widthOf(head) <= form.width;
  const [first = "", ...rest] = fits
    ? [row.path]
    : hang("", row.path, Math.max(10, form.width - widthOf(lead)));
  const heads: Line[] = [
    [...lead, { text: first }, ...(fits && widthOf([...head, ...note]) <= form.width ? note : [])],
    ...rest.map((text): Line => [{ text: `${" ".repeat(form.indent + 2)}${text}` }]),
  ];
  const below = heads[0]?.at(-1) === note[0] ? [] : noteBelow(field, form);
  return [...heads, ...below, ...(texts === undefined ? apart(field, form) : texts(form))];
}

function noteBelow({ row: { note } }: NodeField, { indent, width }: FieldForm): readonly Line[] {
  if (note === undefined) return [];
  return hang(" ".repeat(indent + 4), note, width).map((text): Line => [piece(text, "place", "dim")]);
}

function signPaint(symbol: string): readonly ("green" | "red" | "cyan" | "yellow" | "blue")[] {
  if (symbol === "+") return ["green"];
  if (symbol === "-") return ["red"];
  return [symbol === "!" ? "cyan" : symbol === "^" ? "blue" : "yellow"];
}

function oneLine({ row: { value, symbol } }: NodeField, coloured: boolean): Line {
  if (value.is === "said") return [piece(value.text, "dim")];
  if (value.is === "one") return [piece(value.text, symbol === "-" ? "red" : "green")];
  const parts = wordParts(value.from, value.to);
  return [
    ...side(parts?.from, value.from, "removed", coloured),
    { text: " → " },
    ...side(parts?.to, value.to, "added", coloured),
  ];
}

/** One side of a difference: its own words stand out, by colour and weight or between marks. */
function side(
  parts: readonly Part[] | undefined,
  text: string,
  is: "removed" | "added",
  coloured: boolean,
): Line {
  const colour = is === "removed" ? "red" : "green";
  if (parts === undefined) return [piece(text, colour)];
  return parts.map((part): Piece => {
    if (part.is === "same") return { text: part.text };
    if (coloured) return piece(part.text, colour, "bold", "underline");
    return piece(is === "removed" ? `[-${part.text}-]` : `{+${part.text}+}`);
  });
}

/** Both values below each other; where they are too long for a line, from shortly before they part. */
function apart(field: NodeField, { indent, width, coloured, whole }: FieldForm): readonly Line[] {
  const { value } = field.row;
  const lead = " ".repeat(indent + 4);
  const room = Math.max(8, width - indent - 6);
  const put = (sign: string, line: Line): readonly Line[] =>
    (whole ? wrapped(line, room) : [near(line, room)]).map(
      (one, i): Line => [{ text: `${lead}${i === 0 ? sign : " "} ` }, ...one],
    );
  if (value.is !== "changed") return put(" ", oneLine(field, coloured));
  const parts = wordParts(value.from, value.to);
  return [
    ...put("-", side(parts?.from, value.from, "removed", coloured)),
    ...put("+", side(parts?.to, value.to, "added", coloured)),
  ];
}

/** Its first difference in sight. */
function near(line: Line, room: number): Line {
  if (widthOf(line) <= room) return line;
  const [first, ...rest] = line;
  if (first === undefined || rest.length === 0 || textWidth(first.text) < room / 2) return line;
  const tail = Array.from(first.text)
    .slice(-Math.floor(room / 4))
    .join("");
  return [{ ...first, text: `…${tail}` }, ...rest];
}

/** Over as many lines as it takes, broken anywhere: a value is no sentence. */
function wrapped(line: Line, room: number): readonly Line[] {
  const lines: Piece[][] = [[]];
  let used = 0;
  for (const { text, as } of line) {
    let part = "";
    const put = (): void => {
      if (part !== "") lines.at(-1)?.push({ text: part, ...(as === undefined ? {} : { as }) });
      part = "";
    };
    for (const char of text) {
      const wide = textWidth(char);
      if (used + wide > room && used > 0) {
        put();
        lines.push([]);
        used = 0;
      }
      part += char;
      used += wide;
    }
    put();
  }
  return lines;
}

/** A text of several lines is compared line by line; undefined where there is none. */
function severalLines({ change }: NodeField): ((form: FieldForm) => readonly Line[]) | undefined {
  if (change === undefined || change.secret) return undefined;
  const [from, to] = [textIn(change, change.from), textIn(change, change.to)];
  if (from === undefined || to === undefined) return undefined;
  if (!from.includes("\n") && !to.includes("\n")) return undefined;
  const parts = lineParts(from, to);
  return parts === undefined ? undefined : (form) => hunks(parts, form);
}

/** Absent counts as empty, where the other side is text. */
function textIn(change: FieldChange, value: FieldChange["from"]): string | undefined {
  if (value === undefined) return "";
  const shown = covered(change.path, value);
  return typeof shown === "string" ? shown : undefined;
}

const SIGNS = { same: " ", removed: "-", added: "+" } as const;

function hunks(parts: readonly Part[], { indent, width, coloured, whole }: FieldForm): readonly Line[] {
  const lead = " ".repeat(indent + 4);
  const lines = parts.flatMap((part, i): Line[] => {
    const texts = part.text
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .map(visible);
    if (part.is !== "same")
      return marked(part.is, texts, parts[part.is === "removed" ? i + 1 : i - 1], coloured);
    const isFirst = i === 0;
    const isLast = i === parts.length - 1;
    const before = isFirst ? 0 : BESIDE;
    const after = isLast ? 0 : BESIDE;
    const skipped = texts.length - before - after;
    const shown = (text: string): Line => [{ text: `${SIGNS.same} ${text}` }];
    if (skipped < 2) return texts.map(shown);
    return [
      ...texts.slice(0, before).map(shown),
      [piece(`  … ${skipped} lines as they are`, "dim")],
      ...texts.slice(texts.length - after).map(shown),
    ];
  });
  const kept = whole ? lines : lines.slice(0, MOST_LINES);
  const more = lines.length - kept.length;
  return [
    ...kept.map((line): Line => [{ text: lead }, ...line]),
    ...(more > 0 ? [[piece(cut(`${lead}… ${more} more lines: d shows all`, width), "dim")]] : []),
  ];
}

/** Where as many lines went as came, the words that differ stand out in each. */
function marked(
  is: "removed" | "added",
  texts: readonly string[],
  other: Part | undefined,
  coloured: boolean,
): Line[] {
  const others =
    other?.text
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .map(visible) ?? [];
  const pairs = other !== undefined && other.is !== "same" && others.length === texts.length;
  return texts.map((text, i): Line => {
    const twin = pairs ? (others[i] ?? "") : undefined;
    const words =
      twin === undefined ? undefined : is === "removed" ? wordParts(text, twin) : wordParts(twin, text);
    const own = is === "removed" ? words?.from : words?.to;
    const colour = is === "removed" ? "red" : "green";
    return [piece(`${SIGNS[is]} `, colour), ...side(own, text, is, coloured)];
  });
}

/** The fields that came from there. */
export const ofOrigin = (fields: readonly NodeField[], origin: Origin | "all"): readonly NodeField[] =>
  origin === "all" ? fields : fields.filter(({ origins }) => origins.has(origin));
