import { DatabaseSync } from "node:sqlite";
import type { Files } from "../model/system.ts";

/** Who writes, as the one who has to wait is told. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  /** UTC, ISO 8601. */
  readonly since: string;
}

export type Lock =
  | { readonly is: "held"; readonly release: () => void }
  /** The holder is unknown for the moment between its taking the lock and its saying so. */
  | { readonly is: "taken"; readonly holder: Holder | undefined };

/** A database that nothing refers to is closed by the garbage collector, and its lock would be gone unnoticed. */
const open = new Set<DatabaseSync>();

/**
 * One writer a place. The lock is a transaction on a small database: the kernel ends it with its process, so a
 * killed writer leaves nothing that somebody would have to clear away. Who holds it stands in a file of its own,
 * because a second handle on the locked file would drop the lock when it is closed.
 */
export function takeLock(files: Files, folder: string, holder: Holder): Lock {
  files.makePrivateFolder(folder);
  const database = new DatabaseSync(`${folder}/lock.sqlite`, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isLocked(error)) throw error;
    return { is: "taken", holder: readHolder(files, folder) };
  }
  files.replace(`${folder}/lock.json`, JSON.stringify(holder), 0o600);
  open.add(database);
  return {
    is: "held",
    release: () => {
      if (!open.delete(database)) return;
      database.exec("ROLLBACK");
      database.close();
    },
  };
}

function readHolder(files: Files, folder: string): Holder | undefined {
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

/** SQLite's own words for "another one writes": SQLITE_BUSY and SQLITE_LOCKED. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (error.errcode === 5 || error.errcode === 6);
}
