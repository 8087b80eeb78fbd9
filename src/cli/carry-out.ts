import { type Applied, apply } from "../apply/apply.ts";
import { tasksOf } from "../apply/tasks.ts";
import { parseDuration } from "../base/duration.ts";
import { aside } from "../model/aside.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { ApplyReport, Outcome, Plan } from "../model/plan.ts";
import type { ApplyEvent } from "../model/step.ts";
import type { Place, Preflight, Session, Target } from "../model/target.ts";
import { openJournal } from "../state/journal.ts";
import { type Lock, takeLock } from "../state/lock.ts";
import { system } from "../system/system.ts";
import { eventLine } from "../ui/apply/json.ts";
import { beginTelling, tell } from "../ui/apply/plain.ts";
import { jsonReport, markdownReport, plainReport } from "../ui/apply/report.ts";
import type { Paint } from "../ui/paint.ts";
import { tellFaults } from "./checked.ts";
import { word } from "./commands/request.ts";
import { interrupts } from "./interrupts.ts";
import { redactEvent, watched } from "./redact.ts";
import { now } from "./stopwatch.ts";
import type { Context } from "./table.ts";
import { UsageError } from "./usage.ts";
import { worldFault } from "./world-fault.ts";

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
  const held = await lock(context, place);
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
    return await steps(context, ordered, finish);
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
  const json = isJson(context);
  const quiet = context.options["quiet"] === true;
  let telling = beginTelling(plan.changes, tasksOf(plan, target.steps), now(), {
    paint: ordered.paint,
    gapMs: context.screen.terminal ? 1000 : 5000,
  });
  const { secret, redact } = watched(session, ordered.secret);
  // What happens stands apart from what was planned, and from what came of it.
  if (!json && !quiet) context.out("\n");
  const say = (told: ApplyEvent): void => {
    const event = redactEvent(told, redact);
    record(() => journal.tell(event, clock.wall()));
    if (word(context.options["output"]) === "jsonl") context.out(eventLine(event, clock.wall()));
    if (json || quiet) return;
    const next = tell(telling, event, now());
    telling = next.telling;
    for (const line of next.lines) context.out(`${line}\n`);
  };
  const stops = interrupts(context, changing.length);
  const timeout = word(context.options["timeout"]);
  const carried = await apply({
    plan,
    steps: target.steps,
    run: (step, change, ctx) => session.run(step, change, ctx),
    secret,
    clock,
    tell: say,
    parallel: number(context, "parallelism", 10),
    keepGoing: context.options["keepGoing"] === true,
    retries: number(context, "retries", 3),
    ...(timeout === undefined ? {} : { timeoutMs: millis(timeout, "--timeout") }),
    stop: stops.stop,
    abort: stops.abort,
  });
  const applied = carried.outcome === "applied" ? await settled(carried, session, say) : carried;
  stops.end();
  record(() => journal.end(applied.outcome, clock.wall()));
  if (!json && !quiet) context.out("\n");
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
  switch (word(context.options["output"])) {
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

const isJson = (context: Context): boolean =>
  ["json", "jsonl"].includes(word(context.options["output"]) ?? "");

/** One writer a place. Whoever waits asks again until the time that was given is over. */
async function lock(
  context: Context,
  place: Place,
): Promise<{ readonly release: () => void } | { readonly fault: Diagnostic }> {
  const { files, clock, host } = system;
  const wait = millis(word(context.options["lockTimeout"]) ?? "0s", "--lock-timeout");
  const deadline = clock.now() + wait;
  for (;;) {
    const taken: Lock = takeLock(files, place.home, {
      pid: host.pid,
      host: host.name,
      command: ["aac", ...process.argv.slice(2)].join(" "),
      since: clock.wall(),
    });
    if (taken.is === "held") return taken;
    if (taken.is === "refused")
      return {
        fault: diagnostic("AAC4005", undefined, `${taken.path} ${taken.why}`, {
          notes: [
            "nothing was changed",
            "make room, or take care that you may write there",
            `if it is no lock of ours, move it aside: ${aside(files, taken.path)}`,
          ],
        }),
      };
    if (clock.now() >= deadline) {
      const { holder } = taken;
      const who =
        holder === undefined
          ? "somebody who has just begun"
          : `pid ${holder.pid} on ${holder.host}, since ${holder.since}: ${holder.command}`;
      return {
        fault: diagnostic("AAC4001", undefined, `${place.project} is being changed by ${who}`, {
          notes: ["nothing was changed", "wait for it: --lock-timeout 5m; the lock ends with its process"],
        }),
      };
    }
    await new Promise<void>((resolve) => void clock.after(100, resolve));
  }
}

function millis(text: string, flag: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new UsageError(`\`${flag} ${text}\` is no duration`, "such as 30s or 5m");
  return parsed.value;
}

function number(context: Context, key: string, preset: number): number {
  const text = word(context.options[key]);
  if (text === undefined) return preset;
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`\`${text}\` is no number`, `such as ${preset}`);
  return Math.max(key === "parallelism" ? 1 : 0, Number(text));
}
