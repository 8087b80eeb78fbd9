import type { DriftReport } from "../../model/drift.ts";
import { cut, cutPair } from "../plan/columns.ts";
import { code, prose } from "../plan/escape.ts";
import type { FieldRow } from "../plan/field-rows.ts";
import { driftRows } from "./rows.ts";

const MOST_OF_A_VALUE = 160;
/** A comment has an end; the rest is counted. */
const MOST_LINES = 200;

/** The same facts in the same order as on a screen, for an issue or a chat. */
export function driftMarkdown(report: DriftReport): string {
  const rows = driftRows(report);
  const lines = [
    ...rows.objects.flatMap(({ title, fields }) =>
      fields.map(
        ({ path, value, note = "" }) =>
          `| ${code(short(title))} | ${code(short(path))} | ${valueOf(value)} | ${prose(short(note))} |`,
      ),
    ),
    ...rows.whole.map(({ title, says }) => `| ${code(short(title))} | | | ${prose(short(says))} |`),
  ];
  const shown = lines.slice(0, MOST_LINES);
  const parts = [
    `**${prose(short(rows.place))}: ${prose(rows.says)}**`,
    shown.length === 0
      ? ""
      : ["| Object | Field | Was → is | |", "| --- | --- | --- | --- |", ...shown].join("\n"),
    lines.length > shown.length ? `${lines.length - shown.length} more: ${code("aac drift")}` : "",
    rows.held
      .map(({ agent, says }) => `- ${code("=")} ${code(short(agent))} ${prose(short(says))}`)
      .join("\n"),
    rows.notes.map((note) => `- note: ${prose(short(note))}`).join("\n"),
    rows.next === undefined ? "" : `Next: ${code(short(rows.next))}`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function valueOf(value: FieldRow["value"]): string {
  if (value.is !== "changed") return prose(short(value.text));
  const [from, to] = cutPair(value.from, value.to, MOST_OF_A_VALUE, MOST_OF_A_VALUE);
  return `${code(from)} → ${code(to)}`;
}

const short = (text: string): string => cut(text, MOST_OF_A_VALUE * 2);
