import { canonicalJson, type Json } from "../base/canonical.ts";

/**
 * Controls (C0, delete, C1), halves of a pair, what turns the direction of writing, what has no width, fillers
 * that are drawn as nothing, and the tags in which text can be hidden.
 */
const UNSEEN =
  /\u034F|[\p{Cc}\p{Cs}\u00AD\u061C\u115F\u1160\u17B4\u17B5\u{180B}-\u{180F}\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{E0000}-\u{E0FFF}]/gu;
const PICTURE_BEFORE = /\p{Extended_Pictographic}(?:\uFE0F|[\u{1F3FB}-\u{1F3FF}])?$/u;
const PICTURE_AFTER = /^\p{Extended_Pictographic}/u;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f" };

/**
 * One line of text from outside, as it may be shown: nothing in it moves the cursor, changes colours, sets a
 * title, fills the clipboard or hides. Tabs stay. A sequence that never ends is nothing special here: without
 * its first byte no terminal takes it for one.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char, offset: number) => {
    if (char === "\t") return char;
    if (char === "\u200D" && joinsPictures(text, offset)) return char;
    return SHORT[char] ?? escaped(char);
  });
}

/** The same, for a cell of a table, where a tab would move what comes after it. */
export function flat(text: string): string {
  return visible(text).replaceAll("\t", " ");
}

/** Text of several lines, each made visible. */
export function visibleLines(text: string): string[] {
  return text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map(visible);
}

/** JSON with the same values, in which no byte can be anything but text to a terminal. */
export function jsonText(value: Json, indent = 0): string {
  return canonicalJson(value, indent).replace(UNSEEN, (char) => {
    if (char === "\n") return char;
    return char
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("");
  });
}

/** A family or a flag is several pictures in one: the joiner between them hides nothing. */
function joinsPictures(text: string, offset: number): boolean {
  return (
    PICTURE_BEFORE.test(text.slice(Math.max(0, offset - 4), offset)) &&
    PICTURE_AFTER.test(text.slice(offset + 1, offset + 3))
  );
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}
