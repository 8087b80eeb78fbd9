import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type Docker from "dockerode";
import { test } from "vitest";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { type ByCommand, byCommand } from "../docker/by-command.ts";
import { agentFile, FOREVER } from "../docker/on-engine.ts";
import { describeOn } from "../engines.ts";
import { onPlatform, type PlatformProject } from "../platform-project.ts";
import { countsOf, type Move, said, staleRounds } from "./stale-rounds.ts";

const PORT = 27_570;
const MEBI = 1024 * 1024;

const image = (name: string): string => `aac-stale-${process.pid}-${name}:one`;

const agent = (name: string): string =>
  agentFile(
    name,
    `  image: ${image(name)}
  command: ${FOREVER}
  environment:
    - {name: LEVEL, value: "0"}
    - {name: TOKEN, from: secret, secretName: ${name}, secretKey: token}
    - {name: HUE, from: configmap, configMapName: ${name}, configMapKey: hue}
  config: {topics: [rain], size: 0}
  resources: {limits: {memory: 64Mi, pids: 50}}
  supervision: {stopGracePeriod: 1s}
`,
  );

const EXTRA = agentFile(
  "extra",
  `  image: busybox
  command: ${FOREVER}
  ports: [{container: ${PORT}}]
  supervision: {stopGracePeriod: 1s}
`,
);

const NAMES = ["desk", "store"];
const FILES = Object.fromEntries(
  NAMES.flatMap((name) => [
    [`${name}/agent.yaml`, agent(name)],
    [`.aac/config/${name}/hue`, "blue"],
  ]),
);

/** What somebody can do on an engine, to the agent that a plan touches or to the other one. */
function movesOf(engine: ByCommand, project: PlatformProject, name: string): readonly Move[] {
  const { docker } = engine;
  const one = (): Promise<Docker.ContainerInspectInfo> => engine.one(project.name, name);
  const container = async (): Promise<Docker.Container> => docker.getContainer((await one()).Id);
  const title = `${name} · container`;
  return [
    {
      what: "docker update --memory",
      says: [title, "limits.memory 64Mi, now 96Mi"],
      make: async () => void (await (await container()).update({ Memory: 96 * MEBI, MemorySwap: 96 * MEBI })),
    },
    {
      what: "docker update --pids-limit",
      says: [title, "limits.pids 50, now 77"],
      make: async () => void (await (await container()).update({ PidsLimit: 77 })),
    },
    {
      what: "docker update --restart",
      says: [title, "restart.policy always, now no"],
      make: async () => void (await (await container()).update({ RestartPolicy: { Name: "no" } })),
    },
    {
      what: "docker network disconnect",
      says: [title, "network.aliases"],
      async make() {
        const { Id } = await one();
        await docker.getNetwork(project.name).disconnect({ Container: Id, Force: true });
      },
    },
    {
      what: "another container in its place",
      says: [`${title} was planned against`, "is another one now"],
      async make() {
        const { Id, Name, Config, HostConfig } = await one();
        await docker.getContainer(Id).remove({ force: true });
        const { Hostname: _, ...kept } = Config;
        const made = await docker.createContainer({
          ...kept,
          name: Name.slice(1),
          HostConfig,
          NetworkingConfig: { EndpointsConfig: { [project.name]: { Aliases: [name] } } },
        });
        await made.start();
      },
    },
    {
      what: "docker rm",
      says: [`${title} was there, and is gone now`],
      make: async () => void (await (await container()).remove({ force: true })),
    },
    {
      what: "docker tag",
      says: [name, "imageId"],
      make: () => tag(docker, name, "python:3.11-slim"),
      undo: () => tag(docker, name, "busybox:latest"),
    },
    {
      what: "a secret has another value",
      says: [`${name}: the secret TOKEN has another value`],
      make: (n) => keep(project, name, `token ${n}`),
    },
    {
      what: "a value that the file only names",
      says: [name, "HUE", "green"],
      make: (n) => project.write(`.aac/config/${name}/hue`, `green ${n}`),
    },
  ];
}

/** What only what a plan touches can meet. */
function touchedOf(engine: ByCommand, project: PlatformProject): readonly Move[] {
  let server: Server | undefined;
  return [
    ...movesOf(engine, project, "desk"),
    {
      what: "somebody else applies something in between",
      says: ["desk · container was planned against", "is another one now"],
      async make(n) {
        project.edit("desk/agent.yaml", `value: "${n}"`, `value: "${7000 + n}"`);
        await project.well("apply --yes");
        project.edit("desk/agent.yaml", `value: "${7000 + n}"`, `value: "${n}"`);
      },
    },
    {
      what: "what was to be made is there",
      says: ["extra · container was to be made, and is there now"],
      plans: () => project.write("extra/agent.yaml", EXTRA),
      make: async () => void (await project.well("apply -f extra --yes")),
      undo: () => project.remove("extra"),
    },
    {
      what: "a port is taken",
      says: ["extra: ", String(PORT)],
      plans: () => project.write("extra/agent.yaml", EXTRA),
      async make() {
        const made = createServer();
        server = made;
        await new Promise<void>((resolve) => made.listen(PORT, "127.0.0.1", resolve));
      },
      async undo() {
        project.remove("extra");
        await new Promise((resolve) => server?.close(resolve));
      },
    },
  ];
}

async function tag(docker: Docker, name: string, from: string): Promise<void> {
  const [repo = "", of = ""] = image(name).split(":");
  await docker.getImage(from).tag({ repo, tag: of });
}

function keep(project: PlatformProject, name: string, value: string): void {
  const path = `.aac/secrets/${name}/token`;
  project.write(path, "");
  // Others may not read it.
  rmSync(project.path(path));
  writeFileSync(project.path(path), `${value}\n`, { mode: 0o600 });
}

await describeOn("docker", "a plan file of an engine", (environment) => {
  test(
    "is refused where the world moved, and nothing is touched",
    async () => {
      const from = seed();
      const counts = countsOf(rounds(2));
      const engine = await byCommand(environment);
      try {
        for (const name of NAMES) await tag(engine.docker, name, "busybox:latest");
        await onPlatform("stale", engine.at, FILES, async (project) => {
          for (const name of NAMES) keep(project, name, "first");
          await staleRounds(
            {
              project,
              touched: touchedOf(engine, project),
              beside: movesOf(engine, project, "store"),
              async versions(name) {
                const all = await engine.containers(project.name, name);
                return all.map(({ Id, HostConfig, State }) => [
                  Id,
                  HostConfig,
                  State.StartedAt,
                  State.Status,
                ]);
              },
              async level() {
                const [one] = await engine.containers(project.name, "desk");
                return one?.Config.Env.find((line) => line.startsWith("LEVEL="))?.slice(6);
              },
            },
            counts,
            { chance: chances(from), from },
          );
        });
      } finally {
        for (const name of NAMES) await engine.docker.getImage(image(name)).remove({ force: true });
      }
      figure("stale-docker", said(counts), from);
    },
    60_000 + rounds(2) * 30_000,
  );
});
