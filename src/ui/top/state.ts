import type { Stats, Status } from "../../model/operates.ts";
import type { AgentGraph } from "../graph/graph.ts";
import type { Field } from "../screen/field.ts";
import type { Palette } from "../screen/palette.ts";
import { TOP as FIRST, type Window } from "../screen/window.ts";
import type { Drift } from "./drift.ts";
import { type History, NO_HISTORY } from "./history.ts";
import type { LogBuffer, LogLevel } from "./log-buffer.ts";
import { type List, NO_ROWS, type Sort } from "./rows.ts";
import type { Seen } from "./changes.ts";

/** All that `aac top` shows: what was read, and what somebody has opened of it. */
export interface TopState {
  readonly scene: Scene;
  /** UTC */
  readonly now: string;
  readonly live: Live;
  /** What of that stands in the table, made anew where it or the choice changes, and not at each key. */
  readonly list: List;
  readonly chosen: Chosen;
  readonly focus: "agents" | "logs";
  readonly page: Page;
  readonly logs: Logs;
  readonly needs: Needs;
  readonly ask?: Ask;
  readonly said?: Said;
}

/** What stays the same while it is shown. */
export interface Scene {
  readonly project: string;
  readonly target: string;
  /** `-t docker --project desk`: what a command line needs to mean the same place. */
  readonly options: string;
  readonly readOnly: boolean;
  readonly intervalMs: number;
  /** Of the clock on the wall here, against UTC. */
  readonly offsetMinutes: number;
}

export interface Live {
  readonly status: Status;
  /** UTC: when the status was read. */
  readonly readAt: string;
  readonly stats?: Stats;
  readonly history: History;
  /** What changed since this was opened, the newest last; bounded. */
  readonly seen: readonly Seen[];
  /** The target does not answer, or not well. */
  readonly trouble?: Trouble;
  /** Logs cannot be read: why. */
  readonly logTrouble?: string;
}

export interface Trouble {
  readonly why: string;
  /** UTC: when it is tried again. */
  readonly nextTry: string;
}

export interface Chosen {
  /** Of a replica: it stays chosen wherever it stands after the next sort. */
  readonly key: string;
  readonly window: Window;
  readonly sort: Sort;
  readonly filter: string;
}

export type Page =
  | { readonly is: "agents" }
  | { readonly is: "details"; readonly key: string; readonly top: number }
  | { readonly is: "needs"; readonly top: number }
  | { readonly is: "drift"; readonly top: number; readonly agent: string; readonly drift: Drift }
  | { readonly is: "help"; readonly top: number; readonly under: Exclude<Page, { is: "help" }> };

/** Who needs whom, as the files say it: what is live does not know. */
export type Needs =
  | { readonly is: "looking" }
  | { readonly is: "known"; readonly graph: AgentGraph }
  | { readonly is: "absent"; readonly why: string };

export interface Logs {
  readonly open: boolean;
  /** It changes inside: `version` says that it did. */
  readonly buffer: LogBuffer;
  readonly version: number;
  /** The last line in sight; absent while it follows. */
  readonly at?: number;
  readonly wrap: boolean;
  readonly level: LogLevel;
  /** Of the chosen agent alone. */
  readonly only: boolean;
  readonly search: string;
  /** Place in SHARES. */
  readonly share: number;
}

/** How much of the screen logs may take. */
export const SHARES = [0.25, 0.4, 0.6, 0.8, 1] as const;

/** Asked at the foot; keys go there until it is answered. */
export type Ask =
  | {
      readonly is: "sure";
      readonly verb: "restart" | "stop" | "pause";
      readonly agent: string;
      readonly yes: boolean;
    }
  | { readonly is: "reason"; readonly agent: string; readonly field: Field }
  | { readonly is: "filter"; readonly field: Field; readonly before: string }
  | { readonly is: "search"; readonly field: Field; readonly before: Pick<Logs, "search" | "at"> }
  | { readonly is: "palette"; readonly palette: Palette };

export interface Said {
  readonly tone: "done" | "failed" | "doing";
  readonly text: string;
}

/** What only the caller can do. */
export type TopEffect =
  | { readonly is: "leave" }
  | { readonly is: "restart" | "start" | "pause" | "resume"; readonly agent: string }
  | { readonly is: "stop"; readonly agent: string; readonly reason?: string }
  | { readonly is: "exec"; readonly agent: string; readonly replica: number }
  | { readonly is: "drift"; readonly agent: string }
  | { readonly is: "needs" };

export function opening(scene: Scene, buffer: LogBuffer, now: string): TopState {
  return {
    scene,
    now,
    live: { status: { agents: [], notes: [] }, readAt: now, history: NO_HISTORY, seen: [] },
    list: NO_ROWS,
    chosen: { key: "", window: FIRST, sort: "name", filter: "" },
    focus: "agents",
    page: { is: "agents" },
    needs: { is: "looking" },
    logs: { open: true, buffer, version: 0, wrap: false, level: "all", only: false, search: "", share: 1 },
  };
}
