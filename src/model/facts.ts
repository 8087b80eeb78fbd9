import type { Json } from "../base/canonical.ts";

/** What the outside world adds to the files before anything is wanted. Plain JSON; part of a plan file. No value of a secret. */
export interface Facts {
  readonly agents: Readonly<Record<string, AgentFacts>>;
  /** The target's own: it alone reads them. */
  readonly target: Json;
}

export interface AgentFacts {
  /** The folder of the agent file, absolute, links followed. */
  readonly folder: string;
  /** Digest by path from that folder. */
  readonly code: Readonly<Record<string, string>>;
  /** By variable: what stands behind it now. */
  readonly secrets: Readonly<Record<string, SecretFact>>;
  /** Plain variables whose text comes from outside the file: the caller, a file of the project, an env file. */
  readonly texts: Readonly<Record<string, string>>;
  /** Optional variables that nothing was found for. */
  readonly absent: readonly string[];
  /** The lock or requirements files of the folder that say what to install: digest by name. */
  readonly locks: Readonly<Record<string, string>>;
}

export type SecretFact =
  | {
      readonly is: "known";
      /** Keyed; absent before the first apply has made a key. */
      readonly digest?: string;
      readonly origin: SecretPlace;
    }
  | { readonly is: "absent"; readonly optional: true }
  | { readonly is: "missing"; readonly looked: readonly string[] };

/** Where a secret was found. */
export type SecretPlace =
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "variable"; readonly name: string };
