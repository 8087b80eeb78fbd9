import { assertNever } from "../../base/assert-never.ts";
import type { Change } from "../../model/plan.ts";
import type { Id } from "../../model/resource.ts";
import type { ApplyEvent, LeftOut, Step, Task } from "../../model/step.ts";
import { type Does, SYMBOLS } from "../plan/words.ts";

/**
 * An apply as far as it is, folded from what happened. `now` comes with each event and only ever goes forward;
 * it is the caller's clock, in milliseconds.
 *
 *     waiting ──began──▶ running ──last step ended──▶ done
 *        │                  └──failed──▶ failed
 *        └──left out──▶ left out
 */
export interface Progress {
  readonly began: number;
  readonly objects: readonly ObjectProgress[];
  readonly places: ReadonlyMap<Id, number>;
}

export interface ObjectProgress {
  readonly id: Id;
  readonly does: Does;
  readonly symbol: string;
  readonly after: readonly Id[];
  readonly stepsLeft: number;
  readonly state: ObjectState;
}

export type ObjectState =
  | { readonly is: "waiting" }
  | {
      readonly is: "running";
      readonly since: number;
      readonly step: Step;
      /** How far it is, or what it waits for: what was said last of this step. */
      readonly text?: string;
      /** Of this step, failed and begun again. */
      readonly tries: number;
    }
  | { readonly is: "done"; readonly millis: number }
  | {
      readonly is: "failed";
      readonly millis: number;
      readonly cause: string;
      readonly lines: readonly string[];
    }
  | { readonly is: "left out"; readonly because: LeftOut };

/** In the order of the plan, which is the order in which they were shown. */
export function beginProgress(changes: readonly Change[], tasks: readonly Task[], now: number): Progress {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const objects = changes.flatMap((change): ObjectProgress[] => {
    const task = byId.get(change.id);
    if (change.is === "keep" || task === undefined) return [];
    return [
      {
        id: change.id,
        does: change.is,
        symbol: SYMBOLS[change.is],
        // What is not in this apply is there already: nobody waits for it.
        after: task.after.filter((id) => byId.has(id)),
        stepsLeft: task.steps.length,
        // Nothing tells of a task without steps.
        state: task.steps.length === 0 ? { is: "done", millis: 0 } : { is: "waiting" },
      },
    ];
  });
  return { began: now, objects, places: new Map(objects.map(({ id }, i) => [id, i])) };
}

export function foldProgress(progress: Progress, event: ApplyEvent, now: number): Progress {
  const place = progress.places.get(event.id);
  const object = place === undefined ? undefined : progress.objects[place];
  if (place === undefined || object === undefined) return progress;
  return { ...progress, objects: progress.objects.with(place, next(object, event, now)) };
}

function next(object: ObjectProgress, event: ApplyEvent, now: number): ObjectProgress {
  const since = object.state.is === "running" ? object.state.since : now;
  const tries = object.state.is === "running" ? object.state.tries : 0;
  switch (event.is) {
    case "began":
      return { ...object, state: { is: "running", since, step: event.step, tries: 0 } };
    case "progress":
      return { ...object, state: { is: "running", since, step: event.step, text: event.text, tries } };
    case "again":
      return {
        ...object,
        state: { is: "running", since, step: event.step, text: event.cause, tries: event.tries },
      };
    case "ended": {
      const stepsLeft = object.stepsLeft - 1;
      const state: ObjectState =
        stepsLeft <= 0
          ? { is: "done", millis: now - since }
          : { is: "running", since, step: event.step, tries: 0 };
      return { ...object, stepsLeft, state };
    }
    case "failed":
      return {
        ...object,
        state: { is: "failed", millis: now - since, cause: event.cause, lines: event.lines },
      };
    case "left out":
      return { ...object, state: { is: "left out", because: event.because } };
    default:
      return assertNever(event);
  }
}

export function progressOf(progress: Progress, id: Id): ObjectProgress | undefined {
  const place = progress.places.get(id);
  return place === undefined ? undefined : progress.objects[place];
}

/** The first of what it stands on that is not there yet. */
export function waitsFor(progress: Progress, object: ObjectProgress): Id | undefined {
  if (object.state.is !== "waiting") return undefined;
  return object.after.find((id) => progressOf(progress, id)?.state.is !== "done");
}

export function elapsed(object: ObjectProgress, now: number): number {
  const { state } = object;
  if (state.is === "running") return now - state.since;
  return state.is === "done" || state.is === "failed" ? state.millis : 0;
}

export type Tally = Readonly<Record<ObjectState["is"], number>> & { readonly all: number };

export function tallyOf({ objects }: Progress): Tally {
  const tally = { waiting: 0, running: 0, done: 0, failed: 0, "left out": 0, all: objects.length };
  for (const { state } of objects) tally[state.is]++;
  return tally;
}
