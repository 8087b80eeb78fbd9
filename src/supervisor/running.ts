import type { Charge, End, RunIdentity, Runner, SlotStatus } from "../model/supervision.ts";
import type { System } from "../model/system.ts";
import type { HealthEvent } from "./health.ts";
import { type Watching, watchLimits } from "./limits.ts";
import { type Prober, probe } from "./prober.ts";
import { untilGone } from "./until-gone.ts";

/** What is told of a run while it is looked after. */
export interface Hears {
  readonly ended: (end: End) => void;
  readonly event: (event: HealthEvent | { readonly is: "limit exceeded"; readonly what: string }) => void;
  readonly seen: (
    probe: { readonly ok: boolean; readonly text: string },
    health: SlotStatus["health"],
  ) => void;
}

/** A run whose tree is gone is not waited for longer than this until it is told how its main process ended. */
const END_TOLD_MS = 1000;

/**
 * One run of an agent and all that watches over it: its end, its checks, its limits. It keeps the orders that the run
 * was started with: later ones are for the next run, but for those that a live run can take.
 */
export class Running {
  readonly identity: RunIdentity;
  readonly #system: System;
  readonly #runner: Runner;
  readonly #hears: Hears;
  #charge: Charge;
  #hasEnded = false;
  #isLeft = false;
  #unwatchEnd: () => void;
  #prober: Prober | undefined;
  #limits: Watching | undefined;

  constructor(system: System, runner: Runner, charge: Charge, identity: RunIdentity, hears: Hears) {
    this.#system = system;
    this.#runner = runner;
    this.#charge = charge;
    this.identity = identity;
    this.#hears = hears;
    this.#unwatchEnd = this.#watchEnd(() => undefined);
  }

  get charge(): Charge {
    return this.#charge;
  }

  /** Orders that hold for the living run at once; back comes its health by them. */
  assign(charge: Charge, isReady: boolean): SlotStatus["health"] {
    const before = JSON.stringify([this.#charge.health, this.#charge.ports]);
    this.#charge = charge;
    this.#watchLimits();
    const isSame = JSON.stringify([charge.health, charge.ports]) === before;
    return isSame && this.#prober !== undefined ? this.#prober.health() : this.#probe(isReady);
  }

  /** Back comes what a status says of its health from now on. */
  watch(isReady: boolean): SlotStatus["health"] {
    this.#watchLimits();
    return this.#probe(isReady);
  }

  unwatch(): void {
    this.#prober?.stop();
    this.#prober = undefined;
    this.#limits?.stop();
    this.#limits = undefined;
  }

  /** The stop procedure, then whatever is left; back comes what could not be ended, or nothing where somebody else looks after it now. */
  async end(onStop: () => Promise<void>): Promise<readonly number[] | undefined> {
    await onStop();
    if (this.#isLeft) return undefined;
    if (this.#runner.lives(this.identity)) {
      this.#runner.signal(this.#charge, this.identity, this.#charge.supervision.stopSignal);
      await untilGone(this.#runner, this.#charge, this.identity, this.#system.clock, () => this.#isLeft);
    }
    return this.#isLeft ? undefined : this.sweep();
  }

  /** Ends all that is left, at once. */
  async sweep(): Promise<readonly number[]> {
    const survivors = await this.#runner.kill(this.#charge, this.identity);
    if (survivors.length === 0 && !this.#hasEnded) await this.#untilEndIsTold();
    return survivors;
  }

  /** Ends looking after it; the run itself is left alone. */
  leave(): void {
    this.#isLeft = true;
    this.unwatch();
    this.#unwatchEnd();
  }

  #watchEnd(alsoTell: () => void): () => void {
    return this.#runner.ended(this.#charge, this.identity, (end) => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      this.#hears.ended(end);
      alsoTell();
    });
  }

  /** A tree can be gone before it is told how its main process ended: asking again is quicker than waiting. */
  #untilEndIsTold(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#system.clock.after(END_TOLD_MS, resolve);
      this.#unwatchEnd();
      this.#unwatchEnd = this.#watchEnd(() => {
        cancel();
        resolve();
      });
    });
  }

  #probe(isReady: boolean): SlotStatus["health"] {
    this.#prober?.stop();
    const { surroundings, environment } = this.#charge;
    this.#prober = probe(
      this.#charge,
      { ...surroundings, ...environment },
      this.#system,
      isReady,
      this.#hears,
    );
    return this.#prober.health();
  }

  #watchLimits(): void {
    this.#limits?.stop();
    const held = this.#runner.limit(this.#charge, this.identity);
    this.#limits = watchLimits(
      held ? {} : this.#charge.limits,
      () => this.#runner.usage(this.#charge, this.identity),
      this.#system.clock,
      (what) => this.#hears.event({ is: "limit exceeded", what }),
    );
  }
}
