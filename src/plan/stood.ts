import type { Facts } from "../model/facts.ts";
import type { Ir } from "../model/ir.ts";
import type { ApplyLine, Plan } from "../model/plan.ts";
import { type Id, type Observed, OF_THE_PROJECT, type Resource } from "../model/resource.ts";
import type { Revision } from "../model/revision.ts";
import { asOnce } from "./once.ts";

export interface StoodRequest {
  readonly observed: readonly Observed[];
  /** What this apply asked for. */
  readonly desired: readonly Resource[];
  readonly plan: Plan;
  readonly lines: readonly ApplyLine[];
  readonly asked: Asked;
  /** What stood before it. */
  readonly former?: Pick<Revision, "ir" | "facts" | "resources">;
}

interface Asked {
  readonly ir: Ir;
  readonly facts: Facts;
}

/** Pure: what lives after an apply, as something that can be wanted again; agents that it left alone are as before. */
export function stood(request: StoodRequest): Pick<Revision, "ir" | "facts" | "resources"> {
  const { observed, desired, former, asked } = request;
  const wanted = new Map(desired.map((one) => [one.id, one]));
  const earlier = new Map(former?.resources.map((one) => [one.id, one]));
  const resources = observed
    .filter(({ leftOver }) => leftOver !== true)
    .map((one) => asOnce(one, wanted.get(one.id) ?? earlier.get(one.id), one.asked ?? one.fields));
  const carried = carriedOut(request);
  const agents = new Set(resources.map(({ agent }) => agent).filter((agent) => agent !== OF_THE_PROJECT));
  const of = <T>(now: Readonly<Record<string, T>>, then: Readonly<Record<string, T>> | undefined) =>
    Object.fromEntries(
      [...agents].sort().flatMap((agent): readonly (readonly [string, T])[] => {
        const one = carried.has(agent) ? now[agent] : (then?.[agent] ?? now[agent]);
        return one === undefined ? [] : [[agent, one]];
      }),
    );
  return {
    resources,
    ir: { ...asked.ir, agents: of(asked.ir.agents, former?.ir.agents) },
    facts: {
      agents: of(asked.facts.agents, former?.facts.agents),
      target: asked.facts.target ?? former?.facts.target ?? null,
    },
  };
}

/** Agents that are as this apply asked for them: what somebody holds, or what went back, is not. */
function carriedOut({ plan, lines }: StoodRequest): ReadonlySet<string> {
  const agents = new Map<string, boolean>();
  const note = (id: Id, is: boolean): void => {
    const agent = id.split("/")[0] ?? "";
    agents.set(agent, is && agents.get(agent) !== false);
  };
  for (const change of plan.changes) if (change.is === "keep") note(change.id, change.held === undefined);
  for (const { id, came, back } of lines) note(id, came === "changed" && back === undefined);
  return new Set([...agents].flatMap(([agent, is]) => (is ? [agent] : [])));
}
