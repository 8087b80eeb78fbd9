import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { program } from "../../helpers/run-aac.ts";
import { until } from "../../helpers/until.ts";

const AGENTS = 3;
const folder = mkdtempSync(join(tmpdir(), "aac-kills-"));
const root = join(folder, "project");
const project = `kills-${process.pid}`;
const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  XDG_STATE_HOME: join(folder, "state"),
  XDG_CACHE_HOME: join(folder, "cache"),
  XDG_RUNTIME_DIR: join(folder, "run"),
};
mkdirSync(root);
mkdirSync(environment.XDG_RUNTIME_DIR, { mode: 0o700 });

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function start(...args: string[]): { readonly kill: () => void; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, env: environment });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  return {
    kill: () => child.kill("SIGKILL"),
    ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, output }))),
  };
}

/** Runs of agents by agent, told by the marker in their environment; shims are not counted. */
function living(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const text = read(`/proc/${pid}/environ`);
    const argv = read(`/proc/${pid}/cmdline`);
    if (!text.includes("AAC_MARKER=") || !text.includes(`AAC_KILLS=${project}`) || argv.includes("aac-shim"))
      continue;
    const agent = / agent=(\S+)/.exec(text)?.[1] ?? "?";
    found.set(agent, (found.get(agent) ?? new Set()).add(pid));
  }
  return found;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function daemonPid(): number | undefined {
  const log = read(join(environment.XDG_STATE_HOME, "aac", project, "local-process", "daemon", "daemon.log"));
  const pid = [...log.matchAll(/supervisor of \S+ pid (\d+)/g)].at(-1)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function write(round: number): void {
  for (let i = 0; i < AGENTS; i++)
    writeFileSync(
      join(root, `a${i}.agent.yaml`),
      `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: worker-${i}}
spec:
  runtime: exec
  command: [sleep, "100000"]
  environment:
    - {name: AAC_KILLS, value: ${project}}
    - {name: ROUND, value: "${round}"}
  supervision: {stopGracePeriod: 500ms}
`,
    );
}

afterAll(async () => {
  await start("destroy", "--yes").ended;
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test(
  "whatever is killed at whatever instant, the next apply puts everything right",
  async () => {
    const from = seed();
    const chance = chances(from);
    const count = rounds(10);
    writeFileSync(join(root, ".aac.yaml"), `project: ${project}\n`);
    write(0);
    expect((await start("apply", "--yes").ended).code).toBe(0);
    let orphans = 0;
    let doubles = 0;
    for (let round = 1; round <= count; round++) {
      write(round);
      const applying = start("apply", "--yes");
      const ofDaemon = chance() < 0.5;
      const instant = Math.round(chance() * 700);
      const deletes = chance() < 0.5;
      const told = `round ${round}: ${ofDaemon ? "daemon" : "apply"} killed after ${instant} ms${deletes ? ", state deleted" : ""}, seed ${from}`;
      const at = Date.now() + instant;
      await until("the instant of the kill", () => Date.now() >= at);
      if (ofDaemon) {
        const pid = daemonPid();
        if (pid !== undefined && read(`/proc/${pid}/cmdline`).includes("daemon"))
          process.kill(pid, "SIGKILL");
      } else applying.kill();
      // What is deleted is deleted under the nose of those who live.
      if (deletes) rmSync(environment.XDG_STATE_HOME, { recursive: true, force: true, maxRetries: 10 });
      applying.kill();
      await applying.ended;
      const next = await start("apply", "--yes").ended;
      expect(next.code, `${told}\n${next.output}`).toBe(0);
      const plan = await start("plan", "--detailed-exitcode").ended;
      expect(plan.code, `${told}\n${plan.output}`).toBe(0);
      const found = living();
      orphans += [...found.keys()].filter((agent) => !/^worker-[0-2]$/.test(agent)).length;
      doubles += [...found.values()].filter((pids) => pids.size > 1).length;
      expect([...found.keys()].sort(), told).toEqual(["worker-0", "worker-1", "worker-2"]);
      expect(doubles, told).toBe(0);
    }
    figure(
      "kills",
      `${count} kills: every next apply exits 0, every plan after it is empty, ${orphans} orphans, ${doubles} duplicates`,
      from,
    );
  },
  60_000 + rounds(10) * 20_000,
);
