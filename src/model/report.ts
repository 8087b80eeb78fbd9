import type { Diagnostic } from "./diagnostic.ts";
import type { Texts } from "./source.ts";

/** What a check of some files found: everything that a reporter needs, and nothing else. */
export interface Report {
  /** Arranged: in source order, each once, suppressed ones gone. */
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: Texts;
  /** Every file that was looked at, shown as people named it, sorted. */
  readonly files: readonly string[];
  readonly agents: number;
  readonly millis: number;
  readonly version: string;
}
