import type { Id, Observed, Resource } from "../model/resource.ts";
import { isInScope, type Scope } from "./scope.ts";

/** Agents that have another name by now: which one each was, and the kind that is the agent itself. */
export interface Renamed {
  readonly from: ReadonlyMap<string, string>;
  readonly runs: string;
}

/**
 * By what is wanted: what it was under the former name of its agent. Only what runs and what holds data is moved: all
 * else is made from the files again. Data moves only where it keeps its own name: nobody copies it.
 */
export function movesOf(
  wanted: ReadonlyMap<Id, Resource>,
  live: ReadonlyMap<Id, Observed>,
  { from, runs }: Renamed,
  scope: Scope,
): ReadonlyMap<Id, Observed> {
  const moves = new Map<Id, Observed>();
  if (from.size === 0) return moves;
  for (const resource of wanted.values()) {
    const { agent, kind, name } = resource;
    const former = from.get(agent);
    if (former === undefined || live.has(resource.id)) continue;
    if (kind !== runs && !resource.holdsData) continue;
    const names = resource.holdsData ? [name] : [name, nameUnder(former, agent, name)];
    const before = names
      .map((one) => live.get(`${former}/${kind}/${one}`))
      .find((one) => one !== undefined && !wanted.has(one.id) && isInScope(one, scope));
    if (before !== undefined && before.leftOver !== true) moves.set(resource.id, before);
  }
  return moves;
}

/** What bears the name of its agent, alone or in front, bore the former one. */
function nameUnder(former: string, agent: string, name: string): string {
  if (name === agent) return former;
  return name.startsWith(`${agent}-`) ? `${former}${name.slice(agent.length)}` : name;
}
