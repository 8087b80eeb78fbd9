import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { agentText } from "../../helpers/agent-text.ts";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { asked, desk, deskIn } from "../desk.ts";
import { end, inProject, type Project, type Running } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** One that is not ready before the file `ready` is beside it, and one that waits for it. */
const pair = (port: number): Readonly<Record<string, string>> => ({
  ...deskIn("ana", desk("ana", port, { path: "/ready" })),
  ...deskIn("ben", desk("ben", port + 1, { more: ["dependsOn: {ana: {condition: healthy}}"] })),
});

async function waiting(project: Project, port: number): Promise<Running> {
  const applying = project.begin("apply --yes");
  await until("ana is waited for", async () => (await asked(port, "/ready")) > 0);
  return applying;
}

const SAID = "the last apply was interrupted";
const stopping = "stopping after the steps that run now";

describe("an apply that was stopped", () => {
  test("is told by each plan until one ended well, with how much of it was done", async () => {
    const port = 15_721;
    await inProject("told", pair(port), async (project) => {
      const applying = await waiting(project, port);
      applying.child.kill("SIGINT");
      await until("it says so", () => applying.err().includes(stopping));
      project.write("ana/ready", "");
      expect(await applying.ended).toMatchObject({ code: 130 });
      const live = "this plan goes on from what is live";
      for (let round = 0; round < 2; round++) {
        const plan = await project.plan();
        expect(plan.notes).toContain(`${SAID}, 1 of 2 done: ${live}`);
        expect(does(plan)).toEqual(["create ben/process/0"]);
      }
      await project.well("apply --yes");
      const after = await project.plan();
      expect([does(after), after.notes.filter((note) => note.includes("interrupted"))]).toEqual([[], []]);
    });
  });

  test("is no concern of a plan that finds nothing left to do", async () => {
    const port = 15_723;
    await inProject("taken-back", deskIn(".", desk("ana", port, { path: "/ready" })), async (project) => {
      project.write("ready", "");
      await project.well("apply --yes");
      project.remove("ready");
      const before = project.read("agent.yaml");
      project.edit("agent.yaml", "spec:", "spec:\n  environment: [{name: X, value: one}]");
      const applying = project.begin("apply --yes");
      const isNew = (): boolean => project.processes().some(({ environment }) => environment["X"] === "one");
      await until("the new one is there, and not ready", isNew);
      applying.child.kill("SIGINT");
      await until("it says so", () => applying.err().includes(stopping));
      applying.child.kill("SIGINT");
      expect(await applying.ended).toMatchObject({ code: 130 });
      // What was asked for is there, though nobody waited until it answers.
      const nothing = await project.plan();
      expect([does(nothing), nothing.notes.join().includes("interrupted")]).toEqual([[], false]);
      project.write("agent.yaml", before);
      const plan = await project.plan();
      expect(plan.notes.join()).toContain(`${SAID}, 0 of 1 done`);
      expect(does(plan)).toEqual(["replace ana/process/0"]);
      // An apply that finds all of it as it is asked for has ended well, too.
      project.edit("agent.yaml", "spec:", "spec:\n  environment: [{name: X, value: one}]");
      await project.well("apply --yes");
      project.write("agent.yaml", before);
      expect((await project.plan()).notes.join()).not.toContain("interrupted");
    });
  });
});

describe("another program that stops it", () => {
  test("is answered with 143, and twice means at once", async () => {
    const port = 15_725;
    await inProject("service", pair(port), async (project) => {
      const applying = await waiting(project, port);
      applying.child.kill("SIGTERM");
      await until("it says so", () => applying.err().includes(stopping));
      applying.child.kill("SIGTERM");
      expect(await applying.ended).toMatchObject({ code: 143 });
      expect(applying.err()).toContain("ending what runs");
      expect(does(await project.plan())).toEqual(["create ben/process/0"]);
    });
  });

  test("and tells of a terminal that is gone has asked once, however often it says so", async () => {
    const port = 15_727;
    await inProject("hangup", pair(port), async (project) => {
      const applying = await waiting(project, port);
      applying.child.kill("SIGHUP");
      await until("it says so", () => applying.err().includes(stopping));
      applying.child.kill("SIGHUP");
      const before = await asked(port, "/ready");
      await until("it still waits for ana", async () => (await asked(port, "/ready")) > before + 2);
      project.write("ana/ready", "");
      expect(await applying.ended).toMatchObject({ code: 130 });
      expect(applying.err()).not.toContain("ending what runs");
      expect(does(await project.plan())).toEqual(["create ben/process/0"]);
    });
  });

  test("for a while only finds it at work again when it may go on, and what was said meanwhile counts", async () => {
    const port = 15_729;
    await inProject("paused", pair(port), async (project) => {
      const applying = await waiting(project, port);
      const { pid = 0 } = applying.child;
      end(pid, "SIGSTOP");
      const before = await asked(port, "/ready");
      await until("the supervisor goes on asking", async () => (await asked(port, "/ready")) > before);
      end(pid, "SIGINT");
      end(pid, "SIGCONT");
      await until("it says so", () => applying.err().includes(stopping));
      project.write("ana/ready", "");
      expect(await applying.ended).toMatchObject({ code: 130 });
      expect(does(await project.plan())).toEqual(["create ben/process/0"]);
    });
  });
});

