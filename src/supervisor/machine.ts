import { assertNever } from "../base/assert-never.ts";
import type { SupervisionIr } from "../model/ir.ts";
import type { End, SlotStatus } from "../model/supervision.ts";
import {
  afterEnding,
  afterStability,
  type Ending,
  type Memory,
  type Moment,
  shifted,
  stableAfter,
  startedAgain,
  unscathed,
} from "./backoff.ts";
import { atStart, judged } from "./breaker.ts";
import type { HealthEvent } from "./health.ts";

/** All that is known of one replica. Plain JSON: it is saved before the actions that came with it are done. */
export interface Slot extends Memory {
  readonly state: State;
  readonly wanted: "running" | "stopped" | "removed";
}

export type State =
  | { readonly is: "stopped" }
  /** Waits for a secret where one is named, else for what it depends on. */
  | { readonly is: "pending"; readonly secret?: string }
  | { readonly is: "starting" }
  /** Not wanted any more while its spawn is not answered: there is nothing yet that could be ended. */
  | { readonly is: "aborting" }
  /** `earned`: this run has been up long enough to wipe out what was before it. */
  | { readonly is: "running"; readonly earned: boolean }
  | { readonly is: "ready"; readonly earned: boolean }
  | { readonly is: "stopping"; readonly earned: boolean; readonly because: Because }
  | { readonly is: "backoff"; readonly why: string; readonly retryAt: number }
  | { readonly is: "completed" }
  | { readonly is: "failed"; readonly why: string }
  | { readonly is: "failed"; readonly why: string; readonly retryAt: number }
  /** What could not be ended. Nothing is started beside it. */
  | { readonly is: "left over"; readonly pids: readonly number[] };

export type Because =
  /** By a stop, a removal or a restart: no failure. What is wanted says what comes after. */
  | { readonly is: "asked" }
  | { readonly is: "fault"; readonly text: string }
  | { readonly is: "ended"; readonly end: End };

export type TimerName = "backoff" | "trial" | "reset";

export type Event =
  /** `manual`: a person's; it wipes out what earlier failures left, and waits for no delay. */
  | { readonly is: "start"; readonly manual: boolean }
  | { readonly is: "stop" }
  | { readonly is: "remove" }
  | { readonly is: "restart"; readonly manual?: boolean }
  | { readonly is: "dependencies met" }
  | { readonly is: "needs secret"; readonly name: string }
  | { readonly is: "secrets known" }
  /** A spawn is answered by `started`, `start failed` or `needs secret`, and by nothing before them. */
  | { readonly is: "started" }
  | { readonly is: "start failed"; readonly why: string; readonly permanent: boolean }
  /** A later supervisor found the run alive. */
  | { readonly is: "adopted"; readonly ready: boolean }
  /** A later supervisor found nothing alive: questions are asked and timers set again. */
  | { readonly is: "resumed" }
  | ({ readonly is: "ended" } & End)
  /** The whole tree is gone, but for survivors. */
  | { readonly is: "emptied"; readonly survivors: readonly number[] }
  | HealthEvent
  | { readonly is: "limit exceeded"; readonly what: string }
  | { readonly is: "timer"; readonly name: TimerName };

export type Action =
  | { readonly do: "check dependencies" }
  | { readonly do: "spawn" }
  /** The stop procedure on the living tree, or what of it is left; answered by `emptied`. */
  | { readonly do: "end"; readonly graceful: boolean }
  /** Main has ended: what is left of its tree is killed; answered by `emptied`. */
  | { readonly do: "sweep" }
  | { readonly do: "probe"; readonly on: boolean }
  | { readonly do: "set timer"; readonly name: TimerName; readonly inMs: number }
  | { readonly do: "cancel timer"; readonly name: TimerName }
  | { readonly do: "hook"; readonly hook: "onStart" | "onError" }
  /** Removed, and nothing is left. */
  | { readonly do: "forget" };

export interface Rules {
  readonly supervision: SupervisionIr;
  readonly probes: { readonly startup: boolean; readonly readiness: boolean; readonly liveness: boolean };
}

export interface Stepped {
  readonly slot: Slot;
  readonly actions: readonly Action[];
}

export const fresh: Slot = { state: { is: "stopped" }, wanted: "stopped", ...unscathed, restarts: 0 };

