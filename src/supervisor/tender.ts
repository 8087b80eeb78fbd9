import type { Charge, End, LastExit, RunIdentity, Started } from "../model/supervision.ts";
import type { SlotStatus } from "../model/supervision.ts";
import type { Around } from "./around.ts";
import { runHook } from "./hooks.ts";
import type { Event, Slot } from "./machine.ts";
import { Running } from "./running.ts";
import { secretsOf } from "./secrets.ts";
import { whyOf } from "./shown.ts";

/** What a tender is told of its replica, and whom it tells. */
export interface Wishes {
  readonly charge: () => Charge;
  readonly slot: () => Slot;
  readonly tell: (event: Event) => void;
  /** What is remembered of a run has changed; on disk at once. */
  readonly save: () => void;
  readonly exited: (exit: LastExit) => void;
  readonly seen: (
    health: SlotStatus["health"],
    probe?: { readonly ok: boolean; readonly text: string },
  ) => void;
}

/** Starts, watches and ends the runs of one replica, one after the other, as it is told. */
export class Tender {
  readonly #around: Around;
  readonly #wishes: Wishes;
  /** Values of secrets, in memory only. */
  readonly #secrets = new Map<string, string>();
  /** Set before a run is started: whoever comes next knows what to look for. */
  #runId: string | undefined;
  #running: Running | undefined;
  /** How the run ended that was the last one. */
  #exit: LastExit | undefined;
  /** What lives of the agent beside its run has been looked for. */
  #isClear = false;
  #isOver = false;
  /** When the run that is not ready yet was started, where that was seen. */
  #startedAt: number | undefined;

  constructor(around: Around, wishes: Wishes, runId: string | undefined) {
    this.#around = around;
    this.#wishes = wishes;
    this.#runId = runId;
  }

  get runId(): string | undefined {
    return this.#runId;
  }

  get run(): RunIdentity | undefined {
    return this.#running?.identity;
  }

  supply(secrets: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(secrets)) this.#secrets.set(name, value);
  }

  /** Orders came from outside: so may something else have. */
  lookAgain(): void {
    this.#isClear = false;
  }

  /** Orders that a living run takes at once. */
  assign(charge: Charge, isReady: boolean): void {
    if (this.#running !== undefined) this.#wishes.seen(this.#running.assign(charge, isReady));
  }

  /** A run of an earlier supervisor, alive or not. Secrets are read back from one that lives. */
  take(run: RunIdentity): void {
    const charge = this.#wishes.charge();
    const environment = this.#around.runner.environment(run) ?? {};
    for (const [name, origin] of Object.entries(charge.secrets)) {
      const value = environment[name];
      if (origin.from === "caller" && value !== undefined) this.#secrets.set(name, value);
    }
    this.#runId = run.runId;
    this.#look(run, charge);
  }

  watch(on: boolean, isReady: boolean): void {
    if (on && this.#running !== undefined) this.#wishes.seen(this.#running.watch(isReady));
    if (!on) this.#running?.unwatch();
  }

  /** How long the run took until it was ready; told once, and of runs that were started here. */
  tookMs(): number | undefined {
    const began = this.#startedAt;
    this.#startedAt = undefined;
    return began === undefined ? undefined : Math.round(this.#around.system.clock.now() - began);
  }

  spawn(): void {
    const charge = this.#wishes.charge();
    const secrets = secretsOf(charge, this.#around.system.files, this.#secrets);
    if (!secrets.ok) {
      this.#wishes.tell({ is: "needs secret", name: secrets.error });
      return;
    }
    const runId = this.#around.newRunId();
    this.#runId = runId;
    this.#exit = undefined;
    const { startup, readiness } = charge.health;
    this.#wishes.seen(startup === undefined && readiness === undefined ? "none" : "starting");
    this.#wishes.save();
    const environment = { ...charge.surroundings, ...charge.environment, ...secrets.value };
    void this.#start(charge, runId, environment).then((started) => {
      if (this.#isOver) return;
      if (started.is === "failed") {
        this.#around.runner.forget(charge, runId);
        this.#wishes.tell({ is: "start failed", why: started.why, permanent: started.permanent });
        return;
      }
      // Orders that a living run takes may have come while it was being started; others have called it off.
      const isWanted = this.#wishes.slot().state.is === "starting";
      this.#look(started.run, isWanted ? this.#wishes.charge() : charge);
      this.#wishes.tell({ is: "started" });
    });
  }

  /** Answered by `emptied`, with what could not be ended. */
  async end(graceful: boolean, isFrozen = false): Promise<void> {
    const running = this.#running;
    if (running !== undefined) {
      if (isFrozen) await this.#around.runner.freeze?.(running.charge, running.identity, false);
      const onStop = (): Promise<void> => this.hook("onStop", running.charge);
      const survivors = graceful ? await running.end(onStop) : await running.sweep();
      if (this.#isOver || survivors === undefined) return;
      if (survivors.length > 0) {
        this.#wishes.tell({ is: "emptied", survivors });
        return;
      }
      running.leave();
      this.#around.runner.forget(running.charge, running.identity.runId);
      this.#running = undefined;
    }
    this.#wishes.seen("none");
    this.#wishes.tell({ is: "emptied", survivors: [] });
  }

  /** Bounded, and whatever comes of it changes nothing but the log. */
  async hook(name: "onStart" | "onStop" | "onError", charge: Charge): Promise<void> {
    if (charge.hooks[name] === undefined) return;
    const { system } = this.#around;
    const secrets = secretsOf(charge, system.files, this.#secrets);
    const slot = this.#wishes.slot();
    const error = this.#exit?.because ?? whyOf(slot);
    const line = await runHook(name, charge, system, {
      environment: { ...charge.surroundings, ...charge.environment, ...(secrets.ok ? secrets.value : {}) },
      restarts: slot.restarts,
      ...(this.#exit === undefined ? {} : { lastExit: this.#exit }),
      ...(error === undefined ? {} : { error }),
    });
    if (line !== undefined && !this.#isOver) this.#around.say(charge, line);
  }

  /** Ends looking after it; a run that lives is left alone. */
  leave(): void {
    this.#isOver = true;
    this.#running?.leave();
  }

  async #start(
    charge: Charge,
    runId: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<Started> {
    if (!this.#isClear) {
      const survivors = await this.#around.clear(charge, runId);
      if (survivors.length > 0)
        return failed(`processes of an earlier run could not be ended: ${survivors.join(" ")}`);
      if (this.#isOver || this.#wishes.slot().state.is !== "starting")
        return failed("it is not wanted any more");
      this.#isClear = true;
    }
    this.#startedAt = this.#around.system.clock.now();
    this.#around.runStarted(charge, runId);
    return this.#around.runner.start(charge, runId, environment);
  }

  #look(run: RunIdentity, charge: Charge): void {
    this.#running?.leave();
    const { system, runner } = this.#around;
    this.#running = new Running(system, runner, charge, run, {
      ended: (end) => this.#ended(run, end),
      event: (event) => this.#wishes.tell(event),
      seen: (probe, health) => this.#wishes.seen(health, probe),
    });
  }

  #ended(run: RunIdentity, end: End): void {
    const at = this.#around.system.clock.wall();
    const because = whyOf(this.#wishes.slot());
    this.#exit = {
      ...end,
      at,
      ranMs: Math.max(0, Date.parse(at) - Date.parse(run.since)),
      ...(because === undefined ? {} : { because }),
    };
    this.#wishes.exited(this.#exit);
    this.#wishes.tell({ is: "ended", ...end });
  }
}

const failed = (why: string): Started => ({ is: "failed", why, permanent: false });
