import type Docker from "dockerode";
import { expect, test } from "vitest";
import { holdVolume, keyVolume, LABEL, volumeName } from "../../../targets/docker/names.ts";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { byCommand } from "../docker/by-command.ts";
import { agentFile, FOREVER } from "../docker/on-engine.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";

const COUNT = rounds(3);
const FILE = agentFile(
  "ana",
  `  image: busybox
  command: ${FOREVER}
  config: {topics: [rain]}
  environment: [{name: DESK_KEY, from: secret}]
  volumes: [{name: data, target: /data}]
  supervision: {stopGracePeriod: 1s}
`,
);

/** One thing of somebody else's, under a name or with labels that could be ours. */
interface Stranger {
  readonly look: () => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
}

type Make = (docker: Docker, project: string) => Promise<Stranger>;

const labels = (project: string, kind: string, agent = "ana"): Readonly<Record<string, string>> => ({
  [LABEL.project]: project,
  [LABEL.kind]: kind,
  [LABEL.agent]: agent,
  [LABEL.replica]: "0",
});

const volume =
  (name: (project: string) => string, Labels: (project: string) => Readonly<Record<string, string>>): Make =>
  async (docker, project) => {
    await docker.createVolume({ Name: name(project), Labels: { ...Labels(project) } });
    const one = docker.getVolume(name(project));
    return { look: () => one.inspect(), remove: () => one.remove() };
  };

const network =
  (name: (project: string) => string, Labels: (project: string) => Readonly<Record<string, string>>): Make =>
  async (docker, project) => {
    const one = await docker.createNetwork({ Name: name(project), Labels: { ...Labels(project) } });
    return { look: () => one.inspect(), remove: () => one.remove() };
  };

const container =
  (name: (project: string) => string, Labels: (project: string) => Readonly<Record<string, string>>): Make =>
  async (docker, project) => {
    const one = await docker.createContainer({
      name: name(project),
      Image: "busybox",
      Cmd: ["sleep", "1000"],
      Labels: { ...Labels(project) },
      HostConfig: { NetworkMode: "none" },
    });
    await one.start();
    return { look: () => one.inspect(), remove: () => one.remove({ force: true, v: true }) };
  };

const none = (): Readonly<Record<string, string>> => ({});
const compose = (project: string): Readonly<Record<string, string>> => ({
  "com.docker.compose.project": project,
});
const another = (kind: string) => (project: string) => labels(`${project}-2`, kind);

const STRANGERS: readonly Make[] = [
  network((project) => project, none),
  network((project) => project, compose),
  network((project) => project, another("network")),
  network((project) => `${project}_default`, compose),
  volume((project) => volumeName(project, "data"), none),
  volume((project) => volumeName(project, "data"), compose),
  volume((project) => volumeName(project, "data"), another("volume")),
  volume(keyVolume, none),
  volume(keyVolume, another("key")),
  volume((project) => holdVolume(project, "ana"), none),
  volume((project) => `${project}_ana-config-000000000000`, none),
  volume((project) => `${project}_ana-config-000000000001`, another("config")),
  container((project) => project, none),
  container((project) => `${project}-ana-0-abcd`, none),
  container((project) => `${project}-ana-0-abce`, another("container")),
  container((project) => `${project}-ana-1`, compose),
  // Run by hand from an image that was built here: it has the labels of the image.
  container(
    (project) => `${project}-by-hand`,
    (project) => labels(project, "image"),
  ),
  volume((project) => `${project}_other`, compose),
  container(
    (project) => `${project}_ana_1`,
    (project) => ({ [LABEL.agent]: "ana", ...compose(project) }),
  ),
  network((project) => `${project}-2`, another("network")),
];

await describeOn("docker", "what is somebody else's on an engine", (environment) => {
  test(
    "is never touched, whatever name it has",
    async () => {
      const from = seed();
      const chance = chances(from);
      const { docker, at } = await byCommand(environment);
      const order = STRANGERS.map((make) => ({ make, at: chance() })).toSorted((a, b) => a.at - b.at);
      let refused = 0;
      for (let round = 0; round < COUNT; round++) {
        const which = `round ${round}, seed ${from}`;
        const make = order[round % order.length]?.make;
        if (make === undefined) throw new Error("there are no strangers");
        await onPlatform("foreign", at, { "agent.yaml": FILE }, async (project) => {
          const stranger = await make(docker, project.name);
          try {
            const before = JSON.stringify(await stranger.look());
            const call = { environment: { DESK_KEY: "a-key-of-nobody" } };
            const printed: string[] = [];
            for (const args of [
              "plan",
              "apply --yes",
              "stop ana",
              "start ana",
              "apply --yes",
              "destroy --yes",
            ]) {
              const told = await project.aac(args, call);
              printed.push(`${args}: ${told.code}\n${told.out}${told.err}`);
              // Either it goes its own way, or it says what is in it; an agent that is not there is a wrong word.
              expect([0, 1, ...(/^st/.test(args) ? [2] : [])], `${which}\n${printed.join("\n")}`).toContain(
                told.code,
              );
              if (args === "apply --yes" && told.code === 1) refused++;
            }
            expect(JSON.stringify(await stranger.look()), `${which}\n${printed.join("\n")}`).toBe(before);
          } finally {
            await stranger.remove();
          }
        });
      }
      figure(
        "docker-foreign",
        `${COUNT} objects of somebody else's in the way: 0 touched, ${refused} applies are refused and say whose they are`,
        from,
      );
    },
    60_000 + COUNT * 30_000,
  );
});
