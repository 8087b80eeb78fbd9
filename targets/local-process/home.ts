import { aside, quote } from "../../src/model/aside.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import { HOME } from "../../src/model/supervision.ts";
import type { Stat, System } from "../../src/model/system.ts";
import type { Place } from "../../src/model/target.ts";
import { faultOfKey } from "./key.ts";

/** File systems of another machine: their locks and their renames do not hold what ours are trusted with. */
const REMOTE = /^(?:nfs\d?|cifs|smb\d?|smbfs|9p|afs|ncpfs|fuse\.(?:sshfs|rclone|s3fs|davfs))$/;

const LOCKS = ["lock.sqlite", "lock.sqlite-journal", "lock.json"];

/**
 * Why the state of a place may not be used, with the repair; undefined where it may, or is not there yet. All of it
 * is looked at before anything of it is read: what somebody else put there must neither be believed nor followed.
 */
export function faultOfHome(system: System, place: Place): Diagnostic | undefined {
  const { home } = place;
  return (
    faultOfFileSystem(system, home) ??
    faultOfEntry(system, home) ??
    firstOf([above(above(home)), above(home), home], (path) => faultOfFolder(system, path)) ??
    firstOf([HOME.agents(home), HOME.logs(home), HOME.runs(home), HOME.daemon(home)], (path) =>
      faultOfFolder(system, path),
    ) ??
    firstOf(
      ["key", "journal.jsonl", ...LOCKS].map((name) => `${home}/${name}`),
      (path) => faultOfFile(system, path),
    ) ??
    firstOf(
      ["place.json", "alive", "daemon.log", ...LOCKS].map((name) => `${HOME.daemon(home)}/${name}`),
      (path) => faultOfFile(system, path),
    ) ??
    faultOfAgents(system, home) ??
    faultOfKey(system.files, place)
  );
}

function faultOfAgents(system: System, home: string): Diagnostic | undefined {
  return firstOf(system.files.list(HOME.agents(home)), ({ name: agent }) => {
    const folder = `${HOME.agents(home)}/${agent}`;
    return (
      faultOfFolder(system, folder) ??
      faultOfFile(system, HOME.config(home, agent)) ??
      firstOf(
        system.files.list(folder).filter(({ name }) => /^\d+$/.test(name)),
        ({ name }) =>
          faultOfFolder(system, `${folder}/${name}`) ??
          faultOfFile(system, HOME.record(home, agent, Number(name))) ??
          faultOfFile(system, HOME.status(home, agent, Number(name))),
      )
    );
  });
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
  const path = `${home}/key`;
  if (files.stat(path) !== undefined) return undefined;
  const read = files.readAt(path, 0, 0);
  if (read.is !== "refused") return undefined;
  return refusal(`the state folder ${home} cannot be entered: ${read.why}`, [
    "name a folder of your own: XDG_STATE_HOME=…",
    NOTHING_DONE,
  ]);
}

function faultOfFolder({ files, host }: System, path: string): Diagnostic | undefined {
  const stat = files.stat(path);
  if (stat === undefined) return undefined;
  const fault = (why: string, repair: string): Diagnostic =>
    refusal(`the state folder ${path} ${why}`, [repair, NOTHING_DONE]);
  if (stat.is === "link")
    return fault("is a link: what stands behind it could be anybody's", `remove the link: rm ${quote(path)}`);
  if (stat.is !== "folder") return fault("is no folder", `move it aside: ${aside(files, path)}`);
  if (stat.uid !== host.uid)
    return fault(
      `belongs to user ${stat.uid}, and you are user ${host.uid}`,
      "run aac as that user, or name another folder: XDG_STATE_HOME=…",
    );
  if ((stat.mode & 0o022) !== 0)
    return fault("can be changed by others", `take that away: chmod go-w ${quote(path)}`);
  return undefined;
}

function faultOfFile(system: System, path: string): Diagnostic | undefined {
  const stat = system.files.stat(path);
  const why = stat === undefined ? undefined : whyNotOwn(stat, system.host.uid);
  if (why === undefined) return undefined;
  return refusal(`${path} ${why}`, [`move it aside: ${aside(system.files, path)}`, NOTHING_DONE]);
}

function whyNotOwn(stat: Stat, uid: number): string | undefined {
  if (stat.is === "link") return "is a link, and in the state folder no link is followed";
  if (stat.is !== "file") return "is no file";
  if (stat.uid !== uid) return `belongs to user ${stat.uid}, and you are user ${uid}`;
  return stat.links > 1 ? "has another name elsewhere (a hard link)" : undefined;
}

const NOTHING_DONE = "nothing was read from it or written to it";
const above = (path: string): string => path.slice(0, path.lastIndexOf("/"));

const refusal = (message: string, notes: readonly string[]): Diagnostic =>
  diagnostic("AAC4005", undefined, message, { notes });

function firstOf<T>(all: readonly T[], fault: (one: T) => Diagnostic | undefined): Diagnostic | undefined {
  for (const one of all) {
    const found = fault(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
