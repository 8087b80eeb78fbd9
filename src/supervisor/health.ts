import type { Health as Probes, Probe } from "../model/ir.ts";

export type HealthEvent =
  | { readonly is: "started up" }
  | { readonly is: "ready" }
  | { readonly is: "unready"; readonly text: string }
  | { readonly is: "startup failed"; readonly text: string }
  | { readonly is: "liveness failed"; readonly text: string };

export type ProbeKind = "startup" | "readiness" | "liveness";

export type Outcome =
  | { readonly is: "passed"; readonly text: string }
  | { readonly is: "failed"; readonly text: string }
  /** It says nothing of the agent: the host slept, or the supervisor itself had no time. */
  | { readonly is: "void" };

/**
 * One check of one run.
 *
 *     unproven ──passed──▶ proven ◀──passed── failing
 *        │                   └──failed, `retries` in a row──▶ failing
 *        └──failed, and the time allowed is over──▶ failing
 *
 * Unproven is tried at once, soon, and then each second; proven each interval. For startup and liveness failing is the end.
 */
interface Check {
  readonly probe: Probe;
  readonly is: "unproven" | "proven" | "failing";
  /** Failures in a row. */
  readonly failures: number;
  /** Until when a failure of an unproven one has no consequence. */
  readonly deadline: number;
  readonly dueAt: number;
  /** Present while its answer is awaited: a check never overlaps itself. */
  readonly askedAt?: number;
}

/** What is known of the health of one run; each run begins with its own. */
export interface Health {
  /** Startup alone, and the others from when it has passed. */
  readonly checks: Readonly<Partial<Record<ProbeKind, Check>>>;
  readonly later: Probes;
  readonly lastProbe?: LastProbe;
}

export interface LastProbe {
  readonly kind: ProbeKind;
  readonly ok: boolean;
  readonly text: string;
  readonly at: number;
}

export interface Due {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly at: number;
  readonly inMs: number;
}

const KINDS: readonly ProbeKind[] = ["startup", "readiness", "liveness"];
const EAGER_MS = 1000;
const FIRST_MS = 100;

/** `ready`: an earlier supervisor has seen it ready, so that nothing is to be proven again. */
export function beginHealth(probes: Probes, now: number, ready = false): Health {
  const { startup, ...later } = probes;
  if (ready) return { checks: checksOf(probes, now, "proven", now), later };
  if (startup !== undefined) return { checks: checksOf({ startup }, now, "unproven", now), later };
  return { checks: checksOf(later, now, "unproven", now), later };
}

function checksOf(probes: Probes, now: number, is: Check["is"], dueAt: number): Health["checks"] {
  const checks: Partial<Record<ProbeKind, Check>> = {};
  for (const kind of KINDS) {
    const probe = probes[kind];
    if (probe === undefined) continue;
    const deadline = now + probe.startPeriod.ms + probe.interval.ms * probe.retries;
    checks[kind] = { probe, is, failures: 0, deadline, dueAt };
  }
  return checks;
}

/** The next check to ask, which may be due already; nothing where none is, or all are being asked. */
export function nextProbe({ checks }: Health, now: number): Due | undefined {
  let next: Due | undefined;
  for (const kind of KINDS) {
    const check = checks[kind];
    if (check === undefined || check.askedAt !== undefined || isOver(kind, check)) continue;
    const { probe, dueAt: at } = check;
    if (next === undefined || at < next.at) next = { kind, probe, at, inMs: Math.max(0, at - now) };
  }
  return next;
}

function isOver(kind: ProbeKind, { is }: Check): boolean {
  return kind === "startup" ? is !== "unproven" : kind === "liveness" && is === "failing";
}

/** Said when a check is sent out. */
export function asked(health: Health, kind: ProbeKind, now: number): Health {
  const check = health.checks[kind];
  return check === undefined ? health : withCheck(health, kind, { ...check, askedAt: now });
}

export interface Judged {
  readonly health: Health;
  readonly event?: HealthEvent;
}

