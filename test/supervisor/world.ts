import type { Charge, SlotStatus } from "../../src/model/supervision.ts";
import { HOME } from "../../src/model/supervision.ts";
import type { AgentEvent } from "../../src/model/operates.ts";
import type { Health, Hook, Probe } from "../../src/model/ir.ts";
import type { Clock, Entry, Files, Ran, RunRequest, System } from "../../src/model/system.ts";
import type { Remembered } from "../../src/supervisor/around.ts";
import { fresh } from "../../src/supervisor/machine.ts";
import { type Supervisor, supervise, type Told } from "../../src/supervisor/supervisor.ts";
import { FakeMachine, fakeRunner } from "../helpers/fake-runner.ts";
import { type VirtualClock, virtualClock } from "../helpers/virtual-clock.ts";
import { type Changes, rulesOf, time } from "./model.ts";

const HOME_FOLDER = "/home";

export interface ChargeChanges extends Changes {
  readonly health?: Health;
  readonly ports?: Charge["ports"];
  readonly hooks?: Charge["hooks"];
  readonly limits?: Charge["limits"];
  readonly secrets?: Charge["secrets"];
  readonly dependsOn?: Charge["dependsOn"];
  readonly environment?: Charge["environment"];
}

export function charge(agent: string, changes: ChargeChanges = {}): Charge {
  const { supervision: _, backoff: __, breaker: ___, probes: ____, ...fields } = changes;
  return {
    agent,
    replica: 0,
    source: `${agent}/agent.yaml`,
    origin: "here",
    after: [],
    protect: false,
    command: [`/bin/${agent}`],
    cwd: "/work",
    environment: { NAME: agent },
    surroundings: { PATH: "/bin" },
    secrets: {},
    health: {},
    ports: {},
    supervision: rulesOf(changes).supervision,
    hooks: {},
    limits: {},
    logging: { maxBytes: 1, maxFiles: 1 },
    dependsOn: {},
    nice: 0,
    asked: {},
    ...fields,
  };
}

export function tcp(
  port: number,
  changes: { readonly interval?: number; readonly retries?: number } = {},
): Probe {
  const { interval = 10_000, retries = 3 } = changes;
  return {
    type: "tcp",
    port,
    interval: time(interval),
    timeout: time(1000),
    retries,
    startPeriod: time(60_000),
  };
}

export const hook = (name: string, timeoutMs = 5000): Hook => ({
  command: [`/hooks/${name}`],
  timeout: time(timeoutMs),
});

/** One place on one machine: supervisors come and go in it, and everything else stays. */
export class World {
  readonly clock: VirtualClock;
  readonly machine: FakeMachine;
  readonly texts: Map<string, string>;
  readonly folders = new Set<string>();
  /** Ports on which somebody answers. */
  readonly open = new Set<number>();
  /** Each program that was run: hooks. */
  readonly ran: RunRequest[] = [];
  /** What a hook does; at once and well unless told otherwise. */
  hookAnswer: (request: RunRequest) => Ran | "hangs" = () => ({ is: "ended", code: 0, output: "" });
  readonly said: string[] = [];
  readonly told: Told[] = [];
  readonly runsStarted: string[] = [];
  readonly noted: AgentEvent[] = [];
  /** Why nothing can be frozen here; nothing where it can. */
  freezeFails: string | undefined;
  /** Told after each write: at any of them a supervisor may be killed. */
  written: () => void = () => undefined;
  diskIsFull = false;
  chance: () => number = () => 0;
  #runIds = 0;
  #leash = { isCut: false };
  supervisor: Supervisor;

  constructor(before?: {
    readonly now: number;
    readonly machine: FakeMachine;
    readonly texts: ReadonlyMap<string, string>;
  }) {
    this.clock = virtualClock(before?.now ?? 1000);
    this.machine = before === undefined ? new FakeMachine(this.clock) : before.machine.copy(this.clock);
    this.texts = new Map(before?.texts);
    this.#runIds = before === undefined ? 0 : 1000;
    this.supervisor = this.#begin();
  }

  /** The supervisor is gone between two instructions, and whatever it was at with it. */
  kill(): void {
    this.#leash.isCut = true;
  }

  /** Another supervisor finds what there is. */
  begin(): void {
    this.kill();
    this.supervisor = this.#begin();
  }

  async reboot(): Promise<void> {
    this.kill();
    this.machine.reboot();
    await this.clock.advance(1000);
    this.supervisor = this.#begin();
  }

  async put(
    agent: Charge,
    how: "start" | "exchange" | "update" | "rest" = "start",
    secrets: Readonly<Record<string, string>> = {},
    millis = 1000,
  ): Promise<void> {
    this.supervisor.put(agent, secrets, how);
    await this.clock.advance(millis);
  }

  status(agent: string): SlotStatus | undefined {
    return this.supervisor.statuses().find((one) => one.agent === agent);
  }

  state(agent: string): string | undefined {
    return this.status(agent)?.state;
  }

