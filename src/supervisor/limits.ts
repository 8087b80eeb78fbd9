import type { Limits, Usage } from "../model/supervision.ts";
import type { Clock } from "../model/system.ts";

export interface Watching {
  stop(): void;
}

const EVERY_MS = 2000;

/**
 * The watch that stands in where the kernel holds no limit for a whole tree: it looks every two seconds, so that
 * a short peak may pass. Processor time has no watch: being slow is no reason to end an agent.
 */
export function watchLimits(
  limits: Limits,
  usage: () => Usage | undefined,
  clock: Clock,
  exceeded: (what: string) => void,
): Watching {
  if (limits.memory === undefined && limits.pids === undefined) return { stop: () => undefined };
  let over = false;
  let cancel = clock.after(EVERY_MS, look);
  function look(): void {
    if (over) return;
    const now = usage();
    const what = now === undefined ? undefined : breach(limits, now);
    if (what !== undefined) {
      over = true;
      exceeded(what);
      return;
    }
    cancel = clock.after(EVERY_MS, look);
  }
  return {
    stop: () => {
      over = true;
      cancel();
    },
  };
}

function breach(limits: Limits, now: Usage): string | undefined {
  if (limits.memory !== undefined && now.memory > limits.memory)
    return `memory: ${Math.round(now.memory / 1024 ** 2)} MiB of ${Math.round(limits.memory / 1024 ** 2)} MiB`;
  if (limits.pids !== undefined && now.pids > limits.pids) return `processes: ${now.pids} of ${limits.pids}`;
  return undefined;
}
