import type { Binding } from "../screen/keys.ts";
import type { Action } from "./keys.ts";
import { canOpen, entriesOf } from "./listing.ts";
import { nodeAt, type Review } from "./state.ts";

/** Whether a key does something now: the footer names no other. */
export function liveIn(review: Review, columns: number): (binding: Binding) => boolean {
  const node = nodeAt(review, columns);
  const entries = entriesOf(review.shape, columns);
  const at = entries[review.window.at];
  const live: Partial<Readonly<Record<Action, boolean>>> = {
    up: entries.length > 1,
    apply: review.part.plan.changes.some(({ is }) => is !== "keep"),
    write: review.part.plan.changes.some(({ is }) => is !== "keep"),
    exclude: node !== undefined,
    fold: node !== undefined && (canOpen(node) || at?.body !== undefined),
    details: node !== undefined,
    edit: at?.body?.written !== undefined || node?.written !== undefined,
  };
  return ({ does }) => !isKey(live, does) || live[does] !== false;
}

const isKey = <T extends object>(of: T, key: string): key is Extract<keyof T, string> =>
  Object.hasOwn(of, key);
