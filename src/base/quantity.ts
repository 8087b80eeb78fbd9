import { err, ok, type Result } from "./result.ts";

/** Amounts are exact: digits are read as decimals into BigInt, never through a float. */

const CPU = /^([0-9]+)(?:\.([0-9]+))?(m?)$/;
const BYTES = /^([0-9]+)(?:\.([0-9]+))?([A-Za-z]*)$/;

const BYTE_UNITS: ReadonlyMap<string, bigint> = new Map([
  ["", 1n],
  ["b", 1n],
  ["B", 1n],
  ["k", 1000n],
  ["K", 1000n],
  ["kB", 1000n],
  ["KB", 1000n],
  ["M", 1000n ** 2n],
  ["MB", 1000n ** 2n],
  ["G", 1000n ** 3n],
  ["GB", 1000n ** 3n],
  ["T", 1000n ** 4n],
  ["TB", 1000n ** 4n],
  ["P", 1000n ** 5n],
  ["Ki", 1024n],
  ["Mi", 1024n ** 2n],
  ["Gi", 1024n ** 3n],
  ["Ti", 1024n ** 4n],
  ["Pi", 1024n ** 5n],
]);

/** Thousandths of a core. Finer than that is refused: no target can hold it. */
export function parseCpu(text: string): Result<number, string> {
  const match = CPU.exec(text);
  if (match === null) return err("cores such as 2, 0.5 or 500m");
  const [, whole = "", fraction = "", milli] = match;
  if (milli === "m") {
    return fraction === ""
      ? safe(BigInt(whole))
      : err("an amount in whole thousandths of a core, such as 250m");
  }
  if (fraction.length > 3 && /[1-9]/.test(fraction.slice(3))) {
    return err("an amount in whole thousandths of a core, such as 0.125");
  }
  return safe(BigInt(whole) * 1000n + BigInt(fraction.slice(0, 3).padEnd(3, "0")));
}

export function parseBytes(text: string): Result<number, string> {
  const match = BYTES.exec(text);
  const unit = match === null ? undefined : BYTE_UNITS.get(match[3] ?? "");
  if (match === null || unit === undefined) return err("an amount such as 512Mi, 2Gi, 2GB or bytes");
  const [, whole = "", fraction = ""] = match;
  if (fraction.length > 12) return err("an amount with at most twelve decimals");
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * unit;
  if (scaled % scale !== 0n) return err("an amount in whole bytes");
  return safe(scaled / scale);
}

function safe(value: bigint): Result<number, string> {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? ok(Number(value)) : err("an amount below 8 PiB");
}

/** The shortest exact text of an amount of memory: `1024Mi` and `1Gi` are one text. */
export function showBytes(bytes: number): string {
  for (const [size, unit] of [
    [1024 ** 4, "Ti"],
    [1024 ** 3, "Gi"],
    [1024 ** 2, "Mi"],
    [1024, "Ki"],
    [1000 ** 4, "TB"],
    [1000 ** 3, "GB"],
    [1000 ** 2, "MB"],
  ] as const)
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  return String(bytes);
}

/** Thousandths of a core. */
export function showCpu(millis: number): string {
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}