/**
 * One replica, from the first start to the last. Every event is taken in every state; one that means nothing
 * there changes nothing. In the drawing `stop` stands for remove too; start and restart lead from every state
 * at rest to pending, and through stopping from every other.
 *
 *              start                dependencies met           started               ready
 *     stopped ───────▶ pending ─────────────────────▶ starting ───────▶ running ◀────────────▶ ready
 *        ▲               ▲ ▲ ◀──needs secret────────────┘ │               │      unready          │
 *        │               │ │                              │ stop          │  ended, stop, restart,│
 *        │               │ │                              ▼               │  a fault              │
 *        │               │ │                           aborting           ▼                       │
 *        │               │ │                              └─started──▶ stopping ◀─────────────────┘
 *        │               │ │                                              │ emptied
 *        │               │ └─────────── restart, or a long run ───────────┤
 *        │               └─timer── backoff ◀──── again, after a delay ────┤
 *        │               └─timer── failed ◀─── the breaker is open ───────┤
 *        │                         failed ◀─ `no`, or too many restarts ──┤      (also from starting:
 *        │                      completed ◀─ success that is not repeated ┤       start failed)
 *        │                      left over ◀──────── with survivors ───────┤
 *        └────────────────────────────────────────── stop ────────────────┘
 */
export function step(slot: Slot, event: Event, rules: Rules, at: Moment): Stepped {
  const { state } = slot;
  switch (event.is) {
    case "start": {
      if (!event.manual && slot.wanted === "running") return stay(slot);
      const next: Slot = { ...slot, ...(event.manual ? unscathed : {}), wanted: "running" };
      return isUp(state) || state.is === "starting" ? stay(next) : bringDown(next, rules);
    }
    case "restart":
      if (slot.wanted === "removed") return stay(slot);
      return bringDown({ ...slot, ...(event.manual === true ? unscathed : {}), wanted: "running" }, rules);
    case "stop":
      return bringDown(slot.wanted === "removed" ? slot : { ...slot, wanted: "stopped" }, rules);
    case "remove":
      return bringDown({ ...slot, wanted: "removed" }, rules);
    case "dependencies met":
      if (state.is !== "pending" || state.secret !== undefined) return stay(slot);
      return go({ ...slot, spawnedAt: at.now }, { is: "starting" }, [{ do: "spawn" }]);
    case "needs secret":
      if (state.is === "aborting") return settle(slot, rules);
      if (state.is !== "pending" && state.is !== "starting") return stay(slot);
      return go(slot, { is: "pending", secret: event.name });
    case "secrets known":
      // What it depends on may have gone in the meantime.
      return state.is === "pending" && state.secret !== undefined ? begin(slot, rules) : stay(slot);
    case "started":
      if (state.is === "aborting") return end(slot, false, asked);
      if (state.is !== "starting") return stay(slot);
      return alive(slot, false, rules, [{ do: "hook", hook: "onStart" }]);
    case "start failed":
      if (state.is === "aborting") return settle(slot, rules);
      return state.is === "starting" ? notStarted(slot, event.why, event.permanent, rules, at) : stay(slot);
    case "adopted":
      return adopted(slot, event.ready, rules);
    case "resumed":
      return resumed(slot, rules, at);
    case "ended": {
      // While it is stopped this is only on the way to `emptied`.
      if (!isUp(state)) return stay(slot);
      const { is: _, ...how } = event;
      return leave(slot, ending(state.earned, { is: "ended", end: how }), [{ do: "sweep" }]);
    }
    case "emptied":
      return state.is === "stopping" ? emptied(slot, state, event.survivors, rules, at) : stay(slot);
    case "started up":
      return state.is === "running" && !rules.probes.readiness ? ready(slot, state.earned) : stay(slot);
    case "ready":
      return state.is === "running" ? ready(slot, state.earned) : stay(slot);
    case "unready":
      if (state.is !== "ready") return stay(slot);
      return go(slot, { ...state, is: "running" }, state.earned ? [] : [cancel("reset")]);
    case "startup failed":
    case "liveness failed":
      return isUp(state)
        ? end(slot, state.earned, { is: "fault", text: `${event.is}: ${event.text}` })
        : stay(slot);
    case "limit exceeded":
      // What takes more than its share would go on taking it while it is asked kindly.
      return isUp(state)
        ? end(slot, state.earned, { is: "fault", text: `${event.is}: ${event.what}` }, false)
        : stay(slot);
    case "timer":
      return timer(slot, event.name, rules);
    default:
      return assertNever(event);
  }
}

