import type { Diagnostic } from "../model/diagnostic.ts";
import { faultOfFile, faultOfFolder, firstOf, NOTHING_DONE, refusal } from "../model/own-files.ts";
import type { System } from "../model/system.ts";

/** File systems of another machine: their locks and their renames do not hold what ours are trusted with. */
const REMOTE = /^(?:nfs\d?|cifs|smb\d?|smbfs|9p|afs|ncpfs|fuse\.(?:sshfs|rclone|s3fs|davfs))$/;

/** Before anything of it is read: what somebody else put there must neither be believed nor followed. */
export function faultOfStateFolder(system: System, home: string): Diagnostic | undefined {
  return (
    faultOfFileSystem(system, home) ??
    faultOfEntry(system, home) ??
    firstOf([above(above(home)), above(home), home], (path) => faultOfFolder(system, path))
  );
}

/** What the engine itself keeps for a place. */
export function faultOfStateFiles(system: System, home: string): Diagnostic | undefined {
  return (
    faultOfFolder(system, home) ??
    firstOf(["journal.jsonl", "lock.sqlite", "lock.sqlite-journal", "lock.json"], (name) =>
      faultOfFile(system, `${home}/${name}`),
    )
  );
}

function faultOfFileSystem({ files }: System, home: string): Diagnostic | undefined {
  const type = files.fileSystem?.(home);
  if (type === undefined || !REMOTE.test(type)) return undefined;
  return refusal(`the state folder ${home} is on a file system of another machine (${type})`, [
    "locks do not hold there: name a folder on a disk of this machine: XDG_STATE_HOME=…",
    "agent files and code may stay where they are",
  ]);
}

function faultOfEntry({ files }: System, home: string): Diagnostic | undefined {
  const path = `${home}/journal.jsonl`;
  if (files.stat(path) !== undefined) return undefined;
  const read = files.readAt(path, 0, 0);
  if (read.is !== "refused") return undefined;
  return refusal(`the state folder ${home} cannot be entered: ${read.why}`, [
    "name a folder of your own: XDG_STATE_HOME=…",
    NOTHING_DONE,
  ]);
}

const above = (path: string): string => path.slice(0, path.lastIndexOf("/"));
