import type { Paint } from "../paint.ts";
import { cut, cutPair, hang, pad, textWidth, widest } from "./columns.ts";
import type { FieldRow } from "./field-rows.ts";

/** More fields of one object than anybody reads: the rest is counted. */
const MOST = 40;
const INDENT = 6;

interface Measures {
  readonly width: number;
  readonly path: number;
  /** Of the sides of an arrow. */
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly note: number;
}

/** One line for each field, its columns in line with those of the other fields of the object. */
export function fieldLines(fields: readonly FieldRow[], paint: Paint, width: number): string[] {
  const shown = fields.slice(0, MOST);
  const measures = measure(shown, width);
  const lines = shown.flatMap((field) => fieldLine(field, measures, paint));
  const more = fields.length - shown.length;
  return more === 0 ? lines : [...lines, `    … ${more} more fields: -o json has them all`];
}

function measure(fields: readonly FieldRow[], width: number): Measures {
  const path = Math.min(widest(fields.map((one) => one.path)), Math.floor(width * 0.35));
  const notes = widest(fields.map((one) => one.note ?? ""));
  const pairs = fields.flatMap(({ value }) => (value.is === "changed" ? [value] : []));
  const from = widest(pairs.map((one) => one.from));
  const to = widest(pairs.map((one) => one.to));
  const single = widest(fields.flatMap(({ value }) => (value.is === "changed" ? [] : [value.text])));
  const all = width - INDENT - path - 2;
  const natural = Math.max(pairs.length === 0 ? 0 : from + 3 + to, single);
  // Notes stand beside the values where these keep enough room, else below.
  const beside = notes > 0 && all - notes - 2 >= Math.min(natural, 34);
  const room = beside ? all - notes - 2 : all;
  // What the right side does not need, the left one gets.
  const half = Math.floor((room - 3) / 2);
  const left = Math.min(from, Math.max(half, room - 3 - to));
  return {
    width,
    path,
    from: left,
    to: Math.min(to, room - 3 - left),
    value: Math.min(natural, room),
    note: beside ? notes : 0,
  };
}

function fieldLine(field: FieldRow, measures: Measures, paint: Paint): string[] {
  const { width, path, value, note } = measures;
  const symbol = paintSymbol(field.symbol, paint);
  const shown = valueText(field, measures);
  const beside =
    note > 0 && field.note !== undefined ? `  ${paint.dim(paint.place(cut(field.note, note)))}` : "";
  const below =
    note === 0 && field.note !== undefined
      ? hang(" ".repeat(INDENT + 2), field.note, width).map(paint.dim)
      : [];
  const text = beside === "" ? shown : pad(shown, value);
  if (textWidth(field.path) <= path)
    return [`    ${symbol} ${pad(field.path, path)}  ${text}${beside}`.trimEnd(), ...below];
  // A path is never cut: it takes a line of its own, or several.
  const [first = "", ...rest] = hang(" ".repeat(INDENT), field.path, width);
  return [
    `    ${symbol} ${first.trimStart()}`,
    ...rest,
    `${" ".repeat(INDENT + path + 2)}${text}${beside}`.trimEnd(),
    ...below,
  ];
}

function valueText({ value }: FieldRow, measures: Measures): string {
  if (value.is !== "changed") return cut(value.text, measures.value);
  const [from, to] = cutPair(value.from, value.to, measures.from, measures.to);
  return `${pad(from, measures.from)} → ${to}`;
}

function paintSymbol(symbol: string, paint: Paint): string {
  if (symbol === "+") return paint.green(symbol);
  if (symbol === "-") return paint.red(symbol);
  return symbol === "!" ? paint.cyan(symbol) : paint.yellow(symbol);
}
