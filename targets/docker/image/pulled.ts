import type { Part } from "../../../src/model/step.ts";
import type { Told } from "./progress.ts";

/** A pull as far as it is, layer by layer: what an engine tells of it, as one line. */
export interface Pull {
  readonly layers: ReadonlyMap<string, Layer>;
}

interface Layer {
  readonly isThere: boolean;
  readonly done: number;
  /** In bytes; not known before it is its turn. */
  readonly total?: number;
}

export interface Said {
  readonly text: string;
  readonly part?: Part;
}

export const NOTHING_PULLED: Pull = { layers: new Map() };

const NEW: Layer = { isThere: false, done: 0 };
/** An engine tells these of the image as a whole, with its tag in the place of a layer. */
const OF_THE_IMAGE = /^(?:Pulling from|Digest|Status)\b/;

export function pullAfter(pull: Pull, { id, status, bytes }: Told): Pull {
  if (id === undefined || status === undefined || OF_THE_IMAGE.test(status)) return pull;
  const before = pull.layers.get(id) ?? NEW;
  return { layers: new Map(pull.layers).set(id, layerAfter(before, status, bytes)) };
}

function layerAfter(before: Layer, status: string, bytes: Told["bytes"]): Layer {
  switch (status) {
    // There before: nothing of it is pulled.
    case "Already exists":
      return { isThere: true, done: 0, total: 0 };
    case "Pull complete":
      return { ...before, isThere: true, done: before.total ?? before.done };
    case "Download complete":
      return { ...before, done: before.total ?? before.done };
    case "Downloading":
      return bytes === undefined ? before : { ...before, done: bytes.done, total: bytes.of };
    default:
      // Unpacking has bytes of its own, which nobody waits for at the network.
      return before;
  }
}

/** `pulled 12 of 40 MB, 3 of 7 layers`; of bytes only where all layers have said how many they have. */
export function pullSays({ layers }: Pull): Said {
  const all = [...layers.values()];
  const there = all.filter(({ isThere }) => isThere).length;
  const done = all.reduce((sum, layer) => sum + layer.done, 0);
  const of = all.reduce((sum, layer) => sum + (layer.total ?? 0), 0);
  const counted = `${there} of ${all.length} layers`;
  if (all.length === 0) return { text: "asking for its layers" };
  if (of > 0 && all.every(({ total }) => total !== undefined))
    return { text: `pulled ${amounts(done, of)}, ${counted}`, part: { done, of } };
  return {
    text: done === 0 ? `pulled ${counted}` : `pulled ${amount(done)} so far, ${counted}`,
    part: { done: there, of: all.length },
  };
}

const UNITS = [
  { name: "GB", size: 1e9, digits: 1 },
  { name: "MB", size: 1e6, digits: 0 },
  { name: "kB", size: 1e3, digits: 0 },
] as const;

const unitOf = (bytes: number): (typeof UNITS)[number] =>
  UNITS.find(({ size }) => bytes >= size) ?? { name: "kB", size: 1e3, digits: 0 };

function amount(bytes: number): string {
  const { name, size, digits } = unitOf(bytes);
  return `${(bytes / size).toFixed(digits)} ${name}`;
}

function amounts(done: number, of: number): string {
  const { size, digits } = unitOf(of);
  return `${(done / size).toFixed(digits)} of ${amount(of)}`;
}
