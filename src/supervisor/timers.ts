import type { Cancel, Clock } from "../model/system.ts";
import type { TimerName } from "./machine.ts";

/** The timers of one replica, by name: setting one again replaces it. */
export class Timers {
  readonly #clock: Clock;
  readonly #running = new Map<TimerName, Cancel>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: TimerName, inMs: number, run: () => void): void {
    this.cancel(name);
    this.#running.set(
      name,
      this.#clock.after(inMs, () => {
        this.#running.delete(name);
        run();
      }),
    );
  }

  cancel(name: TimerName): void {
    this.#running.get(name)?.();
    this.#running.delete(name);
  }

  clear(): void {
    for (const name of this.#running.keys()) this.cancel(name);
  }
}
