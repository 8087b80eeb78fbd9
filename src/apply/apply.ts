import { err, ok, type Result } from "../base/result.ts";
import type { ApplyLine, Change, Plan } from "../model/plan.ts";
import type { Id } from "../model/resource.ts";
import type { ApplyEvent, Step } from "../model/step.ts";
import type { Cancel, Clock } from "../model/system.ts";
import type { Failure, Preflight, StepContext } from "../model/target.ts";
import { tasksOf } from "./tasks.ts";
import { type StepFailure, type Walked, walk } from "./walk.ts";

export interface ApplyRequest {
  readonly plan: Plan;
  readonly steps: (change: Change) => readonly Step[];
  readonly run: (step: Step, change: Change, context: StepContext) => Promise<Result<void, Failure>>;
  readonly secret: Preflight["secret"];
  readonly clock: Clock;
  /** Told before a step begins and after it ended: the journal first, then the screen. */
  readonly tell: (event: ApplyEvent) => void;
  readonly parallel: number;
  readonly keepGoing: boolean;
  /** How often a step that failed for a passing reason is tried again: after 1, 2, 3 … seconds. */
  readonly retries: number;
  /** The longest wait for one object, where the command names one. */
  readonly timeoutMs?: number;
  /** Begin nothing more. */
  readonly stop: AbortSignal;
  /** Also end what runs. */
  readonly abort: AbortSignal;
}

export interface Applied {
  readonly lines: readonly ApplyLine[];
  readonly outcome: "applied" | "failed" | "interrupted";
}

/** How long a step that was told to end may take for it. */
const GRACE_MS = 5000;

/** Carries out a plan along its graph and says, object by object, what came of it. */
export async function apply(request: ApplyRequest): Promise<Applied> {
  const { plan } = request;
  const changes = new Map(plan.changes.map((change) => [change.id, change]));
  const failures = new Map<Id, StepFailure>();
  const tell = (event: ApplyEvent): void => {
    if (event.is === "failed") failures.set(event.id, event);
    request.tell(event);
  };
  const tasks = tasksOf(plan, (change) =>
    request.steps(change).map((step) => timed(step, request.timeoutMs)),
  );
  const walked = await walk(tasks, {
    run: (step) => {
      const change = changes.get(step.id);
      if (change === undefined) throw new Error(`a step for ${step.id}, which is not in the plan`);
      return withRetries(step, change, request, tell);
    },
    tell,
    parallel: request.parallel,
    keepGoing: request.keepGoing,
    signal: request.stop,
  });
  const done = new Set(walked.done);
  const untouched = new Set(walked.untouched);
  const lines = plan.changes.flatMap((change): ApplyLine[] => {
    if (change.is === "keep") return [];
    const failure = failures.get(change.id);
    const came = done.has(change.id) ? "changed" : untouched.has(change.id) ? "untouched" : "failed";
    return [
      {
        id: change.id,
        does: change.is,
        came,
        ...(failure === undefined ? {} : { cause: failure.cause, lines: failure.lines }),
        ...(failure === undefined && came === "failed" ? { cause: "interrupted between two steps" } : {}),
      },
    ];
  });
  return { lines, outcome: outcomeOf(walked, failures.size, request.abort.aborted) };
}

/** Steps that were ended from outside come back as failures, and are none. */
function outcomeOf(walked: Walked, failures: number, aborted: boolean): Applied["outcome"] {
  if (walked.untouched.length + walked.failed.length === 0) return "applied";
  return failures > 0 && !aborted ? "failed" : "interrupted";
}

function timed(step: Step, timeoutMs: number | undefined): Step {
  return step.is === "await" && timeoutMs !== undefined ? { ...step, timeoutMs } : step;
}

async function withRetries(
  step: Step,
  change: Change,
  request: ApplyRequest,
  tell: (event: ApplyEvent) => void,
): Promise<Result<void, StepFailure>> {
  for (let tries = 1; ; tries++) {
    const running = request.run(step, change, {
      secret: request.secret,
      signal: request.abort,
      report: (text, part) =>
        tell({ is: "progress", id: step.id, step, text, ...(part === undefined ? {} : { part }) }),
    });
    const result = await orGivenUp(running, request);
    if (result.ok) return ok(undefined);
    const { message, lines, passing } = result.error;
    if (!passing || request.stop.aborted) return err({ cause: message, lines });
    if (tries > request.retries)
      return err({
        cause: request.retries === 0 ? message : `failed after ${request.retries} retries: ${message}`,
        lines,
      });
    tell({ is: "again", id: step.id, step, cause: message, tries });
    await pause(request.clock, tries * 1000, request.stop);
    if (request.stop.aborted) return err({ cause: message, lines });
  }
}

/** A step is told to end and may clean up; one that does not listen must not keep anybody from leaving. */
function orGivenUp(
  running: Promise<Result<void, Failure>>,
  { clock, abort }: Pick<ApplyRequest, "clock" | "abort">,
): Promise<Result<void, Failure>> {
  return new Promise((resolve, reject) => {
    let cancel: Cancel = () => undefined;
    const giveUp = (): void => {
      const message = `interrupted, and still not over after ${GRACE_MS / 1000} s`;
      cancel = clock.after(GRACE_MS, () => resolve(err({ message, lines: [], passing: false })));
    };
    if (abort.aborted) giveUp();
    else abort.addEventListener("abort", giveUp, { once: true });
    void running.then(resolve, reject).finally(() => {
      abort.removeEventListener("abort", giveUp);
      cancel();
    });
  });
}

function pause(clock: Clock, millis: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      stop.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(millis, end);
    stop.addEventListener("abort", end, { once: true });
  });
}
