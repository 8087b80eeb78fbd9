import type { Result } from "../base/result.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Facts } from "./facts.ts";
import type { Ir } from "./ir.ts";
import type { ApplyLine, Outcome } from "./plan.ts";
import type { Resource } from "./resource.ts";

/** What stood after an apply, and how it came about: enough to see it again and to go back to it. No secret is in it. */
export interface Revision extends RevisionHead {
  /** The agents of the whole place, as they were asked for then. */
  readonly ir: Ir;
  readonly facts: Facts;
  /** All that stood then, as something that can be wanted again; empty while it is pending. */
  readonly resources: readonly Resource[];
}

/** What a list of them shows. */
export interface RevisionHead {
  readonly version: 1;
  /** From 1 on; a number is never given twice. */
  readonly number: number;
  readonly apply: string;
  readonly does: "apply" | "destroy" | "rollback";
  /** Of a rollback: the number of the revision that it went to. */
  readonly to?: number;
  /** UTC */
  readonly began: string;
  readonly millis?: number;
  /** `pending` from before its first change until it is closed. */
  readonly outcome: "pending" | Outcome;
  readonly by: Author;
  readonly objects: readonly Pick<ApplyLine, "id" | "does" | "came">[];
  /** By agent: what a person calls its version, such as an image with its id, or `4 files 3fa2c1d0`. */
  readonly versions: Readonly<Record<string, string>>;
  /** What has to stay so that it can be gone back to; the target alone knows what that is. */
  readonly needs: readonly string[];
}

export interface Author {
  readonly user: string;
  readonly host: string;
  readonly command: string;
  readonly madeBy: string;
  /** A pipeline's run, as its surroundings name it. */
  readonly ci?: string;
  readonly commit?: { readonly id: string; readonly isDirty: boolean };
}

/** So many are kept of a place. */
export const KEPT_REVISIONS = 10;

export interface RevisionStore {
  /** The newest first. */
  heads(): Promise<Result<readonly RevisionHead[], Diagnostic>>;
  read(number: number): Promise<Result<Revision | undefined, Diagnostic>>;
  /** Writes it, or writes it anew; what is older than the last ten goes. */
  write(revision: Revision): Promise<Result<void, Diagnostic>>;
}
