import type { DriftReport } from "../../model/drift.ts";
import type { Paint } from "../paint.ts";
import { hang, pad, textWidth, widest, wrap } from "../plan/columns.ts";
import { fieldLines } from "../plan/field-lines.ts";
import { type DriftRows, driftRows } from "./rows.ts";

/** For people: what it comes to, each field with what it was and is, what went and came, and what is held. */
export function driftText(report: DriftReport, paint: Paint, screen: number): string {
  const rows = driftRows(report);
  const width = Math.max(40, screen);
  const blocks = [
    verdict(rows, paint, width),
    ...rows.objects.map(({ title, fields }) => [
      ...hang("! ", title, width).map((line, i) =>
        i === 0 ? paint.cyan("!") + paint.bold(line.slice(1)) : line,
      ),
      ...fieldLines(fields, paint, width),
    ]),
    wholes(rows, paint, width),
    held(rows, width),
    rows.notes.flatMap((note) => hang("note  ", note, width)),
    rows.next === undefined ? [] : wrap(`Next: ${rows.next}`, width, false),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function verdict({ place, says }: DriftRows, paint: Paint, width: number): readonly string[] {
  if (textWidth(place) + 3 + textWidth(says) <= width) return [`${paint.bold(place)}   ${says}`];
  return [...wrap(place, width).map(paint.bold), ...hang("  ", says, width)];
}

function wholes({ whole }: DriftRows, paint: Paint, width: number): readonly string[] {
  const titles = Math.min(40, widest(whole.map(({ title }) => title)));
  return whole.flatMap(({ symbol, title, says }) =>
    hang(`${symbol} ${pad(title, titles)}  `, says, width).map((line, i) => {
      if (i > 0) return line;
      return (symbol === "-" ? paint.red : paint.green)(symbol) + line.slice(1);
    }),
  );
}

function held({ held: all }: DriftRows, width: number): readonly string[] {
  const agents = widest(all.map(({ agent }) => agent));
  return all.flatMap(({ agent, says }) => hang(`= ${pad(agent, agents)}  `, says, width));
}
