import type { PlanReport } from "../../model/plan.ts";
import type { Texts } from "../../model/source.ts";
import { cut, cutPair } from "./columns.ts";
import { code, htmlCode, prose } from "./escape.ts";
import { type Fault, LEVEL_WORDS } from "./faults.ts";
import type { FieldRow } from "./field-rows.ts";
import { type PlanRows, planRows, type Row } from "./rows.ts";
import { count } from "./words.ts";

/** Below what a comment on a pull request may hold, with room for what others write around it. */
const MOST_CHARACTERS = 60_000;
const MOST_OF_A_VALUE = 160;
const MOST_OF_A_TEXT = 1000;
const MOST_FIELDS = 40;

/** The same facts in the same order as on a screen, for a comment on a pull request. */
export function markdown(report: PlanReport, texts?: Texts): string {
  const rows = planRows(report, texts);
  const head = verdict(rows);
  const tail = [...leftAlone(rows), ...end(rows)];
  const fixed = [...head, ...tail].reduce((sum, part) => sum + part.length + 2, 0);
  const { table, blocks, cutWords } = fit(rows.rows, MOST_CHARACTERS - fixed);
  const parts = [...head, table, ...blocks, cutWords, ...tail].filter((part) => part !== "");
  return `${clip(parts.join("\n\n"))}\n`;
}

function verdict({ verdict: { place, says, worst, asides } }: PlanRows): string[] {
  const more = [...(worst === undefined ? [] : [`worst: ${worst}`]), ...asides];
  return [
    `**${prose(shorten(place))}: ${prose(shorten(says))}**`,
    ...(more.length === 0 ? [] : [more.map((one) => prose(shorten(one))).join(" · ")]),
  ];
}

/** As many lines of the table as there is room for, then as many details: the list matters more. */
function fit(
  rows: readonly Row[],
  characters: number,
): { readonly table: string; readonly blocks: readonly string[]; readonly cutWords: string } {
  if (rows.length === 0) return { table: "", blocks: [], cutWords: "" };
  const spare = 200;
  let room = characters - spare;
  const take = (texts: readonly string[]): readonly string[] => {
    const taken: string[] = [];
    for (const text of texts) {
      if (text.length + 2 > room) break;
      room -= text.length + 2;
      taken.push(text);
    }
    return taken;
  };
  const lines = rows.map(tableLine);
  const shown = take(["| | Object | How | Why | Where |", "| --- | --- | --- | --- | --- |", ...lines]);
  const details = rows.map(block).filter((text) => text !== "");
  const blocks = take(details);
  const missing = [
    ...(lines.length + 2 > shown.length ? [count(lines.length + 2 - shown.length, "object")] : []),
    ...(details.length > blocks.length
      ? [`the details of ${count(details.length - blocks.length, "object")}`]
      : []),
  ];
  return {
    table: shown.join("\n"),
    blocks,
    cutWords:
      missing.length === 0
        ? ""
        : `Cut to fit a comment: ${missing.join(" and ")}; ${code("aac plan")} shows all.`,
  };
}

function tableLine(row: Row): string {
  const how = row.losesData ? `**${prose(row.how)}**` : prose(row.how);
  const cells = [
    code(row.symbol),
    titleOf(row, code),
    how,
    row.why === "" ? "" : code(cut(row.why, MOST_OF_A_VALUE)),
    row.at === undefined ? "" : code(cut(row.at, MOST_OF_A_VALUE)),
  ];
  return `| ${cells.join(" | ")} |`;
}

function titleOf(row: Row, write: (text: string) => string): string {
  const kinds = row.objects.map(({ label }) => write(cut(label, MOST_OF_A_VALUE)));
  return `${write(cut(row.agent, MOST_OF_A_VALUE))} · ${kinds.join(", ")}`;
}

function block(row: Row): string {
  const lines = [
    ...row.details.map(({ label, text }) => `- ${label}: ${prose(shorten(text))}`),
    ...row.fields.slice(0, MOST_FIELDS).map(fieldLine),
    ...(row.fields.length > MOST_FIELDS ? [`- … ${row.fields.length - MOST_FIELDS} more fields`] : []),
    ...row.objects.flatMap(({ label, runs }) =>
      runs === undefined
        ? []
        : [`- ${code("+")} ${code(cut(label, MOST_OF_A_VALUE))} ${code(cut(runs, MOST_OF_A_VALUE))}`],
    ),
  ];
  if (lines.length === 0) return "";
  // The empty lines let Markdown begin again inside of HTML.
  return [
    `<details><summary>${htmlCode(row.symbol)} ${titleOf(row, htmlCode)}</summary>`,
    "",
    ...lines,
    "",
    "</details>",
  ].join("\n");
}

function fieldLine({ symbol, path, value, note }: FieldRow): string {
  const after = note === undefined ? "" : ` (${code(cut(note, MOST_OF_A_VALUE))})`;
  return `- ${code(symbol)} ${code(cut(path, MOST_OF_A_VALUE))} ${valueOf(value)}${after}`;
}

function valueOf(value: FieldRow["value"]): string {
  if (value.is === "said") return prose(value.text);
  if (value.is === "one") return code(cut(value.text, MOST_OF_A_VALUE));
  const [from, to] = cutPair(value.from, value.to, MOST_OF_A_VALUE, MOST_OF_A_VALUE);
  return `${code(from)} → ${code(to)}`;
}

function leftAlone(rows: PlanRows): string[] {
  const held = rows.held.map(({ agent, says }) => `- ${code("=")} ${code(agent)} ${prose(shorten(says))}`);
  return [
    held.join("\n"),
    ...(rows.outside === undefined ? [] : [prose(rows.outside)]),
    rows.warnings.map(faultLine).join("\n"),
    rows.notes.map((note) => `- note: ${prose(shorten(note))}`).join("\n"),
  ].filter((part) => part !== "");
}

function end(rows: PlanRows): string[] {
  return [
    rows.preflight.map(faultLine).join("\n"),
    rows.refusals.map(({ says, instead }) => `- **error** ${prose(says)}; ${prose(instead)}`).join("\n"),
    rows.rows.length === 0 ? "" : sum(rows),
    rows.saved === undefined ? "" : `Saved to ${prose(shorten(rows.saved))}`,
    rows.next === undefined ? "" : `Next: ${code(shorten(rows.next))}`,
  ].filter((part) => part !== "");
}

function sum({ ready, next }: PlanRows): string {
  const still = next === undefined ? [] : ["Plan only: nothing was changed."];
  return [...(ready === undefined ? [] : [`Preflight: ${prose(shorten(ready))}.`]), ...still].join(" ");
}

function faultLine({ level, code: number, message, at, notes }: Fault): string {
  const where = at === undefined ? "" : ` (${code(cut(at, MOST_OF_A_VALUE))})`;
  const more = notes.map((note) => `; ${prose(shorten(note))}`).join("");
  return `- **${LEVEL_WORDS[level]} ${number}** ${prose(shorten(message))}${where}${more}`;
}

const shorten = (text: string): string => cut(text, MOST_OF_A_TEXT);

/** Thousands of faults or notes can still be too much: whole lines go then, never half of a span. */
function clip(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const said = "\n\nCut to fit a comment: the rest is in `aac plan`.";
  return text.slice(0, text.lastIndexOf("\n", MOST_CHARACTERS - said.length)) + said;
}
