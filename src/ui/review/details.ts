import { wrap } from "../plan/columns.ts";
import { bodyOf } from "./body.ts";
import { leftWords } from "./choice.ts";
import { type Line, piece } from "./pieces.ts";
import type { Review } from "./state.ts";
import type { Node } from "./tree.ts";

const LAID_OUT = new WeakMap<Node, { readonly key: string; readonly lines: readonly Line[] }>();

/** All that is known of one object, or of an agent with all its objects: nothing cut. */
export function detailLines(review: Review, node: Node | undefined, columns: number): readonly Line[] {
  if (node === undefined) return [[piece(" no object is chosen", "dim")]];
  const left = leftWords(node, review.without, review.left);
  const out: readonly Line[] =
    left === undefined
      ? []
      : wrap(left, columns - 2).map((text): Line => [{ text: " " }, piece(text, "yellow")]);
  const key = `${columns} ${review.offer.coloured}`;
  const known = LAID_OUT.get(node);
  if (known?.key === key) return [...out, ...known.lines];
  const lines = layOut(node, columns, review.offer.coloured);
  LAID_OUT.set(node, { key, lines });
  return [...out, ...lines];
}

function layOut(node: Node, columns: number, coloured: boolean): readonly Line[] {
  const form = { width: columns - 1, indent: 1, coloured, origin: "all", whole: true } as const;
  const title = [node.symbol, node.name, node.kinds === "" ? "" : `· ${node.kinds}`]
    .filter((word) => word !== "")
    .join(" ");
  const says = [node.how, node.children.length > 0 && node.fields.length === 0 ? "" : node.why, node.at]
    .filter((word) => word !== "")
    .join(" · ");
  const below = node.children.flatMap((child): readonly Line[] => [[], ...layOut(child, columns, coloured)]);
  return [
    ...wrap(title, columns - 2).map((text): Line => [{ text: " " }, piece(text, "bold")]),
    ...wrap(says, columns - 2).map((text): Line => [{ text: " " }, { text }]),
    ...bodyOf(node, form).map(({ line }) => line),
    ...below,
  ];
}
