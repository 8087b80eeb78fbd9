import { createHash } from "node:crypto";
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { HOME, type SlotRecord } from "../../../src/model/supervision.ts";
import { target } from "../../../targets/local-process/index.ts";
import type { AgentSaid } from "./edits-file.ts";
import { configId, handsOn, processId, type Processes } from "./edits-hands-on-processes.ts";
import { jsonIn, type Tree, type World } from "./edits-model.ts";
import { seen, startOf, words } from "./edits-process.ts";
import { editedProject } from "./edits-project.ts";
import type { Platform, Which } from "./edits-walk.ts";

const BASE = { runtime: "exec", command: ["sleep"] };

const plain = { variables: {}, args: ["1000"], labels: {}, annotations: {}, dependsOn: {}, code: {} };
const said = { ...plain, restart: "always", grace: 1, replicas: 1, base: BASE };
const AGENTS: readonly AgentSaid[] = [
  { ...said, name: "store", memory: 64, pids: 50 },
  { ...said, name: "desk", variables: { V_ONE: "hello" }, config: { topics: ["rain", "fog"] } },
  {
    ...said,
    name: "page",
    cpu: 200,
    port: 27_460,
    code: { "notes.txt": "page 1\n" },
    check: { interval: 1, timeout: 61, retries: 3, startPeriod: 5 },
  },
];

const PLAIN_EDITS = [
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
  "a breaker",
  "a priority",
  "a file of the code",
];

/** What a process keeps for its whole life. */
const ANEW = /^(?:command|config|environment|code|ports|priority|limits\/files|recorded)(?:\/|$)/;

function wants(agents: readonly AgentSaid[]): World {
  return Object.fromEntries(
    agents.flatMap((agent) => {
      const { name, config } = agent;
      const follows = [
        ...(config === undefined ? [] : [configId(name)]),
        ...Object.entries(agent.dependsOn).flatMap(([one, restart]) => (restart ? [processId(one)] : [])),
      ];
      return [
        [processId(name), { fields: processFields(agent), follows }] as const,
        ...(config === undefined ? [] : [[configId(name), { fields: { config } }] as const]),
      ];
    }),
  );
}

function processFields(agent: AgentSaid): Tree {
  const { check, port, level, memory, cpu, pids, files } = agent;
  return {
    command: ["sleep", ...agent.args],
    environment: {
      ...agent.variables,
      ...(level === undefined ? {} : { LOG_LEVEL: level }),
      ...(port === undefined ? {} : { PORT: String(port) }),
    },
    ports: port === undefined ? {} : { "8080/tcp": { port, address: "127.0.0.1", inside: false } },
    limits: {
      ...(memory === undefined ? {} : { memory: `${memory}Mi` }),
      ...(cpu === undefined ? {} : { cpu: `${cpu}m` }),
      ...(pids === undefined ? {} : { pids }),
      ...(files === undefined ? {} : { files }),
    },
    health:
      check === undefined
        ? {}
        : Object.fromEntries(["startup", "readiness", "liveness"].map((kind) => [kind, checkFields(check)])),
    supervision: {
      restart: agent.restart ?? "always",
      stopGracePeriod: time(agent.grace),
      circuitBreaker: { failures: agent.breaker ?? 10 },
    },
    logging: { maxFiles: agent.maxFiles ?? 5 },
    dependsOn: Object.fromEntries(
      Object.entries(agent.dependsOn).map(([name, restart]) => [name, { condition: "started", restart }]),
    ),
    priority: agent.priority ?? "normal",
    code: Object.fromEntries(Object.entries(agent.code).map(([name, text]) => [name, digest(text)])),
    running: true,
    recorded: true,
    ...(agent.config === undefined ? {} : { config: true }),
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

/** Minutes and seconds, as people write them. */
const time = (seconds: number): string =>
  seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${seconds % 60 === 0 ? "" : `${seconds % 60}s`}`;

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

export interface LocalPlatform extends Platform {
  end(): Promise<void>;
  /** What of the project still runs. */
  left(): readonly number[];
}

export async function localPlatform(): Promise<LocalPlatform> {
  const project = await editedProject({
    target,
    name: `edits-${process.pid}`,
    environment: {},
    portRange: [27_440, 27_449],
  });
  const { home, key } = project.place;
  const strangers: ChildProcess[] = [];
  const recordOf = (agent: string): SlotRecord => {
    const record: SlotRecord = JSON.parse(readFileSync(HOME.record(home, agent, 0), "utf8"));
    return record;
  };
  const pidOf = (agent: string): number => recordOf(agent).run?.pid ?? 0;
  const names = AGENTS.map(({ name }) => name);
  const configFile = (agent: string): string => HOME.config(home, agent);
  const ours = (): readonly number[] =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) =>
        words(pid, "environ").some((one) => one.startsWith("AAC_MARKER=") && one.includes(key)),
      )
      .map(Number);
  const on: Processes = { project, strangers, names, pidOf, configFile, ours };
  return {
    project,
    agents: AGENTS,
    edits: PLAIN_EDITS,
    takes: (id, change) =>
      change?.path === "running"
        ? "rolling"
        : change === undefined || (id.includes("/process/") && ANEW.test(change.path))
          ? "anew"
          : "in place",
    wants,
    look: () =>
      Promise.resolve(
        Object.fromEntries(
          names.flatMap((agent) => {
            const config = configFile(agent);
            const record = recordOf(agent);
            return [
              [processId(agent), { fields: seen(record) }] as const,
              ...(existsSync(config)
                ? [[configId(agent), { fields: { config: jsonIn(readFileSync(config, "utf8")) } }] as const]
                : []),
            ];
          }),
        ),
      ),
    which: () =>
      Promise.resolve(
        Object.fromEntries(
          names.flatMap((agent): readonly (readonly [string, Which])[] => {
            const pid = pidOf(agent);
            const config = configFile(agent);
            return [
              [processId(agent), { one: `${pid} ${startOf(pid)}`, state: "" }],
              ...(existsSync(config)
                ? [[configId(agent), { one: "", state: String(statSync(config).ino) }] as const]
                : []),
            ];
          }),
        ),
      ),
    hands: (live, chance) => Promise.resolve(handsOn(on, live, Math.floor(chance() * 1000))),
    async end() {
      try {
        await project.end();
      } finally {
        for (const child of strangers) child.kill("SIGKILL");
        for (const pid of ours()) end(pid);
      }
    },
    left: ours,
  };
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}
