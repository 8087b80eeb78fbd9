import type { Paint } from "../paint.ts";
import { cut, textWidth } from "../plan/columns.ts";

/** Text with how it is to be painted, measured and cut before any paint is on it. */
export interface Piece {
  readonly text: string;
  readonly as?: readonly (keyof Paint)[];
}

export type Line = readonly Piece[];

export const piece = (text: string, ...as: readonly (keyof Paint)[]): Piece => ({ text, as });

export const plainOf = (line: Line): string => line.map(({ text }) => text).join("");

export const widthOf = (line: Line): number => line.reduce((sum, { text }) => sum + textWidth(text), 0);

/** No wider than `width`; `…` stands where something is missing. */
export function fitted(line: Line, width: number): Line {
  if (widthOf(line) <= width) return line;
  const kept: Piece[] = [];
  let room = width;
  for (const one of line) {
    const wide = textWidth(one.text);
    // The last one that fits wholly may have to give a place to the sign that something follows.
    if (wide < room) {
      kept.push(one);
      room -= wide;
      continue;
    }
    kept.push({ ...one, text: cut(wide === room ? `${one.text}  ` : one.text, room) });
    break;
  }
  return kept;
}

export function painted(line: Line, paint: Paint): string {
  return line.map(({ text, as = [] }) => as.reduce((painting, name) => paint[name](painting), text)).join("");
}

/** With each place that says so underlined: what somebody searched for. */
export function withFound(line: Line, searched: string): Line {
  const low = searched.toLowerCase();
  if (low === "") return line;
  return line.flatMap((one) => {
    const parts: Piece[] = [];
    let from = 0;
    const text = one.text.toLowerCase();
    // Where lower case has another length, places would not be those of the text.
    if (text.length !== one.text.length) return [one];
    for (let at = text.indexOf(low); at >= 0; at = text.indexOf(low, from)) {
      if (at > from) parts.push({ ...one, text: one.text.slice(from, at) });
      parts.push({
        text: one.text.slice(at, at + low.length),
        as: [...(one.as ?? []), "bold", "underline", "yellow"],
      });
      from = at + low.length;
    }
    return from === 0 ? [one] : [...parts, { ...one, text: one.text.slice(from) }];
  });
}
