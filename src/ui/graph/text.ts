import { byCodeUnit } from "../../base/canonical.ts";
import type { Paint } from "../paint.ts";
import { cut, hang, textWidth, widest } from "../plan/columns.ts";
import { flat } from "../visible.ts";
import type { AgentGraph, GraphEdge, GraphNode } from "./graph.ts";
import type { NodeState, Tone } from "./state.ts";
import { linkWords, shortLink, titleWords, touchedWords } from "./words.ts";

export interface TextOptions {
  readonly paint: Paint;
  readonly width: number;
}

interface Row {
  /** The lines of the tree before it. */
  readonly lead: string;
  readonly name: string;
  /** It is drawn elsewhere: `↑` further up, `↓` further down. */
  readonly elsewhere?: "↑" | "↓";
  readonly node: GraphNode;
  /** What ties the one above to it. */
  readonly edge?: GraphEdge;
}

/** Room that is left for names however deep a tree goes, where there are names as long as that. */
const NAME = 24;
const STEP = 3;
/** A name keeps so much of the narrowest screen, and after it a word for a link has to fit, or there is none. */
const LEAST = 16;
const LINK = 9;
/** Between columns. */
const GAP = 2;

/**
 * A tree from those that nobody needs down to what they need. Each agent is drawn whole once, and referred to after
 * that; where a tree gets too deep for the screen it goes on at the margin.
 */
export function graphText(graph: AgentGraph, { paint, width }: TextOptions): string {
  const linked = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const states = widest(graph.nodes.flatMap(({ state }) => (state === undefined ? [] : [stateText(state)])));
  const right = (states > 0 ? states + GAP : 0) + GAP + LINK;
  const most = Math.max(LEAST, Math.min(Math.floor(width * 0.6), width - right));
  const names = Math.min(NAME, widest(graph.nodes.map(({ agent }) => flat(agent))));
  const trees = treesOf(graph, linked, Math.max(2, Math.floor((most - names - "↓ ".length) / STEP)));
  const alone = graph.nodes.filter(({ agent }) => !linked.has(agent));
  const asked = new Set(graph.asked.map(({ agent }) => agent));
  const rows = trees.flat();
  // Those that stand alone have a line each where there is something to say of each.
  const single = states > 0 ? alone.map((node): Row => ({ lead: "", name: flat(node.agent), node })) : [];
  const left = [...rows, ...single].reduce((wide, row) => Math.max(wide, Math.min(most, nameWidth(row))), 0);
  const line = (row: Row): string => rowText(row, { paint, width, left, states, isAsked: asked });
  const blocks = [
    [paint.bold(cut(titleWords(graph), width))],
    ...trees.map((tree) => tree.map(line)),
    ...(single.length > 0 ? [[paint.dim("needs nobody, and nobody needs it"), ...single.map(line)]] : []),
    ...(alone.length > 0 && states === 0
      ? [hang("alone  ", alone.map(({ agent }) => flat(agent)).join(", "), width)]
      : []),
    graph.asked.flatMap((touched) => hang("", touchedWords(touched), width)),
    graph.notes.flatMap((note) => hang("", flat(note), width)),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

/** A tree for each agent that nobody needs, and for each that had no room in one. */
function treesOf(
  { nodes, edges }: AgentGraph,
  linked: ReadonlySet<string>,
  deepest: number,
): readonly (readonly Row[])[] {
  const byName = new Map(nodes.map((node) => [node.agent, node]));
  const below = new Map<string, GraphEdge[]>();
  for (const edge of edges) below.set(edge.from, [...(below.get(edge.from) ?? []), edge]);
  const needed = new Set(edges.map(({ to }) => to));
  const roots = [...linked].filter((name) => !needed.has(name)).sort(byCodeUnit);
  const drawn = new Set<string>();
  const later: string[] = [];
  const trees: (readonly Row[])[] = [];

  function put(
    rows: Row[],
    name: string,
    at: { own: string; under: string; depth: number },
    edge?: GraphEdge,
  ): void {
    const node = byName.get(name);
    if (node === undefined) return;
    const children = below.get(name) ?? [];
    const isLate = !drawn.has(name) && (later.includes(name) || (at.depth >= deepest && children.length > 0));
    if (isLate && !later.includes(name)) later.push(name);
    const elsewhere = drawn.has(name) ? "↑" : isLate ? "↓" : undefined;
    rows.push({
      lead: at.own,
      name: flat(name),
      node,
      ...(elsewhere === undefined ? {} : { elsewhere }),
      ...(edge === undefined ? {} : { edge }),
    });
    if (elsewhere !== undefined) return;
    drawn.add(name);
    children.forEach((child, i) => {
      const isLast = i === children.length - 1;
      const lead = {
        own: `${at.under}${isLast ? "└─ " : "├─ "}`,
        under: `${at.under}${isLast ? "   " : "│  "}`,
      };
      put(rows, child.to, { ...lead, depth: at.depth + 1 }, child);
    });
  }

  const start = (first: string): void => {
    for (let name: string | undefined = first; name !== undefined; name = later.shift()) {
      const rows: Row[] = [];
      put(rows, name, { own: "", under: "", depth: 0 });
      trees.push(rows);
    }
  };
  for (const name of roots) start(name);
  // What is left goes round in a circle of services: any of it is as good a beginning as another.
  for (const name of [...linked].sort(byCodeUnit)) if (!drawn.has(name)) start(name);
  return trees;
}

const stateText = ({ mark, word }: NodeState): string => `${mark} ${flat(word)}`;

const leadOf = ({ lead, elsewhere }: Row): string =>
  elsewhere === undefined ? lead : `${lead}${elsewhere} `;

/** Each sign of a lead is one column wide: to measure thousands of them takes longer than all else here. */
const nameWidth = (row: Row): number => leadOf(row).length + textWidth(row.name);

interface Columns extends TextOptions {
  readonly left: number;
  /** How wide states are; 0 where none is known. */
  readonly states: number;
  readonly isAsked: ReadonlySet<string>;
}

function rowText(row: Row, { paint, width, left, states, isAsked }: Columns): string {
  const { name, elsewhere, node, edge } = row;
  const lead = leadOf(row);
  const shown = cut(name, Math.max(1, left - lead.length));
  const state = node.state === undefined || elsewhere !== undefined ? "" : stateText(node.state);
  const room = width - left - GAP - (states > 0 ? states + GAP : 0);
  const link = edge === undefined || room < LINK - GAP ? "" : linkIn(edge, room);
  const paintName = isAsked.has(node.agent) ? paint.bold : elsewhere === undefined ? plain : paint.dim;
  const paintState = node.state === undefined ? plain : TONES[node.state.tone](paint);
  let line = `${paint.dim(lead)}${paintName(shown)}`;
  if (state === "" && link === "") return line;
  line += " ".repeat(Math.max(0, left - lead.length - textWidth(shown)) + GAP);
  if (states === 0) return `${line}${paint.dim(link)}`;
  line += paintState(state);
  return link === "" ? line : `${line}${" ".repeat(states - textWidth(state) + GAP)}${paint.dim(link)}`;
}

const plain = (text: string): string => text;

function linkIn(edge: GraphEdge, room: number): string {
  const words = linkWords(edge);
  return textWidth(words) <= room ? words : cut(shortLink(edge), room);
}

const TONES: Readonly<Record<Tone, (paint: Paint) => (text: string) => string>> = {
  well: ({ green }) => green,
  busy: ({ yellow }) => yellow,
  ill: ({ red }) => red,
  off: ({ dim }) => dim,
  absent: ({ dim }) => dim,
};
