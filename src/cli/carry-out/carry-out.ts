import type { Diagnostic } from "../../model/diagnostic.ts";
import type { ApplyLine, ApplyReport, Lost, Outcome, Plan } from "../../model/plan.ts";
import type { Facts } from "../../model/facts.ts";
import type { Ir } from "../../model/ir.ts";
import type { Observed, Resource } from "../../model/resource.ts";
import type { Place, Preflight, Session, Target } from "../../model/target.ts";
import { foundWhole, wentOnSince } from "../../state/journal.ts";
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
import { type Interrupts, interrupts, NOTHING_BEGUN, orAborted } from "./interrupts.ts";
import { type Held, lock, rivalGuard } from "./locking.ts";
import { type Noting, notingOf } from "./noting.ts";
import { authorOf, commandOf } from "../revisions/author.ts";
import { type Around, type Phased, runPhase } from "./phase.ts";
import { putBack } from "./put-back.ts";
import { beginRevision } from "../revisions/revising.ts";
import { outputOf } from "./telling.ts";

/** A plan that was decided on, with all that carrying it out needs. */
export interface Ordered {
  readonly place: Place;
  readonly target: Target;
  readonly session: Session;
  readonly plan: Plan;
  /** All that was wanted, of which the plan was made: what has to be looked at to see how things are. */
  readonly desired: readonly Resource[];
  /** Of the agents that were asked for: what is written down of them. */
  readonly ir: Ir;
  readonly facts: Facts;
  readonly secret: Preflight["secret"];
  readonly destroy: boolean;
  /** Of a rollback: the revision that it goes to. */
  readonly to?: number;
  /** Agents whose addresses are told at the end. */
  readonly urls: readonly string[];
  readonly next: string;
  readonly paint: Paint;
  readonly planDigest?: string;
  /** Nothing is to be done any more. */
  readonly decided?: Outcome;
  /** Where all of it was applied, while nobody else may write: what else belongs to it; told a line each. */
  readonly afterwards?: (noting: Noting) => Promise<readonly string[]>;
  /** Asked once more after the lock was taken: whether the world is still as it was. */
  readonly stillHolds?: () => Promise<Diagnostic | undefined>;
  /** Nobody has looked at this plan: where another apply was at work since then, a new one is made. */
  readonly again?: { readonly since: string; readonly plan: () => Promise<number> };
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
  const apply = system.digests.random(6);
  const stops = interrupts();
  const held = await lock({
    place,
    session,
    waitMs: asked.lockTimeoutMs,
    apply,
    stops,
    say: context.error,
  }).catch((error: unknown) => {
    stops.end();
    session.close();
    throw error;
  });
  if (!("release" in held)) {
    stops.end();
    session.close();
    if (held.fault !== undefined) await tellFaults(context, [held.fault]);
    if (isJson(context)) context.out(inJson(context, finish(held.outcome)));
    return held.exit;
  }
  const { again } = ordered;
  if (again !== undefined && wentOnSince(system.files, place.home, again.since)) {
    await held.release().finally(() => session.close());
    stops.end();
    context.error("another apply was at work while this one was planned: planning again\n");
    return again.plan();
  }
  try {
    const left = (): number => {
      context.error(NOTHING_BEGUN);
      if (isJson(context)) context.out(inJson(context, finish("interrupted")));
      return stops.code();
    };
    // A supervisor that answers only after all was given up here would be listened to for ever.
    const closeAgain = (): void => session.close();
    const stale = await orAborted(Promise.resolve(ordered.stillHolds?.()), stops.stop, closeAgain);
    if (stale.is === "aborted") return left();
    if (stale.value !== undefined) {
      await tellFaults(context, [stale.value]);
      if (isJson(context)) context.out(inJson(context, finish("stale")));
      return 3;
    }
    const started = await orAborted(begin(ordered), stops.stop, closeAgain);
    if (started.is === "aborted") return left();
    if (started.value !== undefined) {
      await tellFaults(context, [started.value]);
      return 1;
    }
    if (ordered.decided === "unchanged") {
      foundWhole(system.files, place.home, {
        apply,
        at: system.clock.wall(),
        command: commandOf(process.argv.slice(2)),
      });
      await session.end();
      if (isJson(context)) report(context, finish("unchanged"), ordered.paint);
      return 0;
    }
    return await steps(context, ordered, { asked, apply, stops, held }, finish);
  } finally {
    // What is shared with others is given back through the session.
    await held.release().finally(() => session.close());
    // Until the program is gone: a late Ctrl-C must not say that it was interrupted, after a report that says otherwise.
    stops.closing();
  }
}

