import type { Id } from "../../../model/resource.ts";
import type { ApplyEvent } from "../../../model/step.ts";
import { widest } from "../../plan/columns.ts";
import { titleOf } from "../../plan/words.ts";
import { foldProgress, type Progress } from "../progress.ts";

/** What the screen of an apply is drawn from. */
export interface ApplyScreen {
  /** `desk → docker` */
  readonly place: string;
  readonly progress: Progress;
  /** The width of the widest name: the same for the whole of an apply. */
  readonly titles: number;
  /** By object, from earlier runs. */
  readonly expected: ReadonlyMap<Id, number>;
  /** So many objects at once. */
  readonly parallel: number;
  /** The caller's clock; what is drawn is a function of it. */
  readonly now: number;
  /** Whether somebody wants it to stop: what runs comes to its end, or is ended. */
  readonly stopping: "no" | "after what runs" | "at once";
  readonly chosen?: Id;
  /** Logs that were folded or unfolded by hand; else those of what failed are open. */
  readonly logs: ReadonlyMap<Id, "open" | "folded">;
  /** The first line of the help in sight, while that is open. */
  readonly help?: number;
}

export function beginScreen(
  place: string,
  progress: Progress,
  given: Pick<ApplyScreen, "expected" | "parallel">,
): ApplyScreen {
  const titles = widest(progress.objects.map(({ id }) => titleOf(id)));
  return { place, progress, titles, ...given, now: progress.began, stopping: "no", logs: new Map() };
}

export function happened(screen: ApplyScreen, event: ApplyEvent, now: number): ApplyScreen {
  return { ...screen, now, progress: foldProgress(screen.progress, event, now) };
}

export function ticked(screen: ApplyScreen, now: number): ApplyScreen {
  return { ...screen, now };
}

export function stopped(screen: ApplyScreen, stopping: ApplyScreen["stopping"]): ApplyScreen {
  return { ...screen, stopping };
}
