import { expect, test } from "vitest";
import { does } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";

const file = (name: string): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: ${name}
spec:
  image: busybox:latest
  command: [sh, -c, "test -e /data/born || date +%s > /data/born; trap 'exit 0' TERM; while :; do sleep 0.1; done"]
  config: {topic: rain}
  volumes: [{name: notes, target: /data}]
  supervision: {stopGracePeriod: 1s}
`;

await describeOn("docker", "an agent under another name", (environment) => {
  test("is moved on an engine: one exchange, its data stays, and nothing of the former one is left", async () => {
    const { at, one, left, docker } = await byCommand(environment);
    await onPlatform("renamed", at, { "agent.yaml": file("{name: ana}") }, async (project) => {
      await project.well("apply --yes");
      const born = async (agent: string): Promise<string> => {
        const { Id } = await one(project.name, agent);
        const exec = await docker
          .getContainer(Id)
          .exec({ Cmd: ["cat", "/data/born"], AttachStdout: true, Tty: true });
        let text = "";
        for await (const piece of await exec.start({ Tty: true })) text += String(piece);
        return text.trim();
      };
      const before = await born("ana");
      project.write("agent.yaml", file("{name: desk, renamedFrom: ana}"));
      expect(does(await project.plan())).toContain("replace desk/container/0");
      await project.well("apply --yes");
      expect(await born("desk")).toBe(before);
      expect(before).toMatch(/^\d+$/);
      await project.well("plan --expect-no-changes");
      expect((await left(project.name)).filter((name) => name.includes("ana"))).toEqual([]);
    });
  }, 120_000);
});
