import type { Fields, KindRules, Observed, Resource } from "../../src/model/resource.ts";
import type { Plan } from "../../src/model/plan.ts";
import { plan, type PlanRequest } from "../../src/plan/plan.ts";

const common = (agent: string, kind: string, fields: Fields) => ({
  id: `${agent}/${kind}/main`,
  agent,
  kind,
  name: "main",
  after: [],
  fields,
  holdsData: kind === "volume",
  protect: false,
  source: agent === "" ? "" : `${agent}/agent.yaml`,
});

/** An object as the files ask for it. */
export const wants = (
  agent: string,
  kind: string,
  fields: Fields,
  more: Partial<Resource> = {},
): Resource => ({
  ...common(agent, kind, fields),
  exchange: "stop first",
  follows: [],
  written: {},
  ...more,
});

/** An object as an apply from `here` left it. */
export const lives = (
  agent: string,
  kind: string,
  fields: Fields,
  more: Partial<Observed> = {},
): Observed => ({
  ...common(agent, kind, fields),
  asked: fields,
  origin: "here",
  identity: `${agent}-1`,
  ...more,
});

/** Plans the whole project of `here`. */
export const planWith =
  (rules: Readonly<Record<string, KindRules>>) =>
  (desired: readonly Resource[], observed: readonly Observed[], more: Partial<PlanRequest> = {}): Plan =>
    plan({
      desired,
      observed,
      rules,
      scope: { paths: ["."], origin: "here" },
      destroy: false,
      prune: false,
      replace: new Set(),
      release: false,
      ...more,
    });
