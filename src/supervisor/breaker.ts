import type { SupervisionIr } from "../model/ir.ts";
import type { End } from "../model/supervision.ts";

type Rules = SupervisionIr["circuitBreaker"];

/**
 *     closed ──more failures in the window than allowed──▶ open ──a start──▶ half-open
 *       ▲                                                   ▲                    │
 *       │                                                   └──no trial is left──┤
 *       └──────────── a run stayed up, a job completed, a person started it ─────┘
 */
export type Breaker =
  /** When it failed, oldest first, as far back as the window reaches. */
  | { readonly is: "closed"; readonly failures: readonly number[] }
  | { readonly is: "open" }
  /** How many more failures it takes to open again. */
  | { readonly is: "half-open"; readonly left: number };

export const closed: Breaker = { is: "closed", failures: [] };
const open: Breaker = { is: "open" };

export function afterFailure(breaker: Breaker, rules: Rules, now: number): Breaker {
  switch (breaker.is) {
    case "closed": {
      const failures = [...breaker.failures.filter((when) => when > now - rules.window.ms), now];
      return failures.length > rules.failures ? open : { is: "closed", failures };
    }
    case "half-open":
      return breaker.left > 1 ? { is: "half-open", left: breaker.left - 1 } : open;
    case "open":
      return open;
  }
}

/** Whatever starts while it is open is a trial. */
export function atStart(breaker: Breaker, rules: Rules): Breaker {
  return breaker.is === "open" ? { is: "half-open", left: rules.halfOpen } : breaker;
}

/** What has failed for good is on trial no more. */
export function atTheEnd(breaker: Breaker): Breaker {
  return breaker.is === "half-open" ? open : breaker;
}

/** Of one that was not asked to end: a signal is somebody else's, and what nobody saw is taken for the worse. */
export function judged(
  { code, signal, oom }: End,
  successCodes: readonly number[],
): { readonly is: "success" | "failure"; readonly why: string } {
  if (oom) return { is: "failure", why: "out of memory" };
  if (signal !== undefined) return { is: "failure", why: `killed by ${signal}` };
  if (code === undefined) return { is: "failure", why: "ended, and nobody saw how" };
  return { is: successCodes.includes(code) ? "success" : "failure", why: `exit ${code}` };
}
