import type { ApplyEvent, Step, Task } from "../model/step.ts";
import type { Result } from "../base/result.ts";
import type { Id } from "../model/resource.ts";

export interface StepFailure {
  readonly cause: string;
  readonly lines: readonly string[];
}

export interface WalkOptions {
  /** Carries out one step; a failure is a value, a throw is our own bug and ends the walk. */
  readonly run: (step: Step) => Promise<Result<void, StepFailure>>;
  /** Told before a step begins and after it ended: where the journal writes. */
  readonly tell: (event: ApplyEvent) => void;
  readonly parallel: number;
  /** Go on with what does not depend on a failure, instead of beginning nothing more. */
  readonly keepGoing: boolean;
  readonly signal: AbortSignal;
}

export interface Walked {
  readonly done: readonly Id[];
  /** Begun and not ended well: their object may be half changed. */
  readonly failed: readonly Id[];
  readonly untouched: readonly Id[];
}

/**
 * Runs tasks along their graph, as many at once as are allowed. After the first failure no new step begins, in
 * no task; steps that run come to their end. A stop is the same without a failure. It never decides anything else.
 *
 *     waiting ──all before it done──▶ running ──last step ended──▶ done
 *        │                              └───a step failed, or stopped between steps──▶ failed
 *        └──something before it failed, or stopped──▶ untouched
 */
export async function walk(tasks: readonly Task[], options: WalkOptions): Promise<Walked> {
  const waiting = new Map(tasks.map((task) => [task.id, task]));
  const known = new Set(waiting.keys());
  const done: Id[] = [];
  const failed: Id[] = [];
  const running = new Map<Id, Promise<void>>();
  const finished = new Set<Id>();
  let halted = false;

  const mayGoOn = (): boolean => !halted && !options.signal.aborted;
  const runTask = async (task: Task): Promise<void> => {
    for (const step of task.steps) {
      if (!mayGoOn()) {
        failed.push(task.id);
        return;
      }
      options.tell({ is: "began", id: task.id, step });
      const result = await options.run(step);
      if (!result.ok) {
        options.tell({ is: "failed", id: task.id, step, ...result.error });
        failed.push(task.id);
        if (!options.keepGoing) halted = true;
        return;
      }
      const last = step === task.steps.at(-1);
      options.tell({ is: "ended", id: task.id, step, ...(last ? { last } : {}) });
    }
    finished.add(task.id);
    done.push(task.id);
  };

  for (;;) {
    if (mayGoOn()) {
      for (const task of waiting.values()) {
        if (running.size >= options.parallel) break;
        // What is not in this apply is there already.
        if (!task.after.every((id) => finished.has(id) || !known.has(id))) continue;
        waiting.delete(task.id);
        running.set(
          task.id,
          runTask(task).finally(() => running.delete(task.id)),
        );
      }
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  const broken = new Set(failed);
  const untouched = [...waiting.keys()];
  for (const task of waiting.values()) {
    const cause =
      task.after.find((id) => broken.has(id) || waiting.has(id)) ?? (halted ? failed[0] : undefined);
    const because =
      cause === undefined ? ({ is: "stopped" } as const) : ({ is: "failed", id: cause } as const);
    options.tell({ is: "left out", id: task.id, because });
  }
  return { done, failed, untouched };
}
