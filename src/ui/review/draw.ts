import type { Paint } from "../paint.ts";
import { frame, sources } from "../frame.ts";
import { footerOf, showKey } from "../screen/keys.ts";
import { helpPage } from "../screen/help.ts";
import { drawPalette } from "../screen/palette.ts";
import type { Size } from "../screen/view.ts";
import { kept } from "../screen/window.ts";
import { detailLines } from "./details.ts";
import { headLine, bodyLine } from "./head-line.ts";
import { ASKING, tableOf } from "./keys.ts";
import { type Areas, areasOf } from "./layout.ts";
import { entriesOf } from "./listing.ts";
import { liveIn } from "./live.ts";
import { entriesFor } from "./palette.ts";
import { fitted, type Line, painted, piece, widthOf, withFound } from "./pieces.ts";
import { nodeAt, type Review } from "./state.ts";

export function draw(review: Review, size: Size, paint: Paint): readonly string[] {
  const { mode } = review;
  if (mode.is === "help") return helpPage([tableOf(review.offer.doing), ASKING], mode.top, size, paint);
  if (mode.is === "faults") return faultPage(review, mode.top, size, paint);
  const areas = areasOf(review, size);
  const lines = [
    ...areas.header,
    ...(areas.rules ? [rule(aboveWords(review), size.columns)] : []),
    ...middle(review, areas, size.columns),
    ...(areas.rules ? [rule(belowWords(review, areas), size.columns)] : []),
    ...areas.foot,
  ].map((line) => painted(fitted(line, size.columns), paint));
  const whole = [...lines.slice(0, size.rows - 1), footer(review, areas, size.columns, paint)];
  if (mode.is !== "palette") return whole;
  const open = drawPalette(mode.palette, entriesFor(review, nodeAt(review, areas.list.columns)), size, paint);
  return [...whole.slice(0, Math.max(0, size.rows - open.length)), ...open].slice(-size.rows);
}

function footer(review: Review, areas: Areas, columns: number, paint: Paint): string {
  switch (review.mode.is) {
    case "question":
      return hints(
        ASKING.bindings.flatMap(({ keys: [key = ""], footer: word }) =>
          word === undefined ? [] : [[key === "left" ? "←→" : showKey(key), word] as const],
        ),
        columns,
        paint,
      );
    case "filter":
    case "search":
      return hints(
        [
          ["⏎", "take"],
          ["esc", "back"],
        ],
        columns,
        paint,
      );
    case "name":
    case "file":
      return hints(
        [
          ["⏎", "go on"],
          ["esc", "back"],
        ],
        columns,
        paint,
      );
    default:
      return footerOf(tableOf(review.offer.doing), columns, paint, liveIn(review, areas.list.columns));
  }
}

function hints(all: readonly (readonly [string, string])[], columns: number, paint: Paint): string {
  const line = all.flatMap(([key, word]): Line => [piece(` ${key}`, "bold"), piece(` ${word} `, "dim")]);
  return painted(fitted(line, columns), paint);
}

function rule(words: string, columns: number): Line {
  const text = words === "" ? "" : ` ${words} `;
  const line = fitted([{ text: "──" }, piece(text), { text: "─".repeat(columns) }], columns);
  // Cut without a sign: a rule has no end.
  return line.map(({ text: one }) => piece(one.replace(/…$/, "─"), "dim"));
}

function aboveWords({ shape, search }: Review): string {
  return [
    ...(shape.filter === "" ? [] : [`/${shape.filter}`]),
    ...(shape.origin === "all" ? [] : [`only ${ORIGIN_WORDS[shape.origin]}`]),
    ...(search === "" ? [] : [`search: ${search}`]),
  ].join(" · ");
}

const ORIGIN_WORDS = { edit: "~ edits", drift: "! drift", inherited: "^ inherited" } as const;

