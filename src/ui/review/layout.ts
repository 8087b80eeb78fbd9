import type { Size } from "../screen/view.ts";
import { headerLines } from "./header.ts";
import { footLines } from "./foot.ts";
import type { Line } from "./pieces.ts";
import type { Review } from "./state.ts";

/** Where everything stands on a screen of this size. */
export interface Areas {
  readonly header: readonly Line[];
  /** Rules above and below the list: none where each line is needed. */
  readonly rules: boolean;
  readonly list: { readonly columns: number; readonly rows: number };
  readonly details?: {
    readonly where: "right" | "below" | "instead";
    readonly columns: number;
    readonly rows: number;
  };
  readonly foot: readonly Line[];
}

/** From here on a pane stands beside the list. */
const WIDE = 120;
/** From here on both have room below each other. */
const HIGH = 20;

export function areasOf(review: Review, size: Size): Areas {
  const { columns, rows } = size;
  const header = headerLines(review, size);
  const foot = footLines(review, columns);
  const rules = rows >= 14;
  // The last row is the footer's.
  const room = Math.max(1, rows - header.length - foot.length - (rules ? 2 : 0) - 1);
  const whole = { header, rules, foot, list: { columns, rows: room } };
  if (review.details === undefined) return whole;
  if (columns >= WIDE) {
    const right = Math.floor(columns * 0.5) - 3;
    return {
      ...whole,
      list: { columns: columns - right - 3, rows: room },
      details: { where: "right", columns: right, rows: room },
    };
  }
  if (rows >= HIGH) {
    const below = Math.max(4, Math.floor((room - 1) / 2));
    return {
      ...whole,
      list: { columns, rows: room - below - 1 },
      details: { where: "below", columns, rows: below },
    };
  }
  return { ...whole, details: { where: "instead", columns, rows: room } };
}
