import type { Charge, Runner, SlotRecord, SlotStatus } from "../model/supervision.ts";
import type { AgentEvent } from "../model/operates.ts";
import type { System } from "../model/system.ts";
import type { Slot } from "./machine.ts";
import type { Records } from "./records.ts";

/** What one replica needs of the supervisor around it. */
export interface Around {
  readonly system: System;
  readonly runner: Runner;
  readonly records: Records;
  readonly newRunId: () => string;
  readonly chance: () => number;
  /** Undefined where all that it waits for is there; else one line. */
  readonly waitsFor: (charge: Charge) => string | undefined;
  /** Ends what lives of an agent beside this run of it; back comes what could not be ended. */
  readonly clear: (charge: Charge, runId: string | undefined) => Promise<readonly number[]>;
  readonly runStarted: (charge: Charge, runId: string) => void;
  readonly changed: (status: SlotStatus) => void;
  readonly forgotten: (charge: Charge) => void;
  readonly say: (charge: Charge, line: string) => void;
  /** What happened, for whoever asks later; absent where nobody keeps that. */
  readonly note?: (event: AgentEvent) => void;
}

/** What an earlier supervisor left on disk of one replica. */
export interface Remembered {
  readonly record: SlotRecord;
  /** Of the boot in which it was written; of another one, its times mean nothing. */
  readonly bootId: string;
  readonly machine: Slot;
  readonly status?: SlotStatus;
}
