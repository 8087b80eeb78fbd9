import { assertNever } from "../../base/assert-never.ts";
import type { Change } from "../../model/plan.ts";
import type { Id } from "../../model/resource.ts";
import type { ApplyEvent, LeftOut, Part, Step, Task } from "../../model/step.ts";
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
  /** What was said on the way, the newest last; only so much of it as a screen may show. */
  readonly said: readonly string[];
  /** What a step that has ended said last of itself, such as how an image was built. */
  readonly result?: string;
  /** When nothing was to be done with it any more. */
  readonly over?: number;
}

/** So many lines of what was said are kept, as many as of a log that failed. */
const SAID = 20;

export type ObjectState =
  | { readonly is: "waiting" }
  | {
      readonly is: "running";
      readonly since: number;
      readonly step: Step;
      /** How far it is, or what it waits for: what was said last of this step. */
      readonly text?: string;
      readonly part?: Part;
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
        said: [],
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
  const { state } = object;
  const since = state.is === "running" ? state.since : state.is === "done" ? now - state.millis : now;
  const tries = state.is === "running" ? state.tries : 0;
  switch (event.is) {
    case "began":
      return { ...object, state: { is: "running", since, step: event.step, tries: 0 } };
    case "progress": {
      const { step, text, part } = event;
      const running = { is: "running", since, step, text, tries } as const;
      return {
        ...object,
        said: heard(object.said, text),
        state: part === undefined ? running : { ...running, part },
      };
    }
    case "again":
      return {
        ...object,
        said: heard(object.said, event.cause),
        state: { is: "running", since, step: event.step, text: event.cause, tries: event.tries },
      };
    case "ended": {
      const stepsLeft = object.stepsLeft - 1;
      const result = event.step.is === "call" ? lastOf(state) : undefined;
      const kept = { ...object, stepsLeft, ...(result === undefined ? {} : { result }) };
      if (stepsLeft > 0) return { ...kept, state: { is: "running", since, step: event.step, tries: 0 } };
      return { ...kept, over: now, state: { is: "done", millis: now - since } };
    }
    case "failed":
      return {
        ...object,
        over: now,
        state: { is: "failed", millis: now - since, cause: event.cause, lines: event.lines },
      };
    case "left out":
      return { ...object, over: now, state: { is: "left out", because: event.because } };
    default:
      return assertNever(event);
  }
}

/** What a wait saw last is over with it; what a step said last of its own work stays true. */
const lastOf = (state: ObjectState): string | undefined =>
  state.is === "running" && state.tries === 0 ? state.text : undefined;

const timeless = (text: string): string => text.replaceAll(/\b\d+ (?:ms|s)\b/g, "");

function heard(said: readonly string[], text: string): readonly string[] {
  const last = said.at(-1);
  // The same wait goes on, and only its time is another: the newer one stands for both.
  const before = last !== undefined && timeless(last) === timeless(text) ? said.slice(0, -1) : said;
  return [...before, text].slice(-SAID);
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
