import type { SupervisionIr, Time } from "../../src/model/ir.ts";
import type { Event, Rules } from "../../src/supervisor/machine.ts";

/**
 * The rules of supervision once more, in the plainest way: what happened is a list that only grows, and every
 * number is counted from the whole list whenever it is asked for. It shares nothing with the machine but words.
 */
export interface Told {
  readonly state: string;
  /** When it is started again by itself. */
  readonly due: number | undefined;
  /** When the run that is ready has been so long enough. */
  readonly provenAt: number | undefined;
  readonly breaker: "closed" | "open" | "half-open";
  readonly restarts: number;
}

type Note =
  | { readonly is: "spawned"; readonly at: number }
  | { readonly is: "failed"; readonly at: number }
  | { readonly is: "waited"; readonly ms: number }
  /** A start by itself. */
  | { readonly is: "again" }
  /** A run was up long enough. */
  | { readonly is: "proven" }
  /** A person started it, or its work is done. */
  | { readonly is: "wiped" }
  | { readonly is: "tripped" | "trial" | "mended" };

type Rest = "stopped" | "waits" | "delayed" | "completed" | "broken" | "haunted";
type Doom = "asked" | "success" | "failure";

export class Model {
  readonly #rules: Rules;
  readonly #notes: Note[] = [];
  #wanted: "running" | "stopped" | "removed" = "stopped";
  #life: "none" | "ordered" | "up" | "ending" = "none";
  /** What it is where nothing lives. */
  #rest: Rest = "stopped";
  #lacksSecret = false;
  #cancelled = false;
  #isReady = false;
  #isProven = false;
  #doom: Doom = "asked";
  #due: number | undefined;
  #provenAt: number | undefined;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  take(event: Event, now: number, chance: number): Told {
    this.#take(event, now, chance);
    return {
      state: this.#state(),
      due: this.#due,
      provenAt: this.#provenAt,
      breaker: this.#breaker(),
      restarts: this.#count("again", 0),
    };
  }

  #state(): string {
    switch (this.#life) {
      case "ordered":
        return this.#cancelled ? "stopping" : "starting";
      case "up":
        return this.#isReady ? "ready" : "running";
      case "ending":
        return "stopping";
      case "none": {
        const names = { waits: "pending", delayed: "backoff", broken: "failed", haunted: "failed" };
        return this.#rest === "stopped" || this.#rest === "completed" ? this.#rest : names[this.#rest];
      }
    }
  }

  #take(event: Event, now: number, chance: number): void {
    const life = this.#life;
    const waits = life === "none" && this.#rest === "waits";
    switch (event.is) {
      case "start":
        if (!event.manual && this.#wanted === "running") return;
        if (event.manual) this.#notes.push({ is: "wiped" });
        this.#wanted = "running";
        if (life === "ending") this.#doom = "asked";
        if (life === "none") this.#leaveRest();
        return;
      case "restart":
        if (this.#wanted === "removed") return;
        if (event.manual === true) this.#notes.push({ is: "wiped" });
        this.#wanted = "running";
        this.#takeDown();
        return;
      case "stop":
        if (this.#wanted !== "removed") this.#wanted = "stopped";
        this.#takeDown();
        return;
      case "remove":
        this.#wanted = "removed";
        this.#takeDown();
        return;
      case "dependencies met":
        if (!waits || this.#lacksSecret) return;
        this.#notes.push({ is: "spawned", at: now });
        this.#life = "ordered";
        this.#cancelled = false;
        return;
      case "needs secret":
        if (life === "ordered" && this.#cancelled) this.#asWanted();
        else if (life === "ordered" || waits) {
          this.#life = "none";
          this.#rest = "waits";
          this.#lacksSecret = true;
        }
        return;
      case "secrets known":
        if (waits && this.#lacksSecret) this.#queue();
        return;
      case "started":
        if (life !== "ordered") return;
        if (this.#cancelled) this.#end("asked");
        else this.#rise(false, now);
        return;
      case "start failed":
        if (life === "ordered") this.#notStarted(event.permanent, now, chance);
        return;
      case "adopted":
        if (life === "ending") return;
        if (this.#wanted !== "running" || (life === "ordered" && this.#cancelled)) this.#end("asked");
        else if (life === "none" && this.#rest === "haunted") this.#end("asked");
        else this.#rise(event.ready, now);
        return;
      case "resumed":
        if (life === "ordered") this.#notStarted(false, now, chance);
        else if (life === "up") this.#end("failure");
        else if (waits) this.#queue();
        return;
      case "ended": {
        if (life !== "up") return;
        const { code, signal, oom } = event;
        const isGood =
          !oom && signal === undefined && this.#rules.supervision.successCodes.some((one) => one === code);
        this.#end(isGood ? "success" : "failure");
        return;
      }
      case "startup failed":
      case "liveness failed":
      case "limit exceeded":
        if (life === "up") this.#end("failure");
        return;
      case "emptied":
        if (life === "ending") this.#emptied(event.survivors.length, now, chance);
        return;
      case "started up":
        if (!this.#rules.probes.readiness) this.#ready(now);
        return;
      case "ready":
        this.#ready(now);
        return;
      case "unready":
        if (life !== "up") return;
        this.#isReady = false;
        this.#provenAt = undefined;
        return;
      case "timer":
        this.#timer(event.name, now);
    }
  }

  #timer(name: "backoff" | "trial" | "reset", now: number): void {
    if (name === "reset") {
      if (this.#provenAt === undefined || now < this.#provenAt) return;
      if (this.#breaker() === "half-open") this.#notes.push({ is: "mended" });
      this.#notes.push({ is: "proven" });
      this.#isProven = true;
      this.#provenAt = undefined;
      return;
    }
    const rest = name === "backoff" ? "delayed" : "broken";
    if (this.#life === "none" && this.#rest === rest && this.#due !== undefined && now >= this.#due)
      this.#again();
  }

  #takeDown(): void {
    if (this.#life === "ordered") this.#cancelled = true;
    else if (this.#life === "none") this.#leaveRest();
    else this.#end("asked");
  }

  #leaveRest(): void {
    if (this.#rest === "haunted") this.#end("asked");
    else this.#asWanted();
  }

  #end(doom: Doom): void {
    this.#life = "ending";
    this.#doom = doom;
    this.#provenAt = undefined;
    this.#due = undefined;
  }

  #asWanted(): void {
    if (this.#wanted === "running") this.#queue();
    else this.#lieDown("stopped");
  }

  #lieDown(rest: Rest, due?: number): void {
    this.#life = "none";
    this.#rest = rest;
    this.#due = due;
    this.#isProven = false;
  }

  #queue(): void {
    this.#lieDown("waits");
    this.#lacksSecret = false;
    this.#onTrial();
  }

  #onTrial(): void {
    if (this.#breaker() === "open") this.#notes.push({ is: "trial" });
  }

  #again(): void {
    this.#notes.push({ is: "again" });
    this.#queue();
  }

  #rise(isReady: boolean, now: number): void {
    this.#onTrial();
    this.#due = undefined;
    this.#life = "up";
    this.#isReady = false;
    this.#provenAt = undefined;
    const { startup, readiness } = this.#rules.probes;
    if (isReady || !(startup || readiness)) this.#ready(now);
  }

  #ready(now: number): void {
    if (this.#life !== "up" || this.#isReady) return;
    this.#isReady = true;
    if (this.#isProven) return;
    const last = this.#notes.slice(this.#fresh()).findLast((note) => note.is === "waited");
    const tenfold = 10 * (last?.ms ?? 0);
    this.#provenAt = now + (tenfold < 60_000 ? 60_000 : tenfold > 600_000 ? 600_000 : tenfold);
  }

  #emptied(survivors: number, now: number, chance: number): void {
    const proven = this.#isProven;
    this.#isProven = false;
    const { restart } = this.#rules.supervision;
    if (survivors > 0) this.#lieDown("haunted");
    else if (this.#doom === "asked") this.#asWanted();
    else if (this.#doom === "success" && (restart === "no" || restart === "on-failure")) {
      this.#notes.push({ is: "wiped" });
      this.#lieDown("completed");
    } else if (restart === "no") this.#lieDown("broken");
    else {
      if (this.#doom === "failure") this.#fail(now);
      this.#onceMore(proven, now, chance);
    }
  }

  #notStarted(permanent: boolean, now: number, chance: number): void {
    if (this.#cancelled) this.#asWanted();
    else if (permanent || this.#rules.supervision.restart === "no") this.#giveUp();
    else this.#onceMore(false, now, chance);
  }

  #fail(now: number): void {
    const { failures, window, halfOpen } = this.#rules.supervision.circuitBreaker;
    this.#notes.push({ is: "failed", at: now });
    const since = this.#notes.slice(this.#turn());
    const failed = since.flatMap((note) => (note.is === "failed" ? [note.at] : []));
    const trips =
      this.#breaker() === "half-open"
        ? failed.length >= halfOpen
        : failed.filter((at) => now - at < window.ms).length > failures;
    if (trips) this.#notes.push({ is: "tripped" });
  }

  #giveUp(): void {
    if (this.#breaker() === "half-open") this.#notes.push({ is: "tripped" });
    this.#lieDown("broken");
  }

  #onceMore(proven: boolean, now: number, chance: number): void {
    const { maxRestarts, circuitBreaker } = this.#rules.supervision;
    if (maxRestarts !== "unlimited" && this.#count("again", this.#fresh()) >= maxRestarts) {
      this.#giveUp();
      return;
    }
    if (this.#breaker() === "open") {
      this.#lieDown("broken", circuitBreaker.halfOpen > 0 ? now + circuitBreaker.resetAfter.ms : undefined);
      return;
    }
    const ms = proven ? 0 : this.#delay(now, chance);
    if (ms === 0) {
      this.#again();
      return;
    }
    this.#notes.push({ is: "waited", ms });
    this.#lieDown("delayed", now + ms);
  }

  #delay(now: number, chance: number): number {
    const { type, initial, max, multiplier, jitter } = this.#rules.supervision.backoff;
    let curve = initial.ms;
    for (let n = this.#count("waited", this.#fresh()); n > 0; n--) {
      if (type === "exponential") curve *= multiplier;
      if (type === "linear") curve += initial.ms;
    }
    const delay = Math.round((curve > max.ms ? max.ms : curve) * (1 + jitter * chance));
    const spawned = this.#notes.findLast((note) => note.is === "spawned")?.at ?? Number.NEGATIVE_INFINITY;
    const earliest = spawned + (initial.ms < 1000 ? initial.ms : 1000);
    return now + delay < earliest ? earliest - now : delay;
  }

  #breaker(): "closed" | "open" | "half-open" {
    const last = this.#notes[this.#turn() - 1]?.is;
    if (last === "tripped") return "open";
    return last === "trial" ? "half-open" : "closed";
  }

  /** After the last note that says where the breaker stands. */
  #turn(): number {
    return (
      1 +
      this.#notes.findLastIndex(
        ({ is }) => is === "tripped" || is === "trial" || is === "mended" || is === "wiped",
      )
    );
  }

  /** After the last note that ends a row of restarts. */
  #fresh(): number {
    return 1 + this.#notes.findLastIndex(({ is }) => is === "proven" || is === "wiped");
  }

  #count(is: Note["is"], from: number): number {
    return this.#notes.slice(from).filter((note) => note.is === is).length;
  }
}

export interface Changes {
  readonly supervision?: Partial<Omit<SupervisionIr, "backoff" | "circuitBreaker">>;
  readonly backoff?: Partial<SupervisionIr["backoff"]>;
  readonly breaker?: Partial<SupervisionIr["circuitBreaker"]>;
  readonly probes?: Partial<Rules["probes"]>;
}

/** What holds where an agent's file says nothing, and changes to it. */
export function rulesOf({ supervision, backoff, breaker, probes }: Changes = {}): Rules {
  return {
    supervision: {
      restart: "always",
      maxRestarts: "unlimited",
      successCodes: [0],
      stopGracePeriod: time(10_000),
      stopSignal: "SIGTERM",
      ...supervision,
      backoff: {
        type: "exponential",
        initial: time(1000),
        max: time(60_000),
        multiplier: 2,
        jitter: 0.25,
        written: false,
        ...backoff,
      },
      circuitBreaker: {
        failures: 10,
        window: time(600_000),
        resetAfter: time(900_000),
        halfOpen: 1,
        ...breaker,
      },
    },
    probes: { startup: false, readiness: false, liveness: false, ...probes },
  };
}

export function time(ms: number): Time {
  return { ms, text: ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms}ms` };
}
