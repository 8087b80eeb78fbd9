import { isatty } from "node:tty";
import { tellFaults } from "../project/checked.ts";
import { ownInput, ownOutput, ownTerminal } from "../exec/terminal.ts";
import { openOnly, type Opened } from "../project/place-only.ts";
import type { Context } from "../table.ts";
import { isSaid, UsageError } from "../usage.ts";
import { word } from "./request.ts";

/** It was not the command that failed. */
const NOT_STARTED = 125;
/** Whoever read the output has gone: as a shell tells of SIGPIPE. */
const PIPE = 141;
/** The better one where it is there, and nobody hears of it where it is not. */
const A_SHELL = ["sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash; exec sh"];

export async function run(context: Context): Promise<number> {
  const asked = askedIn(context);
  const opened = await openHere(context);
  if (typeof opened === "number") return opened;
  const { session } = opened;
  const stop = new AbortController();
  const codes: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGPIPE: PIPE };
  const on = (name: string) => (): void => stop.abort(name);
  // In a terminal Ctrl-C is the command's.
  const signals = (["SIGINT", "SIGTERM", "SIGHUP"] as const).filter(
    (name) => name !== "SIGINT" || !asked.isTerminal,
  );
  const handlers = signals.map((name) => [name, on(name)] as const);
  for (const [name, handler] of handlers) process.once(name, handler);
  const input = asked.hasInput ? ownInput() : undefined;
  try {
    const done = await session.operates.exec({
      agent: asked.agent,
      ...(asked.replica === undefined ? {} : { replica: asked.replica }),
      command: asked.command,
      ...(asked.isTerminal ? { terminal: ownTerminal(context.environment) } : {}),
      ...(input === undefined ? {} : { input: input.bytes }),
      output: ownOutput(on("SIGPIPE")),
      signal: stop.signal,
    });
    if (stop.signal.aborted) return codes[String(stop.signal.reason)] ?? 1;
    if (done.ok) return done.value;
    await tellFaults(context, [done.error]);
    return done.error.code === "AAC4008" ? 1 : NOT_STARTED;
  } finally {
    input?.end();
    for (const [name, handler] of handlers) process.off(name, handler);
    session.close();
  }
}

interface Asked {
  readonly agent: string;
  readonly replica: number | undefined;
  readonly command: readonly string[];
  readonly isTerminal: boolean;
  readonly hasInput: boolean;
}

function askedIn({ args, options }: Context): Asked {
  const [agent, ...rest] = args;
  if (agent === undefined) throw new UsageError("name an agent", "aac exec chatbot -- ls");
  const given = rest[0] === "--" ? rest.slice(1) : rest;
  const isShell = given.length === 0;
  const isTerminal = isShell || options["tty"] === true;
  const missing = isatty(0) ? (isatty(1) ? undefined : "output") : "input";
  if (isTerminal && missing !== undefined)
    throw isShell
      ? new UsageError(
          `there is no terminal for a shell: standard ${missing} is none`,
          `name a command: aac exec ${agent} -- COMMAND`,
        )
      : new UsageError(
          `\`-t\` needs a terminal, and standard ${missing} is none`,
          `without it: aac exec -i ${agent} -- COMMAND`,
        );
  return {
    agent,
    replica: replicaOf(word(options["replica"])),
    command: isShell ? A_SHELL : given,
    isTerminal,
    hasInput: isShell || options["interactive"] === true,
  };
}

function replicaOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text))
    throw new UsageError(`\`--replica ${text}\` is no number`, "aac status shows them, from 0");
  return Number(text);
}

/** What cannot be reached has started nothing. */
async function openHere(context: Context): Promise<Opened | number> {
  try {
    return (await openOnly(context)) ?? 2;
  } catch (error) {
    if (isSaid(error)) return NOT_STARTED;
    throw error;
  }
}
