import type { Json } from "../base/canonical.ts";
import type { Result } from "../base/result.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Hold } from "./resource.ts";

/** The verbs of the second day, the same on every target. */
export interface Operates {
  status(): Promise<Result<Status, Diagnostic>>;
  /** Everything that is known of one agent; no secret. */
  inspect(agent: string): Promise<Result<Json, Diagnostic>>;
  logs(request: LogRequest): Promise<Result<void, Diagnostic>>;
  stop(agents: readonly string[], by: Decision): Promise<Result<readonly Outcome[], Diagnostic>>;
  start(agents: readonly string[]): Promise<Result<readonly Outcome[], Diagnostic>>;
  restart(agents: readonly string[]): Promise<Result<readonly Outcome[], Diagnostic>>;
  /** Writes down somebody's decision, in the place of an earlier one; the agent itself is left as it is. */
  hold?(agent: string, hold: Hold): Promise<Result<void, Diagnostic>>;
  /** Ends holds; nothing is started by that. */
  release?(agents: readonly string[]): Promise<Result<readonly Outcome[], Diagnostic>>;
  /** Freezes agents as they are and holds them so; absent where the platform cannot. */
  pause?(agents: readonly string[], by: Decision): Promise<Result<readonly Outcome[], Diagnostic>>;
  resume?(agents: readonly string[]): Promise<Result<readonly Outcome[], Diagnostic>>;
  /** Another number of replicas than the files say, held so; absent where the platform cannot. */
  scale?(agent: string, replicas: number, by: Decision): Promise<Result<readonly Outcome[], Diagnostic>>;
  /** What the platform itself says happened; absent where nobody but us does anything there. */
  events?(request: EventsRequest): Promise<Result<void, Diagnostic>>;
  /** What each running replica uses at this moment; reads only. */
  stats(): Promise<Result<Stats, Diagnostic>>;
  /** Tells, until it is aborted, that something may have moved: whoever wants to know what, reads again. */
  watch(request: WatchRequest): Promise<Result<void, Diagnostic>>;
  /** Runs a command inside a running replica; its own exit code comes back. */
  exec(request: ExecRequest): Promise<Result<number, Diagnostic>>;
}

export interface Decision {
  readonly by: string;
  readonly reason?: string;
}

export interface Outcome {
  readonly agent: string;
  readonly ok: boolean;
  /** `stopped`, `already stopped`, `survivors: 4121 4122` */
  readonly text: string;
}

/** Something that happened, in one shape wherever it was seen. */
export interface AgentEvent {
  /** UTC, ISO 8601. */
  readonly at: string;
  /** Empty: the project as a whole. */
  readonly agent: string;
  readonly replica?: number;
  /** In a word or two, past tense: `started`, `exited`, `became ready`, `held`, `applied`, `rolled back`. */
  readonly what: string;
  readonly why?: string;
  /** Who did it: a user, `supervisor`, `engine`, a controller of the cluster, `outside aac`. */
  readonly by?: string;
}

export interface EventsRequest {
  /** Empty: all. */
  readonly agents: readonly string[];
  /** UTC, ISO 8601. */
  readonly since?: string;
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** In the order in which they happened, as far as the platform tells it. */
  readonly event: (event: AgentEvent) => void;
}

export interface Status {
  readonly agents: readonly AgentStatus[];
  /** One line each, for people: a supervisor that does not run, and what to do. */
  readonly notes: readonly string[];
}

export interface AgentStatus {
  readonly agent: string;
  readonly replica: number;
  readonly state: string;
  readonly detail?: string;
  readonly health: "healthy" | "unhealthy" | "starting" | "none";
  readonly restarts: number;
  /** UTC: since when in this state. */
  readonly since?: string;
  /** As addresses that can be opened. */
  readonly ports: readonly string[];
  /** What names it on its platform: a pid, a container, a pod. */
  readonly id?: string;
  readonly image?: string;
  /** Bytes, and thousandths of a core. */
  readonly memory?: number;
  readonly cpu?: number;
  readonly lastExit?: string;
  readonly lastProbe?: string;
  /** UTC */
  readonly nextTry?: string;
  readonly breaker?: "closed" | "open" | "half-open";
  readonly held?: string;
  /** Of the apply that changed it last. */
  readonly revision?: number;
  readonly source: string;
}

export interface Stats {
  readonly replicas: readonly ReplicaStats[];
  /** One line each, for people: a metrics API that is not there, a replica that could not be read. */
  readonly notes: readonly string[];
}

export interface ReplicaStats {
  readonly agent: string;
  readonly replica: number;
  /** What names it on its platform; another one has begun anew, and its sums are not to be compared. */
  readonly id: string;
  /** UTC: when it was read. */
  readonly at: string;
  /** A sum since its start, of which two readings make a rate, or a rate that the platform made itself. */
  readonly cpu?:
    | { readonly is: "sum"; readonly ms: number }
    | { readonly is: "rate"; readonly milli: number };
  /** Thousandths of a core. */
  readonly cpuLimit?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly memoryLimit?: number;
  readonly processes?: number;
  readonly processesLimit?: number;
  /** Bytes since its start. */
  readonly network?: { readonly received: number; readonly sent: number };
  readonly disk?: { readonly read: number; readonly written: number };
  /** Who says so: `operating system`, `engine`, `metrics API`, `kubelet`. */
  readonly from: string;
}

export interface WatchRequest {
  readonly signal: AbortSignal;
  /** Many in a row mean no more than one. */
  readonly moved: () => void;
}

export interface ExecRequest {
  readonly agent: string;
  /** The first that runs, where it is not said. */
  readonly replica?: number;
  readonly command: readonly string[];
  /**
   * A terminal, where input and output are one: as large as this one and elsewhere, or this very one where the
   * command runs on this machine.
   */
  readonly terminal?: ExecTerminal;
  /** Absent: the command gets no input. It is read no sooner than the command takes it. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** The next bytes come when these are taken. */
  readonly output: (bytes: Uint8Array, stream: "stdout" | "stderr") => Promise<void>;
  /** Its reason is the name of the signal that the command may be told, where its platform can do that. */
  readonly signal: AbortSignal;
}

export interface ExecTerminal {
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Calls back at each change of size, until it is cancelled. */
  readonly resized: (tell: () => void) => () => void;
  /** Each key goes to the command as it is typed, Ctrl-C too, until what comes back is called. */
  readonly raw: () => () => void;
  /** The kind of terminal, as TERM names it. */
  readonly kind: string | undefined;
}

export interface LogRequest {
  /** Empty: all. */
  readonly agents: readonly string[];
  readonly follow: boolean;
  readonly tail: number | "all";
  /** UTC, ISO 8601. */
  readonly since?: string;
  readonly streams: readonly ("stdout" | "stderr")[];
  /** The run before this one. */
  readonly previous: boolean;
  readonly signal: AbortSignal;
  readonly line: (line: LogLine) => void;
}

export interface LogLine {
  readonly agent: string;
  readonly replica: number;
  readonly stream: "stdout" | "stderr";
  /** UTC: when it was seen; a line that nobody saw come has the time at which somebody looked next. */
  readonly at: string;
  readonly text: string;
  /** Cut at 64 KiB: more of it follows. */
  readonly partial: boolean;
}
