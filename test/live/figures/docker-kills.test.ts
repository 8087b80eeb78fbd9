import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { expect, test } from "vitest";
import { LABEL } from "../../../targets/docker/names.ts";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import { byCommand } from "../docker/by-command.ts";
import { agentFile, FOREVER } from "../docker/on-engine.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";

const COUNT = rounds(2);
const AGENTS = ["ana", "ben", "cem"] as const;
const PORT = 15_251;

/** One that has everything an apply makes, one that starts first, and one that has to stop first. */
const files = (round: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    AGENTS.map((name, i) => [
      `${name}/agent.yaml`,
      agentFile(
        name,
        `  image: busybox
  command: ${FOREVER}
  environment: [{name: ROUND, value: "${round}"}]
  resources: {limits: {pids: ${50 + round}}}
  supervision: {stopGracePeriod: 1s}
${i === 0 ? `  config: {round: ${round}}\n  volumes: [{name: data, target: /data}]\n` : ""}${i === 1 ? "  dependsOn: [ana]\n" : ""}${i === 2 ? `  ports: [{container: 8080, host: ${PORT}}]\n` : ""}`,
      ),
    ]),
  );

/** What an apply leaves of one kind, by what it is for. */
async function counted(docker: Docker, project: string): Promise<Readonly<Record<string, number>>> {
  const filters = { label: [`${LABEL.project}=${project}`] };
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters }),
  ]);
  const names = [
    ...containers.map(({ Labels }) => `${Labels[LABEL.kind] ?? "?"} ${Labels[LABEL.agent] ?? ""}`.trim()),
    ...networks.map(() => "network"),
    ...(volumes.Volumes ?? []).map(({ Labels }) => `volume ${Labels[LABEL.kind] ?? "?"}`),
    ...images.map(({ Labels }) => `image ${Labels[LABEL.kind] ?? "?"}`),
  ];
  const found: Record<string, number> = {};
  for (const name of names.sort()) found[name] = (found[name] ?? 0) + 1;
  return found;
}

await describeOn("docker", "an apply on an engine that is killed", (environment) => {
  test(
    "is put right by the next one, with nothing left over and nothing twice",
    async () => {
      const from = seed();
      const chance = chances(from);
      const { docker, at } = await byCommand(environment);
      await onPlatform("kills", at, files(0), async (project) => {
        const state = join(project.root, "state");
        const first = Date.now();
        await project.well("apply --yes");
        const longest = Date.now() - first;
        for (let round = 1; round <= COUNT; round++) {
          // Half of them the very first apply, half an exchange of all there is.
          if (chance() < 0.5) await project.well("destroy --yes --prune");
          for (const [path, text] of Object.entries(files(round))) project.write(path, text);
          const instant = Math.round(chance() * longest);
          const deletes = chance() < 0.5;
          const told = `round ${round}: killed after ${instant} ms${deletes ? ", state deleted" : ""}, seed ${from}`;
          const began = Date.now();
          const applying = project.begin("apply --yes");
          await until("the instant of the kill", () => Date.now() - began >= instant);
          applying.child.kill("SIGKILL");
          await applying.ended;
          if (deletes && existsSync(state)) rmSync(state, { recursive: true, force: true });
          const next = await project.aac("apply --yes");
          expect(next.code, `${told}\n${next.out}${next.err}`).toBe(0);
          const plan = await project.aac("plan --detailed-exitcode");
          expect(plan.code, `${told}\n${plan.out}${plan.err}`).toBe(0);
          expect(await counted(docker, project.name), `${told}\n${next.out}`).toEqual({
            "container ana": 1,
            "container ben": 1,
            "container cem": 1,
            network: 1,
            "volume config": 1,
            "volume key": 1,
            "volume volume": 1,
          });
        }
      });
      figure(
        "docker-kills",
        `${COUNT} kills: every next apply exits 0, every plan after it is empty, 0 orphans, 0 duplicates`,
        from,
      );
    },
    60_000 + COUNT * 40_000,
  );
});
