import type { Json } from "../base/canonical.ts";
import type { Hold, Id, Written } from "./resource.ts";

/** What of this project is not as the last apply left it, though nobody applied anything since. Plain JSON. */
export interface Drift {
  /** Live objects of which somebody changed a field that is ours. */
  readonly changed: readonly DriftedObject[];
  /** What stood after the last apply, and is not there any more. */
  readonly gone: readonly DriftedAway[];
  /** What carries our mark, and no apply that is known of made it. */
  readonly extra: readonly DriftedIn[];
  /** Somebody's decisions: no drift, and their objects are not compared. */
  readonly held: readonly { readonly id: Id; readonly hold: Hold }[];
  /** Objects that do not know what they were asked for: nobody can tell whether they drifted. */
  readonly untold: readonly Id[];
  /** Agents that were looked at. */
  readonly agents: number;
}

export interface DriftedObject {
  readonly id: Id;
  readonly fields: readonly DriftedField[];
}

export interface DriftedField {
  readonly path: string;
  /** Absent: it was not there, or is not any more. A secret's values are never here. */
  readonly was?: Json;
  readonly is?: Json;
  readonly secret: boolean;
  /** A field manager of the platform, or `outside aac`. */
  readonly by: string;
  /** UTC, where the platform keeps it: whoever did it wrote nothing more of that object since. */
  readonly changedAt?: string;
  readonly next: Next;
  readonly at?: Written;
}

export interface DriftedAway {
  readonly id: Id;
  readonly next: Next;
}

export interface DriftedIn {
  readonly id: Id;
  readonly identity: string;
  readonly next: Next;
}

/** What the next apply of these files makes of it; `unknown` where there are no files to compare with. */
export type Next = "takes it back" | "agrees since" | "changes it" | "unknown";

/** A drift with all that a person is told beside it: every presenter says these facts, in this order. */
export interface DriftReport {
  readonly project: string;
  readonly target: string;
  /** Which machine, engine or cluster, where that is worth saying. */
  readonly where: string;
  readonly drift: Drift;
  /** One line each: a supervisor that does not run, files that could not be read. */
  readonly notes: readonly string[];
  /** The exact next command; absent where nothing is left to do. */
  readonly next?: string;
}

/** There is something that the files do not say by now: what they agree with since, nobody has to look at. */
export const isDrifting = ({ changed, gone, extra }: Drift): boolean =>
  extra.length > 0 || [...gone, ...changed.flatMap(({ fields }) => fields)].some(isOpen);

export const isOpen = ({ next }: { readonly next: Next }): boolean => next !== "agrees since";
