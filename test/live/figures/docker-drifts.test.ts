import type Docker from "dockerode";
import { expect, test } from "vitest";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { does, fieldsOf } from "../answers.ts";
import { byCommand, type ByCommand } from "../docker/by-command.ts";
import { agentFile, FOREVER } from "../docker/on-engine.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";

const MEBI = 1024 * 1024;
const PORT = 15_241;
const COUNT = rounds(3);
const FILE = agentFile(
  "ana",
  `  image: busybox
  command: ${FOREVER}
  workingDir: /tmp
  environment: [{name: LEVEL, value: calm}]
  ports: [{container: 8080, host: ${PORT}}]
  volumes: [{name: data, target: /data}]
  resources: {limits: {memory: 64Mi, cpu: 200m, pids: 50, files: 512}}
  security: {runAsUser: 1000, runAsGroup: 1000}
  supervision: {stopGracePeriod: 1s}
`,
  ", labels: {team: desk}",
);

interface Drift {
  /** The one field that is to be seen. */
  readonly path: string;
  make(engine: ByCommand, project: string): Promise<unknown>;
}

type Live = Docker.ContainerInspectInfo;

/** What somebody says to a container that is there. */
const told = (
  path: string,
  tell: (container: Docker.Container, project: string) => Promise<unknown>,
): Drift => ({
  path,
  async make({ docker, one }, project) {
    await tell(docker.getContainer((await one(project, "ana")).Id), project);
  },
});

interface Made {
  readonly config?: Partial<Docker.ContainerCreateOptions>;
  readonly host?: Docker.HostConfig;
}

/** What somebody makes in its place, with all that it had but for one thing. */
const remade = (path: string, change: (live: Live) => Made): Drift => ({
  path,
  async make({ docker, one }, project) {
    const live = await one(project, "ana");
    const { config = {}, host = {} } = change(live);
    await docker.getContainer(live.Id).remove({ force: true });
    const { Hostname: _, ...kept } = live.Config;
    const container = await docker.createContainer({
      ...kept,
      ...config,
      name: live.Name.slice(1),
      HostConfig: { ...live.HostConfig, ...host },
      NetworkingConfig: { EndpointsConfig: { [project]: { Aliases: ["ana"] } } },
    });
    await container.start();
  },
});

const limit = (bytes: number): Docker.HostConfig => ({ Memory: bytes, MemorySwap: bytes });

const drifts = (engine: ByCommand): readonly Drift[] => [
  told("limits/memory", (one) => one.update(limit(96 * MEBI))),
  told("limits/cpu", (one) => one.update({ NanoCpus: 300_000_000 })),
  told("limits/pids", (one) => one.update({ PidsLimit: 77 })),
  told("restart/policy", (one) => one.update({ RestartPolicy: { Name: "no" } })),
  told("running", (one) => one.stop()),
  told("running", (one) => one.pause()),
  told("running", (one) => one.kill()),
  told("network/aliases", (one, project) =>
    engine.docker.getNetwork(project).disconnect({ Container: one.id, Force: true }),
  ),
  told("network/aliases", async (one, project) => {
    const network = engine.docker.getNetwork(project);
    await network.disconnect({ Container: one.id, Force: true });
    await network.connect({ Container: one.id, EndpointConfig: { Aliases: ["ana", "anna"] } });
  }),
  remade("environment/LEVEL", ({ Config }) => ({
    config: { Env: Config.Env.map((line) => line.replace("=calm", "=loud")) },
  })),
  remade("entrypoint/2", () => ({
    config: { Entrypoint: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"] },
  })),
  remade("workingDir", () => ({ config: { WorkingDir: "/" } })),
  remade("user", () => ({ config: { User: "0:0" } })),
  remade("ports/8080/tcp/port", () => ({
    host: { PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: String(PORT + 1) }] } },
  })),
  remade("mounts//data/readOnly", ({ HostConfig }) => ({
    host: { Mounts: (HostConfig.Mounts ?? []).map((one) => ({ ...one, ReadOnly: true })) },
  })),
  remade("limits/files", () => ({ host: { Ulimits: [{ Name: "nofile", Soft: 256, Hard: 256 }] } })),
  remade("security/readOnlyRootFilesystem", () => ({ host: { ReadonlyRootfs: true } })),
  remade("stop/signal", () => ({ config: { StopSignal: "SIGINT" } })),
  remade("logging/maxFiles", ({ HostConfig }) => ({
    host: {
      LogConfig: { Type: "json-file", Config: { ...HostConfig.LogConfig?.Config, "max-file": "2" } },
    },
  })),
  remade("labels/team", ({ Config }) => ({ config: { Labels: { ...Config.Labels, team: "attic" } } })),
];

await describeOn("docker", "what somebody changes on an engine", (environment) => {
  test(
    "is seen as that one field, and put back",
    async () => {
      const from = seed();
      const chance = chances(from);
      const engine = await byCommand(environment);
      const all = drifts(engine)
        .map((drift) => ({ drift, at: chance() }))
        .toSorted((a, b) => a.at - b.at);
      await onPlatform("drifts", engine.at, { "agent.yaml": FILE }, async (project) => {
        await project.well("apply --yes");
        for (let round = 0; round < COUNT; round++) {
          const drift = all[round % all.length]?.drift;
          if (drift === undefined) throw new Error("there are no drifts");
          const which = `round ${round}: ${drift.path}, seed ${from}`;
          await drift.make(engine, project.name);
          const plan = await project.plan();
          expect(
            fieldsOf(plan).map(({ path, origin }) => `${path} ${origin}`),
            which,
          ).toEqual([`${drift.path} drift`]);
          expect(does(plan), which).toHaveLength(1);
          await project.well("apply --yes");
          expect(does(await project.plan()), which).toEqual([]);
        }
      });
      figure(
        "docker-drifts",
        `${COUNT} changes of one field by hand: each is seen as that one field alone`,
        from,
      );
    },
    60_000 + COUNT * 30_000,
  );
});