const asked: Because = { is: "asked" };
type Up = Extract<State, { is: "running" | "ready" }>;
type Stopping = Extract<State, { is: "stopping" }>;

function isUp(state: State): state is Up {
  return state.is === "running" || state.is === "ready";
}

function ending(earned: boolean, because: Because): State {
  return { is: "stopping", earned, because };
}

function cancel(name: TimerName): Action {
  return { do: "cancel timer", name };
}

function set(name: TimerName, inMs: number): Action {
  return { do: "set timer", name, inMs };
}

function stay(slot: Slot): Stepped {
  return { slot, actions: [] };
}

function go(slot: Slot, state: State, actions: readonly Action[] = []): Stepped {
  return { slot: { ...slot, state }, actions };
}

/** To another state, after what the present one keeps going has been stopped. */
function leave(slot: Slot, state: State, actions: readonly Action[] = []): Stepped {
  return go(slot, state, [...undone(slot.state), ...actions]);
}

function undone(state: State): readonly Action[] {
  const next = nextTry(state);
  if (next !== undefined) return [cancel(next.timer)];
  if (!isUp(state)) return [];
  const off: Action = { do: "probe", on: false };
  return state.is === "ready" && !state.earned ? [cancel("reset"), off] : [off];
}

/** When it is started again by itself. */
function nextTry(state: State): { readonly timer: "backoff" | "trial"; readonly at: number } | undefined {
  if (!("retryAt" in state)) return undefined;
  return { timer: state.is === "backoff" ? "backoff" : "trial", at: state.retryAt };
}

function begin(slot: Slot, rules: Rules, also: readonly Action[] = []): Stepped {
  const breaker = atStart(slot.breaker, rules.supervision.circuitBreaker);
  return leave({ ...slot, breaker }, { is: "pending" }, [...also, { do: "check dependencies" }]);
}

/** Towards what is wanted now, by way of nothing that lives. */
function bringDown(slot: Slot, rules: Rules): Stepped {
  const { state } = slot;
  if (isUp(state)) return end(slot, state.earned, asked);
  switch (state.is) {
    case "starting":
      return go(slot, { is: "aborting" });
    case "aborting":
      return stay(slot);
    case "stopping":
      return go(slot, { ...state, because: asked });
    case "left over":
      return go(slot, ending(false, asked), [{ do: "sweep" }]);
    default:
      return settle(slot, rules);
  }
}

/** The stop procedure on what lives. */
function end(slot: Slot, earned: boolean, because: Because, graceful = true): Stepped {
  return leave(slot, ending(earned, because), [{ do: "end", graceful }]);
}

/** Nothing lives, and not by a failure: what is wanted? */
function settle(slot: Slot, rules: Rules): Stepped {
  if (slot.wanted === "running") return begin(slot, rules);
  return leave(slot, { is: "stopped" }, slot.wanted === "removed" ? [{ do: "forget" }] : []);
}

function alive(slot: Slot, isReady: boolean, rules: Rules, also: readonly Action[] = []): Stepped {
  const earned = isUp(slot.state) && slot.state.earned;
  const breaker = atStart(slot.breaker, rules.supervision.circuitBreaker);
  const up: Slot = { ...slot, breaker, state: { is: "running", earned } };
  const { startup, readiness } = rules.probes;
  const next = isReady || (!startup && !readiness) ? ready(up, earned) : stay(up);
  const actions: readonly Action[] = [...undone(slot.state), { do: "probe", on: true }, ...next.actions];
  return { slot: next.slot, actions: [...actions, ...also] };
}

function ready(slot: Slot, earned: boolean): Stepped {
  const inMs = stableAfter(slot.backoff);
  return go(slot, { is: "ready", earned }, earned ? [] : [set("reset", inMs)]);
}

function adopted(slot: Slot, isReady: boolean, rules: Rules): Stepped {
  const { state } = slot;
  if (state.is === "stopping") return go(slot, state, [{ do: "end", graceful: true }]);
  if (slot.wanted !== "running" || state.is === "aborting" || state.is === "left over")
    return end(slot, false, asked);
  return alive(slot, isReady, rules);
}

