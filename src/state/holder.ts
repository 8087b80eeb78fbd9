import type { Holder } from "../model/holder.ts";
import type { Files } from "../model/system.ts";

/** Whoever took the lock of this machine, and which apply it was for, where it was for one. */
export interface Writer extends Holder {
  readonly apply?: string;
}

/** Who took the lock last. Whether that one still lives is another question: nobody clears this away. */
export function readHolder(files: Files, folder: string): Writer | undefined {
  const read = files.read(`${folder}/lock.json`, 65_536);
  if (read.is !== "read") return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(read.bytes));
    return isWriter(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWriter(value: unknown): value is Writer {
  if (typeof value !== "object" || value === null) return false;
  const { pid, host, command, since, apply } = value as Record<string, unknown>;
  return (
    typeof pid === "number" &&
    [host, command, since].every((one) => typeof one === "string") &&
    (apply === undefined || typeof apply === "string")
  );
}
