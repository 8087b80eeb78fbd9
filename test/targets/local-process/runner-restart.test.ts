import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { End, RunIdentity } from "../../../src/model/supervision.ts";
import { system } from "../../../src/system/system.ts";
import { localRunner } from "../../../targets/local-process/runner/runner.ts";
import { until } from "../../helpers/until.ts";
import { chargeOf, placeIn, shell, waysHere } from "./runner-place.ts";

const program = new URL("./runner-start.ts", import.meta.url).pathname;
const WAYS = await waysHere();
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Has another process start an agent, and kills that process as soon as the agent is there. */
async function startedByTheDead(
  folder: string,
  key: string,
  script: string,
  tree: string,
): Promise<RunIdentity> {
  const child = spawn(process.execPath, [program, folder, key, script, tree], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const gone = new Promise<void>((resolve) => {
    child.on("exit", () => resolve());
  });
  await until("the agent was started", () => said.includes("\n"));
  child.kill("SIGKILL");
  await gone;
  const answer = JSON.parse(said);
  if (answer.is !== "started") throw new Error(said);
  return answer.run;
}

describe.each(["cgroup", "namespace", "group"] as const)(
  "an agent whose supervisor was killed (%s)",
  (tree) => {
    const missing = !WAYS.includes(tree);
    const why = missing ? ` (skipped: this machine has no ${tree} of ours)` : "";
    const key = `${tree}${process.pid}`;
    const open = (): { folder: string; runner: ReturnType<typeof localRunner> } => {
      const folder = mkdtempSync(join(tmpdir(), "aac-restart-"));
      folders.push(folder);
      return { folder, runner: localRunner(system, placeIn(folder, key)) };
    };

    test.skipIf(missing)(`lives on, and another supervisor learns how it ended${why}`, async () => {
      for (const [script, end] of [
        ["exit 0", { code: 0, oom: false }],
        ["exit 3", { code: 3, oom: false }],
        ["exit 143", { code: 143, signal: "SIGTERM", oom: false }],
        ["kill -TERM $$", { code: 143, signal: "SIGTERM", oom: false }],
      ] as const) {
        const { folder, runner } = open();
        const go = join(folder, "go");
        const waiting = `while [ ! -e ${go} ]; do /bin/sleep 0.02; done; ${script}`;
        const charge = chargeOf(shell(waiting));
        const run = await startedByTheDead(folder, key, waiting, tree);
        expect(runner.lives(run)).toBe(true);
        expect(runner.find().find(({ is }) => is === "main")).toMatchObject({ pid: run.pid, runId: "first" });
        const ended = new Promise<End>((resolve) => {
          runner.ended(charge, run, resolve);
        });
        system.files.create(go, "");
        expect(await ended).toEqual(end);
        await until("nothing is left", () => runner.find().length === 0);
        runner.forget(charge, run.runId);
      }
    });

    test.skipIf(missing)(`that ended meanwhile has its status kept${why}`, async () => {
      const { folder, runner } = open();
      const run = await startedByTheDead(folder, key, "exit 7", tree);
      const charge = chargeOf(shell("exit 7"));
      await until("it has ended", () => runner.find().length === 0);
      expect(
        await new Promise((resolve) => {
          runner.ended(charge, run, resolve);
        }),
      ).toEqual({ code: 7, oom: false });
      runner.forget(charge, run.runId);
    });

    test.skipIf(missing)(`can be ended with all that it started${why}`, async () => {
      const { folder, runner } = open();
      const script = "/bin/sleep 300 & /usr/bin/setsid /bin/sleep 301 & wait";
      const run = await startedByTheDead(folder, key, script, tree);
      const charge = chargeOf(shell(script));
      await until("all run", () => runner.members(charge, run).length === 3);
      expect(await runner.kill(charge, run)).toEqual([]);
      await until("the shim has ended, too", () => runner.find().length === 0);
      runner.forget(charge, run.runId);
    });
  },
);
