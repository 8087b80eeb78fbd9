import { assertNever } from "../../base/assert-never.ts";
import type { Json } from "../../base/canonical.ts";
import type { Moved } from "../../model/plan.ts";
import { flat } from "../visible.ts";
import { covered, showPath } from "./values.ts";
import { titleOf } from "./words.ts";

/** One thing that is not as it was when a plan was made: the object, what was planned against, what it is now. */
export function movedLine(one: Moved): string {
  switch (one.is) {
    case "appeared":
      return `${titleOf(one.id)} was to be made, and is there now`;
    case "gone":
      return `${titleOf(one.id)} was there, and is gone now`;
    case "another":
      return `${titleOf(one.id)} was planned against ${one.planned}, and is another one now: ${one.now}`;
    case "changed":
      if (one.secret) return `${titleOf(one.id)}: ${showPath(one.path)} has another secret value now`;
      return `${titleOf(one.id)}: planned against ${showPath(one.path)} ${value(one.path, one.planned)}, now ${value(one.path, one.now)}`;
    case "fact":
      return `${one.agent}: ${flat(one.what)}`;
    default:
      return assertNever(one);
  }
}

function value(path: string, json: Json | undefined): string {
  if (json === undefined) return "(not there)";
  const shown = covered(path, json);
  return flat(typeof shown === "string" ? shown : JSON.stringify(shown)).slice(0, 200);
}
