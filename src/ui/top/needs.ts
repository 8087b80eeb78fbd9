import { byCodeUnit } from "../../base/canonical.ts";
import type { AgentStatus } from "../../model/operates.ts";
import { type AgentGraph, neighbours } from "../graph/graph.ts";
import { stateOf } from "../graph/state.ts";
import { graphText } from "../graph/text.ts";
import type { Paint } from "../paint.ts";
import { wrap } from "../plan/columns.ts";
import { names } from "../plan/words.ts";
import { flat } from "../visible.ts";
import type { Needs, TopState } from "./state.ts";

interface Drawn {
  readonly agents: readonly AgentStatus[];
  readonly width: number;
  readonly lines: readonly string[];
}
/** A thousand agents take a while to lay out, and a key that only scrolls changes none of them. */
const drawn = new WeakMap<AgentGraph, Map<Paint, Drawn>>();

/** Who needs whom, with what each does now. */
export function needsLines(state: TopState, width: number, paint: Paint): readonly string[] {
  const { needs } = state;
  switch (needs.is) {
    case "looking":
      return ["", paint.dim(" reading the files …")];
    case "absent":
      return ["", ...wrap(flat(needs.why), width - 2).map((line) => ` ${line}`)];
    case "known":
      return graphLines(state, needs.graph, width, paint);
    default:
      return needs satisfies never;
  }
}

function graphLines({ live }: TopState, graph: AgentGraph, width: number, paint: Paint): readonly string[] {
  const { agents } = live.status;
  const byPaint = drawn.get(graph) ?? new Map<Paint, Drawn>();
  const known = byPaint.get(paint);
  if (known !== undefined && known.agents === agents && known.width === width) return known.lines;
  const byAgent = Map.groupBy(agents, ({ agent }) => agent);
  const nodes = graph.nodes.map((node) => ({ ...node, state: stateOf(byAgent.get(node.agent) ?? []) }));
  const text = graphText({ ...graph, nodes }, { paint, width: width - 1 });
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => ` ${line}`.trimEnd());
  drawn.set(graph, byPaint.set(paint, { agents, width, lines }));
  return lines;
}

/** `desk and chatbot need it`; empty where nobody does, or nobody knows. */
export function neededBy(needs: Needs, agent: string): string {
  const who =
    needs.is === "known"
      ? [...(neighbours(needs.graph.edges, "from").get(agent) ?? [])].sort(byCodeUnit)
      : [];
  return who.length === 0 ? "" : `${names(who.map(flat))} ${who.length === 1 ? "needs" : "need"} it`;
}
