import type { SupervisionIr } from "../model/ir.ts";
import { afterFailure, atTheEnd, type Breaker, closed } from "./breaker.ts";

/** What is remembered of the waits between starts. */
export interface Backoff {
  /** Waits since the last reset: how far along its curve the delay is. */
  readonly waits: number;
  /** Restarts since the last reset, those without a wait among them: what `maxRestarts` counts. */
  readonly inARow: number;
  /** As it was waited, with its jitter. */
  readonly lastMs: number;
}

const rested: Backoff = { waits: 0, inARow: 0, lastMs: 0 };

/** What earlier runs left that decides when the next one starts. */
export interface Memory {
  readonly backoff: Backoff;
  readonly breaker: Breaker;
  /** How often it was started again by itself, since it is here. */
  readonly restarts: number;
  readonly spawnedAt?: number;
}

export const unscathed = { backoff: rested, breaker: closed } as const satisfies Partial<Memory>;

/** An author who writes less than this means it; nobody else gets a faster loop. */
const FLOOR_MS = 1000;
const STABLE_AT_LEAST_MS = 60_000;
const STABLE_AT_MOST_MS = 600_000;

export interface Moment {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: number;
  /** From 0 up to 1. */
  readonly chance: number;
}

function nextDelay(
  backoff: Backoff,
  rules: SupervisionIr["backoff"],
  spawnedAt: number | undefined,
  at: Moment,
): number {
  const curve = Math.min(rules.max.ms, grown(rules, backoff.waits));
  const delay = Math.round(curve * (1 + rules.jitter * at.chance));
  if (spawnedAt === undefined) return delay;
  const floor = Math.min(FLOOR_MS, rules.initial.ms);
  return Math.max(delay, spawnedAt + floor - at.now);
}

function grown({ type, initial, multiplier }: SupervisionIr["backoff"], waits: number): number {
  // Nothing times an overflow is no number.
  if (initial.ms === 0) return 0;
  switch (type) {
    case "exponential":
      return initial.ms * multiplier ** waits;
    case "linear":
      return initial.ms * (waits + 1);
    case "fixed":
      return initial.ms;
  }
}

/** How long a run has to be up before the delays begin anew: longer after a long wait, or a slow crasher never slows down. */
export function stableAfter({ lastMs }: Backoff): number {
  return Math.min(STABLE_AT_MOST_MS, Math.max(STABLE_AT_LEAST_MS, 10 * lastMs));
}

export function afterStability({ breaker }: Memory): Pick<Memory, "backoff" | "breaker"> {
  // Failures of a closed breaker leave by its window alone.
  return { backoff: rested, breaker: breaker.is === "half-open" ? closed : breaker };
}

export interface Ending {
  /** A start that failed left nothing that could fail: it counts for the delays, and not for the breaker. */
  readonly is: "success" | "failure" | "not started" | "cannot start";
  readonly why: string;
  /** The run was up long enough to be started again at once. */
  readonly earned: boolean;
}

export type Sequel =
  | { readonly is: "at once" }
  | { readonly is: "wait"; readonly ms: number }
  | { readonly is: "complete" }
  | { readonly is: "give up"; readonly why: string; readonly retryInMs?: number };

export function afterEnding<T extends Memory>(
  memory: T,
  { is, why, earned }: Ending,
  rules: SupervisionIr,
  at: Moment,
): { readonly memory: T; readonly sequel: Sequel } {
  const { restart, circuitBreaker, maxRestarts } = rules;
  const { backoff } = memory;
  if (is === "success" && (restart === "no" || restart === "on-failure"))
    return { memory: { ...memory, ...unscathed }, sequel: { is: "complete" } };
  const counts = is === "failure" && restart !== "no";
  const breaker = counts ? afterFailure(memory.breaker, circuitBreaker, at.now) : memory.breaker;
  const gives = (why: string, more = {}): { memory: T; sequel: Sequel } => ({
    memory: { ...memory, breaker: atTheEnd(breaker) },
    sequel: { is: "give up", why, ...more },
  });
  if (is === "cannot start" || restart === "no") return gives(why);
  if (maxRestarts !== "unlimited" && backoff.inARow >= maxRestarts)
    return gives(`gave up after ${maxRestarts} restarts: ${why}`);
  if (breaker.is === "open") {
    const { failures, window, resetAfter, halfOpen } = circuitBreaker;
    const reason = `more than ${failures} failures in ${window.text}: ${why}`;
    return gives(reason, halfOpen === 0 ? {} : { retryInMs: resetAfter.ms });
  }
  const ms = earned ? 0 : nextDelay(backoff, rules.backoff, memory.spawnedAt, at);
  if (ms === 0) return { memory: { ...memory, breaker }, sequel: { is: "at once" } };
  const waited = { ...backoff, waits: backoff.waits + 1, lastMs: ms };
  return { memory: { ...memory, breaker, backoff: waited }, sequel: { is: "wait", ms } };
}

/** Started by itself, not by anybody's wish. */
export function startedAgain<T extends Memory>(memory: T): T {
  const backoff = { ...memory.backoff, inARow: memory.backoff.inARow + 1 };
  return { ...memory, backoff, restarts: memory.restarts + 1 };
}

/** Its times on a clock that shows so much more. */
export function shifted({ breaker, spawnedAt }: Memory, byMs: number): Partial<Memory> {
  return {
    ...(spawnedAt === undefined ? {} : { spawnedAt: spawnedAt + byMs }),
    ...(breaker.is === "closed"
      ? { breaker: { is: "closed", failures: breaker.failures.map((when) => when + byMs) } }
      : {}),
  };
}