  /** By agent, as one word each. */
  get states(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.supervisor.statuses().map(({ agent, state }) => [agent, state]));
  }

  forks(agent: string): number {
    return this.machine.log.filter((line) => line.startsWith(`fork ${agent} `)).length;
  }

  /** What is on disk of the agents. */
  get paths(): readonly string[] {
    const all = [...this.texts.keys(), ...this.folders];
    return all.filter((path) => path.startsWith(`${HOME.agents(HOME_FOLDER)}/`));
  }

  #begin(): Supervisor {
    const leash = { isCut: false };
    this.#leash = leash;
    const clock = leashed(this.clock, leash);
    const system = this.#system(clock, leash);
    const supervisor = supervise({
      system,
      runner: {
        ...fakeRunner(this.machine, clock),
        freeze: (_charge, run, on) => {
          this.machine.log.push(`${on ? "freeze" : "thaw"} ${run.runId}`);
          return Promise.resolve(this.freezeFails);
        },
      },
      home: HOME_FOLDER,
      newRunId: () => `run-${++this.#runIds}`,
      chance: () => this.chance(),
      runStarted: (_charge, runId) => void this.runsStarted.push(runId),
      forgotten: () => undefined,
      say: (line) => void this.said.push(line),
      note: (event) => void this.noted.push(event),
      before: remembered(this.texts),
    });
    supervisor.watch((told) => void this.told.push(told));
    return supervisor;
  }

  #system(clock: Clock, leash: { readonly isCut: boolean }): System {
    const never = (): never => {
      throw new Error("a supervisor has no use for this");
    };
    return {
      clock,
      files: this.#files(leash),
      net: {
        holder: never,
        connect: (_host, port) =>
          Promise.resolve(this.open.has(port) ? { is: "open" } : { is: "failed", why: "connection refused" }),
        get: never,
      },
      processes: {
        run: (request) => {
          this.ran.push(request);
          const answer = this.hookAnswer(request);
          return new Promise((resolve) => {
            if (answer === "hangs")
              clock.after(request.timeoutMs, () => resolve({ is: "timed out", output: "" }));
            else clock.after(1, () => resolve(answer));
          });
        },
        detach: never,
        foreground: never,
        list: never,
        recent: never,
        look: never,
        signal: never,
      },
      sockets: { listen: never, connect: never },
      digests: { sha256: never, keyed: never, random: never },
      host: {
        platform: "test",
        name: "host",
        uid: 1,
        user: "ana",
        bootId: this.machine.bootId,
        pid: 1,
        self: ["/bin/aac"],
        version: "0.0.0",
        environment: {},
      },
    };
  }

  #files(leash: { readonly isCut: boolean }): Files {
    const { texts, folders } = this;
    const never = (): never => {
      throw new Error("a supervisor has no use for this");
    };
    const replace = (path: string, text: string): void => {
      if (leash.isCut) return;
      if (this.diskIsFull) throw new Error("no space left on device");
      texts.set(path, text);
      this.written();
    };
    return {
      replaceSoon: replace,
      removeFolder: never,
      read(path) {
        const text = texts.get(path);
        return text === undefined ? { is: "absent" } : { is: "read", bytes: new TextEncoder().encode(text) };
      },
      list: (folder): readonly Entry[] => {
        const below = [...texts.keys(), ...folders].filter((path) => path.startsWith(`${folder}/`));
        const names = new Set(below.map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""));
        return [...names].map((name) => ({ name, is: texts.has(`${folder}/${name}`) ? "file" : "folder" }));
      },
      replace,
      remove: (path) => {
        if (leash.isCut) return;
        for (const all of [texts, folders])
          for (const one of all.keys()) if (one === path || one.startsWith(`${path}/`)) all.delete(one);
        this.written();
      },
      kind: (path) => (texts.has(path) ? "file" : "absent"),
      makePrivateFolder: (path) => {
        const steps = path.split("/");
        for (let i = 2; i <= steps.length; i++) folders.add(steps.slice(0, i).join("/"));
      },
      makeFolder: () => undefined,
      stat: never,
      realPath: never,
      create: never,
      append: never,
      readAt: never,
      truncate: never,
      rename: never,
      watch: never,
    };
  }
}

function leashed(clock: Clock, leash: { readonly isCut: boolean }): Clock {
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    after: (millis, run) =>
      clock.after(millis, () => {
        if (!leash.isCut) run();
      }),
  };
}

/** What a supervisor is given of what an earlier one wrote. */
function remembered(texts: ReadonlyMap<string, string>): readonly Remembered[] {
  return [...texts].flatMap(([path, text]): readonly Remembered[] => {
    if (!path.endsWith("/record.json")) return [];
    const { machine = fresh, bootId, ...record } = JSON.parse(text);
    const status = texts.get(path.replace("record.json", "status.json"));
    return [{ record, bootId, machine, ...(status === undefined ? {} : { status: JSON.parse(status) }) }];
  });
}
