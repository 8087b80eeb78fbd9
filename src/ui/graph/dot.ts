import { flat } from "../visible.ts";
import type { AgentGraph, GraphEdge, GraphNode } from "./graph.ts";
import type { Tone } from "./state.ts";
import { boxWords, shortLink, titleWords } from "./words.ts";

/** Colours that can be read on white and on black. */
const COLOURS: Readonly<Record<Tone, string>> = {
  well: "#2da44e",
  busy: "#bf8700",
  ill: "#cf222e",
  off: "#8c959f",
  absent: "#8c959f",
};

/** For Graphviz: `aac graph -o dot | dot -Tsvg`. */
export function graphDot(graph: AgentGraph): string {
  const nodes = graph.nodes.map((node) => `  ${quoted(node.agent)} [${nodeAttributes(node)}];`);
  const edges = graph.edges.map(
    (edge) => `  ${quoted(edge.from)} -> ${quoted(edge.to)} [${edgeAttributes(edge)}];`,
  );
  return [
    `digraph ${quoted(graph.project)} {`,
    `  label="${inLabel(titleWords(graph))}";`,
    "  rankdir=LR;",
    '  node [shape=box, style=rounded, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...nodes,
    ...edges,
    "}",
    "",
  ].join("\n");
}

function nodeAttributes(node: GraphNode): string {
  const { state } = node;
  // `\n` between the lines is Graphviz's own; within a name no backslash is left alone.
  const label = `label="${boxWords(node).map(inLabel).join("\\n")}"`;
  return state === undefined ? label : `${label}, color="${COLOURS[state.tone]}"`;
}

function edgeAttributes(edge: GraphEdge): string {
  const style = edge.waits === undefined ? ", style=dashed" : "";
  return `label="${inLabel(shortLink(edge))}"${style}`;
}

const quoted = (text: string): string => `"${escaped(text)}"`;

/** A name ends where its quote does, whatever is in it; and Graphviz reads `\N` and its kind in labels as commands. */
const escaped = (text: string): string => flat(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"');

/** There it also reads the entities of HTML. */
const inLabel = (text: string): string => escaped(text).replaceAll("&", "&amp;");
