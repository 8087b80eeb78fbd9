import { type Applied, apply } from "../../apply/apply.ts";
import { tasksOf } from "../../apply/tasks.ts";
import { err } from "../../base/result.ts";
import type { Plan } from "../../model/plan.ts";
import type { ApplyEvent } from "../../model/step.ts";
import type { Mark, Place, Preflight, Session, Target } from "../../model/target.ts";
import { openJournal } from "../../state/journal.ts";
import { readTimings } from "../../state/timings.ts";
import { system } from "../../system/system.ts";
import { beginProgress, foldProgress, type Progress } from "../../ui/apply/progress.ts";
import { expectedTimes } from "../../ui/apply/remaining.ts";
import type { Paint } from "../../ui/paint.ts";
import { flat } from "../../ui/visible.ts";
import { redactEvent } from "../redact.ts";
import { now } from "../stopwatch.ts";
import type { Context } from "../table.ts";
import type { Asked } from "../terminal/asked.ts";
import { worldFault } from "../world-fault.ts";
import { commandOf } from "../revisions/author.ts";
import type { Interrupt, Interrupts, Stopping } from "./interrupts.ts";
import type { Noting } from "./noting.ts";
import { type Teller, tellerOf } from "./telling.ts";

/** What both phases of an apply are done with: carrying out a plan, and going back. */
export interface Around {
  readonly context: Context;
  readonly place: Place;
  readonly target: Target;
  readonly session: Session;
  readonly paint: Paint;
  readonly asked: Asked;
  readonly stops: Interrupts;
  readonly mark: Mark;
  readonly noting: Pick<Noting, "happened">;
  readonly secret: Preflight["secret"];
  readonly redact: (text: string) => string;
  /** Asked before each step: why nothing more may be begun, such as another apply that is at work here too. */
  readonly mayBegin: () => Promise<string | undefined>;
  /** Told who is told of a Ctrl-C from now on. */
  readonly telling: (stopping: ((how: Stopping, by: Interrupt) => void) | undefined) => void;
}

export interface Phase {
  readonly is: "apply" | "going back";
  readonly plan: Plan;
  readonly keepGoing: boolean;
  readonly planDigest?: string;
  /** Said before its first line. */
  readonly because?: string;
  /** After the last step, as part of it: what ended again at once has failed, though its start went well. */
  readonly settle: boolean;
}

export interface Phased {
  readonly applied: Applied;
  readonly progress: Progress;
  /** All that failed did so while it was waited for. */
  readonly waitedInVain: boolean;
  /** Why nothing more was begun, where that was none of this apply's doing. */
  readonly rival?: string;
  /** Why its journal is not whole. */
  readonly unwritten?: string;
  /** Writes how it ended. */
  readonly ended: (outcome: string) => void;
}

/** Carries out one plan and tells what happens: in the journal first, then to whoever looks on. */
export async function runPhase(around: Around, phase: Phase): Promise<Phased> {
  const { context, place, target, session, asked, stops } = around;
  const { plan } = phase;
  const { clock } = system;
  const changing = plan.changes.filter((change) => change.is !== "keep");
  const command = commandOf(process.argv.slice(2));
  const journal = openJournal(system.files, place.home, {
    apply: around.mark.apply,
    at: clock.wall(),
    command: phase.is === "apply" ? command : `${command} (going back)`,
    objects: changing.length,
    ...(phase.planDigest === undefined ? {} : { planDigest: phase.planDigest }),
  });
  // It is a help: a disk that became full on the way is no reason to leave off half-way.
  let unwritten: string | undefined;
  const record = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      const fault = worldFault(error);
      if (fault === undefined) throw error;
      unwritten = fault.message;
    }
  };
  const tasks = tasksOf(plan, target.steps);
  const changes = new Map(plan.changes.map((change) => [change.id, change]));
  let progress = beginProgress(plan.changes, tasks, now());
  const teller: Teller = await tellerOf(context, {
    way: asked.way,
    place: `${phase.is === "apply" ? "" : "going back · "}${flat(place.project)} → ${flat(place.target)}`,
    changes: plan.changes,
    tasks,
    expected: expectedTimes(plan.changes, readTimings(system.files, place.home)),
    parallel: asked.parallel,
    paint: around.paint,
    interrupt: stops.told,
    ...(phase.because === undefined ? {} : { because: phase.because }),
  });
  around.telling(teller.stopping);
  if (stops.stop.aborted) teller.stopping("after what runs", "SIGINT");
  const failedCalls: string[] = [];
  let failures = 0;
  const say = (told: ApplyEvent): void => {
    const event = redactEvent(told, around.redact);
    if (event.is === "failed") {
      failures++;
      if (event.step.is === "call") failedCalls.push(event.id);
    }
    record(() => journal.tell(event, clock.wall()));
    around.noting.happened(event, changes.get(event.id), phase.is === "going back");
    progress = foldProgress(progress, event, now());
    teller.happened(event);
  };
  const halt = new AbortController();
  let rival: string | undefined;
  let applied: Applied;
  try {
    const carried = await apply({
      plan,
      steps: target.steps,
      async run(step, change, ctx) {
        rival ??= await around.mayBegin();
        if (rival === undefined) return session.run(step, change, { ...ctx, mark: around.mark });
        halt.abort();
        return err({ message: rival, lines: [], passing: false });
      },
      secret: around.secret,
      clock,
      tell: say,
      parallel: asked.parallel,
      keepGoing: phase.keepGoing,
      retries: asked.retries,
      ...(asked.timeoutMs === undefined ? {} : { timeoutMs: asked.timeoutMs }),
      stop: AbortSignal.any([stops.stop, halt.signal]),
      abort: stops.abort,
    });
    applied = phase.settle && carried.outcome === "applied" ? await settled(carried, session, say) : carried;
  } finally {
    around.telling(undefined);
    await teller.end();
  }
  return {
    applied,
    progress,
    waitedInVain: failures > 0 && failedCalls.length === 0,
    ...(rival === undefined ? {} : { rival }),
    ...(unwritten === undefined ? {} : { unwritten }),
    ended: (outcome) => record(() => journal.end(outcome, clock.wall())),
  };
}

/** What ended again at once has failed, though its start went well. */
async function settled(
  applied: Applied,
  session: Session,
  say: (event: ApplyEvent) => void,
): Promise<Applied> {
  const late = (await session.settle?.()) ?? [];
  if (late.length === 0) return applied;
  const failures = new Map(late.map(({ id, failure }) => [id, failure]));
  for (const { id, failure } of late) {
    const step = { is: "await", id, until: "ready", timeoutMs: 0 } as const;
    say({ is: "failed", id, step, cause: failure.message, lines: failure.lines });
  }
  const lines = applied.lines.map((line) => {
    const failure = failures.get(line.id);
    return failure === undefined
      ? line
      : { ...line, came: "failed" as const, cause: failure.message, lines: failure.lines };
  });
  return { lines, outcome: "failed" };
}
