import { target } from "../../../targets/docker/index.ts";
import { LABEL } from "../../../targets/docker/names.ts";
import { byCommand, clearProject } from "../docker/by-command.ts";
import { CONFIG, configIn, type Live, seen, time } from "./edits-container.ts";
import type { AgentSaid } from "./edits-file.ts";
import { agentOf, handsOn } from "./edits-hands-on-engine.ts";
import type { Tree, World } from "./edits-model.ts";
import { editedProject } from "./edits-project.ts";
import type { Platform } from "./edits-walk.ts";

const LOOP = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];
const BASE = { image: "busybox", command: LOOP };

const plain = { variables: {}, args: ["1000"], labels: {}, annotations: {}, dependsOn: {}, code: {} };
const said = { ...plain, restart: "always", grace: 1, replicas: 1, base: BASE };
const AGENTS: readonly AgentSaid[] = [
  { ...said, name: "store", memory: 64, pids: 50 },
  { ...said, name: "desk", variables: { V_ONE: "hello" }, config: { topics: ["rain", "fog"] } },
  {
    ...said,
    name: "page",
    cpu: 200,
    port: 27_560,
    labels: { team: "desk" },
    check: { interval: 1, timeout: 61, retries: 3, startPeriod: 5 },
  },
];

const EDITED = [
  "a variable is new",
  "a variable has another value",
  "a variable is gone",
  "another argument",
  "more or fewer arguments",
  "a limit of memory",
  "a limit of cpu",
  "a limit of processes",
  "a limit of open files",
  "a label",
  "an annotation",
  "a check's interval",
  "a check's timeout",
  "a check's retries",
  "a check's first time",
  "a check comes or goes",
  "a value of the configuration",
  "an item of the configuration",
  "a key of the configuration",
  "a configuration comes",
  "a configuration goes",
  "a port",
  "a log level",
  "how many logs",
  "whom it needs",
  "whom it follows",
  "a restart policy",
  "a grace",
  "how many replicas",
];

const containerId = (agent: string, replica: number): string => `${agent}/container/${replica}`;
const configId = (agent: string): string => `${agent}/config/config`;

/** What can be said to a container that is there; of memory and cpu an engine takes back nothing. */
const IN_PLACE = /^(?:limits\/(?:memory|cpu|pids)|restart\/.*|network\/aliases.*|running)$/;

function wants(agents: readonly AgentSaid[]): World {
  const replicas = (name: string): readonly string[] =>
    Array.from({ length: agents.find((one) => one.name === name)?.replicas ?? 0 }, (_, i) =>
      containerId(name, i),
    );
  return Object.fromEntries(
    agents.flatMap((agent) => {
      const { name, config } = agent;
      const follows = [
        ...(config === undefined ? [] : [configId(name)]),
        ...Object.entries(agent.dependsOn).flatMap(([one, restart]) => (restart ? replicas(one) : [])),
      ];
      return [
        ...replicas(name).map((id) => [id, { fields: containerFields(agent), follows }] as const),
        ...(config === undefined ? [] : [[configId(name), { fields: { config } }] as const]),
      ];
    }),
  );
}

function containerFields(agent: AgentSaid): Tree {
  const { name, check, config, port, level, memory, cpu, pids, files } = agent;
  return {
    entrypoint: LOOP,
    command: agent.args,
    environment: {
      ...agent.variables,
      ...(level === undefined ? {} : { LOG_LEVEL: level }),
      ...(port === undefined ? {} : { PORT: "8080" }),
      ...(config === undefined ? {} : { AAC_CONFIG: `${CONFIG}/config.json` }),
    },
    ports: port === undefined ? {} : { "8080/tcp": { port, address: "127.0.0.1" } },
    mounts: config === undefined ? {} : { [CONFIG]: { type: "config", readOnly: true } },
    limits: {
      ...(memory === undefined ? {} : { memory: `${memory}Mi` }),
      ...(cpu === undefined ? {} : { cpu: `${cpu}m` }),
      ...(pids === undefined ? {} : { pids }),
      ...(files === undefined ? {} : { files }),
    },
    health:
      check === undefined
        ? {}
        : Object.fromEntries(["startup", "readiness"].map((kind) => [kind, checkFields(check)])),
    network: { aliases: [name] },
    restart: { policy: agent.restart ?? "always" },
    stop: { grace: time(agent.grace) },
    logging: { maxFiles: agent.maxFiles ?? 5 },
    labels: { ...agent.annotations, ...agent.labels },
    dependsOn: Object.fromEntries(
      Object.entries(agent.dependsOn).map(([one, restart]) => [one, { condition: "started", restart }]),
    ),
    running: true,
  };
}

const checkFields = ({ interval, timeout, retries, startPeriod }: NonNullable<AgentSaid["check"]>): Tree => ({
  type: "command",
  command: ["true"],
  interval: time(interval),
  timeout: time(timeout),
  retries,
  startPeriod: time(startPeriod),
});

export interface EnginePlatform extends Platform {
  end(): Promise<void>;
  left(): Promise<readonly string[]>;
}

export async function enginePlatform(environment: Readonly<Record<string, string>>): Promise<EnginePlatform> {
  const engine = await byCommand(environment);
  const { docker } = engine;
  const project = await editedProject({
    target,
    name: `edits-${process.pid}`,
    environment,
    portRange: [27_540, 27_549],
  });
  const { name } = project;
  const containers = (): Promise<readonly Live[]> => engine.containers(name);
  const idOf = ({ Config }: Live): string =>
    containerId(Config.Labels[LABEL.agent] ?? "", Number(Config.Labels[LABEL.replica]));
  return {
    project,
    agents: AGENTS,
    edits: EDITED,
    takes: (id, change) =>
      change === undefined
        ? "anew"
        : id.includes("/config/") ||
            (IN_PLACE.test(change.path) &&
              !(/^limits\/(?:memory|cpu)$/.test(change.path) && change.to === undefined))
          ? "in place"
          : "anew",
    wants,
    async look() {
      const found = await Promise.all(
        (await containers()).map(async (live) => {
          const config = await configIn(docker, live);
          return [
            [idOf(live), { fields: seen(live) }] as const,
            ...(config === undefined
              ? []
              : [[configId(agentOf(idOf(live))), { fields: { config } }] as const]),
          ];
        }),
      );
      return Object.fromEntries(found.flat());
    },
    async which() {
      const all = await containers();
      return Object.fromEntries([
        ...all.map((live) => [
          idOf(live),
          {
            one: live.Id,
            state: JSON.stringify([
              live.State.StartedAt,
              live.RestartCount,
              live.HostConfig,
              Object.values(live.NetworkSettings.Networks).map(({ EndpointID }) => EndpointID),
            ]),
          },
        ]),
        ...all.flatMap((live) => {
          const volume = live.HostConfig.Mounts?.find(({ Target }) => Target === CONFIG)?.Source;
          return volume === undefined ? [] : [[configId(agentOf(idOf(live))), { one: "", state: volume }]];
        }),
      ]);
    },
    async hands(live, chance) {
      const n = Math.floor(chance() * 1000);
      return (await containers()).flatMap((one) =>
        handsOn({ docker, project: name, one, id: idOf(one), live, n }),
      );
    },
    async end() {
      try {
        await project.end();
      } finally {
        await clearProject(docker, name);
      }
    },
    left: () => engine.left(name),
  };
}
