import type { Cancel, Clock } from "../../model/system.ts";

/** Lets others go on for a while; ends early, and leaves no timer, when the signal comes. */
export function pause(clock: Clock, millis: number, signal: AbortSignal): Promise<void> {
  return ringable(clock, signal).wait(millis);
}

/** A wait that somebody can end: a ring while nobody waits is kept for the next wait. */
export interface Bell {
  ring(): void;
  wait(millis: number): Promise<void>;
}

export function ringable(clock: Clock, signal: AbortSignal): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring(): void {
      rung = true;
      wake?.();
    },
    wait(millis: number): Promise<void> {
      if (signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        let cancel: Cancel = () => undefined;
        const end = (): void => {
          cancel();
          signal.removeEventListener("abort", end);
          wake = undefined;
          rung = false;
          resolve();
        };
        wake = end;
        signal.addEventListener("abort", end);
        cancel = clock.after(rung ? 0 : millis, end);
      });
    },
  };
}
