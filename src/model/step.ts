import type { Id } from "./resource.ts";

/** One thing that an apply does: one outside call, or a wait until the world has followed. */
export type Step =
  | { readonly is: "call"; readonly id: Id; readonly does: string }
  | {
      readonly is: "await";
      readonly id: Id;
      readonly until: "ready" | "gone" | "completed";
      readonly timeoutMs: number;
    };

/** All that an apply does to one object, one step after the other. */
export interface Task {
  readonly id: Id;
  /** Tasks that have to have ended well before this one begins. */
  readonly after: readonly Id[];
  readonly steps: readonly Step[];
}

/** What happened, in the order in which it did: the only thing that screens, logs and journals are made from. */
export type ApplyEvent =
  | { readonly is: "began"; readonly id: Id; readonly step: Step }
  /** `last`: the object is done with it. */
  | { readonly is: "ended"; readonly id: Id; readonly step: Step; readonly last?: true }
  /** How far a step is, or what it waits for and what was seen of that last. */
  | {
      readonly is: "progress";
      readonly id: Id;
      readonly step: Step;
      readonly text: string;
      readonly part?: Part;
    }
  /** Failed for a passing reason and tried again. */
  | {
      readonly is: "again";
      readonly id: Id;
      readonly step: Step;
      readonly cause: string;
      readonly tries: number;
    }
  | {
      readonly is: "failed";
      readonly id: Id;
      readonly step: Step;
      readonly cause: string;
      /** The last lines of a log, or what the platform said. */
      readonly lines: readonly string[];
    }
  /** Never begun: something before it failed, or the apply was stopped. */
  | { readonly is: "left out"; readonly id: Id; readonly because: LeftOut };

/** How much of a step is done, where somebody counted it: steps of a build, bytes of a pull, pods of a rollout. */
export interface Part {
  readonly done: number;
  readonly of: number;
}

export type LeftOut = { readonly is: "failed"; readonly id: Id } | { readonly is: "stopped" };
