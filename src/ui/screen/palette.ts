import type { Paint } from "../paint.ts";
import { cut, pad, widest } from "../plan/columns.ts";
import { EMPTY, type Field, shownField, textOf, typed } from "./field.ts";
import { kept, TOP, type Window } from "./window.ts";
import type { Key, Size } from "./view.ts";

/** What `:` opens: every action by its words, and the command line that does the same without a screen. */
export interface Entry<Action extends string = string> {
  readonly does: Action;
  readonly about: string;
  /** Absent where nothing outside this screen does it. */
  readonly command?: string;
}

export interface Palette {
  readonly field: Field;
  readonly window: Window;
}

export const OPENED: Palette = { field: EMPTY, window: TOP };

export type PaletteTurn<Action extends string> =
  | { readonly is: "open"; readonly palette: Palette }
  | { readonly is: "left" }
  | { readonly is: "chosen"; readonly does: Action };

const ROOM = 8;

export function pressPalette<Action extends string>(
  palette: Palette,
  entries: readonly Entry<Action>[],
  key: Key,
): PaletteTurn<Action> {
  const found = matching(entries, palette);
  if (key === "esc" || key === "ctrl+c") return { is: "left" };
  if (key === "enter") {
    const chosen = found[palette.window.at];
    return chosen === undefined ? { is: "left" } : { is: "chosen", does: chosen.does };
  }
  if (key === "up" || key === "down") {
    const at = palette.window.at + (key === "up" ? -1 : 1);
    return {
      is: "open",
      palette: { ...palette, window: kept({ ...palette.window, at }, found.length, ROOM) },
    };
  }
  // An empty line that is taken back further is left.
  if (key === "backspace" && textOf(palette.field) === "") return { is: "left" };
  const field = typed(palette.field, key);
  return { is: "open", palette: field === undefined ? palette : { field, window: TOP } };
}

/** Each word that was typed stands somewhere in what an entry says. */
function matching<Action extends string>(
  entries: readonly Entry<Action>[],
  { field }: Palette,
): readonly Entry<Action>[] {
  const words = textOf(field)
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return entries.filter(({ about, command = "" }) => {
    const text = `${about} ${command}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A few lines for the foot of a screen, the line that is typed last. */
export function drawPalette(
  palette: Palette,
  entries: readonly Entry[],
  size: Size,
  paint: Paint,
): readonly string[] {
  const found = matching(entries, palette);
  const { at, top } = palette.window;
  const shown = found.slice(top, top + ROOM);
  const column = Math.min(widest(found.map(({ about }) => about)), Math.floor(size.columns / 2));
  const lines = shown.map(({ about, command = "" }, i) => {
    const text = cut(`${pad(cut(about, column), column)}  ${command}`, size.columns - 3);
    return top + i === at ? `${paint.bold("›")} ${paint.inverse(text)}` : `  ${text}`;
  });
  return [
    paint.dim("─".repeat(size.columns)),
    ...(lines.length === 0 ? [paint.dim("  nothing is called so")] : lines),
    shownField(" :", palette.field, size.columns),
  ];
}
