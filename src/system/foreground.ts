import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { ForegroundRequest, Fronted } from "../model/system.ts";
import { killLeftovers, killTree, TAG } from "./family.ts";
import { signal as send } from "./signal.ts";
import { keptTerminal } from "./terminal.ts";

/** Nothing comes for so long after the end: whoever holds the output open then is no part of the command any more. */
const QUIET_MS = 250;
/** What a program may take to end by itself once it was told to. */
const GRACE_MS = 2000;
let commands = 0;

type WhyNot = (program: string, cwd: string, error: unknown) => string;

/**
 * With the terminal of this program it stays in the same session, or it could not read it: Ctrl-C is the command's
 * then. With pipes it has a session of its own, so that all of it can be ended.
 */
export async function foreground(request: ForegroundRequest, whyNot: WhyNot): Promise<Fronted> {
  const { command, cwd, environment, input, output, signal } = request;
  if (signal.aborted) return { is: "stopped" };
  const [program, ...args] = command;
  const tag = `${process.pid}-f${++commands}-${Math.random().toString(36).slice(2)}`;
  const isShared = input === "ours" || output === "ours";
  const restore = input === "ours" ? keptTerminal() : undefined;
  const undeafen = isShared ? deafen() : undefined;
  try {
    const child = spawn(program, args, {
      cwd,
      env: { ...environment, [TAG]: tag },
      detached: !isShared,
      stdio: [
        input === "ours" ? "inherit" : input === undefined ? "ignore" : "pipe",
        output === "ours" ? "inherit" : "pipe",
        output === "ours" ? "inherit" : "pipe",
      ],
    });
    const stop = stopping(child, tag, isShared, signal);
    const ended = endOf(child, stop);
    if (input !== undefined && input !== "ours" && child.stdin !== null) void feed(child.stdin, input);
    if (output !== "ours") await drain(child, ended, output);
    const told = await ended;
    stop.done();
    return told.is === "failed" ? { is: "not started", why: whyNot(program, cwd, told.error) } : told;
  } catch (error) {
    return { is: "not started", why: whyNot(program, cwd, error) };
  } finally {
    undeafen?.();
    restore?.();
  }
}

/** The keyboard's signals go to all that share a terminal; this one waits for the other to act on them. */
function deafen(): () => void {
  const nothing = (): void => undefined;
  const signals = ["SIGINT", "SIGQUIT"] as const;
  for (const one of signals) process.on(one, nothing);
  return () => {
    for (const one of signals) process.off(one, nothing);
  };
}

type Told = Exclude<Fronted, { readonly is: "not started" }> | { readonly is: "failed"; error: Error };

interface Stop {
  readonly isAsked: () => boolean;
  /** What the program itself did not end. */
  readonly sweep: () => void;
  readonly done: () => void;
}

function stopping(child: ChildProcess, tag: string, isShared: boolean, signal: AbortSignal): Stop {
  let isAsked = false;
  let late: NodeJS.Timeout | undefined;
  const stop = (): void => {
    const { pid } = child;
    isAsked = true;
    if (pid === undefined) return;
    const reason: unknown = signal.reason;
    const first = typeof reason === "string" && reason.startsWith("SIG") ? reason : "SIGTERM";
    send(pid, first, !isShared);
    send(pid, "SIGCONT", !isShared);
    late = setTimeout(() => killTree({ leader: pid, tag }), GRACE_MS);
  };
  signal.addEventListener("abort", stop);
  return {
    isAsked: () => isAsked,
    sweep: () => killLeftovers({ leader: child.pid ?? 0, tag }),
    done() {
      clearTimeout(late);
      signal.removeEventListener("abort", stop);
    },
  };
}

function endOf(child: ChildProcess, { isAsked, sweep }: Stop): Promise<Told> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      if (child.pid === undefined) resolve({ is: "failed", error });
    });
    child.on("exit", (code, killedBy) => {
      if (isAsked()) {
        sweep();
        resolve({ is: "stopped" });
        return;
      }
      resolve({ is: "ended", code: killedBy === null ? (code ?? 1) : 128 + constants.signals[killedBy] });
    });
  });
}

/** What it no longer reads is lost, as with any pipe. */
async function feed(into: Writable, input: AsyncIterable<Uint8Array>): Promise<void> {
  into.on("error", () => undefined);
  try {
    for await (const bytes of input) {
      if (into.destroyed) return;
      await new Promise<void>((resolve) => void into.write(bytes, () => resolve()));
    }
  } catch {
    // An input that breaks off has ended.
  }
  into.end();
}

/** To the end of both streams; a process that outlives the command may hold them open for ever. */
async function drain(
  child: ChildProcess,
  ended: Promise<Told>,
  take: Exclude<ForegroundRequest["output"], "ours">,
): Promise<void> {
  let taking = 0;
  let isOver = false;
  let isDrained = false;
  let quiet: NodeJS.Timeout | undefined;
  const streams = [child.stdout, child.stderr].filter((one) => one !== null);
  const wind = (): void => {
    clearTimeout(quiet);
    if (isOver && !isDrained && taking === 0)
      quiet = setTimeout(() => {
        for (const one of streams) one.destroy();
      }, QUIET_MS);
  };
  const pass = async (stream: Readable | null, name: "stdout" | "stderr"): Promise<void> => {
    if (stream === null) return;
    try {
      for await (const bytes of stream) {
        if (!(bytes instanceof Uint8Array)) continue;
        taking++;
        clearTimeout(quiet);
        await take(bytes, name);
        taking--;
        wind();
      }
    } catch {
      // Given up above: what is held open says nothing more of the command.
    }
  };
  void ended.then(() => {
    isOver = true;
    wind();
  });
  await Promise.all([pass(child.stdout, "stdout"), pass(child.stderr, "stderr")]);
  isDrained = true;
  clearTimeout(quiet);
}
