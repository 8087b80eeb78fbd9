import { flat } from "../visible.ts";
import type { AgentGraph, GraphEdge, GraphNode } from "./graph.ts";
import type { Tone } from "./state.ts";
import { boxWords, shortLink } from "./words.ts";

/** Only lines are coloured: fills would fight with the dark or light page that it is shown on. */
const CLASSES: Readonly<Record<Tone, string>> = {
  well: "stroke:#2da44e,stroke-width:2px",
  busy: "stroke:#bf8700,stroke-width:2px,stroke-dasharray:4 3",
  ill: "stroke:#cf222e,stroke-width:3px",
  off: "stroke:#8c959f,stroke-dasharray:2 3",
  absent: "stroke:#8c959f,stroke-dasharray:1 4",
};

/** For pages that draw Mermaid, such as a README: put it between three backticks and `mermaid`. */
export function graphMermaid(graph: AgentGraph): string {
  const tones = [...new Set(graph.nodes.flatMap(({ state }) => state?.tone ?? []))].sort();
  return [
    "flowchart LR",
    ...graph.nodes.map(nodeLine),
    ...graph.edges.map(edgeLine),
    ...tones.map((tone) => `  classDef ${tone} ${CLASSES[tone]}`),
    "",
  ].join("\n");
}

function nodeLine(node: GraphNode): string {
  const { agent, state } = node;
  const style = state === undefined ? "" : `:::${state.tone}`;
  return `  ${idOf(agent)}["${boxWords(node).map(escaped).join("<br/>")}"]${style}`;
}

function edgeLine(edge: GraphEdge): string {
  const arrow = edge.waits === undefined ? "-.->" : "-->";
  return `  ${idOf(edge.from)} ${arrow}|"${escaped(shortLink(edge))}"| ${idOf(edge.to)}`;
}

/** Led by letters of ours: `end` and others are words of Mermaid, and some letters before a line are arrowheads. */
function idOf(agent: string): string {
  const safe = agent.replaceAll(/[^a-z0-9-]/gu, (char) => `_X${(char.codePointAt(0) ?? 0).toString(16)}_`);
  return `agent_${safe.replaceAll("-", "_")}`;
}

/** As entities of Mermaid's own: what is left means nothing to it, to Markdown or to HTML. */
function escaped(text: string): string {
  return flat(text).replaceAll(/[#"'`<>&\\|{}[\]]/g, (char) => `#${char.charCodeAt(0)};`);
}
