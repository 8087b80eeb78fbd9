import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, statSync } from "node:fs";
import type { DetachRequest, Detached, Processes, Ran, RunRequest } from "../model/system.ts";
import { codeOf, wordsFor } from "./error-words.ts";
import { killLeftovers, killTree, TAG } from "./family.ts";
import { foreground } from "./foreground.ts";
import { closeInherited } from "./inherited.ts";
import { openLog } from "./open-log.ts";
import { OutputTail } from "./output-tail.ts";
import { listAll, lookAt, recentList } from "./proc.ts";
import { signal } from "./signal.ts";

/** How long output is waited for that a process of the program's own may still hold open after its end. */
const DRAIN_MS = 250;
const STUCK_MS = 10_000;
let commands = 0;
/** The machine has no room just now: trying again may help. */
const PASSING = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE", "ETXTBSY"]);

export const processes: Processes = {
  run,
  detach,
  foreground: (request) => foreground(request, whyNot),
  list: listAll,
  recent: recentList,
  look: lookAt,
  signal,
};

function run(request: RunRequest): Promise<Ran> {
  const { command, cwd, environment, timeoutMs, signal: stopping } = request;
  if (stopping?.aborted === true) return Promise.resolve({ is: "stopped", output: "" });
  return new Promise((resolve) => {
    const [program, ...args] = command;
    const tail = new OutputTail(request.line);
    const tag = `${process.pid}-${++commands}-${Math.random().toString(36).slice(2)}`;
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        cwd,
        env: { ...environment, [TAG]: tag },
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
    } catch (error) {
      resolve({ is: "not started", why: whyNot(program, cwd, error) });
      return;
    }
    const pid = child.pid;
    const streams = [child.stdout, child.stderr].flatMap((stream) => {
      if (stream === null) return [];
      const { data, end } = tail.stream();
      stream.on("data", data);
      return [{ stream, end }];
    });
    let because: "timed out" | "stopped" | undefined;
    let stuck: NodeJS.Timeout | undefined;
    let settled = false;
    const settle = (make: (output: string) => Ran): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      clearTimeout(stuck);
      stopping?.removeEventListener("abort", stop);
      for (const { stream, end } of streams) {
        end();
        stream.destroy();
      }
      resolve(make(tail.text()));
    };
    const end = (why: "timed out" | "stopped"): void => {
      because ??= why;
      if (pid === undefined) return;
      killTree({ leader: pid, tag });
      // Nothing ends a process that hangs in the kernel: whoever waits goes on without it.
      stuck = setTimeout(() => settle((output) => ({ is: why, output })), STUCK_MS);
    };
    const timer = setTimeout(() => end("timed out"), timeoutMs);
    const stop = (): void => end("stopped");
    stopping?.addEventListener("abort", stop);
    child.on("error", (error) => {
      if (pid === undefined) settle(() => ({ is: "not started", why: whyNot(program, cwd, error) }));
    });
    child.on("exit", (code, killedBy) => {
      if (pid !== undefined) killLeftovers({ leader: pid, tag });
      const make = (output: string): Ran => {
        if (because !== undefined) return { is: because, output };
        return killedBy === null
          ? { is: "ended", code: code ?? -1, output }
          : { is: "signalled", signal: killedBy, output };
      };
      const drain = setTimeout(() => settle(make), DRAIN_MS);
      child.on("close", () => {
        clearTimeout(drain);
        settle(make);
      });
    });
  });
}

function detach(request: DetachRequest): Detached {
  const { command, cwd, environment } = request;
  const [program, ...args] = command;
  const opened: number[] = [];
  closeInherited();
  try {
    for (const path of [request.stdout, request.stderr]) {
      const log = openLog(path);
      if (typeof log === "string") return { is: "not started", why: log, passing: false };
      opened.push(log);
    }
    const child = spawn(program, args, {
      cwd,
      env: { ...environment },
      detached: true,
      stdio: ["ignore", opened[0], opened[1]],
    });
    const ended = new Promise<void>((resolve) => {
      child.on("exit", () => resolve());
      child.on("error", () => resolve());
    });
    child.unref();
    const pid = child.pid;
    if (pid !== undefined) return { is: "started", pid, ended };
    // Node says why a moment later only: what can be seen of the cause is looked up now.
    const why = obstacle(program, cwd);
    return why === undefined
      ? { is: "not started", why: "the machine has no room for another process now", passing: true }
      : { is: "not started", why, passing: false };
  } catch (error) {
    return {
      is: "not started",
      why: whyNot(program, cwd, error),
      passing: PASSING.has(codeOf(error) ?? ""),
    };
  } finally {
    for (const handle of opened) closeSync(handle);
  }
}

function whyNot(program: string, cwd: string, error: unknown): string {
  return (
    obstacle(program, cwd) ??
    `${program} could not be started: ${wordsFor(codeOf(error)) ?? (error instanceof Error ? error.message : String(error))}`
  );
}

/** What stands in the way of a program for good; undefined where nothing is seen. */
function obstacle(program: string, cwd: string): string | undefined {
  const folder = statSync(cwd, { throwIfNoEntry: false });
  if (folder === undefined) return `the folder ${cwd} is not there`;
  if (!folder.isDirectory()) return `${cwd} is no folder`;
  try {
    if (!statSync(program).isFile()) return `${program} is no file`;
    accessSync(program, constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === "EACCES" ? `${program} may not be executed` : `${program} is not there`;
  }
}