/** Takes the answer to a check that was asked; any other answer changes nothing. */
export function result(health: Health, kind: ProbeKind, outcome: Outcome, now: number): Judged {
  const check = health.checks[kind];
  if (check?.askedAt === undefined) return { health };
  const { askedAt, ...answered } = check;
  if (outcome.is === "void" || isLate(check, askedAt, now)) {
    // The time that was lost is the supervisor's, not the agent's.
    const lost = Math.max(0, now - check.dueAt);
    const again = { ...answered, deadline: check.deadline + lost };
    return { health: withCheck(health, kind, { ...again, dueAt: dueAfter(again, now, now) }) };
  }
  const passed = outcome.is === "passed";
  const lastProbe: LastProbe = { kind, ok: passed, text: outcome.text, at: now };
  const next = passed ? afterPass(answered) : afterFailure(answered, now);
  const seen = withCheck({ ...health, lastProbe }, kind, { ...next, dueAt: dueAfter(next, askedAt, now) });
  if (next.is === check.is) return { health: seen };
  if (passed) return kind === "startup" ? startedUp(seen, now) : proven(seen, kind);
  return { health: seen, ...failing(kind, check, next, outcome.text) };
}

/**
 * A supervisor that comes late itself misses answers that were in time. Tries that lie close together are no reason
 * to be stricter: every busy machine is late by some tenths of a second now and then.
 */
function isLate({ dueAt, probe }: Check, askedAt: number, now: number): boolean {
  const half = Math.max(EAGER_MS, probe.interval.ms) / 2;
  return askedAt - dueAt > half || now - askedAt > probe.timeout.ms + half;
}

function afterPass(check: Check): Check {
  return { ...check, is: "proven", failures: 0 };
}

function afterFailure(check: Check, now: number): Check {
  const failures = check.failures + 1;
  const counts = check.is === "unproven" ? now >= check.deadline : failures >= check.probe.retries;
  return { ...check, failures, is: counts ? "failing" : check.is };
}

function dueAfter(check: Check, askedAt: number, now: number): number {
  if (check.is !== "unproven") return Math.max(now, askedAt + check.probe.interval.ms);
  // Most agents are up in less than a second: the first tries come closer, then one each second.
  const { probe, deadline } = check;
  const tried = askedAt - (deadline - probe.startPeriod.ms - probe.interval.ms * probe.retries);
  // The last try is at the deadline, not up to a second before it.
  const eager = askedAt + Math.min(EAGER_MS, Math.max(FIRST_MS, tried));
  return Math.max(now, now < check.deadline ? Math.min(eager, check.deadline) : eager);
}

function startedUp(health: Health, now: number): Judged {
  const { readiness, liveness } = health.later;
  const checks = {
    ...health.checks,
    ...(readiness === undefined ? {} : checksOf({ readiness }, now, "unproven", now)),
    // It has just answered.
    ...(liveness === undefined ? {} : checksOf({ liveness }, now, "proven", now + liveness.interval.ms)),
  };
  return { health: { ...health, checks }, event: { is: "started up" } };
}

function proven(health: Health, kind: ProbeKind): Judged {
  return kind === "readiness" ? { health, event: { is: "ready" } } : { health };
}

function failing(kind: ProbeKind, was: Check, now: Check, text: string): { readonly event?: HealthEvent } {
  switch (kind) {
    case "startup":
      return { event: { is: "startup failed", text } };
    case "liveness":
      return { event: { is: "liveness failed", text: `${text} (${now.failures} in a row)` } };
    case "readiness":
      // One that never was ready has nothing to lose.
      return was.is === "proven" ? { event: { is: "unready", text } } : {};
  }
}

function withCheck(health: Health, kind: ProbeKind, check: Check): Health {
  return { ...health, checks: { ...health.checks, [kind]: check } };
}

/** As a status says it. */
export function shownHealth({ checks }: Health): "healthy" | "unhealthy" | "starting" | "none" {
  const all = KINDS.flatMap((kind) => checks[kind] ?? []);
  if (all.length === 0) return "none";
  if (all.some(({ is }) => is === "failing")) return "unhealthy";
  return all.some(({ is }) => is === "unproven") ? "starting" : "healthy";
}
