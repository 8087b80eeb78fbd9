import type { Clock } from "../../src/model/system.ts";
import { virtualClock } from "./virtual-clock.ts";

/** Time that passes only when nothing else can happen: a wait of an hour costs nothing. */
export interface FakeClock extends Clock {
  /** Lets time pass until a promise has settled; fails where it never would. */
  run<T>(promise: Promise<T>): Promise<T>;
}

export function fakeClock(): FakeClock {
  const clock = virtualClock(0);
  const due = new Map<number, number>();
  let count = 0;
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    after(millis, run) {
      const key = count++;
      due.set(key, clock.now() + millis);
      const cancel = clock.after(millis, () => {
        due.delete(key);
        run();
      });
      return () => {
        due.delete(key);
        cancel();
      };
    },
    async run(promise) {
      const state = { settled: false };
      const settle = (): void => {
        state.settled = true;
      };
      void promise.then(settle, settle);
      for (;;) {
        await clock.settle();
        if (state.settled) return promise;
        const next = Math.min(...due.values());
        if (next === Infinity) throw new Error(`at ${clock.now()} ms nothing is left that could happen`);
        await clock.advance(next - clock.now());
      }
    },
  };
}
