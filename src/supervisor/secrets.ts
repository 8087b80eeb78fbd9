import { err, ok, type Result } from "../base/result.ts";
import type { Charge } from "../model/supervision.ts";
import type { Files } from "../model/system.ts";

const LIMIT = 1024 * 1024;

/**
 * The secret variables of a run. A file is read at each start; what came from a caller is in memory, or in the
 * environment of a run of that agent that still lives. The error names the variable that nobody has.
 */
export function secretsOf(
  charge: Charge,
  files: Files,
  remembered: ReadonlyMap<string, string>,
): Result<Readonly<Record<string, string>>, string> {
  const values: Record<string, string> = {};
  for (const [variable, origin] of Object.entries(charge.secrets)) {
    const value =
      (origin.from === "file" ? fromFile(files, origin.path) : undefined) ?? remembered.get(variable);
    if (value === undefined) return err(variable);
    values[variable] = value;
  }
  return ok(values);
}

function fromFile(files: Files, path: string): string | undefined {
  const read = files.read(path, LIMIT);
  if (read.is !== "read") return undefined;
  return new TextDecoder().decode(read.bytes).replace(/\r?\n$/, "");
}
