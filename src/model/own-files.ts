import { aside, quote } from "./aside.ts";
import { type Diagnostic, diagnostic } from "./diagnostic.ts";
import type { Stat, System } from "./system.ts";

/** Why a folder or a file of the state may not be used, with the repair; undefined where it may, or is not there yet. */

export function faultOfFolder({ files, host }: System, path: string): Diagnostic | undefined {
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

export function faultOfFile(system: System, path: string): Diagnostic | undefined {
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

export const NOTHING_DONE = "nothing was read from it or written to it";

export const refusal = (message: string, notes: readonly string[]): Diagnostic =>
  diagnostic("AAC4005", undefined, message, { notes });

export function firstOf<T>(
  all: readonly T[],
  fault: (one: T) => Diagnostic | undefined,
): Diagnostic | undefined {
  for (const one of all) {
    const found = fault(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
