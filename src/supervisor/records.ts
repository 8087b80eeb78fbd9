import { type Charge, HOME, type SlotRecord, type SlotStatus } from "../model/supervision.ts";
import type { Clock, Files } from "../model/system.ts";

/** The supervisor's notes on disk. What is wanted is written before it is acted on. */
export interface Records {
  /** Why it could not be written; undefined where it was. A full disk is no reason to leave agents alone. */
  save(record: SlotRecord, machine: unknown): string | undefined;
  status(status: SlotStatus): void;
  forget(charge: Charge): void;
  /** Writes what still waits. */
  settle(): void;
}

/** A start goes through several states at once: only where it comes to rest is worth a file. */
const STATUS_MS = 25;

export function recordsIn(
  files: Files,
  clock: Clock,
  home: string,
  bootId: string,
  say: (charge: Charge, line: string) => void,
): Records {
  let complained = "";
  const waiting = new Map<string, SlotStatus>();
  const settle = (): void => {
    // Only a help for those who look without a supervisor: whether it could be written changes nothing.
    for (const [path, status] of waiting)
      attempt(() => files.replaceSoon(path, JSON.stringify(status), 0o600));
    waiting.clear();
  };
  return {
    save(record, machine) {
      const { charge } = record;
      const path = HOME.record(home, charge.agent, charge.replica);
      const why = attempt(() => {
        files.makePrivateFolder(HOME.slot(home, charge.agent, charge.replica));
        files.replaceSoon(path, JSON.stringify({ ...record, machine, bootId }), 0o600);
      });
      if (why === undefined) complained = "";
      else if (why !== complained) {
        complained = why;
        say(charge, why);
      }
      return why === undefined ? undefined : `the record ${path} cannot be written: ${why}`;
    },
    status(status) {
      if (waiting.size === 0) clock.after(STATUS_MS, settle);
      waiting.set(HOME.status(home, status.agent, status.replica), status);
    },
    settle,
    forget(charge) {
      waiting.delete(HOME.status(home, charge.agent, charge.replica));
      files.remove(HOME.slot(home, charge.agent, charge.replica));
      const agent = `${HOME.agents(home)}/${charge.agent}`;
      // What others keep of the agent stays.
      if (files.list(agent).length === 0) files.remove(agent);
    },
  };
}

function attempt(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
