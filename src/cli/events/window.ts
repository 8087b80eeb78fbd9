import type { Noted } from "../../state/events.ts";
import { inOrder, keyOf } from "./merge.ts";

/** Several sources tell of the same moment, one sooner than the other: so long each event waits for those before it. */
export const WINDOW_MS = 1000;

/** Far more than happen within any window: what came twice is not told twice, and memory has an end. */
const REMEMBERED = 5000;

export interface Window {
  /** `now`: of a clock that only goes forward. */
  add(event: Noted, now: number): void;
  /** Those that waited long enough, oldest first, and every older one with them. */
  due(now: number): readonly Noted[];
  /** All that still wait. */
  rest(): readonly Noted[];
}

/** `told`: events that were printed before this began. */
export function beginWindow(told: readonly Noted[]): Window {
  const seen = new Set(told.map(keyOf));
  let waiting: { readonly event: Noted; readonly came: number }[] = [];
  const take = (isDue: (one: { readonly event: Noted }) => boolean): readonly Noted[] => {
    const events = inOrder(waiting.filter(isDue).map(({ event }) => event));
    waiting = waiting.filter((one) => !isDue(one));
    return events;
  };
  return {
    add(event, now) {
      const key = keyOf(event);
      if (seen.has(key)) return;
      seen.add(key);
      for (const old of seen) {
        if (seen.size <= REMEMBERED) break;
        seen.delete(old);
      }
      waiting.push({ event, came: now });
    },
    due(now) {
      const last = Math.max(
        ...waiting.flatMap(({ event, came }) => (now - came >= WINDOW_MS ? [Date.parse(event.at)] : [])),
        Number.NEGATIVE_INFINITY,
      );
      return take(({ event }) => Date.parse(event.at) <= last);
    },
    rest: () => take(() => true),
  };
}
