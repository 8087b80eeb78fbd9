import { byCodeUnit } from "../base/canonical.ts";
import type { Change, Plan } from "../model/plan.ts";
import type { Hold, Observed } from "../model/resource.ts";
import { choose } from "./choose.ts";

/**
 * Pure: somebody holds an agent, not an object of it. What belongs to it stays as well, such as the configuration
 * below a program that was rolled back.
 */
export function leaveHeld(every: Plan, observed: readonly Observed[]): Plan {
  const holds = new Map(
    observed.flatMap(({ agent, hold }): readonly (readonly [string, Hold])[] =>
      hold === undefined ? [] : [[agent, hold]],
    ),
  );
  const kept = every.changes.flatMap((change): readonly (readonly [Change, Hold])[] => {
    const hold = change.is === "keep" ? undefined : holds.get(change.id.split("/")[0] ?? "");
    return hold === undefined ? [] : [[change, hold]];
  });
  if (kept.length === 0) return every;
  const { plan } = choose(every, { only: new Set(), without: new Set(kept.map(([{ id }]) => id)) });
  const keeps = [
    ...plan.changes.filter(({ is }) => is === "keep"),
    ...kept.flatMap(([change, held]): readonly Change[] =>
      change.is === "create" ? [] : [{ is: "keep", id: change.id, before: change.before, held }],
    ),
  ];
  return {
    ...plan,
    changes: [
      ...plan.changes.filter(({ is }) => is !== "keep"),
      ...keeps.toSorted((a, b) => byCodeUnit(a.id, b.id)),
    ],
  };
}
