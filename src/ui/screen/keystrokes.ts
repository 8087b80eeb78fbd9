import type { Key } from "./view.ts";

/** What a terminal library says of a key, as far as it matters here. */
export interface Stroke {
  readonly text: string;
  readonly name?: Key;
  readonly ctrl: boolean;
  readonly shift: boolean;
}

/**
 * The keys in one piece of input. Whoever types fast, or through a slow line, sends several at once; a name comes
 * alone.
 */
export function keysOf({ text, name, ctrl, shift }: Stroke): readonly Key[] {
  if (name !== undefined) return [`${ctrl ? "ctrl+" : ""}${shift && name === "tab" ? "shift+" : ""}${name}`];
  if (ctrl) return text === "" ? [] : [`ctrl+${text}`];
  return Array.from(text, keyOf);
}

function keyOf(char: string): Key {
  if (char === " ") return "space";
  if (char === "\r" || char === "\n") return "enter";
  if (char === "\t") return "tab";
  if (char === "\u007F" || char === "\b") return "backspace";
  if (char === "\u001B") return "esc";
  const code = char.charCodeAt(0);
  return char.length === 1 && code < 0x20 ? `ctrl+${String.fromCharCode(code + 0x60)}` : char;
}
