/** What the system says where the machine is at fault and not the program: the words for it, and what to do. */
const WORDS: Readonly<Record<string, readonly [why: string, repair: string]>> = {
  ENOSPC: ["no space is left on the device", "make room, then run it again: what was live goes on"],
  EDQUOT: ["your share of the disk is used up", "make room, then run it again: what was live goes on"],
  EROFS: ["the file system is read-only", "name another folder: XDG_STATE_HOME=…"],
  EACCES: [
    "permission denied",
    "take care that you may use it; state can be kept elsewhere: XDG_STATE_HOME=…",
  ],
  EPERM: [
    "permission denied",
    "take care that you may use it; state can be kept elsewhere: XDG_STATE_HOME=…",
  ],
  EIO: ["the disk does not answer as it should", "look at the disk, then run it again"],
  ENOTDIR: ["a part of the path is no folder", "move it aside, then run it again"],
  ELOOP: ["its links lead in a circle", "remove the link, then run it again"],
  ENAMETOOLONG: ["the path is too long", "use folders with shorter names"],
  EMFILE: ["too many files are open", "allow more: ulimit -n"],
  ENFILE: ["too many files are open on this machine", "end other programs, then run it again"],
  ENOMEM: ["no memory is left", "end other programs, then run it again"],
};

export interface WorldFault {
  readonly message: string;
  readonly repair: string;
}

/** A file that could not be read or written is no fault of the program; undefined for everything else. */
export function worldFault(error: unknown): WorldFault | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  // Each file of the program is read when it is needed; one that is gone by then went with an upgrade.
  if (error.code === "ERR_MODULE_NOT_FOUND" || error.code === "MODULE_NOT_FOUND")
    return {
      message: "aac itself was replaced or removed while it ran",
      repair: "run the command again; if that fails, too: install aac anew",
    };
  const words = Object.hasOwn(WORDS, error.code) ? WORDS[error.code] : undefined;
  if (words === undefined || !("syscall" in error)) return undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : "the disk";
  return { message: `${path} cannot be used: ${words[0]}`, repair: words[1] };
}
