import type { HeldBy, Runner } from "../model/supervision.ts";
import type { SlotKeeper } from "./slot.ts";

export type PauseAnswer =
  | { readonly is: "paused" | "already paused" | "not running" }
  | { readonly is: "failed"; readonly why: string };

export type ResumeAnswer =
  | { readonly is: "resumed" | "started" | "not paused" }
  | { readonly is: "failed"; readonly why: string };

/** Freezes what runs, and holds it so. What does not run has nothing that could be frozen. */
export async function pause(slot: SlotKeeper, hold: HeldBy, runner: Runner): Promise<PauseAnswer> {
  const { run } = slot;
  const { is } = slot.slot.state;
  if (run === undefined || (is !== "running" && is !== "ready")) return { is: "not running" };
  if (runner.freeze === undefined) return { is: "failed", why: "nothing can be frozen on this platform" };
  if (slot.isPaused) return { is: "already paused" };
  // Written down before it is done: whoever comes next must not take a frozen agent for one that hangs.
  slot.pause(true, hold.by);
  const unwritten = slot.decide(hold);
  const why = unwritten ?? (await runner.freeze(slot.charge, run, true));
  if (why === undefined) return { is: "paused" };
  slot.pause(false, undefined);
  if (unwritten === undefined) slot.decide(undefined);
  return { is: "failed", why };
}

/** Lets it go on. One that ended while it was frozen is started. */
export async function resume(
  slot: SlotKeeper,
  by: string | undefined,
  runner: Runner,
): Promise<ResumeAnswer> {
  slot.askedBy(by);
  if (slot.isPaused) {
    const failed = await thaw(slot, by, runner);
    const why = failed ?? slot.decide(undefined);
    return why === undefined ? { is: "resumed" } : { is: "failed", why };
  }
  if (slot.holdsWhat !== "paused") return { is: "not paused" };
  slot.hold(undefined);
  slot.tell({ is: "start", manual: true });
  return { is: "started" };
}

/** Why it stays frozen; undefined where it goes on. */
export async function thaw(
  slot: SlotKeeper,
  by: string | undefined,
  runner: Runner,
): Promise<string | undefined> {
  const { run } = slot;
  if (!slot.isPaused) return undefined;
  const why = run === undefined ? undefined : await runner.freeze?.(slot.charge, run, false);
  if (why === undefined) slot.pause(false, by);
  return why;
}
