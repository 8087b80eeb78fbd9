import { spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { does, fieldsOf } from "../answers.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { end, inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const ASKED = 128 * 1024 * 1024;

/** Where the kernel keeps the memory limit of a process; undefined on a machine without groups of our own. */
function memoryLimitOf(pid: number): string | undefined {
  const groups = readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n");
  const first = groups.find((line) => line.split(":")[1]?.split(",").includes("memory"));
  const path = (line: string | undefined): string => line?.split(":").slice(2).join(":") ?? "";
  const file =
    first === undefined
      ? `/sys/fs/cgroup${path(groups.find((line) => line.startsWith("0::")))}/memory.max`
      : `/sys/fs/cgroup/memory${path(first)}/memory.limit_in_bytes`;
  // The group of the machine itself has no limit, and must not get one from a test.
  return existsSync(file) && readFileSync(file, "utf8").trim() === String(ASKED) ? file : undefined;
}

/** What somebody does who ends an agent and starts it in their own shell, with all its variables. */
async function startByHand(
  project: Project,
  agent: string,
  port: number,
  argv: readonly string[],
): Promise<number> {
  const pid = await project.pidOf(agent);
  const mine = project.processes().find((one) => one.pid === pid);
  if (mine === undefined) throw new Error(`${pid} cannot be seen`);
  await project.well("daemon stop");
  end(pid, "SIGKILL");
  await until("it is gone", () => !project.processes().some((one) => one.pid === pid));
  const child = spawn(mine.argv[0] ?? "", argv, {
    cwd: project.folder,
    env: mine.environment,
    detached: true,
    stdio: "ignore",
  });
  child.unref();
  await until("it answers", async () => (await ask(port, "/health")) !== undefined);
  return child.pid ?? 0;
}

describe("after an apply", () => {
  test("a plan is empty, and says so with its exit code", async () => {
    const port = 15111;
    await inProject(
      "empty",
      deskIn(".", desk("ana", port, { more: ["config: {a: 1}"] })),
      async (project) => {
        expect(await project.aac("plan --detailed-exitcode")).toMatchObject({ code: 2 });
        await project.well("apply --yes");
        const again = await project.aac("plan --detailed-exitcode");
        expect(again).toMatchObject({ code: 0, err: "" });
        expect(again.out).toContain("no changes");
        const pid = await project.pidOf("ana");
        await project.well("apply --yes");
        expect(await project.pidOf("ana")).toBe(pid);
      },
    );
  });

  test("a memory limit that was changed by hand is one drifted field, and an apply puts it back without a restart", async (context) => {
    const text = desk("ana", 15112, { more: ["resources: {limits: {memory: 128Mi}}"] });
    await inProject("limit", deskIn(".", text), async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("ana");
      const file = memoryLimitOf(pid);
      if (file === undefined) {
        context.skip("no control groups here");
        return;
      }
      writeFileSync(file, String(96 * 1024 * 1024));
      expect(await project.aac("plan --detailed-exitcode")).toMatchObject({ code: 2 });
      const plan = await project.plan();
      expect(does(plan)).toEqual(["update ana/process/0"]);
      expect(fieldsOf(plan)).toMatchObject([
        { path: "limits/memory", from: "96Mi", to: "128Mi", origin: "drift", by: "outside aac" },
      ]);
      await project.well("apply --yes");
      expect(readFileSync(file, "utf8").trim()).toBe(String(ASKED));
      expect(await project.pidOf("ana")).toBe(pid);
      await project.well("plan --detailed-exitcode");
    });
  });

  test("a process that was ended and started by hand with another argument is that one field, and is put back", async () => {
    const port = 15113;
    const text = desk("ana", port, { args: ["--kind=first"] });
    await inProject("hand", deskIn(".", text), async (project) => {
      await project.well("apply --yes");
      const stranger = await startByHand(project, "ana", port, ["desk.js", "--kind=second"]);
      const shown = await project.aac("plan --detailed-exitcode");
      expect(shown).toMatchObject({ code: 2 });
      expect(shown.out).toContain("drift");
      const plan = await project.plan();
      expect(does(plan)).toEqual(["replace ana/process/0"]);
      expect(fieldsOf(plan)).toMatchObject([
        { path: "command/2", from: "--kind=second", to: "--kind=first", origin: "drift" },
      ]);
      await project.well("apply --yes");
      expect(await project.plan().then(does)).toEqual([]);
      const running = project.processes().filter(({ argv }) => argv[1] === "desk.js");
      expect(running.map(({ argv }) => argv[2])).toEqual(["--kind=first"]);
      expect(running.map(({ pid }) => pid)).not.toContain(stranger);
    });
  });

  test("a config file that was edited by hand is one drifted field, and is written again", async () => {
    const text = desk("ana", 15114, { more: ["config: {topics: [rain, trains], tone: calm}"] });
    await inProject("config", deskIn(".", text), async (project) => {
      await project.well("apply --yes");
      const file = join(project.home, "agents/ana/config.json");
      const before = readFileSync(file, "utf8");
      chmodSync(file, 0o600);
      writeFileSync(file, before.replace("calm", "loud"));
      const plan = await project.plan();
      expect(fieldsOf(plan)).toMatchObject([
        { path: "config/tone", from: "loud", to: "calm", origin: "drift" },
      ]);
      expect(does(plan)).toEqual(["replace ana/process/0", "update ana/config/config"]);
      expect(plan.changes[0]?.because).toMatchObject([{ is: "follows", id: "ana/config/config" }]);
      expect(await project.aac("plan --detailed-exitcode")).toMatchObject({ code: 2 });
      await project.well("apply --yes");
      expect(readFileSync(file, "utf8")).toBe(before);
      await project.well("plan --detailed-exitcode");
    });
  });
});

