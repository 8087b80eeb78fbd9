import { assertNever } from "../base/assert-never.ts";
import type { Charge, LastExit, RunIdentity, SlotRecord, SlotStatus } from "../model/supervision.ts";
import type { Around, Remembered } from "./around.ts";
import { type Action, type Event, fresh, type Rules, type Slot, step } from "./machine.ts";
import { happened } from "./happened.ts";
import { statusOf } from "./shown.ts";
import { Tender } from "./tender.ts";
import { Timers } from "./timers.ts";

const READY_KEPT = 5;

/**
 * One replica: what is wanted of it, what its machine says, and what others are told. The machine decides, the tender
 * does; what is wanted is on disk before it is done.
 */
export class SlotKeeper {
  readonly #around: Around;
  readonly #tender: Tender;
  readonly #timers: Timers;
  readonly #queue: Event[] = [];
  #charge: Charge;
  #slot: Slot;
  #hold: SlotRecord["hold"];
  /** Orders or a hold that are not on disk yet. */
  #isUnsaved = false;
  #isWorking = false;
  /** Removed, or left to another supervisor: nothing more is done, written or told. */
  #isOver = false;
  #told: SlotStatus | undefined;
  #since: string;
  #health: SlotStatus["health"] = "none";
  #lastExit: LastExit | undefined;
  #lastProbe: SlotStatus["lastProbe"];
  #readyMs: readonly number[];
  #waiting: string | undefined;
  #isAdopting = false;
  #isAskedAnew = false;
  /** Frozen as it is: its checks and restarts rest. */
  #isPaused: boolean;
  /** Who asked for what it is on its way to. */
  #asker: string | undefined;

  constructor(around: Around, charge: Charge, before?: Remembered) {
    const { clock } = around.system;
    this.#around = around;
    this.#timers = new Timers(clock);
    this.#charge = charge;
    this.#slot = before?.machine ?? fresh;
    this.#hold = before?.record.hold;
    this.#isPaused = before?.record.paused === true;
    this.#lastExit = before?.status?.lastExit;
    this.#readyMs = before?.status?.readyMs ?? [];
    this.#since = before?.status?.since ?? clock.wall();
    this.#tender = new Tender(
      around,
      {
        charge: () => this.#charge,
        slot: () => this.#slot,
        tell: (event) => this.tell(event),
        save: () => void this.#save(),
        exited: (exit) => {
          this.#lastExit = exit;
        },
        seen: (health, probe) => {
          this.#health = health;
          if (probe !== undefined) this.#lastProbe = { ...probe, at: clock.wall() };
          // What comes in the middle of an event is told at its end.
          if (!this.#isWorking) this.#publish();
        },
      },
      before?.record.runId,
    );
  }

  get charge(): Charge {
    return this.#charge;
  }

  get slot(): Slot {
    return this.#slot;
  }

  get run(): RunIdentity | undefined {
    return this.#tender.run;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  supply(secrets: Readonly<Record<string, string>>): void {
    this.#tender.supply(secrets);
  }

  /** Other orders. Where `live`, a run takes what it can at once; else all of them are for the next one. An event follows, and they are saved with it. */
  assign(charge: Charge, live: boolean): void {
    const before = this.#charge;
    this.#charge = charge;
    this.#isUnsaved = true;
    this.#tender.lookAgain();
    const { is } = this.#slot.state;
    if (!live || (is !== "running" && is !== "ready")) return;
    const { startup, readiness } = charge.health;
    // Another question is not answered by what an earlier one was told.
    const isOpen = (startup ?? readiness) !== undefined && askedOf(before) !== askedOf(charge);
    this.#tender.assign(charge, is === "ready" && !isOpen);
    if (is === "ready" && isOpen) {
      this.#isAskedAnew = true;
      this.tell({ is: "unready", text: "it is asked another question" });
      this.#isAskedAnew = false;
    }
    // What it was not ready for is not asked any more.
    if (is === "running" && startup === undefined && readiness === undefined) this.tell({ is: "ready" });
  }

