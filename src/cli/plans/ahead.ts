import { system } from "../../system/system.ts";
import type { Way } from "../terminal/stage.ts";

/** The first frame stands by then: what is read from the disk does not keep it waiting. */
const FRAME_MS = 150;

export interface Ahead {
  /** Fails where a file is gone. */
  readonly whole: () => Promise<void>;
  readonly cancel: () => void;
}

/**
 * Reads all files of ours that an apply can need from here on, while somebody looks at the plan. An upgrade may take
 * them away meanwhile: an apply begins with everything it needs in memory, or not at all.
 */
export function readAhead(way: Way): Ahead {
  let reading: Promise<unknown> | undefined;
  const read = (): Promise<unknown> =>
    (reading ??= Promise.all([
      import("../../ui/plan/plain.ts"),
      import("../../ui/frame.ts"),
      ...(way.is === "screen"
        ? [import("../../ui/ink/host.tsx"), import("../carry-out/progress-screen.ts")]
        : []),
    ]));
  // Whoever waits for it is told that it went wrong.
  const cancel = system.clock.after(
    way.is === "screen" ? FRAME_MS : 0,
    () => void read().catch(() => undefined),
  );
  return {
    cancel,
    async whole() {
      cancel();
      await read();
    },
  };
}
