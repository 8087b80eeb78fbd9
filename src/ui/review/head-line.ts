import { cut, pad, textWidth } from "../plan/columns.ts";
import type { BodyLine } from "./body.ts";
import { leftWords, markOf } from "./choice.ts";
import { canOpen } from "./listing.ts";
import { type Line, type Piece, piece } from "./pieces.ts";
import type { Review } from "./state.ts";
import type { Node } from "./tree.ts";

const PAINTS = { create: "green", update: "yellow", replace: "yellow", delete: "red" } as const;

/** `▾ [x] -/+ researcher  process  replace, stop first  command[2] edited  agent.yaml:14` */
export function headLine(node: Node, review: Review, columns: number): Line {
  const { shape, left, without } = review;
  const wide = columns >= 60;
  const fold = !canOpen(node) ? " " : shape.open.has(node.key) ? "▾" : "▸";
  const mark = markOf(node, left);
  const isOut = mark === "[ ]";
  const lead = wide ? ` ${fold} ${mark} ` : `${fold}${mark} `;
  const symbol = pad(node.symbol, 4);
  const { name, kinds } = shape.tree.widths;
  // One place is left for the sign of the chosen line.
  const room = columns - 1 - lead.length - symbol.length;
  const names = Math.min(name, Math.max(10, Math.floor(room * (wide ? 0.34 : 0.5))));
  const own = `${"  ".repeat(node.level)}${node.name}`;
  const title = pad(cut(own, names), names);
  const head: Line = [
    isOut ? piece(lead, "dim") : { text: lead },
    isOut ? piece(symbol, "dim") : piece(symbol, PAINTS[node.does]),
    isOut ? piece(title, "dim") : piece(title, ...(node.level === 0 ? (["bold"] as const) : [])),
  ];
  const kindRoom = wide ? Math.min(kinds, Math.floor(room * 0.2)) : 0;
  const kind = kindRoom > 0 ? `  ${pad(cut(node.kinds, kindRoom), kindRoom)}` : "";
  const rest = room - names - kind.length;
  const out = leftWords(node, without, left);
  if (out !== undefined) return [...head, piece(kind, "dim"), piece(`  ${cut(out, rest - 2)}`, "dim")];
  return [...head, { text: kind }, ...saying(node, shape.tree.widths.how, rest)];
}

/** How, why and where, as far as there is room; how comes first, since it is what hurts. */
function saying(node: Node, hows: number, rest: number): Line {
  const how = node.losesData ? piece(`  ${node.how}`, "red", "bold") : { text: `  ${node.how}` };
  const column = Math.min(hows, 24);
  const room = rest - column - 4;
  if (room < 10) return [cutPiece(how, rest)];
  const padded = { ...how, text: pad(how.text, column + 2) };
  const at = textWidth(node.at);
  const besides = node.at !== "" && room - at - 2 >= Math.min(textWidth(node.why), 14);
  const why = cut(node.why, besides ? room - at - 2 : room);
  return [padded, { text: `  ${why}` }, ...(besides ? [piece(`  ${node.at}`, "place", "dim")] : [])];
}

const cutPiece = (one: Piece, width: number): Piece => ({ ...one, text: cut(one.text, width) });

/** The first column is that of the sign of the chosen line. */
export function bodyLine(body: BodyLine | undefined): Line {
  const [first, ...rest] = body?.line ?? [];
  if (first === undefined) return [];
  return [{ ...first, text: first.text.replace(/^ /, "") }, ...rest];
}
