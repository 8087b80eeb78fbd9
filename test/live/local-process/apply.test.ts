import { createServer } from "node:net";
import { hostname } from "node:os";
import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { ask, asked, desk, deskIn } from "../desk.ts";
import { end, inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** One that is not ready before the file `ready` is beside it, and one that waits for it. */
const pair = (port: number): Readonly<Record<string, string>> => ({
  ...deskIn("ana", desk("ana", port, { path: "/ready" })),
  ...deskIn("ben", desk("ben", port + 1, { more: ["dependsOn: {ana: {condition: healthy}}"] })),
});
describe("two applies at once", () => {
  test("the second names the first by pid, host and command, or waits for it", async () => {
    const port = 15191;
    await inProject("twice", pair(port), async (project) => {
      const first = project.begin("apply --yes --timeout 50s");
      await until("ana is waited for", async () => (await asked(port, "/ready")) > 0);
      const refused = await project.aac("apply --yes");
      expect(refused).toMatchObject({ code: 5 });
      expect(refused.err).toContain("AAC4001");
      expect(refused.err).toContain(`pid ${first.child.pid} on ${hostname()}`);
      expect(refused.err).toContain("aac apply --yes --timeout 50s");
      const patient = project.begin("apply --yes --lock-timeout 50s");
      await until(
        "it has planned",
        () => patient.out().includes("Preflight") || patient.out().includes("no changes"),
      );
      project.write("ana/ready", "");
      expect(await first.ended).toMatchObject({ code: 0 });
      expect(await patient.ended).toMatchObject({ code: 0 });
      await project.well("plan --expect-no-changes");
    });
  });

  test("a plan without a terminal and without --yes applies nothing", async () => {
    await inProject("asked", deskIn(".", desk("ana", 15193)), async (project) => {
      const refused = await project.aac("apply");
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.err).toContain("--yes");
      expect(project.processes()).toEqual([]);
    });
  });
});

test("as markdown, a plan and what came of it are one document, and what happens meanwhile is told beside it", async () => {
  await inProject("document", deskIn(".", desk("ana", 15_189)), async (project) => {
    const told = await project.well("apply --yes -o markdown");
    const [first, ...rest] = told.out.split("\n");
    expect(first).toMatch(/^\*\*\S+ → local-process.*: 1 create\*\*$/);
    expect(rest.filter((line) => line.startsWith("**"))).toHaveLength(1);
    expect(told.out).not.toMatch(/ana · process {2}/);
    expect(told.err).toMatch(/ana · process/);
  });
});

describe("a preflight", () => {
  test("that finds a port taken names the holder, shows the plan, and nothing is started", async () => {
    const port = 15194;
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
    try {
      await inProject("taken", deskIn(".", desk("ana", port)), async (project) => {
        for (const args of ["apply --yes", "plan", "plan --detailed-exitcode"]) {
          const told = await project.aac(args);
          expect([args, told.code]).toEqual([args, 1]);
          expect(told.out).toContain("1 create");
          expect(told.out + told.err).toContain(`port ${port} is already in use`);
          expect(told.out + told.err).toContain(`pid ${process.pid}`);
        }
        expect(project.processes()).toEqual([]);
      });
    } finally {
      server.close();
    }
  });
});

