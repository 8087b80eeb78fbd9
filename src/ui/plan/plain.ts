import type { PlanReport } from "../../model/plan.ts";
import type { Texts } from "../../model/source.ts";
import type { Paint } from "../paint.ts";
import { cut, hang, pad, textWidth, widest, wrap } from "./columns.ts";
import { fieldLines } from "./field-lines.ts";
import { LEVEL_WORDS, type Fault } from "./faults.ts";
import { type PlanRows, planRows, type Row } from "./rows.ts";
import type { Does } from "./words.ts";

export interface PlainOptions {
  readonly paint: Paint;
  readonly width: number;
  /** Texts of files, so that a fault names its line. */
  readonly texts?: Texts;
}

const PAINTS = { create: "green", update: "yellow", replace: "yellow", delete: "red" } as const;

/** A plan for people: what it comes to, a line for each object, why, the same lines short, and what to do next. */
export function plain(report: PlanReport, options: PlainOptions): string {
  const rows = planRows(report, options.texts);
  const { paint } = options;
  const width = Math.max(40, options.width);
  const blocks = [
    verdict(rows, paint, width),
    list(rows.rows, paint, width),
    ...rows.rows.map((row) => block(row, paint, width)),
    leftAlone(rows, width),
    rows.warnings.flatMap((one) => fault(one, paint, width)),
    rows.notes.flatMap((note) => hang("note  ", note, width)),
    closing(rows.rows, paint, width),
    end(rows, paint, width),
  ];
  return `${blocks
    .filter((lines) => lines.some((line) => line !== ""))
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** The verdict and a line for each object, without reasons: what stays on a screen where more of it was looked at. */
export function brief(report: PlanReport, options: PlainOptions): string {
  const rows = planRows(report, options.texts);
  const width = Math.max(40, options.width);
  const blocks = [verdict(rows, options.paint, width), list(rows.rows, options.paint, width)];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function symbolOf(row: { readonly does: Does; readonly symbol: string }, paint: Paint): string {
  return paint[PAINTS[row.does]](row.symbol);
}

function verdict(
  { verdict: { place, says, worst, asides } }: PlanRows,
  paint: Paint,
  width: number,
): string[] {
  const gap = "   ";
  const left = `${place}${gap}${says}`;
  const right = worst === undefined ? "" : `worst: ${worst}`;
  const spare = width - textWidth(left) - textWidth(right);
  const lines: string[] = [];
  if (textWidth(left) <= width) {
    const fits = right !== "" && spare >= gap.length;
    lines.push(
      `${paint.bold(place)}${gap}${says}${fits ? " ".repeat(Math.min(spare, 7)) + paint.bold(right) : ""}`,
    );
    if (right !== "" && !fits) lines.push(...hang("  ", right, width));
  } else {
    lines.push(...wrap(place, width).map((line) => paint.bold(line)), ...hang("  ", says, width));
    if (right !== "") lines.push(...hang("  ", right, width));
  }
  if (asides.length > 0) lines.push(...hang("  ", asides.join(" · "), width));
  return lines;
}

/** As a table where it fits; else each row over as many lines as it takes. */
function list(rows: readonly Row[], paint: Paint, width: number): string[] {
  const cells = rows.map((row) => ({ row, kinds: kindsOf(row) }));
  const agents = widest(rows.map((row) => row.agent));
  const kinds = widest(cells.map((cell) => cell.kinds));
  const hows = widest(rows.map((row) => row.how));
  const ats = widest(rows.map((row) => row.at ?? ""));
  const whys = widest(rows.map((row) => row.why));
  const room = width - 6 - (agents + 2) - (kinds + 2) - (hows + 2) - (ats + 2);
  if (room < Math.min(whys, 20)) return cells.flatMap(({ row }) => narrow(row, paint, width));
  const why = Math.min(whys, room);
  return cells.map(({ row, kinds: kind }) =>
    [
      `  ${symbolOf(row, paint)}${" ".repeat(4 - row.symbol.length)}${paint.bold(pad(row.agent, agents))}`,
      pad(kind, kinds),
      row.losesData ? paint.red(pad(row.how, hows)) : pad(row.how, hows),
      pad(cut(row.why, why), why),
      paint.dim(paint.place(row.at ?? "")),
    ]
      .join("  ")
      .trimEnd(),
  );
}

function narrow(row: Row, paint: Paint, width: number): string[] {
  const says = [row.how, row.why, row.at ?? ""].filter((one) => one !== "").join(" · ");
  const [first = "", ...rest] = hang("      ", titleOf(row), width);
  return [
    `  ${symbolOf(row, paint)}${" ".repeat(4 - row.symbol.length)}${first.trimStart()}`,
    ...rest,
    ...hang("        ", says, width),
  ];
}

const kindsOf = (row: Row): string => row.objects.map(({ label }) => label).join(", ");
const titleOf = (row: Row): string => `${row.agent} · ${kindsOf(row)}`;

/** Only what the list has not said already. */
function block(row: Row, paint: Paint, width: number): string[] {
  const runs = row.objects.filter((one) => one.runs !== undefined);
  if (row.details.length + row.fields.length + runs.length === 0) return [];
  const labels = widest(runs.map(({ label }) => label));
  const [head = "", ...rest] = hang(`${row.symbol} `, titleOf(row), width);
  return [
    `${symbolOf(row, paint)}${paint.bold(head.slice(row.symbol.length))}`,
    ...rest,
    ...row.details.flatMap(({ label, text }) =>
      hang(`    ${pad(label, 10)}`, text, width).map((line) => (label === "loses" ? paint.red(line) : line)),
    ),
    ...fieldLines(row.fields, paint, width),
    ...runs.map(({ label, runs: text = "" }) => cut(`    + ${pad(label, labels)}  ${text}`, width)),
  ];
}

function leftAlone({ held, outside }: PlanRows, width: number): string[] {
  const agents = widest(held.map(({ agent }) => agent));
  return [
    ...held.flatMap(({ agent, says }) => hang(`  = ${pad(agent, agents)}  `, says, width)),
    ...(outside === undefined ? [] : wrap(outside, width)),
  ];
}

function closing(rows: readonly Row[], paint: Paint, width: number): string[] {
  if (rows.length < 2) return [];
  const perAgent = Map.groupBy(rows, (row) => row.agent);
  const lines: string[] = [];
  let used = 0;
  let line = "";
  for (const row of rows) {
    const title = cut((perAgent.get(row.agent)?.length ?? 0) > 1 ? titleOf(row) : row.agent, width - 8);
    const wide = row.symbol.length + 1 + textWidth(title);
    if (used > 0 && used + 3 + wide > width) {
      lines.push(line);
      used = 0;
    }
    line = used === 0 ? "  " : `${line}   `;
    used += (used === 0 ? 2 : 3) + wide;
    line += `${symbolOf(row, paint)} ${title}`;
  }
  return [...lines, line];
}

function end(rows: PlanRows, paint: Paint, width: number): string[] {
  const still = rows.next === undefined ? [] : ["Plan only: nothing was changed."];
  const ready = rows.ready === undefined ? [] : [`Preflight: ${rows.ready}.`];
  const refused = rows.refusals.flatMap(({ says, instead }) => [
    ...hang("error: ", says, width).map(paint.red),
    ...hang("    ", instead, width),
  ]);
  const sum =
    rows.rows.length === 0 ? [] : wrap([...ready, ...still].join("   "), width).map((one) => one.trim());
  return [
    ...rows.preflight.flatMap((one) => fault(one, paint, width)),
    ...refused,
    ...sum,
    ...(rows.saved === undefined ? [] : hang("Saved to ", rows.saved, width)),
    ...(rows.next === undefined ? [] : wrap(`Next: ${rows.next}`, width, false)),
  ];
}

const LEVEL_PAINTS = { error: "red", warning: "yellow", info: "blue" } as const;

function fault(one: Fault, paint: Paint, width: number): string[] {
  const word = `${LEVEL_WORDS[one.level]} ${one.code}`;
  const [first = "", ...rest] = hang(`${word}  `, one.message, width);
  return [
    `${paint[LEVEL_PAINTS[one.level]](word)}${first.slice(word.length)}`,
    ...rest,
    ...(one.at === undefined ? [] : hang("    at ", one.at, width)),
    ...one.notes.flatMap((note) => hang("    = ", note, width)),
  ];
}
