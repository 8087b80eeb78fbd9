import type { ApplyLine, Change } from "../model/plan.ts";
import { type Id, OF_THE_PROJECT } from "../model/resource.ts";

/**
 * What of a failed apply has to go back. Where independent agents were to go on, only the agents that failed do, and
 * those that stand on them.
 */
export function begunOf(
  changes: readonly Change[],
  lines: readonly ApplyLine[],
  keepGoing: boolean,
): ReadonlySet<Id> {
  const begun = lines.filter(({ came }) => came !== "untouched").map(({ id }) => id);
  if (!keepGoing) return new Set(begun);
  const failed = lines.filter(({ came }) => came === "failed").map(({ id }) => id);
  const broken = new Set(failed.map(agentOf).filter((agent) => agent !== OF_THE_PROJECT));
  for (let grew = true; grew; ) {
    grew = false;
    for (const change of changes) {
      if (change.is === "keep" || change.is === "delete" || broken.has(agentOf(change.id))) continue;
      if (!change.resource.after.some((id) => broken.has(agentOf(id)))) continue;
      broken.add(agentOf(change.id));
      grew = true;
    }
  }
  return new Set(begun.filter((id) => failed.includes(id) || broken.has(agentOf(id))));
}

const agentOf = (id: Id): string => id.split("/")[0] ?? "";
