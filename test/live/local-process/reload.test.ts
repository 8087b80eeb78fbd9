import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const agent = (more: string): string =>
  `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: desk}
spec:
  runtime: exec
  command: [sh, -c, "trap '> hup.log' HUP; trap '> term.log; exit 0' TERM; > up.log; while :; do sleep 0.1; done"]
  healthCheck: {type: command, command: [test, -e, up.log], interval: 200ms, startPeriod: 10s}
  supervision: {stopGracePeriod: 5s}
  config: {topic: rain}
${more}`;

test.each([
  ["asks a process for its end that is not made to read it again", "", "term", "hup"],
  ["signals the one that reads it again, and leaves it running", "  configReload: SIGHUP\n", "hup", "term"],
])("a configuration that changes %s", async (_, more, got, spared) => {
  await inProject("reload", { "agent.yaml": agent(more) }, async (project) => {
    await project.well("apply --yes");
    project.edit("agent.yaml", "topic: rain", "topic: fog");
    await project.well("apply --yes");
    await until(`the ${got}`, () => existsSync(join(project.folder, `${got}.log`)), 5000);
    expect(existsSync(join(project.folder, `${spared}.log`))).toBe(false);
    await project.well("plan --expect-no-changes");
  });
});
