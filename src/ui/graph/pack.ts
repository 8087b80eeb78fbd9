import type { Point } from "./boxes.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pictures beside each other in rows, in their order, as wide as it takes to be about as high. */
export function packed(
  sizes: readonly Size[],
  { gap, least }: { readonly gap: number; readonly least: number },
): Size & { readonly corners: readonly Point[] } {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0);
  const room = sizes.reduce(
    (most, { width }) => Math.max(most, width),
    Math.max(least, Math.sqrt(area * 1.6)),
  );
  const corners: Point[] = [];
  let [x, y, row, wide] = [0, 0, 0, 0];
  for (const { width, height } of sizes) {
    if (x > 0 && x + width > room) {
      x = 0;
      y += row + gap;
      row = 0;
    }
    corners.push({ x, y });
    wide = Math.max(wide, x + width);
    row = Math.max(row, height);
    x += width + gap;
  }
  return { corners, width: Math.max(least, wide), height: y + row };
}
