import { rmSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { agentText } from "../../helpers/agent-text.ts";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const exec = (name: string, command: string, ...more: readonly string[]): string =>
  agentText(name, ["runtime: exec", `command: ${command}`, "supervision: {stopGracePeriod: 500ms}", ...more]);
const SLEEP = '[sleep, "100000"]';

describe("an agent without a health check", () => {
  test("that ends again at once has failed, with its status and its last lines", async () => {
    await inProject(
      "atonce",
      { "agent.yaml": exec("ana", '[sh, -c, "echo no such module; exit 3"]') },
      async (project) => {
        const failed = await project.aac("apply --yes --no-rollback");
        expect(failed.code).toBe(7);
        expect(failed.out).toContain("exit 3 after");
        expect(failed.out).toContain("│ no such module");
        const planned = await project.well("plan");
        expect(planned.out).toContain("ana keeps ending (exit 3 after");
      },
    );
  });

  test("that does its work and ends well has not", async () => {
    const job = exec("ana", '[sh, -c, "echo done"]').replace("{stopGracePeriod: 500ms}", "{restart: no}");
    await inProject("job", { "agent.yaml": job }, async (project) => {
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
    });
  });
});

describe("limits", () => {
  test("that are added to a living agent hold for it without a restart, and are lifted again", async () => {
    await inProject("limits", { "agent.yaml": exec("ana", SLEEP) }, async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("ana");
      project.write("agent.yaml", exec("ana", SLEEP, "resources: {limits: {memory: 64Mi, pids: 20}}"));
      expect(does(await project.plan())).toEqual(["update ana/process/0"]);
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
      expect(await project.pidOf("ana")).toBe(pid);
      project.write("agent.yaml", exec("ana", SLEEP));
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
      expect(await project.pidOf("ana")).toBe(pid);
    });
  });
});

describe("a state folder that is taken away", () => {
  test("ends its supervisor and no agent, and the next apply takes them over", async () => {
    await inProject("lost", { "agent.yaml": exec("ana", SLEEP) }, async (project) => {
      await project.well("apply --yes");
      const supervisor = project
        .processes()
        .filter(({ argv }) => argv.includes("daemon"))
        .map(({ pid }) => pid);
      expect(supervisor.length).toBeGreaterThan(0);
      rmSync(project.home, { recursive: true, force: true });
      await until(
        "the supervisor and its keeper have ended",
        () => !project.processes().some(({ pid }) => supervisor.includes(pid)),
        20_000,
      );
      expect(project.processes().some(({ argv }) => argv.at(-1) === "100000")).toBe(true);
      const planned = await project.plan();
      expect(does(planned)).toEqual(["replace ana/process/0"]);
      expect(planned.changes[0]?.fields?.map(({ path }) => path)).toEqual(["recorded"]);
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
    });
  });
});

describe("taking down", () => {
  test("needs no value that only a start would need", async () => {
    const needy = exec("ana", SLEEP, "environment:", "  - {name: NEEDED, from: env, envKey: ONLY_AT_START}");
    await inProject("needy", { "agent.yaml": needy }, async (project) => {
      await project.well("apply --yes", { environment: { ONLY_AT_START: "here" } });
      expect((await project.aac("plan")).code).toBe(2);
      await project.well("destroy --yes");
      // The supervisor has ended; the shell that kept it notices a moment later.
      await until("nothing runs any more", () => project.processes().length === 0);
    });
  });

  test("what is in no file any more leaves alone what another file describes", async () => {
    const files = {
      "a/agent.yaml": exec("ana", SLEEP),
      "b/agent.yaml": exec("ben", SLEEP),
      "c/agent.yaml": exec("cleo", SLEEP),
    };
    await inProject("prune", files, async (project) => {
      await project.well("apply --yes");
      project.remove("c/agent.yaml");
      expect(does(await project.plan("-f a --prune"))).toEqual(["delete cleo/process/0"]);
    });
  });
});

test("a stop of all goes against the order of the start", async () => {
  await inProject("reverse", { "a/agent.yaml": exec("ana", SLEEP) }, async (project) => {
    const says = (name: string): string =>
      `[sh, -c, "trap 'echo ${name} >> ${project.path("order")}; exit 0' TERM; while :; do sleep 0.05; done"]`;
    project.write("a/agent.yaml", exec("ana", says("ana")));
    project.write("b/agent.yaml", exec("ben", says("ben"), "dependsOn: [ana]"));
    project.write("c/agent.yaml", exec("cleo", says("cleo"), "dependsOn: [ben]"));
    await project.well("apply --yes");
    await project.well("stop");
    expect(project.read("order")).toBe("cleo\nben\nana\n");
  });
});
