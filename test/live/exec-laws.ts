import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { program } from "../helpers/run-aac.ts";
import { aacIn, terminalWith } from "../helpers/terminal.ts";
import type { Project } from "./project.ts";

/** An agent `desk` that runs and has the variable GREETING, wherever it is. */
export interface ExecWorld {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export function worldOf(
  { root, folder }: Pick<Project, "root" | "folder">,
  environment: Readonly<Record<string, string>> = {},
): ExecWorld {
  const own = {
    PATH: process.env["PATH"] ?? "",
    HOME: join(root, "home"),
    XDG_STATE_HOME: join(root, "state"),
    XDG_CACHE_HOME: join(root, "cache"),
    XDG_RUNTIME_DIR: join(root, "run"),
  };
  return { folder, environment: { ...own, ...environment } };
}

interface Came {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

/** `interrupt`: Ctrl-C as soon as this was printed. */
function exec(
  { folder, environment }: ExecWorld,
  args: readonly string[],
  { input, interrupt }: { readonly input?: Uint8Array; readonly interrupt?: string } = {},
): Promise<Came> {
  const child = spawn(process.execPath, [program, "exec", ...args], { cwd: folder, env: environment });
  const out: Buffer[] = [];
  let err = "";
  child.stdin.on("error", () => undefined).end(input);
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (err += text));
  child.stdout.on("data", (chunk: Buffer) => {
    out.push(chunk);
    if (interrupt !== undefined && Buffer.concat(out).includes(interrupt)) child.kill("SIGINT");
  });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, out: Buffer.concat(out), err }));
  });
}

/** What a script or a pipeline may rely on. */
export async function holdsInPipes(world: ExecWorld): Promise<void> {
  const sh = (script: string): Promise<Came> => exec(world, ["desk", "--", "sh", "-c", script]);
  const codes = [
    sh("exit 0"),
    sh("exit 3"),
    exec(world, ["desk", "no-such-program"]),
    exec(world, ["desk", "/etc/passwd"]),
    sh("kill -9 $$"),
  ];
  const [fine, three, absent, refused, killed] = await Promise.all(codes);
  expect([fine, three, absent, refused, killed].map((one) => one?.code)).toEqual([0, 3, 127, 126, 137]);
  expect([fine, three, absent, refused].map((one) => one?.out.toString())).toEqual(["", "", "", ""]);
  expect(absent?.err).toMatch(/^aac exec: .*no-such-program.*not found[^\n]*\n$/);
  expect(refused?.err).toMatch(/permission denied/i);

  const both = await sh('echo "$GREETING"; echo wrong >&2; [ -z "$AAC_MARKER" ]; cat');
  expect({ ...both, out: both.out.toString() }).toEqual({ code: 0, out: "hello\n", err: "wrong\n" });

  const megabyte = randomBytes(1024 * 1024);
  const [echoed, part] = await Promise.all([
    exec(world, ["-i", "desk", "cat"], { input: megabyte }),
    // No more than is on its way: a cluster does not tell the end of a command that leaves a great deal unread.
    exec(world, ["-i", "desk", "head", "-c", "5"], { input: megabyte.subarray(0, 65_536) }),
  ]);
  expect({ code: echoed.code, err: echoed.err, isSame: echoed.out.equals(megabyte) }).toEqual({
    code: 0,
    err: "",
    isSame: true,
  });
  expect({ code: part.code, isSame: part.out.equals(megabyte.subarray(0, 5)) }).toEqual({
    code: 0,
    isSame: true,
  });

  const [stopped, unknown, missing] = await Promise.all([
    exec(world, ["desk", "--", "sh", "-c", "echo up; sleep 60"], { interrupt: "up" }),
    exec(world, ["dek", "ls"]),
    exec(world, ["--replica", "7", "desk", "ls"]),
  ]);
  expect({ ...stopped, out: stopped.out.toString() }).toEqual({ code: 130, out: "up\n", err: "" });
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("did you mean `desk`?") });
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("`desk` has no replica 7") });
}

/** What a person in a terminal sees. */
export async function holdsInATerminal({ folder, environment }: ExecWorld): Promise<void> {
  const shell = aacIn(["exec", "desk"], { cwd: folder, environment, columns: 91, rows: 33 });
  // An older engine tells a shell its size a moment after it began.
  const asks = 'until [ "$(stty size)" = "33 91" ]; do sleep 0.1; done; echo as "large"\r';
  try {
    await shell.shows("a prompt", (text) => /[#$] *$/.test(text.trimEnd()), 20_000);
    shell.type(asks);
    await shell.shows("as large", undefined, 20_000);
    await shell.resize(62, 17);
    shell.type('until [ "$(stty size)" = "17 62" ]; do sleep 0.1; done; echo "resized"\r');
    await shell.shows("resized", (text) => /^resized/m.test(text), 20_000);
    // One that meant us would end the shell's connection.
    const catches = `trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.1; done`;
    shell.type(`sh -c '${catches}'; echo "then $?"\r`);
    await shell.shows("ready", (text) => /^ready/m.test(text), 20_000);
    shell.press("ctrl+c");
    await shell.shows("then 5", (text) => /^(?:\^C)?caught\nthen 5/m.test(text), 20_000);
    shell.type("exit 7\r");
    expect((await shell.ended).code).toBe(7);
  } finally {
    shell.hangUp();
    await shell.ended;
  }

  await holdsWhenItIsEnded({ folder, environment });
}

/** Somebody ends us from outside while the terminal is set as only the command wanted it. */
async function holdsWhenItIsEnded({ folder, environment }: ExecWorld): Promise<void> {
  const outer = terminalWith(["/bin/sh"], { cwd: folder, environment: { ...environment, PS1: "" } });
  const does = "stty raw -echo 2>/dev/null; echo up; sleep 60";
  const run = `${process.execPath} ${program} exec -it desk -- sh -c '${does}'`;
  try {
    outer.type(
      `before=$(stty -g); ${run}; echo "code $?"; [ "$before" = "$(stty -g)" ] && echo "as before"\r`,
    );
    await outer.shows("up", (text) => /^up/m.test(text), 20_000);
    const [ours = 0] = childrenOf(outer.pid);
    expect(ours).toBeGreaterThan(1);
    process.kill(ours, "SIGTERM");
    const text = await outer.shows("code", (shown) => /^ *code \d+\n\S/m.test(shown), 20_000);
    expect(text).toMatch(/^ *code 143\nas before/m);
  } finally {
    outer.hangUp();
    await outer.ended;
  }
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}
