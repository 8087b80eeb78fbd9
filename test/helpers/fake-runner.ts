import type { Charge, End, Found, RunIdentity, Runner, Started, Usage } from "../../src/model/supervision.ts";
import type { Clock } from "../../src/model/system.ts";

/** A process that lives in memory alone. */
export interface FakeProcess {
  readonly pid: number;
  readonly agent: string;
  readonly replica: number;
  readonly runId: string;
  readonly is: "main" | "member";
  readonly started: string;
  readonly environment: Readonly<Record<string, string>>;
  /** It hears TERM, and goes on. */
  readonly ignoresTerm: boolean;
  /** Nothing ends it. */
  readonly survives: boolean;
}

/** How the processes of an agent are. */
export interface Manners {
  /** From the fork until the start is answered. */
  readonly startMs?: number;
  /** Instead of starting. */
  readonly fails?: { readonly why: string; readonly permanent: boolean };
  readonly ignoresTerm?: boolean;
  readonly survives?: boolean;
  /** Beside the main process. */
  readonly members?: number;
  /** It ends by itself. */
  readonly exits?: { readonly afterMs: number; readonly end: Partial<End> };
}

const BEFORE_FORK_MS = 5;
const AFTER_FORK_MS = 15;
const TERM_MS = 50;
const KILL_MS = 10;
/** So long is tried to end what cannot be ended. */
const KEEPS_TRYING_MS = 10_000;

/** The machine under a supervisor: it goes on when the supervisor is gone. */
export class FakeMachine {
  readonly #clock: Clock;
  readonly #ears = new Set<{ readonly runId: string; readonly hear: () => void }>();
  readonly #ends = new Map<string, End>();
  #processes: readonly FakeProcess[] = [];
  #pids = 100;
  bootId = "boot-1";
  readonly manners = new Map<string, Manners>();
  readonly usage = new Map<string, Usage>();
  /** Whether the kernel holds limits here. */
  holdsLimits = true;
  /** Everything that was asked of it, in order: `fork a run-1`. */
  readonly log: string[] = [];
  /** Mains that were started beside a living one of the same agent. */
  readonly doubles: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get processes(): readonly FakeProcess[] {
    return this.#processes;
  }

  of(agent: string): readonly FakeProcess[] {
    return this.#processes.filter((one) => one.agent === agent);
  }

  main(agent: string): FakeProcess | undefined {
    return this.of(agent).find(({ is }) => is === "main");
  }

