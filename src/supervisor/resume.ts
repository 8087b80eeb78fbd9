import type { Remembered } from "./around.ts";
import { fresh, type Slot } from "./machine.ts";
import type { SlotKeeper } from "./slot.ts";
import type { Strays } from "./strays.ts";

/** What an earlier supervisor noted, as far as it still means something in this boot. */
export function thisBoot(before: Remembered, bootId: string): Remembered {
  if (before.bootId === bootId) return before;
  // Nothing of another boot is frozen any more.
  const { run: _, paused: __, ...record } = before.record;
  return { ...before, record, machine: afterReboot(before.machine, before.record) };
}

/** Times of another boot mean nothing, and nothing of it lives. What is at its end for good stays there. */
function afterReboot({ state, wanted }: Slot, { charge, hold }: Remembered["record"]): Slot {
  if (wanted === "removed") return { ...fresh, wanted };
  if (wanted === "stopped" || isKeptDown(hold)) return fresh;
  const wasUp = state.is === "running" || state.is === "ready" || state.is === "stopping";
  switch (charge.supervision.restart) {
    case "always":
    case "unless-stopped":
      return { ...fresh, wanted, state: { is: "pending" } };
    case "on-failure":
      return { ...fresh, wanted, state: state.is === "completed" ? state : { is: "pending" } };
    case "no":
      if (wasUp) return { ...fresh, wanted, state: { is: "running", earned: false } };
      return {
        ...fresh,
        wanted,
        state: state.is === "completed" || state.is === "failed" ? state : { is: "pending" },
      };
  }
}

/** A decision about what runs is none that nothing shall run. */
const isKeptDown = (hold: Remembered["record"]["hold"]): boolean =>
  hold !== undefined && (hold.what === undefined || hold.what === "stopped" || hold.what === "paused");

/** What lives is adopted before anything is started. */
export function resumeAll(
  all: readonly { readonly slot: SlotKeeper; readonly before: Remembered }[],
  strays: Strays,
): void {
  const idle = all.filter(({ slot, before: { record } }) => {
    const { state, wanted } = slot.slot;
    const isGoing = wanted !== "running" || state.is === "aborting";
    // Of one that is not to be there all has to go; for any other it goes before the next run.
    const rest = isGoing && record.run === undefined ? strays.left(record) : undefined;
    const run = strays.living(record) ?? rest;
    if (run !== undefined) slot.adopt(run);
    return run === undefined;
  });
  for (const { slot, before } of idle) {
    const { record } = before;
    if (record.run !== undefined) {
      slot.recover(record.run);
      continue;
    }
    slot.tell({ is: "resumed" });
    // Of a start that was never noted: it may wait long for its next run, and what is left would live until then.
    if (strays.left(record) !== undefined) void strays.endLeft(record);
  }
}