function resumed(slot: Slot, rules: Rules, at: Moment): Stepped {
  const { state } = slot;
  const next = nextTry(state);
  if (next !== undefined) return go(slot, state, [set(next.timer, Math.max(0, next.at - at.now))]);
  switch (state.is) {
    case "running":
    case "ready":
      return go(slot, ending(state.earned, { is: "ended", end: { oom: false } }), [{ do: "sweep" }]);
    case "stopping":
      return go(slot, state, [{ do: "sweep" }]);
    case "starting":
      return notStarted(slot, "the supervisor ended while it started this", false, rules, at);
    case "pending":
    case "aborting":
    case "stopped":
      return settle(slot, rules);
    default:
      return stay(slot);
  }
}

function timer(slot: Slot, name: TimerName, rules: Rules): Stepped {
  const { state } = slot;
  if (name === "reset") {
    if (state.is !== "ready" || state.earned) return stay(slot);
    return go({ ...slot, ...afterStability(slot) }, { is: "ready", earned: true });
  }
  if (nextTry(state)?.timer !== name) return stay(slot);
  // It has gone off: there is nothing to cancel.
  return begin(startedAgain({ ...slot, state: { is: "pending" } }), rules);
}

function emptied(slot: Slot, was: Stopping, survivors: readonly number[], rules: Rules, at: Moment): Stepped {
  const { because, earned } = was;
  if (survivors.length > 0) return go(slot, { is: "left over", pids: survivors.toSorted((a, b) => a - b) });
  if (because.is === "asked") return settle(slot, rules);
  const ending =
    because.is === "fault"
      ? ({ is: "failure", why: because.text } as const)
      : judged(because.end, rules.supervision.successCodes);
  return follow(slot, { ...ending, earned }, rules, at);
}

function notStarted(slot: Slot, why: string, permanent: boolean, rules: Rules, at: Moment): Stepped {
  return follow(slot, { is: permanent ? "cannot start" : "not started", why, earned: false }, rules, at);
}

/** What comes after an end that nobody asked for. */
function follow(slot: Slot, ending: Ending, rules: Rules, at: Moment): Stepped {
  const { memory, sequel } = afterEnding(slot, ending, rules.supervision, at);
  const hook: readonly Action[] = ending.is === "success" ? [] : [{ do: "hook", hook: "onError" }];
  switch (sequel.is) {
    case "at once":
      return begin(startedAgain(memory), rules, hook);
    case "wait":
      return go(memory, { is: "backoff", why: ending.why, retryAt: at.now + sequel.ms }, [
        ...hook,
        set("backoff", sequel.ms),
      ]);
    case "complete":
      return go(memory, { is: "completed" });
    case "give up": {
      const { why, retryInMs: inMs } = sequel;
      if (inMs === undefined) return go(memory, { is: "failed", why }, hook);
      return go(memory, { is: "failed", why, retryAt: at.now + inMs }, [...hook, set("trial", inMs)]);
    }
  }
}

/** The same on another clock: a supervisor that begins anew counts from somewhere else. */
export function rebased(slot: Slot, byMs: number): Slot {
  const { state } = slot;
  const there = "retryAt" in state ? { ...state, retryAt: state.retryAt + byMs } : state;
  return { ...slot, ...shifted(slot, byMs), state: there };
}

/** What a person is told of it; what it waits for, the one who asked knows. */
export interface Shown extends Pick<SlotStatus, "state" | "detail" | "breaker"> {
  readonly nextTryInMs?: number;
}

export function shownState({ state, breaker }: Slot, now: number): Shown {
  const { is } = state;
  const detail = detailOf(state);
  const next = nextTry(state);
  return {
    state: is === "aborting" ? "stopping" : is === "left over" ? "failed" : is,
    breaker: breaker.is,
    ...(detail === undefined ? {} : { detail }),
    ...(next === undefined ? {} : { nextTryInMs: Math.max(0, next.at - now) }),
  };
}

function detailOf(state: State): string | undefined {
  switch (state.is) {
    case "pending":
      return state.secret === undefined ? undefined : `needs-secret ${state.secret}`;
    case "stopping":
      return state.because.is === "fault" ? state.because.text : undefined;
    case "backoff":
    case "failed":
      return state.why;
    case "left over":
      return `survivors: ${state.pids.join(" ")}`;
    default:
      return undefined;
  }
}
