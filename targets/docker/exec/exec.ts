import { err, ok, type Result } from "../../../src/base/result.ts";
import type { TwoWay } from "../../../src/base/two-way.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { ExecRequest, ExecTerminal } from "../../../src/model/operates.ts";
import { runningReplica } from "../../../src/wanted/replicas.ts";
import { UNSTARTABLE, unstartable } from "../../../src/wanted/unstartable.ts";
import { hijack, request as ask } from "../container/request.ts";
import { attempt, type Engine } from "../engine.ts";
import { livesOf } from "../live/lives.ts";
import { faultOf } from "../verbs/fault.ts";
import { agentOf, replicaOf, whichCounts } from "../verbs/status.ts";
import { pieces } from "./frames.ts";

/**
 * An engine takes two keys for itself unless it is told others, and Ctrl-P is one of them. Nobody types these: there is
 * nothing to come back to after a command that was left alone.
 */
const DETACH_KEYS = "ctrl-^,ctrl-_,ctrl-^,ctrl-_,ctrl-^";
/** An engine writes down how a command ended a moment after its output did. */
const TRIES = 100;
const PAUSE_MS = 20;

export async function execIn(engine: Engine, request: ExecRequest): Promise<Result<number, Diagnostic>> {
  const { docker } = engine;
  const { command, input, terminal, signal } = request;
  const lives = await attempt(() => livesOf(engine));
  if (!lives.ok) return err(faultOf(engine, "containers cannot be listed", lives.error));
  const chosen = runningReplica(
    request,
    whichCounts(lives.value.all).counting.map(({ container }) => ({
      agent: agentOf(container),
      replica: replicaOf(container),
      isUp: container.State.Status === "running",
      state: container.State.Status === "exited" ? "stopped" : container.State.Status,
      id: container.Id,
    })),
  );
  if (!chosen.ok) return chosen;
  const isTerminal = terminal !== undefined;
  const size = terminal?.size();
  const begun = await attempt(async () => {
    const made = await ask(docker, {
      method: "POST",
      path: `/containers/${chosen.value.id}/exec`,
      body: {
        AttachStdin: input !== undefined,
        AttachStdout: true,
        AttachStderr: true,
        Tty: isTerminal,
        DetachKeys: DETACH_KEYS,
        Cmd: [...command],
        // Engines older than 23 learn it a moment later.
        ...(size === undefined ? {} : { ConsoleSize: [size.rows, size.columns] }),
      },
      signal,
    });
    const path = `/exec/${idIn(made)}`;
    const body = { Detach: false, Tty: isTerminal };
    return { path, line: await hijack(docker, { method: "POST", path: `${path}/start`, body, signal }) };
  });
  if (signal.aborted) return ok(STOPPED);
  if (!begun.ok) {
    const isGone = begun.error.status === 404 || begun.error.status === 409;
    return err(
      isGone
        ? diagnostic("AAC4008", undefined, `\`${request.agent}\` does not run any more`, {
            notes: [begun.error.message],
          })
        : faultOf(engine, "the command cannot be started", begun.error),
    );
  }
  const { path, line } = begun.value;
  const held = await converse(engine, path, line, request);
  if (signal.aborted) return ok(STOPPED);
  return ended(engine, path, held, request);
}

const STOPPED = 130;

/** Until the engine has nothing more to say; what it may have said itself, instead of a command, comes back. */
async function converse(engine: Engine, path: string, line: TwoWay, request: ExecRequest): Promise<string> {
  const { input, terminal, output, signal } = request;
  const leave = (): void => line.destroy();
  signal.addEventListener("abort", leave);
  const unraw = input === undefined ? undefined : terminal?.raw();
  const unsized = terminal === undefined ? undefined : keepSize(engine, path, terminal);
  try {
    if (input !== undefined) void feed(line, input);
    const take = terminal === undefined ? pieces() : (bytes: Uint8Array) => [{ stream: STDOUT, bytes }];
    let isFirst = true;
    let held = "";
    for await (const chunk of line.bytes)
      for (const { stream, bytes } of take(chunk)) {
        const text = isFirst ? new TextDecoder().decode(bytes) : "";
        if (isFirst && text.startsWith(UNSTARTABLE)) held = text;
        else await output(bytes, stream);
        isFirst = false;
      }
    return held;
  } finally {
    signal.removeEventListener("abort", leave);
    unsized?.();
    unraw?.();
    line.destroy();
  }
}

const STDOUT = "stdout" as const;

async function feed(line: TwoWay, input: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const bytes of input) if (!(await line.write(bytes))) return;
  } catch {
    // An input that breaks off has ended.
  }
  line.end();
}

/** As large as the terminal at first, and after each change; of several changes in a row the last one counts. */
function keepSize({ docker }: Engine, path: string, terminal: ExecTerminal): () => void {
  let isAsking = false;
  let isStale = false;
  const tell = async (): Promise<void> => {
    isStale = true;
    if (isAsking) return;
    isAsking = true;
    while (isStale) {
      isStale = false;
      const { rows, columns } = terminal.size();
      const query = { h: String(rows), w: String(columns) };
      // A command that is over by now needs no size.
      await attempt(() => ask(docker, { method: "POST", path: `${path}/resize`, query }));
    }
    isAsking = false;
  };
  void tell();
  return terminal.resized(() => void tell());
}

async function ended(
  engine: Engine,
  path: string,
  held: string,
  { agent, output }: ExecRequest,
): Promise<Result<number, Diagnostic>> {
  const { clock } = engine.system;
  const say = (text: string): Promise<void> => output(new TextEncoder().encode(text), "stderr");
  for (let tries = 1; ; tries++) {
    const state = await attempt(() => ask(engine.docker, { method: "GET", path: `${path}/json` }));
    if (!state.ok && state.error.status === 404) {
      await say(`${agent} has ended, and the command with it\n`);
      return ok(128 + 9);
    }
    if (!state.ok) return err(faultOf(engine, "how the command ended cannot be read", state.error));
    const { isRunning, code, wasStarted } = stateIn(state.value);
    if (!isRunning || tries === TRIES) {
      const fault = wasStarted ? undefined : unstartable(held);
      if (fault !== undefined) await say(`aac exec: ${fault.why}\n`);
      else if (held !== "") await output(new TextEncoder().encode(held), "stdout");
      return ok(fault?.code ?? code);
    }
    await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
  }
}

function stateIn(value: unknown): {
  readonly isRunning: boolean;
  readonly code: number;
  readonly wasStarted: boolean;
} {
  const found: object = typeof value === "object" && value !== null ? value : {};
  const code = "ExitCode" in found && typeof found.ExitCode === "number" ? found.ExitCode : 1;
  return {
    isRunning: "Running" in found && found.Running === true,
    code,
    wasStarted: "Pid" in found && typeof found.Pid === "number" && found.Pid > 0,
  };
}

function idIn(made: unknown): string {
  if (typeof made === "object" && made !== null && "Id" in made && typeof made.Id === "string")
    return made.Id;
  throw new Error("an engine made no command");
}
