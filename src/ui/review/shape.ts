import type { Size } from "../screen/view.ts";
import { kept } from "../screen/window.ts";
import { areasOf } from "./layout.ts";
import { entriesOf, type Entry, type Shape } from "./listing.ts";
import type { Review } from "./state.ts";

/** Another list of the same plan: the chosen line stays on what it was on, or on what that is part of. */
export function reshaped(review: Review, change: Partial<Shape>, size: Size): Review {
  const before = areasOf(review, size).list;
  const was = entriesOf(review.shape, before.columns);
  const next: Review = { ...review, shape: { ...review.shape, ...change } };
  const { columns, rows } = areasOf(next, size).list;
  const entries = entriesOf(next.shape, columns);
  const at = placeOf(was[review.window.at], entries, review.window.at);
  // What was on the screen stays where it was, as far as that goes.
  const top = review.window.top + (at - review.window.at);
  return { ...next, window: kept({ at, top }, entries.length, rows) };
}

function placeOf(entry: Entry | undefined, entries: readonly Entry[], otherwise: number): number {
  if (entry === undefined) return otherwise;
  const { node, body } = entry;
  const same = entries.findIndex((one) => one.node === node && one.body === body);
  if (same >= 0) return same;
  if (node === undefined) return otherwise;
  const head = entries.findIndex((one) => one.node === node && one.body === undefined);
  if (head >= 0) return head;
  const owner = entries.findIndex(({ node: other }) => other?.children.includes(node) === true);
  return owner >= 0 ? owner : 0;
}
