import { expect, test } from "vitest";
import { describeOn } from "../engines.ts";
import { holdsInATerminal, holdsInPipes, worldOf } from "../exec-laws.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile, FOREVER } from "./on-engine.ts";

const DESK = agentFile(
  "desk",
  `  image: busybox\n  command: ${FOREVER}\n  environment: [{name: GREETING, value: hello}]\n  supervision: {stopGracePeriod: 1s}\n`,
);

await describeOn("docker", "a command inside a container", (environment) => {
  test("keeps its code, its streams and its terminal", { timeout: 60_000 }, async () => {
    const { at, one, docker } = await byCommand(environment);
    await onPlatform("exec", at, { "agent.yaml": DESK }, async (project) => {
      await project.well("apply --yes");
      const world = worldOf(project, at.environment);
      await Promise.all([holdsInPipes(world), holdsInATerminal(world)]);
      await docker.getContainer((await one(project.name, "desk")).Id).pause();
      expect(await project.aac("exec desk true")).toMatchObject({
        code: 1,
        err: expect.stringContaining("`desk` does not run now: paused"),
      });
      await project.well("start desk");
      await project.well("stop desk");
      expect(await project.aac("exec desk true")).toMatchObject({
        code: 1,
        err: expect.stringContaining("start it: aac start desk"),
      });
    });
  });

  test("ends with 125 where no engine answers", { timeout: 60_000 }, async () => {
    const { at } = await byCommand(environment);
    await onPlatform("exec-none", at, {}, async (project) => {
      const nowhere = { environment: { DOCKER_HOST: "tcp://127.0.0.1:1" } };
      expect(await project.aac("exec desk true", nowhere)).toMatchObject({ code: 125, out: "" });
    });
  });
});
