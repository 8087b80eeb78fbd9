import type Docker from "dockerode";
import { err } from "../../src/base/result.ts";
import { diagnostic } from "../../src/model/diagnostic.ts";
import { system } from "../../src/system/system.ts";
import { target } from "../../targets/docker/index.ts";
import { holdVolume, LABEL } from "../../targets/docker/names.ts";
import { agentFile, FOREVER, type OnEngine, onEngine } from "../live/docker/on-engine.ts";
import type { Drift, World } from "./target-conformance.ts";

/** Each world has one of its own. */
const FIRST_PORT = 27_530;
let worlds = 0;

/** Three small agents: one that another waits for, one with a configuration, one with a port and a health check. */
const filesFor = (port: number): Readonly<Record<string, string>> => ({
  "store/agent.yaml": agentFile(
    "store",
    `  image: busybox
  command: ${FOREVER}
  resources: {limits: {memory: 64Mi, cpu: 200m, pids: 50}}
  volumes: [{name: notes, target: /notes}]
  supervision: {stopGracePeriod: 1s}
`,
  ),
  "desk/agent.yaml": agentFile(
    "desk",
    `  image: busybox
  command: ${FOREVER}
  dependsOn: [store]
  environment: [{name: GREETING, value: hello}]
  config: {topics: [rain]}
  supervision: {stopGracePeriod: 1s}
`,
  ),
  "page/agent.yaml": agentFile(
    "page",
    `  image: busybox
  command: [sh, -c, "cd /tmp; echo hi > index.html; exec httpd -f -p 8080"]
  ports: [{container: 8080, host: ${port}}]
  healthCheck: {path: /index.html, interval: 1s}
  supervision: {stopGracePeriod: 1s}
`,
  ),
});

/** Containers of a real engine under a project of its own. */
export async function dockerWorld(environment: Readonly<Record<string, string>>): Promise<World> {
  const engine = await onEngine(environment, filesFor(FIRST_PORT + worlds++));
  const { docker, project } = engine;
  const strangers: (() => Promise<unknown>)[] = [];
  const { place } = await engine.open();
  return {
    target,
    clock: system.clock,
    origin: place.origin,
    secret: () => err(diagnostic("AAC3102", undefined, "there are no secrets here")),
    open: engine.open,
    settle: (promise) => promise,
    request: engine.request,
    drifts: driftsOf(engine),
    foreign: () => strangersOn(docker, project, strangers),
    breakOne() {
      engine.write(
        "store/agent.yaml",
        agentFile(
          "store",
          `  image: busybox\n  command: [sh, -c, "exit 3"]\n  supervision: {restart: "no"}\n`,
        ),
      );
      return Promise.resolve({ failing: "store/container/0", dependents: ["desk/container/0"] });
    },
    // Named volumes are what outlives everything, on purpose.
    left: async () => (await engine.left()).filter((one) => one !== "volume PROJECT_notes"),
    async end() {
      for (const undo of strangers.splice(0)) await undo();
      await engine.end();
    },
  };
}

/** What any other program may put on the same engine, with names, labels and aliases that resemble ours. */
async function strangersOn(
  docker: Docker,
  project: string,
  made: (() => Promise<unknown>)[],
): Promise<() => Promise<string>> {
  const others = `${project}-others`;
  const network = await docker.createNetwork({ Name: others, Labels: { [LABEL.project]: others } });
  made.push(() => network.remove());
  const contain = async (name: string, Labels: Record<string, string>): Promise<Docker.Container> => {
    const container = await docker.createContainer({
      name,
      Image: "busybox",
      Cmd: ["sleep", "1000"],
      Labels,
      HostConfig: { NetworkMode: others },
    });
    made.unshift(() => container.remove({ force: true, v: true }));
    await container.start();
    return container;
  };
  const containers = [
    // Of another project, for an agent of the same name.
    await contain(`${project}-store-0-abcd`, {
      [LABEL.project]: others,
      [LABEL.kind]: "container",
      [LABEL.agent]: "store",
      [LABEL.replica]: "0",
    }),
    // Run by hand from an image of ours, whose labels it has with it.
    await contain(`${project}-desk-0`, {
      [LABEL.project]: project,
      [LABEL.kind]: "image",
      [LABEL.agent]: "desk",
    }),
    await contain(`${project}_page_1`, { "com.docker.compose.project": project }),
  ];
  const volumes = [`${project}-notes`, `${project}_other`, holdVolume(others, "store")];
  for (const Name of volumes) {
    await docker.createVolume({ Name, Labels: { "com.docker.compose.project": project } });
    made.push(() => docker.getVolume(Name).remove());
  }
  return async () =>
    JSON.stringify([
      await Promise.all(containers.map((one) => one.inspect())),
      await Promise.all(volumes.map((one) => docker.getVolume(one).inspect())),
      await network.inspect(),
    ]);
}

function driftsOf({ docker, project, one }: OnEngine): readonly Drift[] {
  const drift = (
    what: string,
    agent: string,
    path: string,
    make: (container: Docker.Container) => Promise<unknown>,
  ): Drift => ({
    what,
    id: `${agent}/container/0`,
    path,
    origin: "drift",
    async make() {
      await make(docker.getContainer((await one(agent)).Id));
    },
  });
  const bytes = 96 * 1024 * 1024;
  return [
    drift("docker update --memory", "store", "limits/memory", (container) =>
      container.update({ Memory: bytes, MemorySwap: bytes }),
    ),
    drift("docker update --cpus", "store", "limits/cpu", (container) =>
      container.update({ NanoCpus: 300_000_000 }),
    ),
    drift("docker update --pids-limit", "store", "limits/pids", (container) =>
      container.update({ PidsLimit: 77 }),
    ),
    drift("docker update --restart", "desk", "restart/policy", (container) =>
      container.update({ RestartPolicy: { Name: "no" } }),
    ),
    drift("docker stop", "desk", "running", (container) => container.stop()),
    drift("docker kill", "store", "running", (container) => container.kill()),
    drift("docker pause", "store", "running", (container) => container.pause()),
    drift("docker network disconnect", "desk", "network/aliases", (container) =>
      docker.getNetwork(project).disconnect({ Container: container.id, Force: true }),
    ),
  ];
}
