import { type Applied, apply } from "../../apply/apply.ts";
import { tasksOf } from "../../apply/tasks.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { ApplyReport, Outcome, Plan } from "../../model/plan.ts";
import type { ApplyEvent } from "../../model/step.ts";
import type { Place, Preflight, Session, Target } from "../../model/target.ts";
import { openJournal } from "../../state/journal.ts";
import { keepTimings, readTimings } from "../../state/timings.ts";
import { system } from "../../system/system.ts";
import { beginProgress, foldProgress, type Progress } from "../../ui/apply/progress.ts";
import { expectedTimes } from "../../ui/apply/remaining.ts";
import { jsonReport, markdownReport, plainReport } from "../../ui/apply/report.ts";
import type { Paint } from "../../ui/paint.ts";
import { flat } from "../../ui/visible.ts";
import { type Asked, askedOf } from "../terminal/asked.ts";
import { tellFaults } from "../project/checked.ts";
import { interrupts } from "./interrupts.ts";
import { lock } from "./locking.ts";
import { redactEvent, watched } from "../redact.ts";
import { now } from "../stopwatch.ts";
import type { Context } from "../table.ts";
import { outputOf, type Teller, tellerOf } from "./telling.ts";
import { worldFault } from "../world-fault.ts";

/** A plan that was decided on, with all that carrying it out needs. */
export interface Ordered {
  readonly place: Place;
  readonly target: Target;
  readonly session: Session;
  readonly plan: Plan;
  readonly secret: Preflight["secret"];
  readonly destroy: boolean;
  /** Agents whose addresses are told at the end. */
  readonly urls: readonly string[];
  readonly next: string;
  readonly paint: Paint;
  readonly planDigest?: string;
  /** Nothing is to be done any more. */
  readonly decided?: Outcome;
  /** Asked once more after the lock was taken: whether the world is still as it was. */
  readonly stillHolds?: () => Promise<Diagnostic | undefined>;
}

/** Lock, journal, steps, report: what an apply does after somebody said yes. */
export async function carryOut(context: Context, ordered: Ordered): Promise<number> {
  const began = now();
  const finish = (outcome: Outcome, rest: Partial<ApplyReport> = {}): ApplyReport => ({
    project: ordered.place.project,
    target: ordered.place.target,
    outcome,
    objects: [],
    millis: Math.round(now() - began),
    urls: {},
    notes: [],
    ...rest,
  });
  const { session, place } = ordered;
  if (ordered.decided === "declined") {
    session.close();
    report(context, finish("declined"), ordered.paint);
    return 1;
  }
  const asked = readAsked(context, session);
  const held = await lock(place, asked.lockTimeoutMs);
  if (!("release" in held)) {
    session.close();
    await tellFaults(context, [held.fault]);
    const isLocked = held.fault.code === "AAC4001";
    if (isJson(context)) context.out(jsonReport(finish(isLocked ? "locked" : "failed")));
    return isLocked ? 5 : 1;
  }
  try {
    const stale = await ordered.stillHolds?.();
    if (stale !== undefined) {
      await tellFaults(context, [stale]);
      if (isJson(context)) context.out(jsonReport(finish("stale")));
      return 3;
    }
    const started = await begin(ordered);
    if (started !== undefined) {
      await tellFaults(context, [started]);
      return 1;
    }
    if (ordered.decided === "unchanged") {
      await session.end();
      if (isJson(context)) report(context, finish("unchanged"), ordered.paint);
      return 0;
    }
    return await steps(context, ordered, asked, finish);
  } finally {
    session.close();
    held.release();
  }
}

/** With nothing to keep running, nothing is started that would keep it. */
async function begin({ session, plan, decided }: Ordered): Promise<Diagnostic | undefined> {
  if (decided === "unchanged" && plan.changes.length === 0) return undefined;
  const begun = await session.begin();
  return begun.ok ? undefined : begun.error;
}

