import type { Tone } from "./state.ts";

/**
 * How a picture looks. Colours stand in rules and in no attribute, so that the dark ones can take their place; each
 * thing that a colour tells is told by a sign, a word or the kind of a line as well.
 */
export const STYLE = `
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.page { fill: #ffffff; }
.title { font-size: 16px; font-weight: 600; fill: #1f2328; }
.more { font-size: 12px; fill: #59636e; }
.box { fill: #f6f8fa; stroke: #d1d9e0; stroke-width: 1.2; }
.asked { stroke: #0969da; stroke-width: 2.4; }
.name { font-size: 13px; font-weight: 600; fill: #1f2328; }
.line { fill: none; stroke: #818b98; stroke-width: 1.5; }
.tip { fill: #818b98; }
.label { font-size: 10.5px; fill: #59636e; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; text-anchor: middle; }
.started { stroke-dasharray: 7 4; }
.completed { stroke-dasharray: 11 3 2 3; }
.service { stroke-dasharray: 2 4; stroke-linecap: round; }
.sign { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.well { stroke: #1a7f37; }
.busy { stroke: #9a6700; }
.ill { stroke: #d1242f; }
.off, .absent { stroke: #818b98; }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; }
.title, .name { fill: #f0f6fc; }
.more { fill: #9198a1; }
.box { fill: #151b23; stroke: #3d444d; }
.asked { stroke: #4493f8; }
.line { stroke: #656c76; }
.tip { fill: #656c76; }
.label { fill: #9198a1; stroke: #0d1117; }
.well { stroke: #3fb950; }
.busy { stroke: #d29922; }
.ill { stroke: #f85149; }
.off, .absent { stroke: #656c76; }
}
`;

/** Drawn, since fonts differ in which signs they have: a tick, a broken ring, a cross, a square, a dash. */
export const SIGNS: Readonly<Record<Tone, string>> = {
  well: "M1 6l3.4 3.6L11 2.4",
  busy: "M6 1a5 5 0 0 1 4.6 3M11 6a5 5 0 0 1-3 4.6M6 11a5 5 0 0 1-4.6-3M1 6a5 5 0 0 1 3-4.6",
  ill: "M2 2l8 8M10 2l-8 8",
  off: "M2.5 2.5h7v7h-7z",
  absent: "M3 6h6",
};

/** The kind of line by what ties one agent to another; `healthy`, the usual one, is a plain line. */
export const LINES: readonly (readonly [name: string, words: string])[] = [
  ["healthy", "waits until healthy"],
  ["started", "waits until started"],
  ["completed", "waits until completed"],
  ["service", "uses a service, and does not wait"],
];
