import { join } from "node:path";
import { aacIn, type Terminal, type TerminalOptions, terminalWith } from "../helpers/terminal.ts";
import type { Project } from "./project.ts";

export interface Seat extends TerminalOptions {
  /** A shell instead of the command. */
  readonly shell?: true;
}

/** A command of a project in a terminal of its own, which is gone afterwards. */
export async function atTerminal(
  project: Pick<Project, "root" | "folder">,
  args: string,
  seat: Seat,
  body: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const options = {
    ...seat,
    cwd: project.folder,
    environment: {
      HOME: join(project.root, "home"),
      XDG_STATE_HOME: join(project.root, "state"),
      XDG_CACHE_HOME: join(project.root, "cache"),
      XDG_RUNTIME_DIR: join(project.root, "run"),
      ...seat.environment,
    },
  };
  const terminal =
    seat.shell === true
      ? terminalWith(["/bin/bash", "--norc", "--noprofile", "-i"], options)
      : aacIn(args.split(" "), options);
  try {
    await body(terminal);
  } finally {
    terminal.signal("SIGKILL");
    await terminal.ended;
  }
}
