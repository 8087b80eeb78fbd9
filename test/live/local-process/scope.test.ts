import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { does } from "../answers.ts";
import { desk, deskIn } from "../desk.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const three = (port: number): Readonly<Record<string, string>> => ({
  ...deskIn("ana", desk("ana", port)),
  ...deskIn("ben", desk("ben", port + 1, { more: ["dependsOn: [ana]"] })),
  ...deskIn("cleo", desk("cleo", port + 2)),
});
const live = async (project: {
  status: () => Promise<{ agents: readonly { agent: string }[] }>;
}): Promise<readonly string[]> => (await project.status()).agents.map(({ agent }) => agent);

describe("what is pointed at", () => {
  test("is all that an apply touches: another file's agent is neither made nor deleted", async () => {
    await inProject("pointed", three(15211), async (project) => {
      await project.well("apply --yes -f ana -f cleo");
      expect(await live(project)).toEqual(["ana", "cleo"]);
      const plan = await project.plan("-f cleo/agent.yaml");
      expect(does(plan)).toEqual([]);
      expect(plan.outside).toBe(1);
      expect((await project.well("plan -f cleo")).out).toContain(
        "1 object of this project comes from elsewhere: left alone",
      );
      await project.well("apply --yes -f cleo");
      expect(await live(project)).toEqual(["ana", "cleo"]);
    });
  });

  test("loses what is gone from its files, and more than half of it only by the project's name", async () => {
    await inProject("lost", three(15214), async (project) => {
      await project.well("apply --yes");
      const ana = await project.pidOf("ana");
      project.remove("cleo/agent.yaml");
      const plan = await project.plan();
      expect(does(plan)).toEqual(["delete cleo/process/0"]);
      expect(plan.changes[0]?.because).toEqual([{ is: "no longer in the files" }]);
      await project.well("apply --yes");
      expect(await live(project)).toEqual(["ana", "ben"]);
      project.remove("ben/agent.yaml");
      await project.well("apply --yes");
      // One of one is more than half.
      project.write("ana/agent.yaml", desk("dora", 15217));
      const refused = await project.aac("apply --yes");
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.out + refused.err).toContain(`--confirm ${project.name}`);
      expect(await project.pidOf("ana")).toBe(ana);
      await project.well(`apply --yes --confirm ${project.name}`);
      expect(await live(project)).toEqual(["dora"]);
    });
  });

  test("never is what was applied from another root: it is counted, and deleted only by --prune", async () => {
    await inProject("root", three(15218), async (project) => {
      await project.well("apply --yes -f ana -f cleo");
      cpSync(project.folder, join(project.root, "second"), { recursive: true });
      const other = { in: "second" };
      project.write("../second/ana/agent.yaml", desk("eva", 15221));
      project.remove("../second/ben");
      project.remove("../second/cleo");
      const plan = await project.plan("", other);
      expect(does(plan)).toEqual(["create eva/process/0"]);
      expect(plan.outside).toBe(2);
      await project.well("apply --yes", other);
      expect(await live(project)).toEqual(["ana", "cleo", "eva"]);
      const pruned = await project.plan("--prune", other);
      expect(does(pruned)).toEqual(["delete ana/process/0", "delete cleo/process/0"]);
      expect(pruned.refusals).toEqual([{ is: "more than half", agents: 2, of: 3 }]);
      await project.well(`apply --yes --prune --confirm ${project.name}`, other);
      expect(await live(project)).toEqual(["eva"]);
    });
  });

  test("is an error, and no delete, where a file is broken or no agent is left", async () => {
    await inProject("broken", three(15222), async (project) => {
      await project.well("apply --yes -f cleo");
      project.write("cleo/agent.yaml", "apiVersion: agent.dev/v1\nkind: Agent\n");
      expect(await project.aac("apply --yes -f cleo")).toMatchObject({ code: 2 });
      project.remove("cleo/agent.yaml");
      expect(await project.aac("apply --yes -f cleo")).toMatchObject({ code: 2 });
      expect(await live(project)).toEqual(["cleo"]);
    });
  });
});

describe("a part of a plan", () => {
  test("is chosen by --target-agent with what it needs, and by --exclude without what needs it", async () => {
    await inProject("part", three(15225), async (project) => {
      expect(does(await project.plan("--target-agent ben"))).toEqual([
        "create ana/process/0",
        "create ben/process/0",
      ]);
      const without = await project.plan("--exclude ana");
      expect(does(without)).toEqual(["create cleo/process/0"]);
      expect(without.notes.join("\n")).toContain("ana");
      expect(without.notes.join("\n")).toContain("ben");
      await project.well("apply --yes --exclude ana");
      expect(await live(project)).toEqual(["cleo"]);
      await project.well("apply --yes --target-agent ana");
      expect(await live(project)).toEqual(["ana", "cleo"]);
      for (const flag of ["--target-agent", "--exclude", "--replace"])
        expect(await project.aac(`plan ${flag} nobody`)).toMatchObject({ code: 2 });
    });
  });

  test("is made anew by --replace though nothing changed, and nothing else is", async () => {
    await inProject("anew", three(15228), async (project) => {
      await project.well("apply --yes");
      const [ana, ben, cleo] = [
        await project.pidOf("ana"),
        await project.pidOf("ben"),
        await project.pidOf("cleo"),
      ];
      const plan = await project.plan("--replace cleo");
      expect(plan.changes.map(({ id, because }) => [id, because])).toEqual([
        ["cleo/process/0", [{ is: "asked for" }]],
      ]);
      await project.well("apply --yes --replace cleo");
      expect(await project.pidOf("cleo")).not.toBe(cleo);
      expect([await project.pidOf("ana"), await project.pidOf("ben")]).toEqual([ana, ben]);
    });
  });
});
