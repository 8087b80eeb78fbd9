import type { Diagnostic } from "../../model/diagnostic.ts";
import type { ApplyLine, ApplyReport, Lost, Outcome, Plan } from "../../model/plan.ts";
import type { Resource } from "../../model/resource.ts";
import type { Place, Preflight, Session, Target } from "../../model/target.ts";
import { keepTimings } from "../../state/timings.ts";
import { system } from "../../system/system.ts";
import type { Progress } from "../../ui/apply/progress.ts";
import { jsonReport, markdownReport, plainReport } from "../../ui/apply/report.ts";
import type { Paint } from "../../ui/paint.ts";
import { tellFaults } from "../project/checked.ts";
import { watched } from "../redact.ts";
import { now } from "../stopwatch.ts";
import type { Context } from "../table.ts";
import { type Asked, askedOf } from "../terminal/asked.ts";
import { worldFault } from "../world-fault.ts";
import { type Interrupt, type Interrupts, interrupts, type Stopping } from "./interrupts.ts";
import { lock } from "./locking.ts";
import { type Around, type Phased, runPhase } from "./phase.ts";
import { putBack } from "./put-back.ts";
import { outputOf } from "./telling.ts";

/** A plan that was decided on, with all that carrying it out needs. */
export interface Ordered {
  readonly place: Place;
  readonly target: Target;
  readonly session: Session;
  readonly plan: Plan;
  /** All that was wanted, of which the plan was made: what has to be looked at to see how things are. */
  readonly desired: readonly Resource[];
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
  const { place, target, session } = ordered;
  const { secret, redact } = watched(session, ordered.secret);
  let told: ((how: Stopping, by: Interrupt) => void) | undefined;
  const stops = interrupts((how, by) => told?.(how, by));
  // With --yes nobody has been told yet.
  const { way } = asked;
  if (way.is === "lines" && way.because !== undefined && context.options["yes"] === true)
    context.error(`${way.because}\n`);
  const around: Around = {
    context,
    place,
    target,
    session,
    paint: ordered.paint,
    asked,
    stops,
    mark: { apply: system.digests.random(6), revision: 0 },
    secret,
    redact,
    mayBegin: () => Promise.resolve(undefined),
    telling: (stopping) => (told = stopping),
  };
  let ended: Ended;
  try {
    ended = await carriedOut(around, ordered);
  } finally {
    stops.end();
  }
  const { outcome, lines, lost, phased } = ended;
  keepTimes(place, phased.progress);
  const status = ordered.destroy ? undefined : await session.operates.status();
  await session.end();
  const urls = Object.fromEntries(
    (status?.ok === true ? status.value.agents : [])
      .filter(({ agent, ports }) => ordered.urls.includes(agent) && ports.length > 0)
      .map(({ agent, ports }) => [agent, ports]),
  );
  report(
    context,
    finish(outcome, {
      objects: lines.map((line) => redactLine(line, redact)),
      notes: [
        ...(phased.unwritten === undefined ? [] : [`the journal is not whole: ${phased.unwritten}`]),
        ...(ordered.destroy ? (session.leftovers?.() ?? []) : []),
      ],
      ...(lost.length === 0 ? {} : { lost }),
      ...(outcome === "applied" ? { urls } : {}),
      ...(ordered.destroy || outcome !== "applied" ? {} : { next: ordered.next }),
    }),
    ordered.paint,
  );
  return exitOf(outcome, stops, asked.rollback ? false : phased.waitedInVain);
}

interface Ended {
  readonly outcome: Outcome;
  readonly lines: readonly ApplyLine[];
  readonly lost: readonly Lost[];
  readonly phased: Phased;
}

/** What was planned; and where that failed, the way back from it. */
async function carriedOut(around: Around, ordered: Ordered): Promise<Ended> {
  const { stops, asked } = around;
  const { plan, desired } = ordered;
  const phased = await runPhase(around, {
    is: "apply",
    plan,
    keepGoing: asked.keepGoing,
    settle: true,
    ...(ordered.planDigest === undefined ? {} : { planDigest: ordered.planDigest }),
  });
  const { lines, outcome } = phased.applied;
  phased.ended(outcome);
  // Whoever stopped it wants to look at it; where somebody else is at work, going back would be work against them.
  const goesBack =
    outcome === "failed" && asked.rollback && !stops.stop.aborted && phased.rival === undefined;
  if (!goesBack) return { outcome, lines, lost: [], phased };
  const back = await putBack(around, { plan, desired, failed: phased });
  return { ...back, phased };
}

function exitOf(outcome: Outcome, stops: Interrupts, waitedInVain: boolean): number {
  switch (outcome) {
    case "applied":
      return 0;
    case "rolledBack":
      return 4;
    case "rollbackFailed":
      return 6;
    case "interrupted":
      return stops.code();
    default:
      return waitedInVain ? 7 : 1;
  }
}

function redactLine(line: ApplyLine, redact: (text: string) => string): ApplyLine {
  const said = <T extends Pick<ApplyLine, "cause" | "lines">>(one: T): T => ({
    ...one,
    ...(one.cause === undefined ? {} : { cause: redact(one.cause) }),
    ...(one.lines === undefined ? {} : { lines: one.lines.map(redact) }),
  });
  return { ...said(line), ...(line.back === undefined ? {} : { back: said(line.back) }) };
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
