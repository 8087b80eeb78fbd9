import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { does, fieldsOf } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile, FOREVER } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const worker = (name: string, level: string): string =>
  agentFile(
    name,
    `  image: busybox\n  command: ${FOREVER}\n  environment: [{name: LEVEL, value: ${level}}]\n  supervision: {stopGracePeriod: 1s}\n`,
  );

await describeOn("docker", "a plan file of an engine", (environment) => {
  test("is refused where a container is gone, which it names, and nothing else changes", LONG, async () => {
    const { at, docker, one, containers } = await byCommand(environment);
    const files = { "ana/agent.yaml": worker("ana", "one"), "ben/agent.yaml": worker("ben", "one") };
    await onPlatform("gone", at, files, async (project) => {
      await project.well("apply --yes");
      project.edit("ana/agent.yaml", "value: one", "value: two");
      project.edit("ben/agent.yaml", "value: one", "value: two");
      await project.well("plan --out ../kept.json");
      await docker.getContainer((await one(project.name, "ana")).Id).remove({ force: true });
      const trace = join(project.root, "trace");
      const before = await containers(project.name);
      const refused = await project.aac("apply ../kept.json", { environment: { AAC_TRACE_REQUESTS: trace } });
      expect(refused).toMatchObject({ code: 3 });
      expect(refused.err).toContain("error AAC3001  the world moved since this plan was made");
      expect(refused.err).toContain("ana · container was there, and is gone now");
      expect(refused.err).not.toContain("ben");
      expect(await containers(project.name)).toEqual(before);
      expect(readFileSync(trace, "utf8")).not.toMatch(/^(?:POST|PUT|DELETE)/m);
    });
  });

  test("does what it says whatever agent.yaml says by now, and does it once", LONG, async () => {
    const { at, one, containers } = await byCommand(environment);
    await onPlatform("once", at, { "agent.yaml": worker("ana", "one") }, async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "value: one", "value: two");
      await project.well("plan --out ../kept.json");
      project.edit("agent.yaml", "value: two", "value: three");
      await project.well("apply ../kept.json");
      expect((await one(project.name, "ana")).Config.Env).toContain("LEVEL=two");
      const before = await containers(project.name);
      const again = await project.aac("apply ../kept.json");
      expect(again).toMatchObject({ code: 3 });
      expect(again.err).toContain("was carried out already");
      expect(await containers(project.name)).toEqual(before);
      expect(fieldsOf(await project.plan())).toMatchObject([{ from: "two", to: "three", origin: "edit" }]);
    });
  });

  test("is refused where a limit was set by hand since, with both values", LONG, async () => {
    const { at, docker, one } = await byCommand(environment);
    const text = worker("ana", "one").replace(
      "  supervision",
      "  resources: {limits: {pids: 50}}\n  supervision",
    );
    await onPlatform("moved", at, { "agent.yaml": text }, async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "value: one", "value: two");
      await project.well("plan --out ../kept.json");
      const { Id } = await one(project.name, "ana");
      await docker.getContainer(Id).update({ PidsLimit: 77 });
      const refused = await project.aac("apply ../kept.json");
      expect(refused).toMatchObject({ code: 3 });
      expect(refused.err).toMatch(/ana · container: planned against limits\S* 50, now 77/);
      expect((await one(project.name, "ana")).Id).toBe(Id);
    });
  });

  test("holds across a restart of what it is about", LONG, async () => {
    const { at, one } = await byCommand(environment);
    await onPlatform("again", at, { "agent.yaml": worker("ana", "one") }, async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "value: one", "value: two");
      await project.well("plan --out ../kept.json");
      await project.well("restart ana");
      await project.well("apply ../kept.json");
      expect((await one(project.name, "ana")).Config.Env).toContain("LEVEL=two");
      expect(does(await project.plan())).toEqual([]);
    });
  });
});
