import { byCodeUnit } from "../../base/canonical.ts";
import { cut, textWidth } from "../plan/columns.ts";
import { flat } from "../visible.ts";
import type { Box, Placed, Point } from "./boxes.ts";
import type { AgentGraph, GraphEdge, GraphNode } from "./graph.ts";
import { layOut } from "./layout.ts";
import { LINES, SIGNS, STYLE } from "./look.ts";
import { packed } from "./pack.ts";
import { countWords, sentence, shortLink, touchedWords } from "./words.ts";

const MARGIN = 24;
const HEAD = 64;
const ROW = 20;
/** Of one letter of a name, in the widest of the usual fonts. */
const LETTER = 8;
const SMALL = 6.6;
const MOST_LETTERS = 30;
/** With more lines than this their words would cover each other: they are told by the kind of line, and to who points at it. */
const MOST_LABELS = 80;
const MOST_SENTENCES = 200;

/** One picture in one file: no script, no font and nothing else from outside; for light and for dark pages. */
export function graphSvg(graph: AgentGraph): string {
  const hasLabels = graph.edges.length <= MOST_LABELS;
  const height = graph.nodes.some((node) => secondLine(node) !== "") ? 48 : 36;
  const parts = partsOf(graph).map(({ nodes, edges }) => ({
    nodes,
    edges,
    placed: layOut(
      nodes.map((node): Box => ({ name: node.agent, width: boxWidth(node), height })),
      edges.map((edge) => ({ ...edge, words: hasLabels ? labelRoom(edge) : 0 })),
      { across: hasLabels ? 64 : 96, down: 18 },
    ),
  }));
  const { corners, ...size } = packed(
    parts.map(({ placed }) => placed),
    { gap: 36, least: 420 },
  );
  const legend = legendOf(graph.edges, size.width);
  const below = [...graph.asked.map(touchedWords), ...graph.notes.map(flat)];
  const words = graph.asked.reduce((most, one) => Math.max(most, textWidth(touchedWords(one)) * SMALL), 0);
  const wide = Math.ceil(Math.max(size.width, words) + 2 * MARGIN);
  const foot = HEAD + size.height + 32;
  const end = foot + legend.height + below.length * ROW;
  const high = Math.ceil(end === foot ? foot - 8 : end);
  const title = `${graph.project}${graph.target === undefined ? "" : ` → ${graph.target}`}: who waits for whom`;
  const inner = parts.flatMap(({ nodes, edges, placed }, i) => {
    const { x, y } = corners[i] ?? { x: 0, y: 0 };
    return [
      `<g transform="translate(${num(MARGIN + x)} ${num(HEAD + y)})">`,
      ...edges.map((edge, n) => lineOf(edge, placed.lines[n] ?? [])),
      ...nodes.map((node) => boxOf(node, placed, height, graph)),
      ...(hasLabels ? edges.map((edge, n) => labelOf(edge, placed.lines[n] ?? [])) : []),
      "</g>",
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}" role="img" aria-labelledby="graph-title graph-text">`,
    `<title id="graph-title">${xml(title)}</title>`,
    `<desc id="graph-text">${xml(described(graph))}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="graph-tip" viewBox="0 0 8 8" refX="7.4" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0.6L8 4L0 7.4z"/></marker></defs>',
    `<rect class="page" width="${wide}" height="${high}" rx="10"/>`,
    `<text class="title" x="${MARGIN}" y="34">${xml(title)}</text>`,
    `<text class="more" x="${MARGIN}" y="52">${xml(countWords(graph))}</text>`,
    ...inner,
    `<g transform="translate(${MARGIN} ${num(foot)})">`,
    ...legend.items,
    ...below.map(
      (text, i) => `<text class="more" x="0" y="${num(legend.height + i * ROW)}">${xml(text)}</text>`,
    ),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

interface Part {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** What hangs together, the largest first; then one by one those that are tied to nobody. */
function partsOf({ nodes, edges }: AgentGraph): readonly Part[] {
  const part = new Map(nodes.map(({ agent }) => [agent, agent]));
  const find = (name: string): string => {
    let root = name;
    for (let up = part.get(root); up !== undefined && up !== root; up = part.get(root)) root = up;
    // Whoever asks for it again finds it at once.
    for (let at = name; at !== root; ) {
      const up = part.get(at) ?? root;
      part.set(at, root);
      at = up;
    }
    return root;
  };
  for (const { from, to } of edges) part.set(find(from), find(to));
  const parts = new Map<string, { nodes: GraphNode[]; edges: GraphEdge[] }>();
  for (const node of nodes) {
    const root = find(node.agent);
    const known = parts.get(root);
    if (known === undefined) parts.set(root, { nodes: [node], edges: [] });
    else known.nodes.push(node);
  }
  for (const edge of edges) parts.get(find(edge.from))?.edges.push(edge);
  return [...parts.values()].sort(
    (a, b) => b.nodes.length - a.nodes.length || byCodeUnit(a.nodes[0]?.agent ?? "", b.nodes[0]?.agent ?? ""),
  );
}

function boxWidth(node: GraphNode): number {
  const inside = Math.max(72, textWidth(nameIn(node)) * LETTER, textWidth(secondLine(node)) * SMALL + 18);
  return Math.ceil(inside + 28);
}

const nameIn = ({ agent }: GraphNode): string => cut(flat(agent), MOST_LETTERS);
const secondLine = ({ kind, state }: GraphNode): string =>
  [...(state === undefined ? [] : [flat(state.word)]), ...(kind === undefined ? [] : [flat(kind)])].join(
    " · ",
  );

const labelRoom = (edge: GraphEdge): number => Math.ceil(textWidth(labelIn(edge)) * SMALL + 24);

/** A plain line says the usual condition: the legend knows it. */
function labelIn(edge: GraphEdge): string {
  const { waits: _, ...rest } = edge;
  return cut(shortLink(edge.waits === "healthy" ? rest : edge), MOST_LETTERS);
}

function boxOf(node: GraphNode, placed: Placed, height: number, graph: AgentGraph): string {
  const { x, y, width } = placed.at.get(node.agent) ?? { x: 0, y: 0, width: 0 };
  const second = secondLine(node);
  const isAsked = graph.asked.some(({ agent }) => agent === node.agent);
  const told = [flat(node.agent), ...(second === "" ? [] : [second]), flat(node.source)].join("\n");
  const { state } = node;
  const sign =
    state === undefined
      ? ""
      : `<path class="sign ${state.tone}" transform="translate(14 27)" d="${SIGNS[state.tone]}"/>`;
  const under =
    second === ""
      ? ""
      : `<text class="more" x="${state === undefined ? 14 : 32}" y="37">${xml(second)}</text>`;
  return [
    `<g transform="translate(${num(x)} ${num(y)})"><title>${xml(told)}</title>`,
    `<rect class="box${isAsked ? " asked" : ""}" width="${width}" height="${height}" rx="8"/>`,
    `<text class="name" x="14" y="${second === "" ? height / 2 + 5 : 20}">${xml(nameIn(node))}</text>`,
    `${sign}${under}</g>`,
  ].join("");
}

function lineOf(edge: GraphEdge, points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${num(first.x)} ${num(first.y)}`;
  let from = first;
  for (const to of rest) {
    const half = (from.x + to.x) / 2;
    path +=
      from.y === to.y
        ? `H${num(to.x)}`
        : `C${num(half)} ${num(from.y)} ${num(half)} ${num(to.y)} ${num(to.x)} ${num(to.y)}`;
    from = to;
  }
  return `<path class="line ${edge.waits ?? "service"}" marker-end="url(#graph-tip)" d="${path}"><title>${xml(sentence(edge))}</title></path>`;
}

/** In the middle of the first gap: lines that come from different boxes are apart there. */
function labelOf(edge: GraphEdge, points: readonly Point[]): string {
  const [from, to] = points;
  const label = labelIn(edge);
  if (from === undefined || to === undefined || label === "") return "";
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2 + 3.5];
  return `<text class="label" x="${num(x)}" y="${num(y)}">${xml(label)}</text>`;
}

/** The kinds of lines that are there. */
function legendOf(
  edges: readonly GraphEdge[],
  width: number,
): { readonly items: readonly string[]; readonly height: number } {
  const used = LINES.filter(([name]) => edges.some(({ waits = "service" }) => waits === name));
  const sizes = used.map(([, words]) => ({ width: 50 + words.length * SMALL, height: ROW }));
  const { corners, height } = packed(sizes, { gap: 16, least: width });
  const items = used.map(([name, words], i) => {
    const { x, y } = corners[i] ?? { x: 0, y: 0 };
    const line = `<path class="line ${name}" marker-end="url(#graph-tip)" d="M0 -4H40"/>`;
    return `<g transform="translate(${num(x)} ${num(y)})">${line}<text class="more" x="50" y="0">${xml(words)}</text></g>`;
  });
  return { items, height };
}

function described(graph: AgentGraph): string {
  const sentences = graph.edges.slice(0, MOST_SENTENCES).map(sentence);
  const rest = graph.edges.length - sentences.length;
  const states = graph.nodes.flatMap(({ agent, state }) =>
    state === undefined ? [] : [`${flat(agent)} is ${flat(state.word)}.`],
  );
  return [
    `${countWords(graph)}.`,
    ...sentences,
    ...(rest > 0 ? [`And ${rest} more.`] : []),
    ...(graph.nodes.length <= MOST_SENTENCES ? states : []),
    ...graph.asked.map((one) => `${touchedWords(one)}.`),
  ].join(" ");
}

/** A tenth of a dot is as fine as anybody sees. */
const num = (value: number): string => String(Math.round(value * 10) / 10);

/** What is left after this is text to a reader of XML, and allowed in it. */
function xml(text: string): string {
  return flatLines(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[\uFFFE\uFFFF]/g, "\uFFFD");
}

const flatLines = (text: string): string => text.split("\n").map(flat).join("\n");
