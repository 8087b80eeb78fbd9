import { isBelow } from "../base/paths.ts";
import type { Observed } from "../model/resource.ts";

/**
 * What a command was pointed at. Only what came from there, and from the same root, can be missed there: an
 * object of another file or of another checkout is never deleted because it is not in this one.
 */
export interface Scope {
  /** Files and folders, from the project's root; `.` is the whole project. */
  readonly paths: readonly string[];
  readonly origin: string;
}

export function isInScope(object: Observed, scope: Scope): boolean {
  return (
    object.origin === scope.origin &&
    scope.paths.some((path) => object.source === path || isBelow(object.source, path))
  );
}
