const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * The last readings as bars, as many as there is room for, the newest at the right. The highest bar is `full`; what
 * was not read leaves a gap.
 */
export function spark(readings: readonly (number | undefined)[], full: number, width: number): string {
  // The last none of a list would be all of it.
  const shown = width <= 0 ? [] : readings.slice(-width);
  const bars = shown.map((one) => {
    if (one === undefined) return " ";
    const part = full <= 0 ? 0 : one / full;
    return BLOCKS[Math.max(0, Math.min(BLOCKS.length - 1, Math.ceil(part * BLOCKS.length) - 1))] ?? " ";
  });
  return " ".repeat(Math.max(0, width - shown.length)) + bars.join("");
}

/** What a full bar stands for: the limit, else the most that was seen, so that little noise stays low. */
export function fullOf(
  readings: readonly (number | undefined)[],
  limit: number | undefined,
  least: number,
): number {
  return limit ?? readings.reduce<number>((most, one) => Math.max(most, one ?? 0), least);
}
