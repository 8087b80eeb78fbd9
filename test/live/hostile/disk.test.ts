import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { until } from "../../helpers/until.ts";
import { ask, desk, DESK, deskIn } from "../desk.ts";
import { badDay, type BadDay, isRoot } from "./bad-day.ts";

const PORT = 18_740;
const SLOW = 180_000;
/** Only root may mount a small disk. */
const small = test.skipIf(!isRoot);

/** The state folder on a disk of its own, for the time of a body. */
async function onDisk(day: BadDay, options: string, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(day.root, "state");
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `mode=0700,${options}`, "aac-test", folder]);
  try {
    await body(folder);
    await day.says("destroy --yes", 0);
  } finally {
    // Its supervisor may still stand in it for a moment.
    execFileSync("umount", ["-l", folder]);
  }
}

function fill(folder: string): string {
  const path = join(folder, "ballast");
  try {
    for (;;) writeFileSync(path, "x".repeat(4096), { flag: "a" });
  } catch {
    return path;
  }
}

describe("a disk that is full", () => {
  small(
    "an apply fails with a clear line, what was there can be read, and the agent that ran goes on",
    { timeout: SLOW },
    () =>
      badDay("hostile-full", deskIn(".", desk("desk", PORT)), (day) =>
        onDisk(day, "size=3m", async (folder) => {
          await day.says("apply --yes", 0);
          const pid = await day.pidOf("desk");
          const ballast = fill(folder);
          await day.says("status", 0, "desk", "ready");
          await day.says("logs desk", 0, "open");
          day.write("second/agent.yaml", desk("second", PORT + 1));
          day.write("second/desk.js", DESK);
          await day.says("apply -f second --yes", 1, /ENOSPC|no space|full/i);
          expect(await ask(PORT, "/health")).toBe('"health"');
          expect(await ask(PORT + 1, "/health")).toBeUndefined();
          expect(await day.pidOf("desk")).toBe(pid);
          expect((await day.status()).agents.map(({ agent }) => agent)).toEqual(["desk"]);
          rmSync(ballast);
          // With room again, the same apply goes through, and the agent is not exchanged.
          await day.says("apply -f . --yes", 0);
          expect(await day.pidOf("desk")).toBe(pid);
          await day.says("destroy --yes", 0);
        }),
      ),
  );

  small("a state folder on a read-only disk is told as such, and nothing starts", { timeout: SLOW }, () =>
    badDay("hostile-readonly", deskIn(".", desk("desk", PORT + 2)), async (day) => {
      const folder = join(day.root, "state");
      mkdirSync(folder);
      execFileSync("mount", ["-t", "tmpfs", "-o", "ro,mode=0700", "aac-test", folder]);
      try {
        await day.says("plan", 0);
        await day.says("apply --yes", 1, /read-only|EROFS/, folder);
        expect(day.processes()).toEqual([]);
      } finally {
        execFileSync("umount", [folder]);
      }
      await day.says("apply --yes", 0);
    }),
  );
});

test("a line of 100 MB costs bounded memory, is cut every 64 KiB, and can be read", { timeout: SLOW }, () =>
  badDay(
    "hostile-line",
    {
      "agent.yaml": [
        "apiVersion: agent.dev/v1",
        "kind: Agent",
        "metadata: {name: loud}",
        "spec:",
        "  command: [node, loud.js]",
        "",
      ].join("\n"),
      "loud.js": `const { writeSync } = require("node:fs");
const piece = Buffer.alloc(1 << 20, "a");
for (let i = 0; i < 100; i++) for (let at = 0; at < piece.length; ) at += writeSync(1, piece, at);
writeSync(1, "\\nover\\n");
setInterval(() => undefined, 1000);
process.on("SIGTERM", () => process.exit(0));
`,
    },
    async (day) => {
      await day.says("apply --yes", 0);
      await until(
        "it has said all",
        async () => (await day.aac("logs loud --tail 1")).out.includes("over"),
        60_000,
      );
      const daemon = day
        .processes()
        .find(({ argv }) => argv.includes("daemon") && !argv.includes("aac-keeper"));
      if (daemon === undefined) throw new Error("no supervisor runs");
      expect(peakOf(daemon.pid)).toBeLessThan(250 * 1024);
      // Read anew while the file is being made shorter: nothing of it is lost, and it may be a moment later.
      let out = "";
      await until("its last lines can be read", async () => {
        const read = await day.aac("logs loud --tail 5 -o jsonl");
        out = read.out;
        return read.code === 0 && out.trimEnd().split("\n").length === 5;
      });
      const lines = out
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
      expect(lines.at(-1)).toMatchObject({ text: "over", partial: false });
      for (const line of lines.slice(0, -2))
        expect(line).toMatchObject({ partial: true, text: "a".repeat(65_536) });
      const kept = day.says("inspect loud", 0);
      expect(await kept).not.toContain("aaaaaaaa");
      // What is kept is bounded by the default of the format, not by what the agent says.
      const bytes = ["stdout.log", "stderr.log"].reduce(
        (sum, name) => sum + statSync(join(day.home, "logs/loud/0", name)).blocks * 512,
        0,
      );
      expect(bytes).toBeLessThan(100 << 20);
    },
  ),
);

/** The most memory that a process ever had, in KiB. */
function peakOf(pid: number): number {
  return Number(
    /VmHWM:\s+(\d+)/.exec(execFileSync("cat", [`/proc/${pid}/status`], { encoding: "utf8" }))?.[1],
  );
}

test("an agent that dies again and again does not disturb the others", { timeout: SLOW }, () =>
  badDay(
    "hostile-loop",
    {
      ...deskIn("left", desk("left", PORT + 4)),
      ...deskIn("right", desk("right", PORT + 5)),
      "loop/agent.yaml": [
        "apiVersion: agent.dev/v1",
        "kind: Agent",
        "metadata: {name: loop}",
        "spec:",
        "  command: [node, -e, process.exit(9)]",
        "  supervision: {backoff: {initial: 100ms, max: 200ms}, maxRestarts: 1000}",
        "",
      ].join("\n"),
    },
    async (day) => {
      await day.aac("apply --yes --keep-going --no-rollback");
      const pids = [await day.pidOf("left"), await day.pidOf("right")];
      const restarts = async (): Promise<number> =>
        (await day.status()).agents.find(({ agent }) => agent === "loop")?.restarts ?? 0;
      await until("it has died often", async () => (await restarts()) >= 4, 60_000);
      expect([await day.pidOf("left"), await day.pidOf("right")]).toEqual(pids);
      expect(await ask(PORT + 4, "/health")).toBe('"health"');
      expect(await ask(PORT + 5, "/health")).toBe('"health"');
      const status = await day.status();
      expect(
        status.agents
          .filter(({ agent, state }) => agent !== "loop" && state === "ready")
          .map(({ agent }) => agent),
      ).toEqual(["left", "right"]);
      expect(status.agents.filter(({ agent }) => agent !== "loop").map((one) => one.restarts)).toEqual([
        0, 0,
      ]);
    },
  ),
);
