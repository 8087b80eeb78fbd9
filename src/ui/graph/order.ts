import type { Cell, Link } from "./boxes.ts";

type Layers = readonly (readonly Cell[])[];

const SWEEPS = 16;

/** Each column in an order in which few lines cross: everybody goes near the mean of its neighbours, to and fro. */
export function orderLayers(layers: Layers, pieces: readonly Link[]): Layers {
  const before = sided(pieces, "to");
  const after = sided(pieces, "from");
  let now = startOrder(layers, after);
  let best = now;
  let fewest = crossings(now, after);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    // Of two with the same mean either may come first: now one is tried, now the other.
    const tried = sweep % 4 < 2 ? now : now.map((layer) => layer.toReversed());
    now = swept(now, tried, sweep % 2 === 0 ? before : after, sweep % 2 === 0);
    const count = crossings(now, after);
    if (count >= fewest) continue;
    fewest = count;
    best = now;
  }
  return best;
}

type Sided = ReadonlyMap<string, readonly string[]>;

/** By one end of each line: the other ends. */
export function sided(pieces: readonly Link[], end: "from" | "to"): Sided {
  const found = new Map<string, string[]>();
  for (const piece of pieces) {
    const known = found.get(piece[end]);
    const other = piece[end === "from" ? "to" : "from"];
    if (known === undefined) found.set(piece[end], [other]);
    else known.push(other);
  }
  return found;
}

/** Depth first from the left: what belongs together begins together. */
function startOrder(layers: Layers, after: Sided): Layers {
  const rank = new Map<string, number>();
  for (const root of layers.flat()) {
    const open = [root.name];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (rank.has(name)) continue;
      rank.set(name, rank.size);
      open.push(...(after.get(name) ?? []).toReversed());
    }
  }
  return layers.map((layer) => layer.toSorted((a, b) => (rank.get(a.name) ?? 0) - (rank.get(b.name) ?? 0)));
}

/** `tried`: the same cells, those with the same mean in the order in which they shall stand. */
function swept(layers: Layers, tried: Layers, neighbours: Sided, isForward: boolean): Layers {
  const sorted: (readonly Cell[])[] = [...layers];
  const places = new Map<string, number>();
  const note = (layer: readonly Cell[]): void => layer.forEach(({ name }, i) => void places.set(name, i));
  const indices = layers.map((_, i) => (isForward ? i : layers.length - 1 - i));
  for (const index of indices) {
    const layer = sorted[index] ?? [];
    const wished = new Map(
      layer.map(({ name }, i) => {
        const near = (neighbours.get(name) ?? []).flatMap((one) => places.get(one) ?? []);
        return [name, near.length === 0 ? i : near.reduce((a, b) => a + b, 0) / near.length];
      }),
    );
    const next = (tried[index] ?? layer).toSorted(
      (a, b) => (wished.get(a.name) ?? 0) - (wished.get(b.name) ?? 0),
    );
    sorted[index] = next;
    note(next);
  }
  return sorted;
}

/** How many pairs of lines cross: of those sorted by where they begin, the pairs that end the other way round. */
function crossings(layers: Layers, after: Sided): number {
  let total = 0;
  for (const [i, layer] of layers.entries()) {
    const next = layers[i + 1];
    if (next === undefined) break;
    const places = new Map(next.map(({ name }, at) => [name, at]));
    const tree: number[] = Array.from({ length: next.length + 1 }, () => 0);
    let seen = 0;
    for (const { name } of layer) {
      const ends = (after.get(name) ?? []).flatMap((one) => places.get(one) ?? []);
      for (const end of ends) total += seen - upTo(tree, end);
      for (const end of ends) add(tree, end);
      seen += ends.length;
    }
  }
  return total;
}

/** A Fenwick tree: how many of the lines so far end at this place or before it. */
function upTo(tree: readonly number[], place: number): number {
  let sum = 0;
  for (let i = place + 1; i > 0; i -= i & -i) sum += tree[i] ?? 0;
  return sum;
}

function add(tree: number[], place: number): void {
  for (let i = place + 1; i < tree.length; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
}
