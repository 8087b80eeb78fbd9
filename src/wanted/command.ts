import type { Program } from "../model/ir.ts";
import { RUNTIMES } from "../model/runtimes.ts";

/** What is run, as its author would type it. A runtime brings its own command where none is written. */
export function commandOf(program: Program): readonly string[] {
  const written = program.command ?? RUNTIMES[program.runtime?.name ?? ""]?.entry ?? [];
  if (program.shell) return ["sh", "-c", [...written, ...program.args].join(" ")];
  return [...written, ...program.args];
}
