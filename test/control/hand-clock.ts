import type { Clock } from "../../src/model/system.ts";

/** Time that passes at once when the test says so: beside real sockets there is no other time to wait for. */
export interface HandClock extends Clock {
  advance(millis: number): void;
  /** How many wait. */
  timers(): number;
}

export function handClock(): HandClock {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    wall: () => "2026-01-01T00:00:00Z",
    after(millis, run) {
      const timer = { at: now + millis, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(millis) {
      now += millis;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
    },
    timers: () => timers.size,
  };
}
