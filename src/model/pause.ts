import type { Clock } from "./system.ts";

/** Lets others go on for a while; over at once when one of the signals comes. */
export function pause(clock: Clock, millis: number, ...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      for (const signal of signals) signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(millis, end);
    for (const signal of signals) signal.addEventListener("abort", end);
  });
}

/** Before what failed so often in a row is tried again: whoever is not there must not be asked without end. */
export const growing = (failures: number): number => Math.min(10_000, 1000 * 2 ** Math.max(0, failures - 1));
