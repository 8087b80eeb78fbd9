import { test } from "vitest";
import { LABEL } from "../../../targets/docker/names.ts";
import { rounds } from "../../helpers/figure.ts";
import { byCommand } from "../docker/by-command.ts";
import { agentFile } from "../docker/on-engine.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { AGENTS, atRandomMoments, type Sight } from "./interrupt-moments.ts";

const EACH = rounds(1);

const file = (name: string, round: string): string =>
  agentFile(
    name,
    `  image: busybox
  command: [sh, -c, "trap 'exit 0' TERM; sleep 100000 & wait"]
  environment: [{name: ROUND, value: "${round}"}]
  supervision: {stopGracePeriod: 1s}
`,
  );

await describeOn("docker", "an apply on an engine that is interrupted", (environment) => {
  test(
    "is told by the next plan as it is, and put right by the next apply",
    async () => {
      const { docker, at } = await byCommand(environment);
      await onPlatform("interrupts", at, {}, async (project) => {
        const filters = { label: [`${LABEL.project}=${project.name}`, `${LABEL.kind}=container`] };
        const agentOf = (labels: Readonly<Record<string, string>>): string => labels[LABEL.agent] ?? "?";
        await atRandomMoments({
          name: "docker-interrupts",
          each: EACH,
          project,
          agents: AGENTS,
          write(round) {
            for (const name of AGENTS) project.write(`${name}.agent.yaml`, file(name, round));
          },
          async look(): Promise<Sight> {
            const sight = new Map<string, readonly string[]>();
            for (const { Id, Labels } of await docker.listContainers({ filters })) {
              // One that goes away meanwhile is not there any more.
              const one = await docker
                .getContainer(Id)
                .inspect()
                .catch(() => undefined);
              if (one === undefined) continue;
              const round = one.Config.Env.find((line) => line.startsWith("ROUND="))?.slice("ROUND=".length);
              sight.set(agentOf(Labels), [...(sight.get(agentOf(Labels)) ?? []), round ?? "?"]);
            }
            return sight;
          },
          async tooMuch() {
            const all = await docker.listContainers({ all: true, filters });
            return all
              .filter(({ State }) => State !== "running")
              .map(({ Names, State }) => `${State} ${Names.join()}`);
          },
        });
      });
    },
    60_000 + EACH * 120_000,
  );
});
