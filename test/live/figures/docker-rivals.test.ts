import { test } from "vitest";
import { until } from "../../helpers/until.ts";
import { byCommand } from "../docker/by-command.ts";
import { agentFile } from "../docker/on-engine.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { allAtOnce, ROUNDS, rivalsOf } from "./rival-rounds.ts";

/** Not ready before a file is in it. With a port of the machine the former one goes first, so that there is one. */
const file = (round: number): string =>
  agentFile(
    "ana",
    `  image: busybox
  command: [sh, -c, "trap 'exit 0' TERM; sleep 100000 & wait"]
  environment: [{name: ROUND, value: "${round}"}]
  ports: [{container: 8080, host: 15261}]
  healthCheck: {command: [test, -e, /tmp/ready], interval: 500ms, timeout: 5s, startPeriod: 10m}
  supervision: {stopGracePeriod: 1s}
`,
  );

await describeOn("docker", "many applies at once on an engine", (environment) => {
  test(
    "one wins, and where it is killed the next one goes on",
    async () => {
      const { at, containers } = await byCommand(environment);
      await onPlatform("rivals", at, { "agent.yaml": file(0) }, async (project) => {
        await allAtOnce({
          name: "docker-rivals",
          project,
          rivals: rivalsOf(10, 4),
          write: (round) => project.write("agent.yaml", file(round)),
          open: () =>
            until(
              "it is told to be ready",
              async () => (await project.aac("exec ana touch /tmp/ready")).code === 0,
              60_000,
            ),
          async started(round) {
            const all = await containers(project.name);
            return all.filter(({ Config }) => Config.Env.includes(`ROUND=${round}`)).length;
          },
          goesOn: ({ err }) => err().includes("its lock is free, going on"),
          withinMs: 1000,
        });
      });
    },
    60_000 + ROUNDS * 120_000,
  );
});
