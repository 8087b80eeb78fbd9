import type { Paint } from "../paint.ts";
import { cut, pad, widest } from "../plan/columns.ts";
import { keyLines, type KeyTable } from "./keys.ts";
import type { Size } from "./view.ts";

/** The page that `?` opens. It may be longer than the screen: `top` is its first line in sight. */
export function helpPage(
  tables: readonly KeyTable[],
  top: number,
  size: Size,
  paint: Paint,
): readonly string[] {
  const all = helpLines(tables, size.columns, paint);
  const room = size.rows - 2;
  const first = Math.max(0, Math.min(top, all.length - room));
  const more = all.length > room ? `${first + 1}–${Math.min(all.length, first + room)} of ${all.length}` : "";
  return [
    paint.bold(" Keys"),
    ...all.slice(first, first + room),
    ...Array.from({ length: Math.max(0, room - all.length) }, () => ""),
    ` ${paint.bold("↑↓")} ${paint.dim("move")}  ${paint.bold("esc")} ${paint.dim("back")}${more === "" ? "" : `   ${paint.dim(more)}`}`,
  ];
}

export function helpLines(tables: readonly KeyTable[], width: number, paint: Paint): readonly string[] {
  const groups = keyLines(tables);
  const column = widest(groups.flatMap(({ lines }) => lines.map(({ keys }) => keys)));
  return groups.flatMap(({ title, lines }) => [
    "",
    ` ${paint.bold(title)}`,
    ...lines.map(
      ({ keys, about }) => `   ${paint.cyan(pad(keys, column))}  ${cut(about, width - column - 6)}`,
    ),
  ]);
}
