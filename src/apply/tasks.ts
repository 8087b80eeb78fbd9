import type { Change, Plan } from "../model/plan.ts";
import type { Id } from "../model/resource.ts";
import type { Step, Task } from "../model/step.ts";

/**
 * The graph of an apply: what comes waits for what it stands on; what goes waits for what stood on it, whether
 * that goes too or stands on something else from now on. A plan whose own objects wait for each other in a circle
 * cannot be applied; the compiler has refused it before.
 */
export function tasksOf(plan: Plan, steps: (change: Change) => readonly Step[]): Task[] {
  const changing = plan.changes.filter((change) => change.is !== "keep");
  const going = new Map<Id, Id[]>();
  for (const change of changing) {
    if (change.is === "create") continue;
    for (const id of change.before.after) going.set(id, [...(going.get(id) ?? []), change.id]);
  }
  const deleted = new Set(changing.filter(({ is }) => is === "delete").map(({ id }) => id));
  return changing.map((change) => ({
    id: change.id,
    after:
      change.is === "delete"
        ? (going.get(change.id) ?? [])
        : // Nothing waits for an end: what goes waits for it instead.
          change.resource.after.filter((id) => id !== change.id && !deleted.has(id)),
    steps: steps(change),
  }));
}
