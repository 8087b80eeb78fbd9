import type { Json } from "../base/canonical.ts";
import type { Result } from "../base/result.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** The verbs of the second day, the same on every target. */
export interface Operates {
  status(): Promise<Result<Status, Diagnostic>>;
  /** Everything that is known of one agent; no secret. */
  inspect(agent: string): Promise<Result<Json, Diagnostic>>;
  logs(request: LogRequest): Promise<Result<void, Diagnostic>>;
  stop(agents: readonly string[], by: Decision): Promise<Result<readonly Outcome[], Diagnostic>>;
  start(agents: readonly string[]): Promise<Result<readonly Outcome[], Diagnostic>>;
  restart(agents: readonly string[]): Promise<Result<readonly Outcome[], Diagnostic>>;
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
  readonly source: string;
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
