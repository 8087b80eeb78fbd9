import { byCodeUnit } from "../../base/canonical.ts";
import type { AgentIr, Condition, Ir } from "../../model/ir.ts";
import type { NodeState } from "./state.ts";

/** Who waits for whom: the one thing that every form of `aac graph` is written from. */
export interface AgentGraph {
  readonly project: string;
  /** Where they live, if that was said. */
  readonly target?: string;
  /** By name. */
  readonly nodes: readonly GraphNode[];
  /** By who needs, then by what is needed. */
  readonly edges: readonly GraphEdge[];
  /** For each agent that was asked about. */
  readonly asked: readonly Touched[];
  /** One line each, such as agents that live and are in none of the files. */
  readonly notes: readonly string[];
}

export interface GraphNode {
  readonly agent: string;
  /** What it is where it lives, such as `container`. */
  readonly kind?: string;
  /** From the project's root. */
  readonly source: string;
  readonly state?: NodeState;
}

/** `from` needs `to`. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Until when it waits; absent where it only uses a service. */
  readonly waits?: Condition;
  /** It is started anew with the other. */
  readonly restarts: boolean;
  /** Names of services that it uses, sorted. */
  readonly services: readonly string[];
}

/** What would be touched if one agent stopped. */
export interface Touched {
  readonly agent: string;
  /** Who needs it, by name. */
  readonly directly: readonly GraphEdge[];
  /** Who needs one of those, and so on, by name. */
  readonly further: readonly string[];
}

export function graphOf(ir: Ir, project: string, kind?: string): AgentGraph {
  const agents = Object.values(ir.agents).toSorted((a, b) => byCodeUnit(a.name, b.name));
  return {
    project,
    nodes: agents.map(({ name, source }) => ({
      agent: name,
      source: source.file,
      ...(kind === undefined ? {} : { kind }),
    })),
    edges: agents.flatMap((agent) => edgesOf(agent, ir)),
    asked: [],
    notes: [],
  };
}

function edgesOf(agent: AgentIr, ir: Ir): readonly GraphEdge[] {
  const services = new Map<string, string[]>();
  for (const [name, service] of Object.entries(agent.services)) {
    if (service.role !== "used" || service.from !== "agent") continue;
    services.set(service.agent, [...(services.get(service.agent) ?? []), name]);
  }
  return [...new Set([...Object.keys(agent.dependsOn), ...services.keys()])]
    .filter((to) => to !== agent.name && Object.hasOwn(ir.agents, to))
    .sort(byCodeUnit)
    .map((to): GraphEdge => {
      const waits = agent.dependsOn[to];
      return {
        from: agent.name,
        to,
        ...(waits === undefined ? {} : { waits: waits.condition }),
        restarts: waits?.restart === true,
        services: (services.get(to) ?? []).toSorted(byCodeUnit),
      };
    });
}

/** Some agents with all that they need and all that need them. */
export function around(graph: AgentGraph, names: readonly string[]): AgentGraph {
  const kept = new Set([
    ...names,
    ...reached(names, neighbours(graph.edges, "to")),
    ...reached(names, neighbours(graph.edges, "from")),
  ]);
  return {
    ...graph,
    nodes: graph.nodes.filter(({ agent }) => kept.has(agent)),
    edges: graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}

export function touchedBy(graph: AgentGraph, agent: string): Touched {
  const directly = graph.edges.filter(({ to }) => to === agent);
  const near = new Set(directly.map(({ from }) => from));
  const all = reached([agent], neighbours(graph.edges, "from"));
  return {
    agent,
    directly,
    further: [...all].filter((name) => name !== agent && !near.has(name)).sort(byCodeUnit),
  };
}

/** By agent: those that it needs (`to`), or those that need it (`from`), by name. */
export function neighbours(
  edges: readonly GraphEdge[],
  end: "from" | "to",
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [near, far] = end === "to" ? [from, to] : [to, from];
    const known = found.get(near);
    if (known === undefined) found.set(near, [far]);
    else known.push(far);
  }
  return found;
}

/** Services may lead in a circle, so nobody is entered twice. The names themselves are in it only where a way leads back. */
function reached(
  names: readonly string[],
  next: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const one of next.get(name) ?? [])
      if (!seen.has(one)) {
        seen.add(one);
        open.push(one);
      }
  return seen;
}
