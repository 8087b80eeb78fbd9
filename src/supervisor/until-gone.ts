import type { Charge, RunIdentity, Runner } from "../model/supervision.ts";
import type { Clock } from "../model/system.ts";

const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 100;

/** Until the whole tree has ended, or its grace is over, or nobody here cares any more. What ends at once is not waited for. */
export function untilGone(
  runner: Pick<Runner, "lives" | "members">,
  charge: Charge,
  run: RunIdentity,
  clock: Clock,
  isLeft: () => boolean,
): Promise<void> {
  const deadline = clock.now() + charge.supervision.stopGracePeriod.ms;
  return new Promise((resolve) => {
    const look = (pause: number): void => {
      const gone = isLeft() || (!runner.lives(run) && runner.members(charge, run).length === 0);
      const left = deadline - clock.now();
      if (gone || left <= 0) resolve();
      else clock.after(Math.min(pause, left), () => look(Math.min(LAST_LOOK_MS, pause * 2)));
    };
    look(FIRST_LOOK_MS);
  });
}