describe("an apply that fails", () => {
  test("by a crash tells exit status and last lines at once", async () => {
    const text = [
      "apiVersion: agent.dev/v1",
      "kind: Agent",
      "metadata: {name: ana}",
      "spec:",
      "  runtime: exec",
      "  command: [sh, crash.sh]",
      "  healthCheck: {file: up, interval: 100ms}",
      "  supervision: {backoff: {initial: 50ms, max: 100ms}}",
      "",
    ].join("\n");
    const files = {
      "agent.yaml": text,
      "crash.sh": "echo looking for the door\necho no door here >&2\nexit 4\n",
    };
    await inProject("crash", files, async (project) => {
      const failed = await project.aac("apply --yes --no-rollback");
      // It ended before it was ready: the wait for it was in vain.
      expect(failed).toMatchObject({ code: 7 });
      expect(failed.out).toContain("exit 4");
      expect(failed.out).toMatch(/│? ?looking for the door/);
      expect(failed.out).toContain("no door here");
      const json = await project.aac("apply --yes --no-rollback -o json");
      expect(json.out).toContain('"outcome"');
      // What is asked for is there already, and the plan says that it does not run, or that it is tried again.
      project.write("crash.sh", "touch up; exec sleep 600\n");
      expect(does(await project.plan())).toEqual(["replace ana/process/0"]);
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
    });
  });

  test("tells what this start printed, and not what an earlier one did", async () => {
    const text = [
      "apiVersion: agent.dev/v1",
      "kind: Agent",
      "metadata: {name: ana}",
      "spec:",
      "  runtime: exec",
      "  command: [sh, crash.sh]",
      "  healthCheck: {file: up, interval: 100ms}",
      "  supervision: {backoff: {initial: 50ms, max: 100ms}}",
      "",
    ].join("\n");
    await inProject("lines", { "agent.yaml": text, "crash.sh": "echo first; exit 4\n" }, async (project) => {
      expect((await project.aac("apply --yes")).out).toMatch(/│ first/);
      project.write("crash.sh", "echo second; exit 5\n");
      const again = await project.aac("apply --yes");
      expect([again.code, again.out.includes("│ second"), again.out.includes("│ first")]).toEqual([
        4,
        true,
        false,
      ]);
    });
  });

  test("by a check that is never passed tells the last answer, after the time that was given", async () => {
    const port = 15195;
    await inProject("never", pair(port), async (project) => {
      const failed = await project.aac("apply --yes --timeout 1s --no-rollback");
      expect(failed).toMatchObject({ code: 7 });
      expect(failed.out).toMatch(/not ready after 1 s: .*GET \/ready on 15195.*503/s);
      expect(failed.out).toMatch(/ben · process\s+not created/);
      expect(await ask(port + 1, "/health")).toBeUndefined();
      const plan = await project.plan();
      expect(does(plan)).toEqual(["create ben/process/0"]);
      project.write("ana/ready", "");
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
    });
  });
});

describe("an apply that is interrupted", () => {
  test("once lets the step that runs end, begins nothing more, and the next plan tells the rest", async () => {
    const port = 15197;
    await inProject("once", pair(port), async (project) => {
      const applying = project.begin("apply --yes");
      await until("ana is waited for", async () => (await asked(port, "/ready")) > 0);
      applying.child.kill("SIGINT");
      await until("it says so", () => applying.err().includes("stopping after the steps that run now"));
      expect(applying.child.exitCode).toBeNull();
      project.write("ana/ready", "");
      const told = await applying.ended;
      expect(told).toMatchObject({ code: 130 });
      expect(await ask(port + 1, "/health")).toBeUndefined();
      expect(does(await project.plan())).toEqual(["create ben/process/0"]);
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
    });
  });

  test("twice ends at once, and the next plan tells the truth", async () => {
    const port = 15199;
    await inProject("again", pair(port), async (project) => {
      const applying = project.begin("apply --yes");
      await until("ana is waited for", async () => (await asked(port, "/ready")) > 0);
      applying.child.kill("SIGINT");
      await until("it says so", () => applying.err().includes("stopping after the steps that run now"));
      applying.child.kill("SIGINT");
      expect(await applying.ended).toMatchObject({ code: 130 });
      expect((await project.status()).agents).toMatchObject([{ agent: "ana", health: "starting" }]);
      expect(does(await project.plan())).toEqual(["create ben/process/0"]);
    });
  });

  test("by a kill is told by the next plan, and the next apply goes on from there", async () => {
    const port = 15201;
    await inProject("gone", pair(port), async (project) => {
      const applying = project.begin("apply --yes");
      await until("ana is waited for", async () => (await asked(port, "/ready")) > 0);
      end(applying.child.pid ?? 0, "SIGKILL");
      await applying.ended;
      const plan = await project.plan();
      expect(plan.notes.join()).toMatch(/the last apply was interrupted, \d of 2 done/);
      expect(does(plan)).toEqual(["create ben/process/0"]);
      project.write("ana/ready", "");
      await project.well("apply --yes");
      const after = await project.plan();
      expect(after.notes.join()).not.toContain("interrupted");
      expect(does(after)).toEqual([]);
    });
  });
});