async function steps(
  context: Context,
  ordered: Ordered,
  asked: Asked,
  finish: (outcome: Outcome, rest?: Partial<ApplyReport>) => ApplyReport,
): Promise<number> {
  const { plan, place, target, session } = ordered;
  const { clock } = system;
  const changing = plan.changes.filter((change) => change.is !== "keep");
  const journal = openJournal(system.files, place.home, {
    apply: system.digests.random(6),
    at: clock.wall(),
    command: ["aac", ...process.argv.slice(2)].join(" "),
    objects: changing.length,
    ...(ordered.planDigest === undefined ? {} : { planDigest: ordered.planDigest }),
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
  const { secret, redact } = watched(session, ordered.secret);
  let progress = beginProgress(plan.changes, tasks, now());
  let teller: Teller | undefined;
  const stops = interrupts((how, by) => teller?.stopping(how, by));
  const { way, parallel, keepGoing, retries, timeoutMs } = asked;
  // With --yes nobody has been told yet.
  if (way.is === "lines" && way.because !== undefined && context.options["yes"] === true)
    context.error(`${way.because}\n`);
  teller = await tellerOf(context, {
    way,
    place: `${flat(place.project)} → ${flat(place.target)}`,
    changes: plan.changes,
    tasks,
    expected: expectedTimes(plan.changes, readTimings(system.files, place.home)),
    parallel,
    paint: ordered.paint,
    interrupt: stops.told,
  });
  const { happened } = teller;
  if (stops.stop.aborted) teller.stopping("after what runs", "SIGINT");
  const say = (told: ApplyEvent): void => {
    const event = redactEvent(told, redact);
    record(() => journal.tell(event, clock.wall()));
    progress = foldProgress(progress, event, now());
    happened(event);
  };
  let applied: Applied;
  try {
    const carried = await apply({
      plan,
      steps: target.steps,
      run: (step, change, ctx) => session.run(step, change, ctx),
      secret,
      clock,
      tell: say,
      parallel,
      keepGoing,
      retries,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      stop: stops.stop,
      abort: stops.abort,
    });
    applied = carried.outcome === "applied" ? await settled(carried, session, say) : carried;
  } finally {
    await teller.end();
    stops.end();
  }
  record(() => journal.end(applied.outcome, clock.wall()));
  keepTimes(place, progress);
  const status = ordered.destroy ? undefined : await session.operates.status();
  await session.end();
  const urls = Object.fromEntries(
    (status?.ok === true ? status.value.agents : [])
      .filter(({ agent, ports }) => ordered.urls.includes(agent) && ports.length > 0)
      .map(({ agent, ports }) => [agent, ports]),
  );
  report(
    context,
    finish(applied.outcome, {
      objects: applied.lines.map((line) => ({
        ...line,
        ...(line.cause === undefined ? {} : { cause: redact(line.cause) }),
        ...(line.lines === undefined ? {} : { lines: line.lines.map(redact) }),
      })),
      notes: [
        ...(unwritten === undefined ? [] : [`the journal is not whole: ${unwritten}`]),
        ...(ordered.destroy ? (session.leftovers?.() ?? []) : []),
      ],
      ...(applied.outcome === "applied" ? { urls } : {}),
      ...(ordered.destroy || applied.outcome !== "applied" ? {} : { next: ordered.next }),
    }),
    ordered.paint,
  );
  if (applied.outcome === "applied") return 0;
  return applied.outcome === "interrupted" ? stops.code() : 1;
}

/** What would have been said of the next apply is no reason to say that this one failed. */
function keepTimes({ home }: Place, { objects }: Progress): void {
  const timed = objects.flatMap(({ id, does, state }) =>
    state.is === "done" ? [{ id, does, millis: state.millis }] : [],
  );
  try {
    keepTimings(system.files, home, timed);
  } catch (error) {
    if (worldFault(error) === undefined) throw error;
  }
}

/** A flag that makes no sense ends the command, and nothing is left open. */
function readAsked(context: Context, session: Session): Asked {
  try {
    return askedOf(context);
  } catch (error) {
    session.close();
    throw error;
  }
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

function report(context: Context, told: ApplyReport, paint: Paint): void {
  switch (outputOf(context)) {
    case "json":
    case "jsonl":
      context.out(jsonReport(told));
      return;
    case "markdown":
      context.out(markdownReport(told));
      return;
    default:
      context.out(plainReport(told, { paint, width: context.screen.width }));
  }
}

const isJson = (context: Context): boolean => ["json", "jsonl"].includes(outputOf(context));
