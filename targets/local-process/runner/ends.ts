import type { End, RunIdentity } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import { readExit, readPlacement, runFolder } from "./folder.ts";
import { livesStill, shimLives } from "./identity.ts";
import { ranOutOfMemory } from "./limits.ts";
import { readStatus } from "./signals.ts";

const SWEEP_MS = 1000;

export interface Ends {
  /** Told once; `shimEnded` is there for runs that this process started. Returns how to stop. */
  watch(run: RunIdentity, shimEnded: Promise<void> | undefined, tell: (end: End) => void): () => void;
}

/**
 * How runs end, seen three ways: the shim's own end, a file that appears in the run's folder, and a look at every run
 * each second. The last one alone would do; the others make it quick.
 */
export function watchEnds(system: System, runs: string): Ends {
  const watched = new Set<() => void>();
  let cancel: (() => void) | undefined;
  const sweep = (): void => {
    cancel = undefined;
    for (const check of watched) check();
    wind();
  };
  const wind = (): void => {
    if (cancel === undefined && watched.size > 0) cancel = system.clock.after(SWEEP_MS, sweep);
  };
  return {
    watch(run, shimEnded, tell) {
      const folder = runFolder(runs, run.runId);
      const stop = (): void => {
        watched.delete(check);
        stopWatching();
        if (watched.size > 0) return;
        cancel?.();
        cancel = undefined;
      };
      const check = (): void => {
        if (!watched.has(check)) return;
        const end = endOf(system, folder, run);
        if (end === undefined) return;
        stop();
        tell(end);
      };
      watched.add(check);
      const stopWatching = system.files.watch(folder, check);
      void shimEnded?.then(check);
      // Not at once: whoever asks should have what comes back before it is told.
      system.clock.after(0, check);
      wind();
      return stop;
    },
  };
}

/** Undefined while it lives, or while the shim is about to write how it ended. */
function endOf(system: System, folder: string, run: RunIdentity): End | undefined {
  // Looked at first: what the shim wrote before it ended is then seen for sure.
  const settled = !livesStill(system, run) && !shimLives(system, run);
  const status = readExit(system.files, folder);
  if (status === undefined && !settled) return undefined;
  const full = ranOutOfMemory(system, readPlacement(system, folder).limits);
  if (status === undefined) return { oom: full };
  // A child that the kernel ended is no end of an agent that went on and finished well.
  return { ...readStatus(status), oom: full && status !== 0 };
}
