import type { Json } from "../../src/base/canonical.ts";

/** What only this machine can say before anything is wanted. Plain JSON: it goes through a plan file. */
export interface LocalFacts {
  readonly agents: Readonly<Record<string, LocalAgent>>;
  /** Real ports of agents that live here and are not asked about: others find their services there. */
  readonly elsewhere?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface LocalAgent {
  /** Absolute path of the program that the command names, and its version where it has one. */
  readonly program: { readonly path: string; readonly version?: string };
  readonly environment?: {
    readonly key: string;
    readonly runtime: string;
    readonly version: string;
    readonly packages: readonly string[];
    readonly from: string;
    /** The runtime that it is made with, and the folder that says what to install: both absolute. */
    readonly interpreter: string;
    readonly folder: string;
  };
  /** Real port by `8080/tcp`. */
  readonly ports: Readonly<Record<string, number>>;
}

export function isLocalFacts(value: Json): value is Json & LocalFacts {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "agents" in value;
}
