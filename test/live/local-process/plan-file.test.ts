import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { lookAt } from "../look-at.ts";
import { end, inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const changesNothing = async (project: Project, pid: number, call: () => Promise<void>): Promise<void> => {
  // What the supervisor sees of the agent goes on; what was asked of it does not change.
  const records = lookAt(join(project.home, "agents"), ["status.json", "/0"]);
  await call();
  expect(await project.pidOf("ana")).toBe(pid);
  expect(lookAt(join(project.home, "agents"), ["status.json", "/0"])).toEqual(records);
};

describe("a plan file", () => {
  test("is refused where an object moved since, which it names with both values, and touches nothing", async () => {
    const port = 15131;
    await inProject("moved", deskIn(".", desk("ana", port, { args: ["--one"] })), async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "--one", "--two");
      await project.well("plan --out ../kept.json");
      // Somebody else applies something in between.
      project.edit("agent.yaml", "--two", "--three");
      await project.well("apply --yes");
      await changesNothing(project, await project.pidOf("ana"), async () => {
        const refused = await project.aac("apply ../kept.json");
        expect(refused).toMatchObject({ code: 3 });
        expect(refused.err).toMatch(
          /error AAC3001 {2}the world moved since this plan was made, at \d{4}-\d\d-\d\d [\d:]{8} UTC/,
        );
        expect(refused.err).toMatch(/ana · process: planned against command\S* --one, now --three/);
      });
    });
  });

  test("does what it says whatever agent.yaml says by now, and does it once", async () => {
    await inProject("once", deskIn(".", desk("ana", 15132, { args: ["--one"] })), async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "--one", "--two");
      await project.well("plan --out ../kept.json");
      project.edit("agent.yaml", "--two", "--three");
      await project.well("apply ../kept.json");
      const pid = await project.pidOf("ana");
      expect(
        project
          .processes()
          .find((one) => one.pid === pid)
          ?.argv.at(-1),
      ).toBe("--two");
      await changesNothing(project, pid, async () => {
        const again = await project.aac("apply ../kept.json");
        expect(again).toMatchObject({ code: 3 });
        expect(again.err).toContain("was carried out already");
      });
      expect((await project.plan()).changes[0]?.fields).toMatchObject([{ from: "--two", to: "--three" }]);
    });
  });

  test("is refused where the code was edited since", async () => {
    await inProject("code", deskIn(".", desk("ana", 15133, { args: ["--one"] })), async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "--one", "--two");
      await project.well("plan --out ../kept.json");
      project.edit("desk.js", "nothing here", "nothing there");
      await changesNothing(project, await project.pidOf("ana"), async () => {
        const refused = await project.aac("apply ../kept.json");
        expect(refused).toMatchObject({ code: 3 });
        expect(refused.err).toContain("desk.js");
      });
    });
  });

  test("holds across a restart, and is shown again as it was", async () => {
    const port = 15134;
    await inProject("restarts", deskIn(".", desk("ana", port, { args: ["--one"] })), async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "--one", "--two");
      const planned = await project.aac("plan --out ../kept.json");
      const shown = await project.aac("show ../kept.json");
      expect(shown).toMatchObject({ code: 0, err: "" });
      for (const line of planned.out.split("\n").filter((one) => /^\s+(?:-\/\+|~) /.test(one)))
        expect(shown.out).toContain(line.trim().split("   ")[0]);
      expect(shown.out).toContain("aac apply ../kept.json");
      const pid = await project.pidOf("ana");
      await project.well("restart ana");
      await until("another one runs", async () => (await project.status()).agents[0]?.state === "ready");
      expect(await project.pidOf("ana")).not.toBe(pid);
      await project.well("apply ../kept.json");
      expect(does(await project.plan())).toEqual([]);
    });
  });

  test("that is none, or is for another place, is a wrong input", async () => {
    await inProject("wrong", deskIn(".", desk("ana", 15135)), async (project) => {
      project.write("../garbage.json", '{"kind": "Plan"');
      project.write("../other.json", '{"kind": "SomethingElse"}');
      for (const file of ["garbage", "other", "absent"]) {
        const refused = await project.aac(`apply ../${file}.json`);
        expect(refused).toMatchObject({ code: 2 });
        expect(refused.err).toContain("AAC3004");
        expect(await project.aac(`show ../${file}.json`)).toMatchObject({ code: 2 });
      }
      await project.well("plan --out ../kept.json");
      const text = project.read("../kept.json");
      project.write("../elsewhere.json", text.replace(/"where": ?"[^"]*"/, '"where":"bob@far-away"'));
      project.write(
        "../project.json",
        text
          .replaceAll(`"project":"${project.name}"`, '"project":"another"')
          .replaceAll(`"project": "${project.name}"`, '"project": "another"'),
      );
      expect(project.read("../project.json")).not.toBe(text);
      for (const file of ["elsewhere", "project"]) {
        const refused = await project.aac(`apply ../${file}.json`);
        expect(refused).toMatchObject({ code: 2 });
        expect(refused.err).toContain("was made for");
      }
      expect(project.processes()).toEqual([]);
    });
  });
});

