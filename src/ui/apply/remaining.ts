import type { Change } from "../../model/plan.ts";
import type { Id } from "../../model/resource.ts";
import { type Does, median } from "../plan/words.ts";
import { elapsed, type ObjectProgress, type Progress } from "./progress.ts";

/** How long an apply still takes, from what the same things took before. What nobody timed is not guessed. */

/** By object and by what was done to it: how long that took the last times. */
export type Times = ReadonlyMap<Id, Readonly<Partial<Record<Does, readonly number[]>>>>;

export type Left =
  /** At least so long: of `untimed` objects nobody knows. */
  | { readonly is: "about"; readonly millis: number; readonly untimed: number }
  /** All that runs takes longer than it used to: nobody knows when it ends; what comes after it takes `after`. */
  | { readonly is: "longer"; readonly after: number }
  | { readonly is: "not timed" };

/** A replaced one comes up as a new one does: where one of the two was never timed, the other stands for it. */
const ALIKE: Readonly<Partial<Record<Does, Does>>> = { create: "replace", replace: "create" };

/** By object, in milliseconds. */
export function expectedTimes(changes: readonly Change[], times: Times): ReadonlyMap<Id, number> {
  const expected = new Map<Id, number>();
  for (const change of changes) {
    if (change.is === "keep") continue;
    const own = times.get(change.id);
    const alike = ALIKE[change.is];
    const started = change.is === "update" || change.is === "replace" ? change.before.readyMs : undefined;
    const millis =
      median(own?.[change.is]) ?? median(alike === undefined ? undefined : own?.[alike]) ?? median(started);
    if (millis !== undefined) expected.set(change.id, millis);
  }
  return expected;
}

/** Undefined where nothing is left. As many at once as are allowed, and never before what they stand on. */
export function timeLeft(
  progress: Progress,
  expected: ReadonlyMap<Id, number>,
  parallel: number,
  now: number,
): Left | undefined {
  const open = progress.objects.filter(isOpen);
  if (open.length === 0) return undefined;
  const timed = open.filter(({ id }) => expected.has(id));
  if (timed.length === 0) return { is: "not timed" };
  const own = (object: ObjectProgress): number =>
    Math.max(0, (expected.get(object.id) ?? 0) - elapsed(object, now));
  const all = open.reduce((sum, object) => sum + own(object), 0);
  const millis = Math.max(longestPath(progress, open, own), all / Math.max(1, parallel));
  const running = timed.filter(({ state }) => state.is === "running");
  if (running.length > 0 && running.every((one) => own(one) === 0)) return { is: "longer", after: millis };
  return { is: "about", millis, untimed: open.length - timed.length };
}

const isOpen = ({ state }: ObjectProgress): boolean => state.is === "running" || state.is === "waiting";

function longestPath(
  { objects, places }: Progress,
  open: readonly ObjectProgress[],
  own: (object: ObjectProgress) => number,
): number {
  const known = new Map<Id, number>();
  const until = (object: ObjectProgress): number => {
    const before = known.get(object.id);
    if (before !== undefined) return before;
    // Whoever comes back here while this is worked out has gone in a circle, which no apply would end.
    known.set(object.id, 0);
    const first = object.after.reduce((most, id) => {
      const other = objects[places.get(id) ?? -1];
      return other === undefined || !isOpen(other) ? most : Math.max(most, until(other));
    }, 0);
    known.set(object.id, first + own(object));
    return first + own(object);
  };
  return open.reduce((most, object) => Math.max(most, until(object)), 0);
}
