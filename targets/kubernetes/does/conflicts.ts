import type { Change, FieldChange } from "../../../src/model/plan.ts";
import { type Cause, causesOf } from "../answers.ts";
import type { Answer } from "../client.ts";
import { HOLD_MANAGER } from "../verbs/holds.ts";
import { fieldPath, overlap } from "../manifest/server-paths.ts";
import type { Manifest } from "../shapes.ts";

/** A field that we want otherwise, and that somebody else wrote. */
export interface Conflict {
  readonly path: string;
  readonly manager: string;
}

export function conflictsIn(answer: Answer, manifest: Manifest): readonly Conflict[] {
  if (answer.is === "lost" || answer.status !== 409) return [];
  return causesOf(answer)
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map((cause) => ({ path: fieldPath(manifest, cause.field), manager: managerIn(cause) }));
}

function managerIn({ message }: Cause): string {
  const name = /"([^"]*)"/.exec(message)?.[1] ?? "somebody else";
  return name === HOLD_MANAGER ? "a hold" : name;
}

/** What marks an object as ours is nobody else's, whoever wrote it. */
const OURS = /(?:^|\/)(?:annotations|labels|matchLabels|selector)\/agent\.dev\/[^/]+$/;

/** Those that the plan did not show: nothing is overridden that nobody saw. */
export function unseen(conflicts: readonly Conflict[], change: Change): readonly Conflict[] {
  const shown: readonly FieldChange[] = "fields" in change ? change.fields : [];
  return conflicts.filter(
    ({ path }) => !OURS.test(path) && !shown.some((field) => overlap(field.path, path)),
  );
}
