import type { Json } from "../base/canonical.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Hold, Id, Observed, Resource, Written } from "./resource.ts";

/** What will change, why, how, and what it costs. Plain JSON: it is shown, saved, and applied exactly. */
export interface Plan {
  /** In the order in which a person should read them: what costs most first. */
  readonly changes: readonly Change[];
  /** This project's objects from elsewhere: left alone, and counted. */
  readonly outside: number;
  /** Why this plan may not be applied; empty where it may. */
  readonly refusals: readonly Refusal[];
}

export type Change =
  | {
      readonly is: "create";
      readonly id: Id;
      readonly resource: Resource;
      readonly because: readonly Reason[];
    }
  | {
      readonly is: "update" | "replace";
      readonly id: Id;
      readonly resource: Resource;
      readonly before: Observed;
      readonly because: readonly Reason[];
      readonly fields: readonly FieldChange[];
      readonly costs: Cost;
    }
  | {
      readonly is: "delete";
      readonly id: Id;
      readonly before: Observed;
      readonly because: readonly Reason[];
      readonly costs: Cost;
    }
  | { readonly is: "keep"; readonly id: Id; readonly before: Observed; readonly held?: Hold };

export interface FieldChange {
  readonly path: string;
  /** Absent: it was not there, or will not be. A secret's values are never here. */
  readonly from?: Json;
  readonly to?: Json;
  readonly secret: boolean;
  /** Edited in the files, changed by hand since the last apply, or both. */
  readonly origin: "edit" | "drift" | "both" | "unknown";
  /** Whose value it is that is live, where the platform keeps that. */
  readonly by?: string;
  readonly at?: Written;
  /** Why a live object cannot change it; absent where it can. */
  readonly forces?: string;
  /** Why what runs is exchanged with it, though the object is changed in place. */
  readonly rolls?: string;
}

export type Reason =
  | { readonly is: "missing" }
  | { readonly is: "new" }
  | { readonly is: "edited"; readonly path: string; readonly at?: Written }
  | { readonly is: "code changed" }
  | { readonly is: "drifted"; readonly path: string; readonly by: string }
  | { readonly is: "secret rotated"; readonly path: string }
  | { readonly is: "follows"; readonly id: Id }
  | { readonly is: "asked for" }
  | { readonly is: "no longer in the files" }
  | { readonly is: "left over" }
  /** The same agent under another name. */
  | { readonly is: "renamed"; readonly from: string; readonly to: string }
  /** An apply failed: it goes back to what it was before. */
  | { readonly is: "rolled back" }
  | { readonly is: "destroy" };

export interface Cost {
  /** How the old one goes and the new one comes. */
  readonly order: "in place" | "rolling" | "start first" | "stop first" | "gone";
  /** Agents that wait for this one, and so are touched by its absence. */
  readonly dependants: readonly string[];
  readonly losesData: boolean;
}

export type Refusal =
  | { readonly is: "protected"; readonly id: Id; readonly wanted: "replace" | "delete" }
  | { readonly is: "more than half"; readonly agents: number; readonly of: number };

/** A plan with all that a person is told beside it: every presenter says these facts, in this order. */
export interface PlanReport {
  readonly project: string;
  readonly target: string;
  /** Which machine, engine or cluster, where that is worth saying. */
  readonly where: string;
  readonly plan: Plan;
  /** What would fail at once: nothing is applied while there is one. */
  readonly preflight: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** One line each: an interrupted apply, a supervisor that does not run, fields that this target has no use for. */
  readonly notes: readonly string[];
  readonly destroy: boolean;
  /** A plan back to an earlier revision, which the files of today do not ask for. */
  readonly backTo?: number;
  /** Where it is saved, and how many live objects it is bound to. */
  readonly saved?: { readonly file: string; readonly objects: number };
  /** The exact next command; absent where nothing is left to do. */
  readonly next?: string;
}

/** How an apply ended, object by object. */
export interface ApplyReport {
  readonly project: string;
  readonly target: string;
  readonly outcome: Outcome;
  readonly objects: readonly ApplyLine[];
  readonly millis: number;
  /** By agent: where it can be reached. */
  readonly urls: Readonly<Record<string, readonly string[]>>;
  readonly notes: readonly string[];
  /** What going back could not bring back. */
  readonly lost?: readonly Lost[];
  /** The number that it was written down with. */
  readonly revision?: number;
  readonly next?: string;
}

export type Outcome =
  | "unchanged"
  | "applied"
  | "declined"
  | "failed"
  /** It failed, and what it had changed is as it was before. */
  | "rolledBack"
  /** It failed, and not all that it had changed could be put back. */
  | "rollbackFailed"
  | "interrupted"
  | "stale"
  | "locked";

export interface ApplyLine {
  readonly id: Id;
  readonly does: "create" | "update" | "replace" | "delete";
  readonly came: "changed" | "failed" | "untouched";
  readonly cause?: string;
  readonly lines?: readonly string[];
  /** Where a failed apply was put back. */
  readonly back?: BackLine;
}

/** How an object that a failed apply had begun with stands after going back. */
export type BackLine = {
  /** `kept`: it stays, on purpose and said so. */
  readonly came: "rolled back" | "failed" | "kept";
  readonly cause?: string;
  readonly lines?: readonly string[];
};

/** What no plan brings back. */
export type Lost =
  /** It went, or was made anew, with what was in it. */
  | { readonly is: "data"; readonly id: Id }
  /** Its former value is kept nowhere: it stays as it is now. */
  | { readonly is: "secret"; readonly id: Id; readonly path: string }
  /** The apply made it, and something may have been written into it since: it stays. */
  | { readonly is: "kept"; readonly id: Id };

/** One thing that is not as it was when a plan was made. */
export type Moved =
  | { readonly is: "appeared" | "gone"; readonly id: Id }
  | { readonly is: "another"; readonly id: Id; readonly planned: string; readonly now: string }
  | {
      readonly is: "changed";
      readonly id: Id;
      readonly path: string;
      readonly planned?: Json;
      readonly now?: Json;
      readonly secret: boolean;
    }
  | { readonly is: "fact"; readonly agent: string; readonly what: string };
