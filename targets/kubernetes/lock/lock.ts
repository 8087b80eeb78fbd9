import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Holder } from "../../../src/model/holder.ts";
import type { Cancel } from "../../../src/model/system.ts";
import type { Failure, SharedLock } from "../../../src/model/target.ts";
import { saidBy } from "../answers.ts";
import type { On } from "../live/lists.ts";
import { type Holding, identityOf, type LeaseSeen } from "./lease.ts";
import { give, leaseFault, take, type Taken, write } from "./take.ts";

const RENEW_MS = 5000;
const AGAIN_MS = 1000;
/** Others count in whole seconds and may be one short of fifteen: before that it is given up here. */
const OURS_MS = 13_000;
/** So long without a word from its own clock, a program has stood still, or the cluster is away. */
const DOUBT_MS = 8000;

/** The one who writes, for as long as it can be held. */
export interface Lock {
  readonly shared: SharedLock;
  /** Before something is written: a program that stood still for a while may have been taken for dead. */
  isOurs(): Promise<boolean>;
  /** The namespace is there by now; why nothing more may be done in it. */
  begin(): Promise<Result<void, Failure>>;
  /** Lets go of all but the Lease, which ends by itself. */
  close(): void;
}

/** A delay that keeps no program alive. */
export type Delay = (millis: number, run: () => void) => Cancel;

const whileItLives: Delay = (millis, run) => {
  const signal = AbortSignal.timeout(millis);
  signal.addEventListener("abort", run);
  return () => signal.removeEventListener("abort", run);
};

export async function lockOn(on: On, holder: Holder, delay: Delay = whileItLives): Promise<Lock> {
  const { system, place } = on;
  const token = system.digests.random(3);
  const holding: Holding = { project: place.project, holder, user: system.host.user, token };
  const held = new Held(on, holding, delay);
  const taken = await take(on, holding);
  return { shared: held.began(taken), isOurs: held.isOurs, begin: held.begin, close: held.close };
}

class Held {
  readonly #on: On;
  readonly #holding: Holding;
  readonly #delay: Delay;
  readonly #lost = new AbortController();
  #lease: LeaseSeen | undefined;
  /** By both clocks: one of them stands still while a machine sleeps, the other can be set. */
  #renewed: { readonly now: number; readonly wall: number } | undefined;
  #cancel: Cancel = () => undefined;
  #isOver = false;
  #renewing: Promise<void> | undefined;

  constructor(on: On, holding: Holding, delay: Delay) {
    this.#on = on;
    this.#holding = holding;
    this.#delay = delay;
  }

  began(taken: Taken): SharedLock {
    switch (taken.is) {
      case "ours":
        this.#keep(taken.lease);
        this.#wait(RENEW_MS);
        return this.#shared();
      // Whoever makes the namespace comes first: it is taken then.
      case "nowhere":
        return this.#shared();
      case "theirs": {
        const { lease, endsInMs } = taken;
        return { is: "taken", holder: lease.holder, endsInMs };
      }
      case "refused":
        return { is: "refused", fault: taken.fault };
      case "unknown":
        return { is: "refused", fault: leaseFault(this.#on, taken.answer) };
    }
  }

  begin = async (): Promise<Result<void, Failure>> => {
    if (this.#lease !== undefined || this.#isOver) return ok(undefined);
    const taken = await take(this.#on, this.#holding);
    if (taken.is === "ours") {
      this.#keep(taken.lease);
      this.#wait(RENEW_MS);
      return ok(undefined);
    }
    this.#lost.abort();
    return err({ message: whyNot(taken), lines: [], passing: false });
  };

  isOurs = async (): Promise<boolean> => {
    if (this.#lost.signal.aborted) return false;
    if (this.#lease === undefined || this.#isOver) return true;
    if (this.#silence() >= DOUBT_MS) await this.#renew();
    return !this.#lost.signal.aborted;
  };

  close = (): void => {
    this.#isOver = true;
    this.#cancel();
  };

  #shared(): SharedLock {
    return {
      is: "held",
      lost: this.#lost.signal,
      release: async () => {
        this.close();
        await this.#renewing;
        const lease = this.#lease;
        this.#lease = undefined;
        if (lease !== undefined && !this.#lost.signal.aborted)
          await give(this.#on, this.#holding.project, lease);
      },
    };
  }

  #keep(lease: LeaseSeen, at = this.#times()): void {
    this.#lease = lease;
    this.#renewed = at;
  }

  #times(): { readonly now: number; readonly wall: number } {
    const { clock } = this.#on.system;
    return { now: clock.now(), wall: Date.parse(clock.wall()) };
  }

  #silence(): number {
    const { now, wall } = this.#times();
    const at = this.#renewed ?? { now, wall };
    return Math.max(now - at.now, wall - at.wall);
  }

  #wait(millis: number): void {
    if (this.#isOver || this.#lost.signal.aborted) return;
    this.#cancel();
    this.#cancel = this.#delay(millis, () => void this.#renew());
  }

  /** One at a time: two would each take the other for somebody else. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    if (this.#isOver) return;
    // Counted from before it was asked for: an answer may take long.
    const began = this.#times();
    const wrote = await write(this.#on, this.#holding, this.#lease);
    const taken = wrote === "late" ? await take(this.#on, this.#holding) : wrote;
    if (taken.is === "ours" && taken.lease.identity === identityOf(this.#holding)) {
      this.#keep(taken.lease, began);
      this.#wait(RENEW_MS);
      return;
    }
    // A cluster that is away for a moment has given it to nobody.
    if (taken.is !== "unknown" || this.#silence() >= OURS_MS) this.#lost.abort();
    else this.#wait(Math.min(AGAIN_MS, Math.max(1, OURS_MS - this.#silence())));
  }
}

function whyNot(taken: Exclude<Taken, { readonly is: "ours" }>): string {
  switch (taken.is) {
    case "theirs": {
      const { holder, identity } = taken.lease;
      return `another apply began at the same time: ${holder === undefined ? identity : `${holder.host}, process ${holder.pid}`}`;
    }
    case "nowhere":
      return "the namespace is gone again";
    case "refused":
      return taken.fault.message;
    case "unknown":
      return `nobody can tell whether another apply is at work: ${saidBy(taken.answer)}`;
  }
}
