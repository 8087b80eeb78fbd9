import { cut, textWidth } from "../plan/columns.ts";
import type { Key } from "./view.ts";

/** A line that somebody types: what stands before the cursor, and after it. */
export interface Field {
  readonly before: string;
  readonly after: string;
}

export const EMPTY: Field = { before: "", after: "" };

export const textOf = ({ before, after }: Field): string => before + after;

/** Undefined where the key is none of this line: enter, esc, up. */
export function typed(field: Field, key: Key): Field | undefined {
  const { before, after } = field;
  switch (key) {
    case "space":
      return { before: `${before} `, after };
    case "backspace":
    case "ctrl+h":
      return { before: Array.from(before).slice(0, -1).join(""), after };
    case "delete":
      return { before, after: Array.from(after).slice(1).join("") };
    case "left":
    case "ctrl+b": {
      const chars = Array.from(before);
      return { before: chars.slice(0, -1).join(""), after: (chars.at(-1) ?? "") + after };
    }
    case "right":
    case "ctrl+f": {
      const [first = "", ...rest] = Array.from(after);
      return { before: before + first, after: rest.join("") };
    }
    case "home":
    case "ctrl+a":
      return { before: "", after: before + after };
    case "end":
    case "ctrl+e":
      return { before: before + after, after: "" };
    case "ctrl+u":
      return { before: "", after };
    case "ctrl+k":
      return { before, after: "" };
    case "ctrl+w":
      return { before: before.replace(/\S*\s*$/, ""), after };
    default:
      // A name is longer than one character, and no text.
      return Array.from(key).length === 1 ? { before: before + key, after } : undefined;
  }
}

/** `/chat▏`: the end of a line that is too long stays in sight. */
export function shownField(lead: string, field: Field, width: number): string {
  const text = `${lead}${field.before}▏${field.after}`;
  if (textWidth(text) <= width) return text;
  const room = Math.max(1, width - textWidth(lead) - 2);
  const end = Array.from(`${field.before}▏`).slice(-room).join("");
  return cut(`${lead}…${end}`, width);
}
