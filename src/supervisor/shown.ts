import type { Charge, LastExit, RunIdentity, SlotRecord, SlotStatus } from "../model/supervision.ts";
import type { Clock } from "../model/system.ts";
import { shownState, type Slot } from "./machine.ts";

/** What is known of one replica beside its machine. */
export interface Known {
  readonly charge: Charge;
  readonly slot: Slot;
  /** What it waits for, where it waits for another agent. */
  readonly waiting: string | undefined;
  readonly since: string;
  readonly health: SlotStatus["health"];
  readonly run: RunIdentity | undefined;
  readonly lastExit: LastExit | undefined;
  readonly lastProbe: SlotStatus["lastProbe"];
  readonly readyMs: readonly number[];
  readonly hold: SlotRecord["hold"];
  readonly isPaused: boolean;
}

/** What a supervisor says of one replica. */
export function statusOf(known: Known, clock: Clock): SlotStatus {
  const { charge, slot, run, lastExit, lastProbe, hold } = known;
  const shown = shownState(slot, clock.now());
  const isUp = shown.state === "running" || shown.state === "ready";
  const detail = shown.detail ?? (slot.state.is === "pending" ? known.waiting : undefined);
  return {
    agent: charge.agent,
    replica: charge.replica,
    state: known.isPaused && isUp ? "paused" : shown.state,
    ...(detail === undefined ? {} : { detail }),
    since: known.since,
    health: known.health,
    restarts: slot.restarts,
    ...(run === undefined ? {} : { run }),
    ...(lastExit === undefined ? {} : { lastExit }),
    ...(lastProbe === undefined ? {} : { lastProbe }),
    ...(shown.nextTryInMs === undefined ? {} : { nextTry: wallIn(clock, shown.nextTryInMs) }),
    breaker: shown.breaker,
    readyMs: known.readyMs,
    ...(hold === undefined ? {} : { hold }),
  };
}

function wallIn(clock: Clock, millis: number): string {
  return new Date(Date.parse(clock.wall()) + millis).toISOString();
}

/** Why a hook is told of a failure: what the machine goes by. */
export function whyOf({ state }: Slot): string | undefined {
  switch (state.is) {
    case "backoff":
    case "failed":
      return state.why;
    case "stopping":
      return state.because.is === "fault" ? state.because.text : undefined;
    default:
      return undefined;
  }
}