describe("planning", () => {
  test("before anything is applied leaves no trace", async () => {
    await inProject("trace", deskIn(".", desk("ana", 15136)), async (project) => {
      // The first start of the program itself keeps what it compiled.
      await project.aac("plan");
      const before = [
        lookAt(project.folder),
        lookAt(join(project.root, "run")),
        lookAt(join(project.root, "cache")),
      ];
      for (let i = 0; i < 3; i++) await project.well("plan");
      expect([
        lookAt(project.folder),
        lookAt(join(project.root, "run")),
        lookAt(join(project.root, "cache")),
      ]).toEqual(before);
      expect(readdirSync(project.root)).not.toContain("state");
      expect(project.processes()).toEqual([]);
    });
  });

  test("twenty times has no side effect, whether a supervisor runs or not", async () => {
    const text = desk("ana", 15137, { more: ["config: {a: 1}", "resources: {limits: {memory: 128Mi}}"] });
    await inProject("effects", deskIn(".", text), async (project) => {
      await project.well("apply --yes");
      const shot = (without: readonly string[]): unknown => ({
        project: lookAt(project.folder),
        state: lookAt(join(project.root, "state"), without),
        cache: lookAt(join(project.root, "cache")),
        run: lookAt(join(project.root, "run")),
        processes: project.processes().map(({ pid, argv }) => `${pid} ${argv.join(" ")}`),
      });
      const ten = async (): Promise<void> => {
        for (let i = 0; i < 10; i++) {
          const variants = ["plan", "plan -o json", "plan --destroy", "plan --replace ana", "plan --prune"];
          await project.well(variants[i % 5] ?? "plan");
        }
      };
      await project.aac("plan -o json");
      // The sign of life of the supervisor is its own, and so is what it sees of the agent.
      const busy = ["daemon/alive", "status.json", "daemon", "agents/ana/0"];
      const supervised = shot(busy);
      await ten();
      expect(shot(busy)).toEqual(supervised);
      await project.well("daemon stop");
      await until("the keeper is gone", () =>
        project.processes().every(({ argv }) => !argv.includes("aac-keeper")),
      );
      const alone = shot([]);
      await ten();
      expect(shot([])).toEqual(alone);
      expect(await ask(15137, "/health")).toBeDefined();
    });
  });
});

test("a process that was ended is no reason to call a plan file stale, an agent that was destroyed is", async () => {
  await inProject(
    "ended",
    { ...deskIn("ana", desk("ana", 15138, { args: ["--one"] })), ...deskIn("ben", desk("ben", 15139)) },
    async (project) => {
      await project.well("apply --yes");
      project.edit("ana/agent.yaml", "--one", "--two");
      await project.well("plan --out ../kept.json");
      const pid = await project.pidOf("ben");
      end(pid, "SIGKILL");
      await until("ben is back", async () => {
        const ben = (await project.status()).agents.find(({ agent }) => agent === "ben");
        return ben?.state === "ready" && ben.id !== String(pid);
      });
      await project.well("destroy --yes --target-agent ana");
      const back = await project.pidOf("ben");
      const refused = await project.aac("apply ../kept.json");
      expect(refused).toMatchObject({ code: 3 });
      expect(refused.err).toContain("ana · process was there, and is gone now");
      expect(refused.err).not.toContain("ben");
      expect(await project.pidOf("ben")).toBe(back);
    },
  );
});
