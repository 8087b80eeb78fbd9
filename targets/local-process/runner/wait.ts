import type { Clock } from "../../../src/model/system.ts";

const FIRST_MS = 2;
const LONGEST_MS = 50;

/** Looks again and again, less often as time goes by; undefined when the time is up. */
export function waitFor<T>(clock: Clock, limitMs: number, look: () => T | undefined): Promise<T | undefined> {
  const end = clock.now() + limitMs;
  return new Promise((resolve, reject) => {
    const again = (pause: number): void => {
      try {
        const found = look();
        if (found !== undefined || clock.now() >= end) resolve(found);
        else clock.after(pause, () => again(Math.min(pause * 1.5, LONGEST_MS)));
      } catch (error) {
        reject(error);
      }
    };
    again(FIRST_MS);
  });
}
