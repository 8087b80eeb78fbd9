import { assertNever } from "../../base/assert-never.ts";
import type { Author, RevisionHead } from "../../model/revision.ts";
import { SYMBOLS } from "../plan/words.ts";
import { flat } from "../visible.ts";

/** The words of what was: an apply that was, or still is, under way. */

/** `isBusy`: somebody applies at this moment. */
export function outcomeOf({ outcome, does, to }: RevisionHead, isBusy: boolean): string {
  switch (outcome) {
    case "pending":
      return isBusy ? "under way" : "interrupted";
    case "applied":
      if (does === "destroy") return "taken down";
      return does === "rollback" ? `back to ${to ?? "an earlier one"}` : "applied";
    case "rolledBack":
      return "failed, rolled back";
    case "rollbackFailed":
      return "failed, not all put back";
    case "interrupted":
    case "failed":
    case "unchanged":
    case "declined":
    case "stale":
    case "locked":
      return outcome;
    default:
      return assertNever(outcome);
  }
}

/** `+1 ~2 -1`: of an apply that did not end well, what it was to do. */
export function countsOf({ objects }: Pick<RevisionHead, "objects">): string {
  const all = (["create", "update", "replace", "delete"] as const).flatMap((does) => {
    const count = objects.filter((one) => one.does === does).length;
    return count === 0 ? [] : [`${SYMBOLS[does]}${count}`];
  });
  return all.length === 0 ? "-" : all.join(" ");
}

/** A pipeline is asked about its run, a person about what they did. */
export function byWords({ user, host, ci }: Author): string {
  return ci === undefined ? flat(`${user}@${host}`) : runWords(ci);
}

/** `acme/desk/actions/runs/123`: the end of it says which one. */
function runWords(ci: string): string {
  const path = flat(ci).replace(/^[a-z+]+:\/\/[^/]+\//i, "");
  const steps = path.split("/").filter((step) => step !== "" && step !== "-");
  return steps.length > 5 ? `…/${steps.slice(-4).join("/")}` : steps.join("/");
}

/** `*`: not exactly that commit, or nobody could tell. */
export function commitWords({ commit }: Author): string {
  return commit === undefined ? "-" : `${flat(commit.id).slice(0, 8)}${commit.isDirty ? "*" : ""}`;
}

export const showTime = (time: string): string => {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(time);
  return match === null ? flat(time) : `${match[1] ?? ""} ${match[2] ?? ""} UTC`;
};