/** With nothing to keep running, nothing is started that would keep it. */
async function begin({ session, plan, decided }: Ordered): Promise<Diagnostic | undefined> {
  if (decided === "unchanged" && plan.changes.length === 0) return undefined;
  const begun = await session.begin();
  return begun.ok ? undefined : begun.error;
}

/** What was read, taken and listened to before the first step. */
interface Begun {
  readonly asked: Asked;
  readonly apply: string;
  readonly stops: Interrupts;
  readonly held: Held;
}

async function steps(
  context: Context,
  ordered: Ordered,
  { asked, apply, stops, held }: Begun,
  finish: (outcome: Outcome, rest?: Partial<ApplyReport>) => ApplyReport,
): Promise<number> {
  const { place, target, session } = ordered;
  const { secret, redact } = watched(session, ordered.secret);
  const began = now();
  const does = ordered.to !== undefined ? "rollback" : ordered.destroy ? "destroy" : "apply";
  const revising = await beginRevision({ ...ordered, apply, does });
  const { mark } = revising;
  const noting = notingOf(place, mark, authorOf(system, place.root));
  noting.began(does);
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
    mark,
    noting,
    secret,
    redact,
    mayBegin: rivalGuard(session, mark, held.lost),
    telling: stops.telling,
  };
  const ended = await carriedOut(around, ordered);
  stops.closing();
  const { outcome, lines, lost, phased } = ended;
  keepTimes(place, phased.progress);
  const observed = ended.observed ?? (await observedAfter(ordered));
  const revision = await revising.close({ outcome, lines, millis: Math.round(now() - began), observed });
  const more = outcome === "applied" ? ((await ordered.afterwards?.(noting)) ?? []) : [];
  noting.ended(does, outcome, revision.number);
  const status = ordered.destroy ? undefined : await session.operates.status();
  await session.end();
  const urls = Object.fromEntries(
    (status?.ok === true ? status.value.agents : [])
      .filter(({ agent, ports }) => ordered.urls.includes(agent) && ports.length > 0)
      .map(({ agent, ports }) => [agent, ports]),
  );
  // Somebody else writes here, though that was seen only on the way.
  const exit =
    phased.rival === undefined ? exitOf(outcome, stops, asked.rollback ? false : phased.waitedInVain) : 5;
  stops.closing(exit);
  report(
    context,
    finish(outcome, {
      objects: lines.map((line) => redactLine(line, redact)),
      notes: [
        ...(phased.unwritten === undefined ? [] : [`the journal is not whole: ${phased.unwritten}`]),
        ...revision.notes,
        ...more,
        ...(ordered.destroy ? (session.leftovers?.() ?? []) : []),
      ],
      ...(lost.length === 0 ? {} : { lost }),
      ...(revision.number === undefined ? {} : { revision: revision.number }),
      ...(outcome === "applied" ? { urls } : {}),
      ...(ordered.destroy || outcome !== "applied" ? {} : { next: ordered.next }),
    }),
    ordered.paint,
  );
  return exit;
}

interface Ended {
  readonly outcome: Outcome;
  readonly lines: readonly ApplyLine[];
  readonly lost: readonly Lost[];
  readonly phased: Phased;
  /** What was live at its end, where somebody has looked already. */
  readonly observed?: readonly Observed[];
}

/** Undefined where nobody can tell. */
async function observedAfter({ session, desired }: Ordered): Promise<readonly Observed[] | undefined> {
  const observation = await session.observe(desired);
  return observation.ok ? observation.value.objects : undefined;
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
      context.out(inJson(context, told));
      return;
    case "markdown":
      context.out(markdownReport(told));
      return;
    default:
      context.out(plainReport(told, { paint, width: context.screen.width }));
  }
}

const inJson = (context: Context, told: ApplyReport): string =>
  jsonReport(told, outputOf(context) === "jsonl" ? 0 : 2);

const isJson = (context: Context): boolean => ["json", "jsonl"].includes(outputOf(context));
