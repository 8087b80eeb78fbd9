import type { Cancel, Clock } from "../model/system.ts";

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

export const clock: Clock = {
  /** Since this boot, for every program alike: what one supervisor noted means the same to the next. */
  now(): number {
    return Number(process.hrtime.bigint() / 1000n) / 1000;
  },

  wall(): string {
    return new Date().toISOString();
  },

  after(millis: number, run: () => void): Cancel {
    let timer: NodeJS.Timeout | undefined;
    const wind = (left: number): void => {
      timer = left > LONGEST ? setTimeout(() => wind(left - LONGEST), LONGEST) : setTimeout(run, left);
    };
    wind(Math.max(0, millis));
    return () => clearTimeout(timer);
  },
};
