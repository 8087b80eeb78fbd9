import { type Code, CODES, type Level } from "./codes.ts";
import type { Span } from "./source.ts";

/** A fault, or advice, as a value: what, where, why and what to write instead. Never holds a secret. */
export interface Diagnostic {
  readonly code: Code;
  readonly level: Level;
  /** One line without a full stop. Names the thing in `backticks`. */
  readonly message: string;
  /** Absent only where no file is at fault. */
  readonly at?: Span;
  /** What stands after the carets. */
  readonly label?: string;
  /** Why it matters, then what to do: each one line. */
  readonly notes: readonly string[];
  /** Other places that belong to it. */
  readonly related: readonly { readonly at: Span; readonly message: string }[];
  /** True where `aac fmt --fix` mends it. */
  readonly fixable?: true;
}

export interface Extra {
  readonly label?: string | undefined;
  readonly notes?: readonly string[];
  readonly related?: Diagnostic["related"];
  readonly level?: Level;
  readonly fixable?: boolean;
}

export function diagnostic(code: Code, at: Span | undefined, message: string, extra: Extra = {}): Diagnostic {
  return {
    code,
    level: extra.level ?? CODES[code][0],
    message,
    ...(at === undefined ? {} : { at }),
    ...(extra.label === undefined ? {} : { label: extra.label }),
    notes: extra.notes ?? [],
    related: extra.related ?? [],
    ...(extra.fixable === true ? { fixable: true as const } : {}),
  };
}

/** Source order: by file, then place, then code. */
export function bySource(a: Diagnostic, b: Diagnostic): number {
  if (a.at === undefined || b.at === undefined) {
    const placed = (a.at === undefined ? 1 : 0) - (b.at === undefined ? 1 : 0);
    return placed === 0 ? byWords(a, b) : placed;
  }
  if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1;
  if (a.at.start !== b.at.start) return a.at.start - b.at.start;
  return byWords(a, b);
}

function byWords(a: Diagnostic, b: Diagnostic): number {
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}

/** In source order, each once. */
export function arrange(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = diagnostics.toSorted(bySource);
  return sorted.filter((one, i) => {
    const before = sorted[i - 1];
    return before === undefined || bySource(before, one) !== 0;
  });
}
