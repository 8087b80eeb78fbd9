import { err, ok, type Result } from "./result.ts";

const PART = /([0-9]+)(?:\.([0-9]+))?(ms|s|m|h|d)/y;
const MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `30s`, `1m30s`, `500ms`, `1.5h`; exact, and no longer than a year. */
export function parseDuration(text: string): Result<number, string> {
  const expected = "a duration such as 30s, 1m30s or 500ms";
  let total = 0;
  let at = 0;
  let lastUnit = Number.POSITIVE_INFINITY;
  while (at < text.length) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (match === null) return err(expected);
    const [part, whole = "", fraction = "", unit = ""] = match;
    const millis = MILLIS[unit] ?? 0;
    if (millis >= lastUnit) return err(expected);
    lastUnit = millis;
    const scale = 10 ** fraction.length;
    const scaled = Number(whole + fraction) * millis;
    if (fraction.length > 6 || scaled % scale !== 0) return err("a duration in whole milliseconds");
    total += scaled / scale;
    at += part.length;
  }
  if (text === "") return err(expected);
  return total <= 366 * 86_400_000 ? ok(total) : err("a duration of at most a year");
}

/** The shortest exact text: two spellings of one time are one text. */
export function showDuration(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [3_600_000, "h"],
    [60_000, "m"],
    [1000, "s"],
    [1, "ms"],
  ];
  let rest = ms;
  let text = "";
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === "" ? "0s" : text;
}
