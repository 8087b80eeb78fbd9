import type { Box, Cell, Gaps, Link, Placed, Point } from "./boxes.ts";
import { columnsOf, withoutCircles } from "./columns.ts";
import { orderLayers } from "./order.ts";
import { straighten } from "./straighten.ts";

/** With more bends than this, finding good places for them takes longer than they are worth: long lines go straight. */
const MOST_BENDS = 6000;
/** Lines that meet at a box stay apart by so much, where it is high enough. */
const APART = 9;

/** Boxes that hang together, each name once, in columns: who needs stands left of what is needed. */
export function layOut(boxes: readonly Box[], links: readonly Link[], gaps: Gaps): Placed {
  const names = boxes.map(({ name }) => name);
  const forward = withoutCircles(names, links);
  const columns = columnsOf(names, forward);
  const columnOf = (name: string): number => columns.get(name) ?? 0;
  const bends = forward.reduce((sum, { from, to }) => sum + columnOf(to) - columnOf(from) - 1, 0);

  const last = [...columns.values()].reduce((a, b) => Math.max(a, b), 0);
  const layers: Cell[][] = Array.from({ length: last + 1 }, () => []);
  for (const { name, height } of boxes) layers[columnOf(name)]?.push({ name, height, isBox: true });
  const ways = forward.map(({ from, to }, i): readonly string[] => {
    const between: string[] = [];
    const end = bends <= MOST_BENDS ? columnOf(to) : 0;
    for (let at = columnOf(from) + 1; at < end; at++) {
      const name = `${i}\n${at}`;
      layers[at]?.push({ name, height: gaps.down / 2, isBox: false });
      between.push(name);
    }
    return [from, ...between, to];
  });
  const pieces = ways.flatMap((way) => way.slice(1).map((to, step): Link => ({ from: way[step] ?? to, to })));
  const middles = straighten(orderLayers(layers, pieces), pieces, gaps.down);

  const size = new Map(boxes.map((box) => [box.name, box]));
  const widths = layers.map((layer) =>
    layer.reduce((most, { name }) => Math.max(most, size.get(name)?.width ?? 0), 0),
  );
  const rooms = layers.map(() => gaps.across);
  forward.forEach(({ from }, i) => {
    rooms[columnOf(from)] = Math.max(rooms[columnOf(from)] ?? 0, links[i]?.words ?? 0);
  });
  const lefts: number[] = [];
  let right = 0;
  widths.forEach((width, i) => {
    lefts.push(right);
    right += width + (i === widths.length - 1 ? 0 : (rooms[i] ?? 0));
  });
  const middleOf = (name: string): number => middles.get(name) ?? 0;
  const ports = portsOf(boxes, ways, middleOf);
  const lines = ways.map((way, i) => {
    const [from = "", to = ""] = [way[0], way.at(-1)];
    const leaves = (lefts[columnOf(from)] ?? 0) + (widths[columnOf(from)] ?? 0);
    const passed = way.slice(1, -1).flatMap((name, step): readonly Point[] => {
      const column = columnOf(from) + step + 1;
      const x = lefts[column] ?? 0;
      const y = middleOf(name);
      return [
        { x, y },
        { x: x + (widths[column] ?? 0), y },
      ];
    });
    const line = [
      { x: leaves, y: middleOf(from) + (ports.leaving[i] ?? 0) },
      ...passed,
      { x: lefts[columnOf(to)] ?? 0, y: middleOf(to) + (ports.coming[i] ?? 0) },
    ];
    // One that was turned round, so that there is no circle, is drawn as it was meant.
    return links[i]?.from === from ? line : line.toReversed();
  });
  return {
    at: new Map(
      boxes.map(({ name, height }) => [
        name,
        { x: lefts[columnOf(name)] ?? 0, y: middleOf(name) - height / 2, width: widths[columnOf(name)] ?? 0 },
      ]),
    ),
    lines,
    width: right,
    height: layers.flat().reduce((most, { name, height }) => Math.max(most, middleOf(name) + height / 2), 0),
  };
}

/** How far from the middle of a box each line leaves and comes: in the order in which they lead away, so none cross there. */
function portsOf(
  boxes: readonly Box[],
  ways: readonly (readonly string[])[],
  middleOf: (name: string) => number,
): { readonly leaving: readonly number[]; readonly coming: readonly number[] } {
  const spread = (end: 0 | -1, next: 1 | -2): readonly number[] => {
    const found: number[] = ways.map(() => 0);
    const byBox = new Map<string, number[]>();
    ways.forEach((way, i) => {
      const name = way.at(end) ?? "";
      byBox.set(name, [...(byBox.get(name) ?? []), i]);
    });
    for (const { name, height } of boxes) {
      const own = byBox.get(name) ?? [];
      const sorted = own.toSorted((a, b) => towards(a) - towards(b) || a - b);
      const step = Math.min(APART, (height - 16) / Math.max(1, own.length - 1));
      sorted.forEach((i, nth) => (found[i] = (nth - (own.length - 1) / 2) * step));
    }
    return found;
    function towards(i: number): number {
      return middleOf(ways[i]?.at(next) ?? "");
    }
  };
  return { leaving: spread(0, 1), coming: spread(-1, -2) };
}
