import { assertNever } from "../../base/assert-never.ts";
import type { ApplyLine, BackLine, Lost, Outcome } from "../../model/plan.ts";
import type { LeftOut, Step } from "../../model/step.ts";
import { type Does, span, titleOf } from "../plan/words.ts";
import { showPath } from "../plan/values.ts";
import { flat } from "../visible.ts";

/** The words of an apply: what it did is past, and said only of what it did. */

export const DONE: Readonly<Record<Does, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};

/** What going back did to an object, by what had been done to it. */
const WAS: Readonly<Record<Does, string>> = {
  create: "removed",
  update: "as it was",
  replace: "as it was",
  delete: "made again",
};

export function backWords({ does }: Pick<ApplyLine, "does">, { came }: BackLine): string {
  if (came === "kept") return "kept";
  return came === "failed" ? "not put back" : `rolled back: ${WAS[does]}`;
}

export function lostWords(lost: Lost): string {
  switch (lost.is) {
    case "data":
      return `${titleOf(lost.id)}: what was in it is gone`;
    case "secret":
      return `${titleOf(lost.id)}: the former value of ${showPath(lost.path)} is kept nowhere: it has the present one`;
    case "kept":
      return `${titleOf(lost.id)}: it was made by this apply, and stays: something may have been written into it`;
    default:
      return assertNever(lost);
  }
}

export function stepWords(step: Step): string {
  if (step.is === "call") return flat(step.does);
  switch (step.until) {
    case "ready":
      return "waits until it is ready";
    case "gone":
      return "waits until it is gone";
    case "completed":
      return "waits until it has completed";
    default:
      return assertNever(step.until);
  }
}

export function leftOutWords(because: LeftOut): string {
  return because.is === "stopped" ? "the apply was stopped" : `${titleOf(because.id)} failed`;
}

/** How long something took, to a second. */
export function took(millis: number): string {
  if (millis < 1000) return span(millis);
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function outcomeWords(outcome: Outcome, time: string, onlyDeletes: boolean): string {
  switch (outcome) {
    case "applied":
      return `${onlyDeletes ? "taken down" : "applied"} in ${time}`;
    case "unchanged":
      return "nothing to do: everything is as planned already";
    case "declined":
      return "declined: nothing was changed";
    case "failed":
      return `failed after ${time}`;
    case "rolledBack":
      return `failed after ${time}, and rolled back`;
    case "rollbackFailed":
      return `failed after ${time}, and not all of it could be put back`;
    case "interrupted":
      return `interrupted after ${time}`;
    case "stale":
      return "the world moved since this plan was made: nothing was changed";
    case "locked":
      return "another apply is at work here: nothing was changed";
    default:
      return assertNever(outcome);
  }
}
