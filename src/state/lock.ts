import { DatabaseSync } from "node:sqlite";
import type { Files } from "../model/system.ts";
import { readHolder, type Writer } from "./holder.ts";

export type Lock =
  | {
      readonly is: "held";
      /** Who had it before, however that one let go of it. */
      readonly former: Writer | undefined;
      readonly release: () => void;
    }
  /** The holder is unknown for the moment between its taking the lock and its saying so. */
  | { readonly is: "taken"; readonly holder: Writer | undefined }
  /** No lock can be had here: its file is no lock of ours, or cannot be written. */
  | { readonly is: "refused"; readonly path: string; readonly why: string };

/** A database that nothing refers to is closed by the garbage collector, and its lock would be gone unnoticed. */
const open = new Set<DatabaseSync>();

/**
 * One writer a place. The lock is a transaction on a small database: the kernel ends it with its process, so a
 * killed writer leaves nothing that somebody would have to clear away. Who holds it stands in a file of its own,
 * because a second handle on the locked file would drop the lock when it is closed.
 */
export function takeLock(files: Files, folder: string, holder: Writer): Lock {
  const path = `${folder}/lock.sqlite`;
  const refused = (error: unknown): Lock => ({
    is: "refused",
    path,
    why: `cannot be used as a lock: ${error instanceof Error ? error.message : String(error)}`,
  });
  let database: DatabaseSync;
  let former: Writer | undefined;
  try {
    files.makePrivateFolder(folder);
    // Made by us and not by the database, which follows links and lets others read.
    if (files.stat(path) === undefined) files.append(path, "");
    database = new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    return refused(error);
  }
  try {
    database.exec("BEGIN EXCLUSIVE");
    former = readHolder(files, folder);
    files.replace(`${folder}/lock.json`, JSON.stringify(holder), 0o600);
  } catch (error) {
    database.close();
    return isLocked(error) ? { is: "taken", holder: readHolder(files, folder) } : refused(error);
  }
  open.add(database);
  return {
    is: "held",
    former,
    release: () => {
      if (!open.delete(database)) return;
      database.exec("ROLLBACK");
      database.close();
    },
  };
}

/** SQLite's own words for "another one writes": SQLITE_BUSY and SQLITE_LOCKED. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (error.errcode === 5 || error.errcode === 6);
}
