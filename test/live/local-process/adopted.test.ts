import { type ChildProcess, spawn } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** One that somebody started by hand, in the agent's folder; its child is a sleep of its own. */
function byHand(
  project: Project,
  port: number,
  folder = project.folder,
): ChildProcess & { readonly pid: number } {
  const script = `require("node:child_process").spawn("sleep", ["3571"], { stdio: "ignore", detached: true }).unref(); require("./desk.js")`;
  const child = spawn(process.execPath, ["-e", script], {
    cwd: folder,
    env: { PATH: process.env["PATH"], PORT: String(port), OF: project.root },
    stdio: "ignore",
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("it cannot be started");
  return Object.assign(child, { pid });
}

const sleeps = (project: Project): readonly number[] =>
  project.processes().flatMap(({ argv, pid }) => (argv[1] === "3571" ? [pid] : []));

describe("a process that somebody started by hand", () => {
  test("is adopted as it runs, shown as the agent's, and ended by the apply that exchanges it: it alone", async () => {
    const port = 15471;
    await inProject("adopted", deskIn(".", desk("ana", port)), async (project) => {
      const child = byHand(project, port);
      try {
        await until("it answers", async () => (await ask(port, "/health")) !== undefined);
        const told = await project.well(`adopt process/${child.pid} --agent ana --yes`);
        expect(told.out).toContain("goes on as it is");
        expect(await ask(port, "/health")).toBeDefined();
        const planned = await project.plan();
        expect(does(planned)).toEqual(["replace ana/process/0"]);
        expect(JSON.stringify(planned)).toContain("a process that was adopted is ended");
        await project.well("apply --yes");
        await until("it has ended", () => child.exitCode !== null || child.signalCode !== null);
        expect(await project.pidOf("ana")).not.toBe(child.pid);
        expect(await ask(port, "/health")).toBe('"health"');
        expect(sleeps(project)).toHaveLength(1);
        await project.well("plan --expect-no-changes");
      } finally {
        child.kill("SIGKILL");
        for (const pid of sleeps(project)) process.kill(pid, "SIGKILL");
      }
    });
  });

  test("is adopted no more once it has ended, and a later one of its number is nobody's", async () => {
    await inProject("gone", deskIn(".", desk("ana", 15473)), async (project) => {
      const child = byHand(project, 15473);
      await project.well(`adopt process/${child.pid} --agent ana --yes`);
      child.kill("SIGKILL");
      await until("it has ended", () => child.signalCode !== null);
      for (const pid of sleeps(project)) process.kill(pid, "SIGKILL");
      expect(does(await project.plan())).toEqual(["create ana/process/0"]);
    });
  });

  test("is not adopted where it is one of ours, is not there, or the agent lives", async () => {
    const port = 15475;
    const files = { ...deskIn("ana", desk("ana", port)), ...deskIn("ben", desk("ben", port + 1)) };
    await inProject("refused", files, async (project) => {
      await project.well("apply --yes --target-agent ana");
      const daemon = project.processes().find(({ argv }) => argv.includes("--home"))?.pid ?? 0;
      const child = byHand(project, port + 1, project.path("ben"));
      try {
        for (const [asked, why] of [
          [`${await project.pidOf("ana")} --agent ben`, "a part of ana, which is managed here already"],
          [`${daemon} --agent ben`, "a supervisor of aac"],
          [`${child.pid} --agent ana`, "ana lives here already"],
          ["4194303 --agent ben", "it does not run"],
          [`${process.pid} --agent ben`, "this very command runs in it"],
          ["1 --agent ben", "a part of the system"],
        ] as const) {
          const refused = await project.aac(`adopt process/${asked} --yes`);
          expect([asked, refused.code]).toEqual([asked, 1]);
          expect(refused.err + refused.out).toContain(why);
        }
        expect(does(await project.plan())).toEqual(["create ben/process/0"]);
      } finally {
        child.kill("SIGKILL");
        for (const pid of sleeps(project)) process.kill(pid, "SIGKILL");
      }
    });
  });
});