  /** Absent where nobody holds it. */
  get holdsWhat(): string | undefined {
    return this.#hold === undefined ? undefined : (this.#hold.what ?? "stopped");
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whoever is said to have done what comes of the next event. */
  askedBy(asker: string | undefined): void {
    this.#asker = asker;
  }

  /** An event follows, and it is saved with it. */
  hold(hold: SlotRecord["hold"]): void {
    if (hold === undefined && this.#hold !== undefined) this.note("released", { by: this.#asker });
    if (hold !== undefined) this.#noteHold(hold);
    this.#hold = hold;
    this.#isUnsaved = true;
  }

  /** Held so, or by nobody any more, and that is on disk; back comes why it could not be written, and then nothing has changed. */
  decide(hold: SlotRecord["hold"]): string | undefined {
    const before = this.#hold;
    this.#hold = hold;
    const why = this.#save();
    if (why !== undefined) {
      this.#hold = before;
      return why;
    }
    if (hold !== undefined) this.#noteHold(hold);
    else if (before !== undefined) this.note("released", { by: this.#asker });
    if (hold !== before) this.#publish();
    return undefined;
  }

  /** Frozen as it is, or going on; it is the runner that does it. */
  pause(isPaused: boolean, by: string | undefined): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#save();
    this.note(isPaused ? "paused" : "resumed", { by });
    const { is } = this.#slot.state;
    if (is === "running" || is === "ready") this.#tender.watch(!isPaused, is === "ready");
    this.#publish();
  }

  note(what: string, { why, by }: { readonly why?: string; readonly by?: string | undefined } = {}): void {
    this.#around.note?.({
      at: this.#around.system.clock.wall(),
      agent: this.#charge.agent,
      replica: this.#charge.replica,
      what,
      ...(why === undefined ? {} : { why }),
      by: by ?? "supervisor",
    });
  }

  /** A run of an earlier supervisor that still lives. */
  adopt(run: RunIdentity): void {
    const isReady = this.#slot.state.is === "ready";
    this.#tender.take(run);
    this.#isUnsaved = true;
    this.#isAdopting = true;
    this.tell({ is: "adopted", ready: isReady });
    this.#isAdopting = false;
  }

  /** A run of an earlier supervisor that ended while nobody looked: how, is told as if somebody had waited. */
  recover(run: RunIdentity): void {
    this.#tender.take(run);
    const { is } = this.#slot.state;
    if (is !== "running" && is !== "ready") this.tell({ is: "resumed" });
  }

  tell(event: Event): void {
    if (this.#isOver) return;
    this.#queue.push(event);
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#take(next);
    this.#isWorking = false;
  }

  /** Asked again whenever another replica changed. */
  check(): void {
    if (this.#isOver || this.#slot.state.is !== "pending") return;
    this.#waiting = this.#around.waitsFor(this.#charge);
    if (this.#waiting === undefined) this.tell({ is: "dependencies met" });
    else this.#publish();
  }

  /** Ends looking after it; the agent itself is left alone. */
  leave(): void {
    this.#isOver = true;
    this.#queue.length = 0;
    this.#timers.clear();
    this.#tender.leave();
  }

  status(): SlotStatus {
    const known = {
      charge: this.#charge,
      slot: this.#slot,
      waiting: this.#waiting,
      since: this.#since,
      health: this.#health,
      run: this.#tender.run,
      lastExit: this.#lastExit,
      lastProbe: this.#lastProbe,
      readyMs: this.#readyMs,
      hold: this.#hold,
      isPaused: this.#isPaused,
    };
    return statusOf(known, this.#around.system.clock);
  }

  #take(event: Event): void {
    const before = this.#slot;
    const at = { now: this.#around.system.clock.now(), chance: this.#around.chance() };
    const next = step(before, event, rulesOf(this.#charge), at);
    this.#slot = next.slot;
    if (next.slot.state.is === "ready" && before.state.is !== "ready") {
      const took = this.#tender.tookMs();
      if (took !== undefined) this.#readyMs = [...this.#readyMs, took].slice(-READY_KEPT);
    }
    if (next.slot !== before || this.#isUnsaved) this.#save();
    this.#tellOf(before, event, at.now);
    // What was frozen when it ended stays down until somebody lets it go on.
    if (event.is === "ended" && this.#isPaused) this.#queue.push({ is: "stop" });
    for (const action of next.actions) this.#act(action);
    this.#publish();
  }

  #tellOf(before: Slot, event: Event, now: number): void {
    if (this.#around.note === undefined || this.#isAskedAnew) return;
    const { startup, readiness } = this.#charge.health;
    const isChecked = startup !== undefined || readiness !== undefined;
    const change = { before, after: this.#slot, event, exit: this.#lastExit, isChecked, now };
    for (const { what, why, asked } of happened(change)) {
      this.note(what, { ...(why === undefined ? {} : { why }), by: asked ? this.#asker : undefined });
      // The next time it starts or stops is nobody's doing but the supervisor's.
      if (asked || what === "exited") this.#asker = undefined;
    }
  }

  #noteHold({ by, what = "stopped", reason }: NonNullable<SlotRecord["hold"]>): void {
    this.note("held", { why: reason === undefined ? what : `${what}: ${reason}`, by });
  }

  #act(action: Action): void {
    switch (action.do) {
      case "check dependencies":
        this.check();
        return;
      case "spawn":
        this.#tender.spawn();
        return;
      case "end":
        void this.#tender.end(action.graceful, this.#thawed());
        return;
      case "sweep":
        void this.#tender.end(false, this.#thawed());
        return;
      case "probe":
        if (action.on && this.#isPaused) return;
        // A run without a readiness check is ready as it starts, and has proven nothing by that.
        this.#tender.watch(action.on, this.#isAdopting && this.#slot.state.is === "ready");
        return;
      case "set timer": {
        const { name } = action;
        this.#timers.set(name, action.inMs, () => this.tell({ is: "timer", name }));
        return;
      }
      case "cancel timer":
        this.#timers.cancel(action.name);
        return;
      case "hook":
        void this.#tender.hook(action.hook, this.#charge);
        return;
      case "forget":
        this.leave();
        this.#around.forgotten(this.#charge);
        return;
      default:
        assertNever(action);
    }
  }

  /** What is frozen could not hear that it shall end. */
  #thawed(): boolean {
    const was = this.#isPaused;
    this.#isPaused = false;
    if (was) this.#save();
    return was;
  }

  #save(): string | undefined {
    const { run, runId } = this.#tender;
    this.#isUnsaved = false;
    return this.#around.records.save(
      {
        version: 1,
        charge: this.#charge,
        wanted: this.#slot.wanted === "running" ? "running" : "stopped",
        ...(runId === undefined ? {} : { runId }),
        ...(run === undefined ? {} : { run }),
        ...(this.#hold === undefined ? {} : { hold: this.#hold }),
        ...(this.#isPaused ? { paused: true } : {}),
      },
      this.#slot,
    );
  }

  #publish(): void {
    if (this.#isOver) return;
    const before = this.#told;
    if (before !== undefined && before.state !== this.status().state)
      this.#since = this.#around.system.clock.wall();
    const told = this.status();
    if (JSON.stringify(told) === JSON.stringify(before)) return;
    this.#told = told;
    // Written last: a run that stands there is one that all the others have heard of.
    this.#around.changed(told);
    this.#around.records.status(told);
  }
}

/** What decides whether it is ready. */
const askedOf = ({ health: { startup, readiness }, ports }: Charge): string =>
  JSON.stringify([startup, readiness, ports]);

function rulesOf({ supervision, health }: Charge): Rules {
  return {
    supervision,
    probes: {
      startup: health.startup !== undefined,
      readiness: health.readiness !== undefined,
      liveness: health.liveness !== undefined,
    },
  };
}
