import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { files } from "../../system/files.ts";
import { processes } from "../../system/process.ts";
import type { Context, Run } from "../table.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a command that people read from: what it printed is shown at its end, by a pager where it is long. */
export async function paged(context: Context, run: Run): Promise<number> {
  // Where somebody is asked, what is said before the question has to be there before it.
  if (context.screen.ci || context.options["interactive"] === true) return run(context);
  const texts: string[] = [];
  try {
    return await run({ ...context, out: (text) => void texts.push(text) });
  } finally {
    await page(texts.join(""), context.environment, context.out);
  }
}

/** A pager that is closed early has done what it should; one that cannot be started is done without. */
export async function page(
  text: string,
  environment: Environment,
  plainly: (text: string) => void,
): Promise<void> {
  const { rows, columns } = process.stdout;
  const command = isLong(text, rows, columns) ? pagerOf(environment, process.platform) : undefined;
  if (command === undefined) {
    plainly(text);
    return;
  }
  const shown = await processes.foreground({
    command,
    cwd: process.cwd(),
    // Colours are passed on as they are, also by one that is told so by these variables alone.
    environment: { LESS: "FRX", LV: "-c", ...given(environment) },
    input: (async function* () {
      yield new TextEncoder().encode(text);
    })(),
    output: "ours",
    signal: new AbortController().signal,
  });
  // What a shell answers where it finds no such program, or may not start it.
  if (shown.is === "not started" || (shown.is === "ended" && (shown.code === 126 || shown.code === 127)))
    plainly(text);
}

/** More rows than a screen has, long lines counted as they are broken. */
export function isLong(text: string, rows: number, columns: number): boolean {
  if (rows === 0 || columns === 0) return false;
  let needed = 1;
  for (const line of stripVTControlCharacters(text).replace(/\n$/, "").split("\n")) {
    needed += Math.max(1, Math.ceil(line.length / columns));
    if (needed > rows) return true;
  }
  return false;
}

/**
 * Whoever sets such a variable writes a line for a shell, options and all. Undefined: print plainly. A screen
 * reader has no use for a page that waits for keys.
 */
export function pagerOf(
  environment: Environment,
  platform: string,
): readonly [string, ...string[]] | undefined {
  const isSet = (name: string): boolean => !["", "0", "false"].includes(environment[name] ?? "");
  if (platform === "win32" || environment["TERM"] === "dumb") return undefined;
  if (isSet("CI") || isSet("AAC_ACCESSIBLE")) return undefined;
  const named = environment["AAC_PAGER"] ?? environment["PAGER"];
  if (named !== undefined) return ["", "cat"].includes(named.trim()) ? undefined : ["/bin/sh", "-c", named];
  const less = (environment["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, "less"))
    .find((path) => files.kind(path) === "file");
  return less === undefined ? undefined : [less, "-FRX"];
}

const given = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
