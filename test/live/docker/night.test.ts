import { test } from "vitest";
import { describeOn } from "../engines.ts";
import { night } from "../night.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { FOREVER } from "./on-engine.ts";

const file = (agent: string, release: number, isBad: boolean): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${agent}}
spec:
  image: busybox:latest
  command: ${isBad ? '[sh, -c, "echo out of memory; exit 3"]' : FOREVER}
  environment: [{name: RELEASE, value: "${release}"}]
  supervision: {stopGracePeriod: 1s}
`;

await describeOn("docker", "a night", (environment) => {
  test("on an engine", { timeout: 180_000 }, async () => {
    const { at, containers } = await byCommand(environment);
    await onPlatform("night", at, {}, (project) =>
      night({
        project,
        file,
        runs: async (agent) =>
          (await containers(project.name, agent))
            .filter(({ State }) => State.Running && !State.Restarting)
            .map(({ Config }) => Config.Env.find((one) => one.startsWith("RELEASE="))?.slice(8) ?? "?"),
      }),
    );
  });
});