describe("before its first step", () => {
  test("a plan that is being made is left at once, and nothing was begun", async () => {
    const files = {
      "agent.yaml": agentText("ana", ["runtime: python", "supervision: {stopGracePeriod: 1s}"]),
      "main.py": "import time\ntime.sleep(600)\n",
      "requirements.txt": "",
    };
    await inProject("planning", files, async (project) => {
      const folder = join(project.root, "bin");
      mkdirSync(folder);
      // It never answers what version it is before somebody lets it.
      const program = join(folder, "python3");
      project.write(
        "../bin/python3",
        `#!/bin/sh\ntouch ${folder}/asked\nwhile [ ! -e ${folder}/go ]; do sleep 0.1; done\n`,
      );
      chmodSync(program, 0o755);
      const path = `${folder}:${process.env["PATH"] ?? ""}`;
      const applying = project.begin("apply --yes", { environment: { PATH: path } });
      await until("it is asked", () => existsSync(join(folder, "asked")));
      applying.child.kill("SIGINT");
      await applying.ended;
      project.write("../bin/go", "");
      // A shell calls that 130.
      expect(applying.child.signalCode).toBe("SIGINT");
      expect(existsSync(join(project.home, "journal.jsonl"))).toBe(false);
      await until("nothing is left of it", () => project.processes().length === 0);
      expect((await project.plan()).notes.join()).not.toContain("interrupted");
    });
  });
});

describe("on its way back from a failure", () => {
  /** The second one does not end when it is told to, so that going back to the first takes its time. */
  const ana = (port: number, round: "first" | "second"): string =>
    desk("ana", port, { args: [round], more: ["supervision: {stopGracePeriod: 1500ms}"] });
  const ben = (command: string): string =>
    agentText("ben", ["runtime: exec", `command: [${command}]`, "dependsOn: [ana]"]);

  test("it is stopped as well, the next plan says how far it came, and the next apply goes on from there", async () => {
    const port = 15_731;
    const files = { ...deskIn("ana", ana(port, "first")), "ben/agent.yaml": ben("sleep, '1000'") };
    await inProject("back", files, async (project) => {
      project.edit(
        "ana/desk.js",
        "() => process.exit(0)",
        '() => process.argv[2] === "first" && process.exit(0)',
      );
      await project.well("apply --yes");
      project.write("ana/agent.yaml", ana(port, "second"));
      project.write("ben/agent.yaml", ben("sh, -c, 'exit 3'"));
      const applying = project.begin("apply --yes --retries 0");
      await until("it goes back", () => applying.out().includes("going back"), 20_000);
      applying.child.kill("SIGINT");
      await until("it says so", () => applying.err().includes(stopping));
      applying.child.kill("SIGINT");
      const told = await applying.ended;
      expect(told.code, told.out + told.err).toBe(130);
      const plan = await project.plan();
      expect(plan.notes.join()).toMatch(
        /the last apply failed and was interrupted on its way back, \d of 2 put back: this plan goes on/,
      );
      project.write("ben/agent.yaml", ben("sleep, '2000'"));
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
      const living = project
        .processes()
        .filter(({ argv }) => !argv.includes("aac-shim"))
        .map(({ argv }) => argv.join(" "));
      expect(living.filter((line) => line.endsWith("desk.js second"))).toHaveLength(1);
      expect(living.filter((line) => line.endsWith("desk.js first"))).toEqual([]);
      expect(living.filter((line) => /\bsleep 2000$/.test(line))).toHaveLength(1);
    });
  });
});
