import { assertNever } from "../../base/assert-never.ts";
import type { Change } from "../../model/plan.ts";
import type { Id } from "../../model/resource.ts";
import type { ApplyEvent, Task } from "../../model/step.ts";
import type { Paint } from "../paint.ts";
import { pad } from "../plan/columns.ts";
import { titleOf } from "../plan/words.ts";
import { flat } from "../visible.ts";
import { beginProgress, foldProgress, type Progress, progressOf } from "./progress.ts";
import { DONE, leftOutWords, stepWords, took } from "./words.ts";

/** Lines as they happen, for logs and pipes: one for each change of state, nothing is ever written over. */
export interface Telling {
  readonly progress: Progress;
  /** What was said last of the step that runs, and when. */
  readonly said: ReadonlyMap<Id, { readonly text: string; readonly at: number }>;
  readonly options: TellingOptions;
}

export interface TellingOptions {
  readonly paint: Paint;
  /** Between two lines on how far one object is; the first one of a step comes at once. */
  readonly gapMs: number;
}

export function beginTelling(
  changes: readonly Change[],
  tasks: readonly Task[],
  now: number,
  options: TellingOptions,
): Telling {
  return { progress: beginProgress(changes, tasks, now), said: new Map(), options };
}

/** What an event adds to the log: no line, one, or more where something failed. */
export function tell(
  telling: Telling,
  event: ApplyEvent,
  now: number,
): { readonly telling: Telling; readonly lines: readonly string[] } {
  const { options } = telling;
  const progress = foldProgress(telling.progress, event, now);
  const said = saidAfter(telling, event, now);
  const changed = { ...telling, progress, said: said ?? telling.said };
  if (said === undefined) return { telling: changed, lines: [] };
  const words = wordsOf(event, progress, options.paint, telling.said.get(event.id)?.text);
  if (words === undefined) return { telling: changed, lines: [] };
  const time = pad(took(now - progress.began), 6);
  const head = `${options.paint.dim(time)}  ${options.paint.bold(titleOf(event.id))}  ${words}`;
  const last = event.is === "failed" ? event.lines.map((line) => `${" ".repeat(10)}│ ${flat(line)}`) : [];
  return { telling: changed, lines: [head, ...last] };
}

/** Undefined where the event says nothing new, or says it too soon. */
function saidAfter({ said, options }: Telling, event: ApplyEvent, now: number): Telling["said"] | undefined {
  if (event.is !== "progress") {
    // A step has its own things to say: the first of them is told at once.
    if (!said.has(event.id)) return said;
    const others = new Map(said);
    others.delete(event.id);
    return others;
  }
  const last = said.get(event.id);
  if (last !== undefined && (last.text === event.text || now - last.at < options.gapMs)) return undefined;
  return new Map(said).set(event.id, { text: event.text, at: now });
}

/** `before`: what was told last of it. */
function wordsOf(
  event: ApplyEvent,
  progress: Progress,
  paint: Paint,
  before: string | undefined,
): string | undefined {
  switch (event.is) {
    case "began":
      return stepWords(event.step);
    case "progress":
      return flat(event.text);
    case "again":
      return `${paint.yellow("failed")}, tried again (${event.tries}): ${flat(event.cause)}`;
    case "failed":
      return `${paint.red("failed")}: ${flat(event.cause)}`;
    case "left out":
      return `${paint.yellow("left out")}: ${leftOutWords(event.because)}`;
    case "ended": {
      const object = progressOf(progress, event.id);
      if (object?.state.is !== "done") return undefined;
      const { does, result, state } = object;
      const how = result === undefined || result === before ? "" : `: ${flat(result)}`;
      return `${paint.green(DONE[does])} in ${took(state.millis)}${how}`;
    }
    default:
      return assertNever(event);
  }
}
