import type { RevisionHead } from "../../model/revision.ts";
import type { Paint } from "../paint.ts";
import { cut, pad, widest } from "../plan/columns.ts";
import { ageOf } from "../status/age.ts";
import { flat } from "../visible.ts";
import { byWords, commitWords, countsOf, outcomeOf } from "./words.ts";

export interface HistoryOptions {
  readonly paint: Paint;
  /** Absent where nothing has to fit. */
  readonly width?: number;
  /** UTC */
  readonly now: string;
  /** Somebody applies at this moment. */
  readonly isBusy: boolean;
}

const HEADER = ["REV", "WHEN", "OUTCOME", "CHANGES", "BY", "COMMIT", "COMMAND"] as const;
const OUTCOME = 2;

/** The newest first. Only the command is cut: the rest is what tells one from another. */
export function historyTable(
  heads: readonly RevisionHead[],
  notes: readonly string[],
  options: HistoryOptions,
): string {
  const { paint, width } = options;
  const rows = heads.map((head) => cellsOf(head, options));
  const widths = HEADER.map((title, i) => widest([title, ...rows.map((cells) => cells[i] ?? "")]));
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(12, width - before);
  const line = (cells: readonly string[], painted: (text: string, column: number) => string): string =>
    cells
      .map((cell, i) => {
        const shown = i === cells.length - 1 ? cut(cell, room) : cell;
        const gap = i === cells.length - 1 ? "" : pad(cell, widths[i] ?? 0).slice(cell.length);
        return painted(shown, i) + gap;
      })
      .join("  ")
      .trimEnd();
  const body = rows.map((cells) =>
    line(cells, (text, column) => (column === OUTCOME ? paintOutcome(text, paint) : text)),
  );
  const told = notes.map(flat);
  return `${[line(HEADER, (text) => paint.bold(text)), ...body, ...(told.length > 0 ? ["", ...told] : [])].join("\n")}\n`;
}

function cellsOf(head: RevisionHead, { now, isBusy }: HistoryOptions): readonly string[] {
  return [
    String(head.number),
    ageOf(head.began, now) ?? flat(head.began),
    outcomeOf(head, isBusy),
    countsOf(head),
    byWords(head.by),
    commitWords(head.by),
    flat(head.by.command),
  ];
}

export function paintOutcome(text: string, paint: Paint): string {
  if (/^(?:applied|taken down|back to .*)$/.test(text)) return paint.green(text);
  return text === "interrupted" || text === "under way" ? paint.yellow(text) : paint.red(text);
}
