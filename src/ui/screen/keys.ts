import type { Paint } from "../paint.ts";
import { textWidth } from "../plan/columns.ts";
import type { Key } from "./view.ts";

/**
 * What keys do, as data: the view looks an action up here, and the footer, the help, the palette, the documentation
 * and the tests read the same lines.
 */
export interface Binding<Action extends string = string> {
  readonly keys: readonly Key[];
  readonly does: Action;
  /** A sentence's worth, for help and documentation. */
  readonly about: string;
  /** One word or two, where it belongs into the footer; the first keys of the table are shown first. */
  readonly footer?: string;
  /** It changes what is live: not there with --read-only. */
  readonly changes?: true;
}

export interface KeyTable<Action extends string = string> {
  readonly title: string;
  readonly bindings: readonly Binding<Action>[];
}

export type Move = "up" | "down" | "page up" | "page down" | "first" | "last";

/** Lists everywhere, for hands that know one editor or another. */
export const MOVES: readonly Binding<Move>[] = [
  { keys: ["up", "k"], does: "up", about: "a line up", footer: "move" },
  { keys: ["down", "j"], does: "down", about: "a line down" },
  { keys: ["pageup", "ctrl+u"], does: "page up", about: "a page up" },
  { keys: ["pagedown", "ctrl+d"], does: "page down", about: "a page down" },
  { keys: ["home", "g"], does: "first", about: "to the first line" },
  { keys: ["end", "G"], does: "last", about: "to the last line" },
];

export function actionOf<Action extends string>(table: KeyTable<Action>, key: Key): Action | undefined {
  return table.bindings.find(({ keys }) => keys.includes(key))?.does;
}

const SHOWN: Readonly<Record<Key, string>> = {
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  enter: "⏎",
  esc: "esc",
  pageup: "PgUp",
  pagedown: "PgDn",
  home: "Home",
  end: "End",
  backspace: "⌫",
};

export const showKey = (key: Key): string => SHOWN[key] ?? key.replace("ctrl+", "^");

/** The live keys on one line; what does not fit is left to `?`, which comes last and always fits. */
export function footerOf(
  table: KeyTable,
  width: number,
  paint: Paint,
  isLive: (binding: Binding) => boolean = () => true,
): string {
  const help = { key: "?", word: "keys" };
  const items = table.bindings
    .filter((one) => one.footer !== undefined && isLive(one))
    .map((one) => ({
      key: one.does === "up" ? "↑↓" : showKey(one.keys[0] ?? ""),
      word: one.footer ?? "",
    }));
  const wide = (one: { key: string; word: string }): number => textWidth(`${one.key} ${one.word}`) + 2;
  let room = width - 1 - wide(help);
  const fitting = items.filter((one) => {
    const fits = wide(one) <= room;
    // Nothing further back jumps the queue: the order of the table is the order of use.
    room = fits ? room - wide(one) : 0;
    return fits;
  });
  return ` ${[...fitting, help].map(({ key, word }) => `${paint.bold(key)} ${paint.dim(word)}`).join("  ")}`;
}

/** All keys of the tables, a line each, as `?` shows them and as the documentation has them. */
export function keyLines(tables: readonly KeyTable[]): readonly {
  readonly title: string;
  readonly lines: readonly { readonly keys: string; readonly about: string }[];
}[] {
  return tables.map(({ title, bindings }) => ({
    title,
    lines: bindings.map(({ keys, about }) => ({ keys: keys.map(showKey).join(" "), about })),
  }));
}
