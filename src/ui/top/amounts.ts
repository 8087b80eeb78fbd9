import { bytes } from "../status/table.ts";

/** `0.42`, `3.1`, `12`: thousandths of a core as cores. */
export function cores(milli: number): string {
  const value = milli / 1000;
  if (value >= 10) return String(Math.round(value));
  return Number.isInteger(value) ? String(value) : value >= 1 ? value.toFixed(1) : value.toFixed(2);
}

const UNITS = ["", "Ki", "Mi", "Gi", "Ti"] as const;

/** `1.3 of 3 GiB`: both in the unit of the larger one. */
export function bytesOf(amount: number, limit: number): string {
  const shown = bytes(Math.max(amount, limit));
  const unit = Math.max(
    0,
    UNITS.findLastIndex((one) => one !== "" && shown.endsWith(one)),
  );
  const part = (value: number): string => {
    const scaled = value / 1024 ** unit;
    return scaled >= 9.95 ? String(Math.round(scaled)) : scaled.toFixed(1).replace(/\.0$/, "");
  };
  return `${part(amount)} of ${part(limit)} ${UNITS[unit] ?? ""}B`;
}

export const percent = (amount: number, limit: number): string =>
  limit <= 0 ? "" : `${Math.round((amount / limit) * 100)}%`;