function belowWords(review: Review, { list }: Areas): string {
  const all = entriesOf(review.shape, list.columns).length;
  if (all <= list.rows) return "";
  const { top } = kept(review.window, all, list.rows);
  return `${top + 1}–${Math.min(all, top + list.rows)} of ${all}`;
}

function middle(review: Review, { list, details }: Areas, columns: number): readonly Line[] {
  const shown = details?.where === "instead" ? [] : listLines(review, list);
  if (details === undefined) return shown;
  const node = nodeAt(review, list.columns);
  const all = detailLines(review, node, details.columns);
  const top = Math.max(0, Math.min(review.details?.top ?? 0, all.length - details.rows));
  const more =
    all.length > details.rows
      ? `${top + 1}–${Math.min(all.length, top + details.rows)} of ${all.length}`
      : "";
  const pane = filled(all.slice(top, top + details.rows), details.rows);
  if (details.where === "instead") return pane;
  const focus = review.details?.focus === true;
  const title = ["details", ...(focus ? ["‹here›"] : []), ...(more === "" ? [] : [more])].join(" ");
  if (details.where === "below") return [...shown, rule(title, columns), ...pane];
  return shown.map((line, i): Line => {
    const fitting = fitted(line, list.columns);
    const gap = " ".repeat(Math.max(0, list.columns - widthOf(fitting)));
    return [
      ...fitting,
      piece(`${gap} ${focus ? "┃" : "│"} `, focus ? "bold" : "dim"),
      ...fitted(pane[i] ?? [], details.columns),
    ];
  });
}

const filled = (lines: readonly Line[], rows: number): readonly Line[] => [
  ...lines,
  ...Array.from({ length: Math.max(0, rows - lines.length) }, (): Line => []),
];

function listLines(review: Review, { columns, rows }: Areas["list"]): readonly Line[] {
  const entries = entriesOf(review.shape, columns);
  if (entries.length === 0)
    return filled([[piece(" nothing here matches: esc shows all again", "dim")]], rows);
  const { at, top } = kept(review.window, entries.length, rows);
  const lines = entries.slice(top, top + rows).map((entry, i): Line => {
    const isChosen = top + i === at;
    const line =
      entry.body === undefined && entry.node !== undefined
        ? headLine(entry.node, review, columns)
        : bodyLine(entry.body);
    const found = withFound(fitted(line, columns - 1), review.search);
    return [{ text: isChosen ? "›" : " " }, ...(isChosen ? found.map(inverted) : found)];
  });
  return filled(lines, rows);
}

/** A colour would be that of the background now, and each line a patchwork. */
const inverted = ({ text, as = [] }: Line[number]): Line[number] => ({
  text,
  as: [...as.filter((one) => one === "bold" || one === "underline"), "inverse"],
});

/** The files as somebody left them in the editor: the same frames that `validate` shows. */
function faultPage(review: Review, top: number, size: Size, paint: Paint): readonly string[] {
  const all = faultLines(review, size.columns, paint);
  const room = Math.max(1, size.rows - 3);
  const from = Math.max(0, Math.min(top, all.length - room));
  const shown = all.slice(from, from + room);
  return [
    painted(fitted([piece(" no plan: the files have faults", "bold", "red")], size.columns), paint),
    ...shown,
    ...Array.from({ length: room - shown.length }, () => ""),
    painted(
      fitted([piece(" what was planned before is kept, and nothing was changed", "dim")], size.columns),
      paint,
    ),
    hints(
      [
        ["e", "edit"],
        ["↑↓", "move"],
        ["esc", "back to the plan before"],
      ],
      size.columns,
      paint,
    ),
  ];
}

export function faultLines({ faults }: Review, columns: number, paint: Paint): readonly string[] {
  if (faults === undefined) return [];
  const known = sources(faults);
  return faults.diagnostics.flatMap((one) => [
    ...frame(one, known, { paint, width: columns - 2 })
      .split("\n")
      .map((line) => ` ${line}`),
    "",
  ]);
}
