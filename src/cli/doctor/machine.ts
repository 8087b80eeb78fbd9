import { dirname, join } from "node:path";
import type { Check, Finding } from "../../model/doctor.ts";
import type { System } from "../../model/system.ts";
import type { Context } from "../table.ts";

/** Narrower or lower than this, tables and trees are more cut than shown. */
const [COLUMNS, ROWS] = [40, 10];

/** What every project on this machine has in common. */
export function machineChecks(system: System, context: Context, root: string): readonly Check[] {
  const at = (about: string, look: () => Finding): Check => ({
    about,
    look: () => Promise.resolve([look()]),
  });
  return [
    at("aac", () => ({
      about: "aac",
      is: "ok",
      found: `${context.version} at ${system.host.self[1] ?? "nowhere"}`,
    })),
    at("node", () => ({ about: "node", is: "ok", found: `${process.versions.node} at ${process.execPath}` })),
    at("terminal", () => terminal(context, process.stdout)),
    at("git", () => git(system, context, root)),
  ];
}

interface Stream {
  readonly columns?: number;
  readonly rows?: number;
  readonly getColorDepth?: (environment: object) => number;
}

export function terminal(
  { environment, screen }: Pick<Context, "environment" | "screen">,
  stream: Stream,
): Finding {
  const about = "terminal";
  const locale = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"] || "";
  const term = environment["TERM"] || "not set";
  const hasLetters = /utf-?8/i.test(locale) || environment["WT_SESSION"] !== undefined;
  if (!screen.terminal)
    return { about, is: "ok", found: "output goes to no terminal: plain lines, and nothing is asked" };
  const { columns = 0, rows = 0 } = stream;
  const colours = 2 ** (stream.getColorDepth?.({ ...environment }) ?? 1);
  const words = [
    `${columns}×${rows}`,
    screen.colour ? `${colours > 65_536 ? "all" : colours} colours` : "no colours",
    `TERM=${term}`,
    hasLetters ? "UTF-8" : `locale ${locale === "" ? "not set" : locale}`,
  ].join(", ");
  if (!hasLetters)
    return {
      about,
      is: "warn",
      found: `${words}: signs such as ✓ may not be shown`,
      repair: "export LC_ALL=C.UTF-8",
    };
  if (term === "dumb" || term === "not set")
    return { about, is: "warn", found: `${words}: plain lines only`, repair: "export TERM=xterm-256color" };
  if (columns < COLUMNS || rows < ROWS)
    return {
      about,
      is: "warn",
      found: `${words}: less than ${COLUMNS}×${ROWS}, much is cut`,
      repair: "make the window larger",
    };
  return { about, is: "ok", found: words };
}

/** Nothing here runs git: its folder says whose objects these are, and its index which files are code. */
function git({ files }: System, { environment }: Context, root: string): Finding {
  const about = "git";
  const program = (environment["PATH"] ?? "")
    .split(":")
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, "git"))
    .find((path) => files.kind(path) === "file");
  const found = program ?? "not on the PATH, and not needed";
  for (let folder = root; ; folder = dirname(folder)) {
    if (files.kind(join(folder, ".git")) !== "absent")
      return { about, is: "ok", found: `${found}; the project is in the clone ${folder}` };
    if (dirname(folder) === folder) break;
  }
  return {
    about,
    is: "ok",
    found: `${found}; the project is in no clone: live objects know it by this machine and folder`,
  };
}
