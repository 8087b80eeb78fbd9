import { count } from "../plan/words.ts";
import type { Size } from "../screen/view.ts";
import { fitted, type Line, piece, widthOf } from "./pieces.ts";
import { isChanging, type Review } from "./state.ts";

/** What the plan comes to as it is chosen now; where, and whether that is where it hurts. */
export function headerLines(review: Review, { columns, rows }: Size): readonly Line[] {
  const { verdict } = review.shape.told;
  const says = isChanging(review) || review.part.left.length === 0 ? verdict.says : "nothing is chosen";
  const worst: Line = verdict.worst === undefined ? [] : [piece(`worst: ${verdict.worst}`, "bold")];
  const place: Line = [{ text: " " }, piece(verdict.place, "bold")];
  const first = review.offer.production ? withRight(place, PRODUCTION, columns) : place;
  const second: Line = [{ text: ` ${says}` }];
  const both: Line = worst.length === 0 ? second : [...second, { text: "   " }, ...worst];
  // A worst that is cut says nothing: it takes a line of its own where there is one, else the begin of the next.
  const fits = widthOf(both) <= columns;
  const isHigh = rows >= 14;
  const asides = joined([...(fits || isHigh ? [] : worst), ...asidesOf(review)]);
  return [
    fitted(first, columns),
    fitted(fits ? both : second, columns),
    ...(fits || !isHigh ? [] : [fitted([{ text: " " }, ...worst], columns)]),
    ...(asides.length === 0 ? [] : [fitted([{ text: " " }, ...asides], columns)]),
  ];
}

const PRODUCTION: Line = [piece(" PRODUCTION ", "inverse", "red", "bold")];

function withRight(left: Line, right: Line, columns: number): Line {
  const room = columns - widthOf(right) - 1;
  const cut = fitted(left, room - 1);
  return [...cut, { text: " ".repeat(Math.max(1, room - widthOf(cut))) }, ...right];
}

function asidesOf(review: Review): Line {
  const { part, checking, busy, faults } = review;
  const { verdict, ready } = review.shape.told;
  const left = part.left.length;
  return [
    ...(faults === undefined
      ? []
      : [piece("the files have faults now: this is the plan from before", "yellow", "bold")]),
    ...(left > 0 ? [piece(`${count(left, "object")} left out`, "bold")] : []),
    ...verdict.asides.map((text) =>
      text.startsWith("preflight") || text === "refused" ? piece(text, "red", "bold") : piece(text),
    ),
    ...(busy === undefined ? [] : [piece(busy, "yellow")]),
    ...(checking
      ? [piece("checking…", "yellow")]
      : ready === undefined ||
          !isChanging(review) ||
          verdict.asides.some((one) => one.startsWith("preflight"))
        ? []
        : [piece(ready, "dim")]),
  ];
}

const joined = (parts: Line): Line =>
  parts.flatMap((one, i) => (i === 0 ? [one] : [piece(" · ", "dim"), one]));
