import type { Change } from "../../../src/model/plan.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import { containerIn } from "../live/live.ts";

/** An apply failed, and this is the way back from it. */
export const isWayBack = ({ because }: Exclude<Change, { readonly is: "keep" }>): boolean =>
  because.some(({ is }) => is === "rolled back");

/** Going back, the very object that is wanted again counts already. */
export const isTheFormer = (change: Change & { readonly is: "update" | "replace" }): boolean =>
  isWayBack(change) && change.before.identity === change.resource.was?.identity;

/** The image that something was made of which is wanted again; undefined where it is wanted as the files say. */
export function formerImage({ kind, fields, was }: Resource): string | undefined {
  if (was === undefined) return undefined;
  if (kind === "image") return was.identity;
  // Where the files by then named an image that was not there yet, what was observed has no id.
  return kind === "container" ? (containerIn(fields)?.imageId ?? containerIn(was.asked)?.imageId) : undefined;
}

/** What is asked for; of something that was, what was asked for then. */
export const askedAnew = ({ fields, was }: Resource): Fields =>
  // That it runs is what a file asks for, whatever became of it.
  was === undefined ? fields : (was.asked ?? { ...fields, running: true });
