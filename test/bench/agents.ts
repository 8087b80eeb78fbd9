import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../../", import.meta.url).pathname;
export const AAC = [process.execPath, `${root}src/cli/aac.cjs`] as const;

/** A project of agents that sleep, with folders of its own; taken down at the end. */
export interface Sleepers {
  readonly cwd: string;
  readonly seconds: number;
  readonly key: string;
  readonly env: Readonly<Record<string, string>>;
  aac(...args: string[]): void;
  supervisor(): number;
  end(): void;
}

export function sleepers(count: number): Sleepers {
  const folder = mkdtempSync(join(tmpdir(), "aac-sleepers-"));
  const cwd = join(folder, "project");
  // Told apart from other sleepers of this machine by how long they sleep.
  const seconds = 100_000 + process.pid;
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_RUNTIME_DIR: join(folder, "run"),
  };
  mkdirSync(cwd);
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  writeFileSync(join(cwd, ".aac.yaml"), `project: sleepers-${process.pid}\n`);
  for (let i = 0; i < count; i++) {
    mkdirSync(join(cwd, `a${i}`));
    writeFileSync(
      join(cwd, `a${i}`, "agent.yaml"),
      `apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: sleeper-${i}}\nspec: {runtime: exec, command: [sleep, "${seconds}"]}\n`,
    );
  }
  const aac = (...args: string[]): void => {
    const ran = spawnSync(AAC[0], [AAC[1], ...args], { cwd, env, encoding: "utf8", maxBuffer: 1 << 28 });
    if (ran.status !== 0)
      throw new Error(`aac ${args.join(" ")}: ${ran.stderr.slice(-1000)}${ran.stdout.slice(-500)}`);
  };
  return {
    cwd,
    seconds,
    key: `sleepers-${process.pid}`,
    env,
    aac,
    supervisor: () => {
      const ran = spawnSync(AAC[0], [AAC[1], "daemon", "status"], { cwd, env, encoding: "utf8" });
      return Number(/pid (\d+)/.exec(ran.stdout)?.[1]);
    },
    end: () => {
      aac("destroy", "--yes", "--parallelism", "50");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** From the command until so many sleep, in milliseconds; `end` takes them down again. */
export async function untilAllSleep(
  start: () => { readonly end: () => Promise<void> },
  seconds: number,
  count: number,
): Promise<number> {
  const began = process.hrtime.bigint();
  const { end } = start();
  const deadline = Date.now() + 120_000;
  while (sleeping(seconds) < count) {
    if (Date.now() > deadline)
      throw new Error(`only ${sleeping(seconds)} of ${count} sleep after two minutes`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const millis = Number(process.hrtime.bigint() - began) / 1e6;
  await end();
  return millis;
}

function sleeping(seconds: number): number {
  return readdirSync("/proc").filter(
    (pid) =>
      /^\d+$/.test(pid) &&
      /^(?:\/\S+\/)?sleep$/.test(line(pid).split("\0")[0] ?? "") &&
      line(pid).endsWith(`\0${seconds}\0`),
  ).length;
}

function line(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** One that is started and left alone until it ends, or is told to. */
export function background(
  argv: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): { readonly end: () => Promise<void>; readonly ended: Promise<void> } {
  const [program, ...args] = argv;
  const child = spawn(program, args, { cwd, env, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    ended,
    end: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** The same sleepers as process-compose reads them. */
export function composeSleepers(folder: string, count: number, seconds: number): string {
  const path = join(folder, "process-compose.yaml");
  const processes = Array.from(
    { length: count },
    (_, i) => `  p${i}:\n    command: "exec sleep ${seconds}"\n    availability: {restart: always}\n`,
  );
  writeFileSync(path, `version: "0.5"\nprocesses:\n${processes.join("")}`);
  return path;
}

/** The mean of what stands beside an agent: all that is ours and not the supervisor. */
export function shimMemory(project: string): number {
  const shims = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && line(pid).includes("aac-shim"));
  const own = shims.filter((pid) => line(pid).includes(project));
  return own.reduce((sum, pid) => sum + memoryOf(Number(pid)), 0) / own.length;
}

export const memoryOf = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