describe("an edit", () => {
  test("of a port is a replace, stop first, that names the field, its line and who depends on it", async () => {
    const [port, other, moved] = [15115, 15116, 15117];
    await inProject(
      "port",
      {
        ...deskIn("ana", desk("ana", port)),
        ...deskIn("ben", desk("ben", other, { more: ["dependsOn: [ana]"] })),
      },
      async (project) => {
        await project.well("apply --yes");
        const [ana, ben] = [await project.pidOf("ana"), await project.pidOf("ben")];
        project.write("ana/agent.yaml", desk("ana", moved));
        const plan = await project.plan();
        expect(does(plan)).toEqual(["replace ana/process/0"]);
        expect(plan.changes[0]?.costs).toMatchObject({ order: "stop first", dependants: ["ben"] });
        const field = fieldsOf(plan).find(({ path }) => path.startsWith("ports/"));
        expect(field).toMatchObject({ origin: "edit", forces: "a running process keeps its ports" });
        expect(field?.at).toMatchObject({ file: "ana/agent.yaml" });
        const shown = await project.aac("plan");
        expect(shown.out).toContain("replace, stop first");
        expect(shown.out).toContain("ana/agent.yaml:8");
        await project.well("apply --yes");
        expect(await ask(moved, "/health")).toBeDefined();
        expect(await ask(port, "/health")).toBeUndefined();
        expect(await project.pidOf("ana")).not.toBe(ana);
        expect(await project.pidOf("ben")).toBe(ben);
      },
    );
  });

  test("of a check, of limits or of supervision is made in place, and the process stays the same", async () => {
    const port = 15118;
    const text = desk("ana", port, {
      more: ["resources: {limits: {memory: 64Mi}}", "supervision: {stopGracePeriod: 5s}"],
    });
    await inProject("place", deskIn(".", text), async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("ana");
      for (const [from, to, path] of [
        ["interval: 200ms", "interval: 300ms", "health/readiness/interval"],
        ["memory: 64Mi", "memory: 128Mi", "limits/memory"],
        ["stopGracePeriod: 5s", "stopGracePeriod: 4s", "supervision/stopGracePeriod"],
      ] as const) {
        project.edit("agent.yaml", from, to);
        const plan = await project.plan();
        expect(does(plan)).toEqual(["update ana/process/0"]);
        expect(plan.changes[0]?.costs).toMatchObject({ order: "in place" });
        expect(fieldsOf(plan).map((field) => field.path)).toContain(path);
        expect(fieldsOf(plan).every((field) => field.origin === "edit")).toBe(true);
        await project.well("apply --yes");
        expect(await project.pidOf("ana")).toBe(pid);
        expect(await project.plan().then(does)).toEqual([]);
      }
    });
  });

  test("of a variable is a replace that names the line of the file", async () => {
    const text = desk("ana", 15119, { more: ["environment:", "  - {name: LOG_LEVEL, value: INFO}"] });
    await inProject("level", deskIn(".", text), async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "INFO", "DEBUG");
      const line =
        project
          .read("agent.yaml")
          .split("\n")
          .findIndex((one) => one.includes("DEBUG")) + 1;
      const plan = await project.plan();
      expect(does(plan)).toEqual(["replace ana/process/0"]);
      expect(fieldsOf(plan)).toMatchObject([
        {
          path: "environment/LOG_LEVEL",
          from: "INFO",
          to: "DEBUG",
          origin: "edit",
          at: { file: "agent.yaml", line },
        },
      ]);
      expect((await project.aac("plan")).out).toContain(`agent.yaml:${line}`);
    });
  });
});
