import type { Holder } from "../model/holder.ts";
import type { Files } from "../model/system.ts";

/** Who took the lock last. Whether that one still lives is another question: nobody clears this away. */
export function readHolder(files: Files, folder: string): Holder | undefined {
  const read = files.read(`${folder}/lock.json`, 65_536);
  if (read.is !== "read") return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(read.bytes));
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== "object" || value === null) return false;
  const { pid, host, command, since } = value as Record<string, unknown>;
  return typeof pid === "number" && [host, command, since].every((one) => typeof one === "string");
}
