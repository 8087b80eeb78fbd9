import type { Health, Hook, SupervisionIr } from "./ir.ts";
import type { Fields, Id } from "./resource.ts";

/** What a supervisor is asked to keep running: one replica of one agent. Plain JSON, kept in its record. */
export interface Charge {
  readonly agent: string;
  readonly replica: number;
  /** From the project's root. */
  readonly source: string;
  readonly origin: string;
  readonly after: readonly Id[];
  readonly protect: boolean;
  /** The program first, absolute. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** As asked for, without secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** PATH, HOME and their kind: taken when it was applied, kept, never compared. */
  readonly surroundings: Readonly<Record<string, string>>;
  /** Where the value of each secret variable comes from. */
  readonly secrets: Readonly<Record<string, SecretOrigin>>;
  readonly health: Health;
  /** Real port by the port that the file names. */
  readonly ports: Readonly<Record<string, number>>;
  readonly supervision: SupervisionIr;
  readonly hooks: Readonly<Partial<Record<"onStart" | "onStop" | "onError", Hook>>>;
  readonly limits: Limits;
  readonly logging: { readonly maxBytes: number; readonly maxFiles: number };
  readonly dependsOn: Readonly<
    Record<string, { readonly condition: "started" | "healthy" | "completed"; readonly restart: boolean }>
  >;
  /** -20 … 19 */
  readonly nice: number;
  /** The fields of the resource that this came from: what a plan compares with. */
  readonly asked: Fields;
  /** The folder that its code lies in, where that is not the agent's own: it runs what once ran. */
  readonly tree?: string;
  /** Which apply asked for this; absent where nobody marked it. */
  readonly mark?: { readonly apply: string; readonly revision: number };
}

/** How a supervisor gets a secret again when it starts an agent anew. */
export type SecretOrigin =
  /** Absolute path: read at each start. */
  | { readonly from: "file"; readonly path: string }
  /** Of a caller: it lives in the supervisor's memory, and in the environment of the running agent. */
  | { readonly from: "caller"; readonly name: string };

export interface Limits {
  readonly memory?: number;
  readonly pids?: number;
  readonly files?: number;
  /** Thousandths of a core. */
  readonly cpu?: number;
}

export type SlotState =
  | "pending"
  | "starting"
  | "running"
  | "ready"
  | "stopping"
  | "stopped"
  | "paused"
  | "backoff"
  | "completed"
  | "failed"
  | "unknown";

export interface LastExit {
  readonly code?: number;
  readonly signal?: string;
  readonly oom: boolean;
  /** UTC */
  readonly at: string;
  /** How long it ran. */
  readonly ranMs: number;
  /** Why, where the supervisor ended it itself: `liveness failed`, `limit exceeded: memory`. */
  readonly because?: string;
}

/** What a supervisor says of one replica; also on disk, so that it can be read without a supervisor. */
export interface SlotStatus {
  readonly agent: string;
  readonly replica: number;
  readonly state: SlotState;
  /** What it waits for, or why it failed: one line. */
  readonly detail?: string;
  /** UTC: since when in this state. */
  readonly since: string;
  readonly health: "healthy" | "unhealthy" | "starting" | "none";
  readonly restarts: number;
  readonly run?: RunIdentity;
  readonly lastExit?: LastExit;
  readonly lastProbe?: { readonly ok: boolean; readonly text: string; readonly at: string };
  /** UTC: when it is tried again. */
  readonly nextTry?: string;
  readonly breaker: "closed" | "open" | "half-open";
  /** How long the last starts took until ready; at most five, the newest last. */
  readonly readyMs: readonly number[];
  readonly hold?: HeldBy;
}

/** Somebody's decision. Without a word of what, it was stopped. */
export interface HeldBy {
  readonly by: string;
  readonly since: string;
  readonly what?: string;
  readonly reason?: string;
}

/** Names one run of a program for good: a pid alone may be somebody else's tomorrow. */
export interface RunIdentity {
  readonly runId: string;
  readonly pid: number;
  readonly started: string;
  readonly bootId: string;
  readonly shim: number;
  /** UTC */
  readonly since: string;
}

/** The platform under a supervisor. One machine drives it, whatever it is made of. */
export interface Runner {
  /** Everything alive that carries the marker of this place, shims included. */
  find(): readonly Found[];
  start(charge: Charge, runId: string, environment: Readonly<Record<string, string>>): Promise<Started>;
  /** Told once, when the main process of a run has ended; also for runs of an earlier supervisor. */
  ended(charge: Charge, run: RunIdentity, tell: (end: End) => void): () => void;
  /** Whether this very process still lives. */
  lives(run: RunIdentity): boolean;
  signal(charge: Charge, run: RunIdentity, signal: string): void;
  /** Ends the whole tree and waits until it is empty; what could not be ended comes back. */
  kill(charge: Charge, run: RunIdentity): Promise<readonly number[]>;
  /** What is left of a tree whose main process has ended. */
  members(charge: Charge, run: RunIdentity): readonly number[];
  /** Live limits of a running tree; false where this platform cannot set them. */
  limit(charge: Charge, run: RunIdentity): boolean;
  /** Halts the whole tree, or lets it go on; back comes why that cannot be done. Absent where a platform cannot. */
  freeze?(charge: Charge, run: RunIdentity, on: boolean): Promise<string | undefined>;
  usage(charge: Charge, run: RunIdentity): Usage | undefined;
  /** The environment of a living run, as its process has it. */
  environment(run: RunIdentity): Readonly<Record<string, string>> | undefined;
  /** Takes away what a run left: its folder, its group. */
  forget(charge: Charge, runId: string): void;
  /** Takes away what runs left that nobody remembers any more. */
  tidy(): void;
}

export interface Found {
  readonly agent: string;
  readonly replica: number;
  readonly runId: string;
  readonly pid: number;
  readonly started: string;
  readonly is: "shim" | "main" | "member";
  readonly shim?: number;
  /** As the marker says, for one whose record is lost. */
  readonly source?: string;
  readonly origin?: string;
}

export type Started =
  | { readonly is: "started"; readonly run: RunIdentity }
  /** `permanent`: trying again cannot help. */
  | { readonly is: "failed"; readonly why: string; readonly permanent: boolean };

export interface End {
  /** Absent where nobody could see it. */
  readonly code?: number;
  readonly signal?: string;
  readonly oom: boolean;
}

export interface Usage {
  readonly memory: number;
  readonly cpuMs: number;
  readonly pids: number;
  readonly files?: number;
}

/** What a supervisor keeps on disk of one replica. Nothing here is needed to find out what is live. */
export interface SlotRecord {
  readonly version: 1;
  readonly charge: Charge;
  readonly wanted: "running" | "stopped";
  /** Set before a process is started and after: whoever comes next knows which run to look for. */
  readonly runId?: string;
  readonly run?: RunIdentity;
  readonly hold?: HeldBy;
  /** It is frozen as it is. */
  readonly paused?: boolean;
}

/** Where things stand in the home of a place. */
export const HOME = {
  record: (home: string, agent: string, replica: number) => `${home}/agents/${agent}/${replica}/record.json`,
  status: (home: string, agent: string, replica: number) => `${home}/agents/${agent}/${replica}/status.json`,
  slot: (home: string, agent: string, replica: number) => `${home}/agents/${agent}/${replica}`,
  agents: (home: string) => `${home}/agents`,
  logs: (home: string) => `${home}/logs`,
  runs: (home: string) => `${home}/runs`,
  config: (home: string, agent: string) => `${home}/agents/${agent}/config.json`,
  daemon: (home: string) => `${home}/daemon`,
} as const;
