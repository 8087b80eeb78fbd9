import type { Tone } from "../graph/state.ts";
import type { Paint } from "../paint.ts";

/** A colour only repeats what mark and word say. */
export const TONES: Readonly<Record<Tone, (paint: Paint) => (text: string) => string>> = {
  well: ({ green }) => green,
  busy: ({ yellow }) => yellow,
  ill: ({ red }) => red,
  off: ({ dim }) => dim,
  absent: ({ dim }) => dim,
};
