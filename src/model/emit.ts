import type { Json } from "../base/canonical.ts";
import type { Result } from "../base/result.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Facts } from "./facts.ts";
import type { Ir } from "./ir.ts";
import type { Resource, Written } from "./resource.ts";
import type { FieldSupport, Target } from "./target.ts";

/** Writes what a target would make as a file for another tool. Pure: no engine, no cluster, nothing that is live. */
export interface Emitter {
  /** Whose objects are written down: the pure half of it, so that no client is loaded. */
  readonly target: Pick<Target, "name" | "shared" | "support" | "check" | "desired">;
  /** Whether one file holds all agents, or one. */
  readonly holds: "a project" | "an agent";
  /** Fields that such a file speaks of at all, where it is not each of them. */
  readonly about?: readonly string[];
  /** What this format carries otherwise than the target does, by path below `spec`. */
  readonly support: FieldSupport;
  readonly emit: (request: EmitRequest) => Result<Emitted, Diagnostic>;
}

export interface EmitRequest {
  readonly ir: Ir;
  readonly facts: Facts;
  /** Those that were asked for, sorted: others of the project are seen, and not written. */
  readonly agents: readonly string[];
  /** Of these agents and of the project as a whole. */
  readonly desired: readonly Resource[];
  readonly project: string;
  readonly origin: string;
  /** Absent: whoever applies the file decides. */
  readonly namespace?: string;
  /** The project's root, from the folder in which the file will stand. */
  readonly root: string;
}

export type Emitted = (
  | { readonly is: "documents"; readonly documents: readonly Json[] }
  | { readonly is: "text"; readonly text: string }
) & {
  /** What only the values show; what the tables say of a field is added to it. */
  readonly lost: readonly Lost[];
};

/** A field that somebody wrote and that is not in the output as it was written. */
export interface Lost {
  readonly agent: string;
  /** Below `spec`, as people write it. */
  readonly field: string;
  readonly is: "dropped" | "approximated";
  readonly how: string;
  readonly at?: Written;
}
