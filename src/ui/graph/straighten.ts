import type { Cell, Link } from "./boxes.ts";
import { sided } from "./order.ts";

const PASSES = 24;
/** A long line is worth more as a straight one than a box is in the middle of its neighbours. */
const [BENDS, ONE_BEND, BOXES] = [8, 2, 1];

/** The middle of each cell: near those that it is tied to, in the order of its column, and apart from the next. */
export function straighten(
  layers: readonly (readonly Cell[])[],
  pieces: readonly Link[],
  gap: number,
): ReadonlyMap<string, number> {
  const [before, after] = [sided(pieces, "to"), sided(pieces, "from")];
  const middles = new Map<string, number>();
  for (const layer of layers) stack(layer, gap).forEach((y, i) => middles.set(layer[i]?.name ?? "", y));
  const isBox = new Map(layers.flatMap((layer) => layer.map((cell) => [cell.name, cell.isBox] as const)));
  const weight = (one: string, other: string): number => {
    const boxes = Number(isBox.get(one) === true) + Number(isBox.get(other) === true);
    return boxes === 0 ? BENDS : boxes === 1 ? ONE_BEND : BOXES;
  };
  const mean = (name: string, others: readonly string[], own: number): number => {
    let [sum, total] = [0, 0];
    for (const other of others) {
      sum += weight(name, other) * (middles.get(other) ?? 0);
      total += weight(name, other);
    }
    return total === 0 ? own : sum / total;
  };
  const settle = (layer: readonly Cell[], wish: (name: string, own: number) => number): void => {
    const wished = layer.map(({ name }) => wish(name, middles.get(name) ?? 0));
    apart(layer, wished, gap).forEach((y, i) => middles.set(layer[i]?.name ?? "", y));
  };
  for (let pass = 0; pass < PASSES; pass++) {
    for (const layer of layers) settle(layer, (name, own) => mean(name, before.get(name) ?? [], own));
    for (const layer of layers.toReversed())
      settle(layer, (name, own) => mean(name, after.get(name) ?? [], own));
  }
  // The last word has the mean of both sides, so that no side is favoured.
  for (const layer of layers)
    settle(layer, (name, own) => mean(name, [...(before.get(name) ?? []), ...(after.get(name) ?? [])], own));
  let top = Number.POSITIVE_INFINITY;
  for (const { name, height } of layers.flat()) top = Math.min(top, (middles.get(name) ?? 0) - height / 2);
  for (const [name, y] of middles) middles.set(name, y - top);
  return middles;
}

function stack(layer: readonly Cell[], gap: number): readonly number[] {
  const offsets = offsetsOf(layer, gap);
  const half = (offsets.at(-1) ?? 0) / 2;
  return offsets.map((offset) => offset - half);
}

/** How far each is at least below the first. */
function offsetsOf(layer: readonly Cell[], gap: number): readonly number[] {
  let y = 0;
  return layer.map(({ height }, i) => {
    const above = layer[i - 1];
    if (above !== undefined) y += above.height / 2 + gap + height / 2;
    return y;
  });
}

/**
 * As near to what is wished as the order and the room between them allow, by the sum of squares: neighbours that want
 * to pass each other are pooled, and share the mean of their wishes.
 */
function apart(layer: readonly Cell[], wished: readonly number[], gap: number): readonly number[] {
  const offsets = offsetsOf(layer, gap);
  const pools: { sum: number; weight: number; size: number }[] = [];
  layer.forEach(({ isBox }, i) => {
    const weight = isBox ? BOXES : BENDS;
    let pool = { sum: weight * ((wished[i] ?? 0) - (offsets[i] ?? 0)), weight, size: 1 };
    for (let last = pools.at(-1); last !== undefined && last.sum / last.weight > pool.sum / pool.weight; ) {
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, size: last.size + pool.size };
      pools.pop();
      last = pools.at(-1);
    }
    pools.push(pool);
  });
  const bases = pools.flatMap(({ sum, weight, size }) => Array.from({ length: size }, () => sum / weight));
  return bases.map((base, i) => base + (offsets[i] ?? 0));
}
