/** Stable JSON: the same value gives the same bytes, whatever order its keys were written in. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

export function canonicalJson(value: Json, indent = 0): string {
  return write(value, indent, "\n");
}

function write(value: Json | undefined, indent: number, newline: string): string {
  if (value === undefined || value === null) return "null";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = indent > 0 ? newline + " ".repeat(indent) : "";
  const outer = indent > 0 ? newline : "";
  if (isList(value)) {
    if (value.length === 0) return "[]";
    return `[${inner}${value.map((item) => write(item, indent, inner)).join(`,${inner}`)}${outer}]`;
  }
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(byCodeUnit);
  if (keys.length === 0) return "{}";
  const colon = indent > 0 ? ": " : ":";
  const rows = keys.map((key) => `${JSON.stringify(key)}${colon}${write(value[key], indent, inner)}`);
  return `{${inner}${rows.join(`,${inner}`)}${outer}}`;
}

/** Array.isArray does not narrow a readonly array out of a union. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Sorting by locale would differ from machine to machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
