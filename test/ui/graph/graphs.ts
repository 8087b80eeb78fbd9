import type { Condition } from "../../../src/model/ir.ts";
import type { AgentGraph, GraphEdge, GraphNode } from "../../../src/ui/graph/graph.ts";
import { stateOf } from "../../../src/ui/graph/state.ts";

/** `gateway healthy auth`, `gateway uses search of indexer`, `writer healthy+restarts llm-proxy` */
export function graphFrom(lines: readonly string[], more: Partial<AgentGraph> = {}): AgentGraph {
  const edges = lines.filter((line) => line.includes(" ")).map(edgeFrom);
  const names = [...new Set(lines.flatMap((line) => (line.includes(" ") ? ends(edgeFrom(line)) : [line])))];
  return {
    project: "newsroom",
    nodes: names.sort().map((agent) => ({ agent, source: `${agent}/agent.yaml` })),
    edges: edges.toSorted((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1)),
    asked: [],
    notes: [],
    ...more,
  };
}

const ends = ({ from, to }: GraphEdge): readonly string[] => [from, to];

function edgeFrom(line: string): GraphEdge {
  const [from = "", how = "", ...rest] = line.split(" ");
  if (how === "uses") return { from, to: rest[2] ?? "", restarts: false, services: [rest[0] ?? ""] };
  const [waits, restarts] = how.split("+");
  return {
    from,
    to: rest[0] ?? "",
    waits: waits as Condition,
    restarts: restarts !== undefined,
    services: rest.slice(2),
  };
}

/** An agent in each state that there is, with what it takes to draw every kind of line. */
export const NEWSROOM = graphFrom([
  "dashboard started gateway",
  "dashboard started metrics",
  "gateway healthy auth",
  "gateway healthy writer",
  "gateway uses search of indexer",
  "writer healthy researcher",
  "writer healthy+restarts llm-proxy",
  "researcher healthy indexer with search",
  "researcher healthy llm-proxy",
  "indexer completed migrate",
  "indexer healthy store",
  "migrate healthy store",
  "llm-proxy started store",
  "auth healthy store",
  "haiku-desk",
  "mailer healthy queue",
]);

const STATES: Readonly<Record<string, readonly string[]>> = {
  auth: ["backoff"],
  indexer: ["starting"],
  "llm-proxy": ["ready", "failed", "ready"],
  mailer: [],
  metrics: ["ready", "ready"],
  migrate: ["completed"],
  queue: ["stopped"],
};

export const LIVE: AgentGraph = {
  ...NEWSROOM,
  target: "docker",
  nodes: NEWSROOM.nodes.map((node) => ({ ...node, kind: "container", state: stateFor(node) })),
  notes: ["live, and in none of these files: former-desk"],
};

function stateFor({ agent }: GraphNode): ReturnType<typeof stateOf> {
  const states = STATES[agent] ?? ["ready"];
  return stateOf(
    states.map((state, replica) => ({
      agent,
      replica,
      state,
      health: "none",
      restarts: 0,
      ports: [],
      source: "",
    })),
  );
}

/** Names that no file may give an agent, and that a live object may still bring along. */
export const HOSTILE = [
  "end",
  "a.b",
  'quo"te',
  "back\\slash\\",
  "<script>alert(1)</script>",
  "line\nbreak",
  "\u001B[31mred",
  "]]>&amp;",
  "x`y`z",
  "–—漢字",
  "subgraph",
  "a-b",
  "a_b",
  "o--o",
  "#35;",
] as const;

export const HOSTILE_GRAPH: AgentGraph = {
  project: 'pro"ject</title>',
  nodes: HOSTILE.map((agent) => ({ agent, source: agent })),
  edges: HOSTILE.slice(1).map((to, i) => ({
    from: HOSTILE[i] ?? "",
    to,
    waits: "healthy",
    restarts: false,
    services: ['"|end'],
  })),
  asked: [],
  notes: ["\u001B[2J"],
};

/** The same graph for the same seed. */
export function randomGraph(size: number, perAgent: number, seed: number): AgentGraph {
  let state = seed;
  const chance = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const name = (i: number): string => `agent-${String(i).padStart(4, "0")}`;
  const lines = new Set<string>();
  for (let i = 0; i < size; i++) {
    lines.add(name(i));
    const needs = i === 0 ? 0 : Math.round(chance() * 2 * perAgent);
    for (let n = 0; n < needs; n++)
      lines.add(
        `${name(i)} ${chance() < 0.7 ? "healthy" : "started"} ${name(Math.max(0, i - 1 - Math.floor(chance() * 60)))}`,
      );
  }
  const byEnds = new Map(
    [...lines].map((line) => [
      line
        .split(" ")
        .filter((_, i) => i !== 1)
        .join(" "),
      line,
    ]),
  );
  return graphFrom([...byEnds.values()]);
}
