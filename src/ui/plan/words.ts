import { assertNever } from "../../base/assert-never.ts";
import type { FieldChange, Reason } from "../../model/plan.ts";
import { type Hold, type Id, OF_THE_PROJECT } from "../../model/resource.ts";
import { flat } from "../visible.ts";
import { showPath } from "./values.ts";

/** The words of a plan. What is planned has not happened: nothing here says that it has. */

export type Does = "create" | "update" | "replace" | "delete";
type Sign = "+" | "~" | "-/+" | "-";

export const SYMBOLS: Readonly<Record<Does, Sign>> = {
  create: "+",
  update: "~",
  replace: "-/+",
  delete: "-",
};

/** Where a difference comes from, told apart without colour. */
export const ORIGIN_SYMBOLS: Readonly<Record<FieldChange["origin"] | "follows", string>> = {
  edit: "~",
  drift: "!",
  both: "!",
  unknown: "~",
  follows: "^",
};

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a, b and c`; of many, the first five. */
export function names(all: readonly string[]): string {
  const shown = all.length > 6 ? [...all.slice(0, 5), `${all.length - 5} more`] : all;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

/** `~2 s`, from earlier starts: the one in the middle, so that one odd start does not count. */
export function median(times: readonly number[] | undefined): number | undefined {
  if (times === undefined || times.length === 0) return undefined;
  const sorted = times.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return Math.round((upper + lower) / 2);
}

export function about(millis: number): string {
  return `~${span(millis)}`;
}

export function span(millis: number): string {
  if (millis < 950) return `${Math.max(0, Math.round(millis / 50) * 50)} ms`;
  const seconds = Math.round(millis / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.round(minutes / 60)} h`;
}

interface Named {
  readonly agent: string;
  readonly kind: string;
  readonly name: string;
}

/** `process`, and the object's own name where that says more than its place in the list. */
export function labelOf({ agent, kind, name }: Named, several = false): string {
  const plain = [agent, kind, "main", ""].includes(name) || /^\d+$/.test(name);
  return flat(plain && !several ? kind : `${kind} ${name}`);
}

export function namedBy(id: Id): Named {
  const [agent = "", kind = "", ...name] = id.split("/");
  return { agent, kind, name: name.join("/") };
}

export function titleOf(id: Id): string {
  const named = namedBy(id);
  return `${ownerOf(named)} · ${labelOf(named)}`;
}

/** What belongs to no agent belongs to them all. */
export const ownerOf = ({ agent }: { readonly agent: string }): string =>
  agent === OF_THE_PROJECT ? "(project)" : flat(agent);

/** A few words, for a line of the list; `backTo`: the revision that says what is wanted, where no file does. */
export function shortReason(reason: Reason, backTo?: number): string {
  switch (reason.is) {
    case "new":
      return "new";
    case "missing":
      return "missing";
    case "edited":
      return `${showPath(reason.path)} edited`;
    case "code changed":
      return "code changed";
    case "drifted":
      return `${showPath(reason.path)} drifted`;
    case "secret rotated":
      return `secret ${showPath(reason.path)} changed`;
    case "follows":
      return `${ORIGIN_SYMBOLS.follows} follows ${titleOf(reason.id)}`;
    case "asked for":
      return "asked for";
    case "no longer in the files":
      return backTo === undefined ? "no longer in the files" : `not in revision ${backTo}`;
    case "left over":
      return "left by an interrupted apply";
    case "renamed":
      return `renamed from ${flat(reason.from)}`;
    case "rolled back":
      return "back to what it was";
    case "destroy":
      return "destroy";
    default:
      return assertNever(reason);
  }
}

/** A clause of its own; `forces` says why the live object cannot follow. Undefined where the rest says it all. */
export function longReason(reason: Reason, forces: string | undefined): string | undefined {
  const why = forces === undefined ? "" : `: ${flat(forces)}`;
  switch (reason.is) {
    case "edited": {
      const at = reason.at === undefined ? "" : ` (${flat(reason.at.file)}:${reason.at.line})`;
      return forces === undefined ? undefined : `${showPath(reason.path)} was edited${at}${why}`;
    }
    case "drifted":
      return forces === undefined ? undefined : `${showPath(reason.path)} ${driftedBy(reason.by)}${why}`;
    case "secret rotated":
      return forces === undefined ? undefined : `the secret ${showPath(reason.path)} changed${why}`;
    case "code changed":
      return `the agent's code changed${why}`;
    case "missing":
      return "it is missing, though its agent is there";
    case "asked for":
      return "it was asked for; nothing about it differs";
    case "follows":
    case "new":
    case "left over":
    case "renamed":
    case "rolled back":
    case "no longer in the files":
    case "destroy":
      return undefined;
    default:
      return assertNever(reason);
  }
}

export function driftedBy(who: string | undefined): string {
  return who === undefined || who === "outside aac"
    ? "drifted: changed outside aac"
    : `drifted: changed by ${flat(who)}`;
}

export function heldWords(hold: Hold): string {
  const reason = hold.reason === undefined ? "" : ` (${flat(hold.reason)})`;
  return `held by ${flat(hold.by)} since ${showTime(hold.since)}: ${flat(hold.what)}${reason}`;
}

/** A record's time without its fractions; the zone stays said, since a screen far away shows it too. */
function showTime(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$/.exec(time);
  return match === null ? flat(time) : `${match[1] ?? ""} ${match[2] ?? ""} UTC`;
}
