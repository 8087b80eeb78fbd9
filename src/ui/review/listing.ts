import type { Written } from "../../model/resource.ts";
import { hang, pad, widest } from "../plan/columns.ts";
import { type Fault, LEVEL_WORDS } from "../plan/faults.ts";
import type { PlanRows } from "../plan/rows.ts";
import { matches } from "../screen/filter.ts";
import { bodyOf, type BodyLine } from "./body.ts";
import { type Line, piece, plainOf } from "./pieces.ts";
import type { Node, Origin, Tree } from "./tree.ts";

/** What of the tree is in the list, and how. A new one is made at each change, so that what is laid out can be kept. */
export interface Shape {
  readonly tree: Tree;
  /** What is said below the objects. */
  readonly told: PlanRows;
  /** By key: what is unfolded. */
  readonly open: ReadonlySet<string>;
  readonly filter: string;
  readonly origin: Origin | "all";
  readonly coloured: boolean;
}

/** A line of the list: the head of an object, a line below it, or one of what is said at the end. */
export interface Entry {
  /** Absent at the end of the list. */
  readonly node?: Node;
  readonly body?: BodyLine;
}

const LAID_OUT = new WeakMap<Shape, { readonly columns: number; readonly entries: readonly Entry[] }>();

/** Laid out once for each shape and width: keys that only move cost nothing of it. */
export function entriesOf(shape: Shape, columns: number): readonly Entry[] {
  const known = LAID_OUT.get(shape);
  if (known?.columns === columns) return known.entries;
  const entries = layOut(shape, columns);
  LAID_OUT.set(shape, { columns, entries });
  return entries;
}

function layOut(shape: Shape, columns: number): readonly Entry[] {
  const entries = shownNodes(shape).flatMap((node): readonly Entry[] => {
    if (!shape.open.has(node.key)) return [{ node }];
    const below = node.children.filter((child) => isShown(child, shape, node));
    return [
      { node },
      ...bodyEntries(node, shape, columns),
      ...below.flatMap((child) => [
        { node: child },
        ...(shape.open.has(child.key) ? bodyEntries(child, shape, columns) : []),
      ]),
    ];
  });
  // A filter looks for objects; what else is said would stand in the way.
  const isWhole = shape.filter === "" && shape.origin === "all";
  return [...entries, ...(isWhole ? tail(shape.told, columns).map((body): Entry => ({ body })) : [])];
}

const shownNodes = (shape: Shape): readonly Node[] => shape.tree.nodes.filter((node) => isShown(node, shape));

function isShown(node: Node, { filter, origin }: Shape, parent?: Node): boolean {
  if (origin !== "all" && !node.origins.has(origin)) return false;
  // Whoever looks for an agent by its name wants all of it.
  return matches(node.text, filter) || (parent !== undefined && matches(parent.name, filter));
}

const indentOf = (node: Node, columns: number): number => (columns < 60 ? 4 : 12) + 2 * node.level;

/** Bodies do not change with what is chosen, and are laid out again only where the width did. */
const BODIES = new WeakMap<Node, { readonly key: string; readonly entries: readonly Entry[] }>();

function bodyEntries(node: Node, { origin, coloured }: Shape, columns: number): readonly Entry[] {
  const key = `${columns} ${origin} ${coloured}`;
  const known = BODIES.get(node);
  if (known?.key === key) return known.entries;
  const form = { width: columns - 1, indent: indentOf(node, columns), coloured, origin, whole: false };
  const entries = bodyOf(node, form).map((body): Entry => ({ node, body }));
  BODIES.set(node, { key, entries });
  return entries;
}

/** Whether anything is below it that can be unfolded. */
export const canOpen = (node: Node): boolean =>
  node.children.length > 0 || node.fields.length > 0 || hasDetails(node);

const hasDetails = ({ details, why }: Node): boolean =>
  details.some(({ label, text }) => label !== "runs" || text !== why);

export const entryText = ({ node, body }: Entry): string =>
  body !== undefined
    ? plainOf(body.line)
    : node === undefined
      ? ""
      : [node.symbol, node.name, node.kinds, node.how, node.why, node.at].join(" ");

/** What is left alone, what somebody should know, and what stands in the way: as in every other form of a plan. */
function tail(rows: PlanRows, columns: number): readonly BodyLine[] {
  const width = columns - 1;
  const agents = widest(rows.held.map(({ agent }) => agent));
  const text = (lines: readonly string[]): readonly BodyLine[] =>
    lines.map((one): BodyLine => ({ line: [{ text: one }] }));
  const blocks: readonly (readonly BodyLine[])[] = [
    text([
      ...rows.held.flatMap(({ agent, says }) => hang(`  = ${pad(agent, agents)}  `, says, width)),
      ...(rows.outside === undefined ? [] : hang("  ", rows.outside, width)),
    ]),
    rows.warnings.flatMap((one) => faultLines(one, width)),
    text(rows.notes.flatMap((note) => hang("  note  ", note, width))),
    rows.preflight.flatMap((one) => faultLines(one, width)),
    rows.refusals.flatMap(({ says, instead }) => [
      ...hang("  error: ", says, width).map((one): BodyLine => ({ line: [piece(one, "red")] })),
      ...text(hang("      ", instead, width)),
    ]),
    text([
      ...(rows.ready === undefined ? [] : hang("  ", `Preflight: ${rows.ready}.`, width)),
      ...(rows.saved === undefined ? [] : hang("  Saved to ", rows.saved, width)),
      ...(rows.next === undefined ? [] : hang("  Next: ", rows.next, width, false)),
    ]),
  ];
  const EMPTY: BodyLine = { line: [] };
  return blocks.filter((lines) => lines.length > 0).flatMap((lines) => [EMPTY, ...lines]);
}

const LEVEL_PAINTS = { error: "red", warning: "yellow", info: "blue" } as const;

function faultLines(one: Fault, width: number): readonly BodyLine[] {
  const word = `  ${LEVEL_WORDS[one.level]} ${one.code}`;
  const [first = "", ...rest] = hang(`${word}  `, one.message, width);
  const written = placeIn(one.at);
  const lines: readonly Line[] = [
    [piece(word, LEVEL_PAINTS[one.level], "bold"), { text: first.slice(word.length) }],
    ...[
      ...rest,
      ...(one.at === undefined ? [] : hang("      at ", one.at, width)),
      ...one.notes.flatMap((note) => hang("      = ", note, width)),
    ].map((text): Line => [{ text }]),
  ];
  return lines.map((line) => ({ line, ...(written === undefined ? {} : { written }) }));
}

function placeIn(at: string | undefined): Written | undefined {
  const [, file, line] = /^(.+):(\d+)$/.exec(at ?? "") ?? [];
  return file === undefined ? undefined : { file, line: Number(line) };
}