  /** What a start by hand does, too. */
  fork(agent: string, runId: string, environment: Readonly<Record<string, string>>): FakeProcess {
    const manners = this.manners.get(agent) ?? {};
    if (this.main(agent) !== undefined) this.doubles.push(`${agent} ${runId}`);
    const make = (is: "main" | "member"): FakeProcess => ({
      pid: this.#pids++,
      agent,
      replica: 0,
      runId,
      is,
      started: String(this.#clock.now()),
      environment,
      ignoresTerm: manners.ignoresTerm === true || manners.survives === true,
      survives: manners.survives === true,
    });
    const main = make("main");
    const members = Array.from({ length: manners.members ?? 0 }, () => make("member"));
    this.#processes = [...this.#processes, main, ...members];
    this.log.push(`fork ${agent} ${runId}`);
    const { exits } = manners;
    if (exits !== undefined) this.#clock.after(exits.afterMs, () => this.exit(main.pid, exits.end));
    return main;
  }

  /** A process ends; of a main one it is noted how. */
  exit(pid: number, end: Partial<End> = { code: 0 }): void {
    const one = this.#processes.find((process) => process.pid === pid);
    if (one === undefined) return;
    this.#processes = this.#processes.filter((process) => process !== one);
    if (one.is !== "main") return;
    this.#ends.set(one.runId, { oom: false, ...end });
    for (const ear of this.#ears) if (ear.runId === one.runId) ear.hear();
  }

  exitOf(agent: string, end: Partial<End> = { code: 0 }): void {
    const main = this.main(agent);
    if (main === undefined) throw new Error(`${agent} does not live`);
    this.exit(main.pid, end);
  }

  /** Nobody will ever know how a run ended. */
  loseEnd(runId: string): void {
    this.#ends.delete(runId);
  }

  endOf(runId: string): End | undefined {
    return this.#ends.get(runId);
  }

  listen(runId: string, hear: () => void): () => void {
    const ear = { runId, hear };
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  }

  signal(runId: string, signal: string): void {
    this.log.push(`${signal} ${runId}`);
    if (signal === "SIGHUP") return;
    for (const one of this.#processes)
      if (one.runId === runId && !one.ignoresTerm)
        this.#clock.after(TERM_MS, () => this.exit(one.pid, { signal }));
  }

  reboot(): void {
    this.#processes = [];
    this.bootId = `boot-${Number(this.bootId.slice(5)) + 1}`;
  }

  /** The same processes on another clock: a world in which something else happens next. */
  copy(clock: Clock): FakeMachine {
    const other = new FakeMachine(clock);
    other.#processes = this.#processes;
    other.#pids = this.#pids;
    other.bootId = this.bootId;
    for (const [runId, end] of this.#ends) other.#ends.set(runId, end);
    for (const [agent, manners] of this.manners) other.manners.set(agent, manners);
    return other;
  }
}

/** A runner of one supervisor. Its clock stands still when the supervisor is killed, and so does what it was at. */
export function fakeRunner(machine: FakeMachine, clock: Clock): Runner {
  const pause = (millis: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(millis, resolve);
    });
  const lives = (run: RunIdentity): boolean =>
    run.bootId === machine.bootId &&
    machine.processes.some((one) => one.pid === run.pid && one.started === run.started);
  const living = (runId: string): readonly number[] =>
    machine.processes.filter((one) => one.runId === runId).map(({ pid }) => pid);

  return {
    find: (): readonly Found[] => {
      machine.log.push("find");
      return machine.processes.map(({ agent, replica, runId, pid, started, is }) => ({
        agent,
        replica,
        runId,
        pid,
        started,
        is,
        shim: pid,
      }));
    },
    async start(charge, runId, environment): Promise<Started> {
      const { fails, startMs = AFTER_FORK_MS } = machine.manners.get(charge.agent) ?? {};
      await pause(BEFORE_FORK_MS);
      if (fails !== undefined) return { is: "failed", ...fails };
      const { pid, started } = machine.fork(charge.agent, runId, environment);
      const run = { runId, pid, started, bootId: machine.bootId, shim: pid, since: clock.wall() };
      await pause(startMs);
      return { is: "started", run };
    },
    ended(_charge, run, tell) {
      let isTold = false;
      const hear = (): void => {
        if (isTold || lives(run)) return;
        isTold = true;
        stop();
        tell(machine.endOf(run.runId) ?? { oom: false });
      };
      const stop = machine.listen(run.runId, () => clock.after(1, hear));
      // Not at once: whoever asks should have what comes back before it is told.
      const cancel = clock.after(0, hear);
      return () => {
        isTold = true;
        cancel();
        stop();
      };
    },
    lives,
    signal: (_charge, run, signal) => machine.signal(run.runId, signal),
    async kill(_charge, run) {
      machine.log.push(`kill ${run.runId}`);
      await pause(KILL_MS);
      for (const one of machine.processes)
        if (one.runId === run.runId && !one.survives) machine.exit(one.pid, { signal: "SIGKILL" });
      if (living(run.runId).length > 0) await pause(KEEPS_TRYING_MS);
      return living(run.runId);
    },
    members: (_charge, run) => living(run.runId),
    limit(charge: Charge, run) {
      machine.log.push(`limit ${run.runId} ${JSON.stringify(charge.limits)}`);
      return machine.holdsLimits;
    },
    usage: (charge) => machine.usage.get(charge.agent),
    environment: (run) => machine.processes.find((one) => one.pid === run.pid && lives(run))?.environment,
    tidy: () => undefined,
    forget: (_charge, runId) => {
      machine.log.push(`forget ${runId}`);
    },
  };
}
