import type { Diagnostic } from "./diagnostic.ts";
import type { AgentFacts } from "./facts.ts";
import type { AgentIr, Ir } from "./ir.ts";
import type { AgentStatus } from "./operates.ts";

/** What was looked at, and how it is: one line for a person. Never a value of a secret. */
export interface Finding {
  /** `engine`, `port 8080` */
  readonly about: string;
  /** `unneeded`: nobody asked for it, so that its absence is no fault. */
  readonly is: "ok" | "warn" | "fail" | "unneeded";
  readonly found: string;
  /** What to do: a command, where one helps. */
  readonly repair?: string;
}

/** A look at one thing of the machine or a platform. It writes nothing and starts nothing that stays. */
export interface Check {
  /** Said in the place of an answer that does not come in time. */
  readonly about: string;
  /** The signal ends it: whoever looks may wait no longer. */
  readonly look: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

/** What a target is asked about itself. */
export type Question =
  /** All that agents need there, of these files. */
  | { readonly is: "place"; readonly ir: Ir; readonly facts: Readonly<Record<string, AgentFacts>> }
  /** Whether it is there at all: one line of a target that nobody chose. Nobody is signed in for that. */
  | { readonly is: "presence" }
  /** What stands in the way of one agent. */
  | {
      readonly is: "agent";
      readonly ir: Ir;
      readonly agent: AgentIr;
      readonly facts: AgentFacts;
      /** Its replicas as they are now; empty where nobody can tell. */
      readonly live: readonly AgentStatus[];
    };

/** A fault that somebody else found, with its way out. */
export function asFinding(about: string, { message, notes }: Diagnostic): Finding {
  return { about, is: "fail", found: message, ...(notes.length === 0 ? {} : { repair: notes.join("; ") }) };
}
