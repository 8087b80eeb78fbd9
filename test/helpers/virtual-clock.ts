import type { Clock } from "../../src/model/system.ts";

/** Time that passes when a test says so, and not otherwise. */
export interface VirtualClock extends Clock {
  /** Lets time pass: what is due goes off in order, and what waits for it goes on before time does. */
  advance(millis: number): Promise<void>;
  /** Lets everything go on that waits for no time. */
  settle(): Promise<void>;
  /** Time passes and nobody notices: the host slept, and what was due is late. */
  sleep(millis: number): Promise<void>;
}

export function virtualClock(began = 1000): VirtualClock {
  let now = began;
  let count = 0;
  const timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  const first = (): { readonly key: number; readonly at: number; readonly run: () => void } | undefined => {
    let found: { readonly key: number; readonly at: number; readonly run: () => void } | undefined;
    for (const [key, timer] of timers)
      if (found === undefined || timer.at < found.at) found = { key, ...timer };
    return found;
  };
  const settle = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
  };
  const advance = async (millis: number): Promise<void> => {
    const end = now + millis;
    await settle();
    for (let next = first(); next !== undefined && next.at <= end; next = first()) {
      timers.delete(next.key);
      now = Math.max(now, next.at);
      next.run();
      await settle();
    }
    now = Math.max(now, end);
  };
  return {
    now: () => now,
    wall: () => new Date(Date.UTC(2026, 0, 1) + now).toISOString(),
    after(millis, run) {
      const key = count++;
      timers.set(key, { at: now + Math.max(0, millis), run });
      return () => timers.delete(key);
    },
    advance,
    settle,
    async sleep(millis) {
      now += millis;
      await advance(0);
    },
  };
}
