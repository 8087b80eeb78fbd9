import { isKeyName, type KeyName, type Terminal } from "../helpers/terminal.ts";

const NAMED: Readonly<Record<string, KeyName>> = {
  "⏎": "enter",
  "↑↓": "down",
  "←→": "right",
  "^c": "ctrl+c",
  "⌫": "backspace",
};
/** What the last line of a screen says of its keys: by the word, the key. */
export function footerOn(terminal: Terminal): ReadonlyMap<string, string> {
  const rows = terminal.screen().filter((row) => row.trim() !== "");
  return new Map(
    (rows.at(-1) ?? "")
      .trim()
      .split(/ {2,}/)
      .flatMap((pair): [string, string][] => {
        const at = pair.indexOf(" ");
        return at < 0 ? [] : [[pair.slice(at + 1), pair.slice(0, at)]];
      }),
  );
}

/** Presses the key that the footer has for this word, and no other. */
export async function pressFor(terminal: Terminal, word: string): Promise<void> {
  await terminal.shows(`a key for “${word}” in the last line`, () => footerOn(terminal).has(word));
  const key = footerOn(terminal).get(word) ?? "";
  const name = NAMED[key] ?? key;
  if (isKeyName(name)) terminal.press(name);
  else terminal.type(name);
}
