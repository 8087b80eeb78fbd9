import type { Json } from "../../../src/base/canonical.ts";

type Chance = () => number;

export interface Check {
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

/** What the file of one agent says, in exact units: seconds, Mi, thousandths of a core. */
export interface AgentSaid {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly memory?: number;
  readonly cpu?: number;
  readonly pids?: number;
  readonly files?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly check?: Check;
  readonly config?: Readonly<Record<string, Json>>;
  /** Of the machine. */
  readonly port?: number;
  /** Inside, where the agent listens: 8080 unless it is given. */
  readonly inside?: number;
  readonly level?: string;
  readonly maxFiles?: number;
  /** True where it is restarted with the other. */
  readonly dependsOn: Readonly<Record<string, boolean>>;
  readonly restart?: string;
  readonly grace: number;
  readonly breaker?: number;
  readonly priority?: number;
  readonly replicas: number;
  /** Text by name: files beside the agent's. */
  readonly code: Readonly<Record<string, string>>;
  /** Whatever else stands under `spec`, as the target needs it. */
  readonly base: Readonly<Record<string, Json>>;
}

/** A text of which a writer has many spellings, such as an amount. */
type Said = Json | { readonly spelled: readonly string[] };
type Page = { readonly [key: string]: Page | Said | undefined };

/** The same file says the same however it is laid out: keys in any order, amounts in any unit, any quotes. */
export function fileOf(agent: AgentSaid, chance: Chance): string {
  const { memory, cpu, pids, files, check, config, port, inside, level, maxFiles, breaker } = agent;
  const page: Page = {
    apiVersion: "agent.dev/v1",
    kind: "Agent",
    metadata: {
      name: agent.name,
      labels: filled(agent.labels),
      annotations: filled(agent.annotations),
    },
    spec: {
      ...agent.base,
      args: agent.args.length === 0 ? undefined : agent.args,
      environment: listed(agent.variables, chance),
      resources: filled({
        limits: filled({
          memory: memory === undefined ? undefined : { spelled: bytes(memory) },
          cpu: cpu === undefined ? undefined : { spelled: cores(cpu) },
          pids,
          files,
        }),
      }),
      healthCheck:
        check === undefined
          ? undefined
          : {
              command: ["true"],
              interval: { spelled: times(check.interval) },
              timeout: { spelled: times(check.timeout) },
              retries: check.retries,
              startPeriod: { spelled: times(check.startPeriod) },
            },
      config,
      ports: port === undefined && inside === undefined ? undefined : [portOf(agent)],
      logging: filled({ level, maxFiles }),
      dependsOn: filled(
        Object.fromEntries(
          Object.entries(agent.dependsOn).map(([name, restart]) => [name, { condition: "started", restart }]),
        ),
      ),
      supervision: {
        restart: agent.restart,
        stopGracePeriod: { spelled: times(agent.grace) },
        circuitBreaker: breaker === undefined ? undefined : { failures: breaker },
      },
      priority: agent.priority,
      scaling: agent.replicas === 1 ? undefined : { replicas: agent.replicas },
    },
  };
  return `${lines(page, "", chance).join("\n")}\n`;
}

const portOf = ({ port, inside = 8080 }: AgentSaid): Json =>
  port === undefined ? { container: inside } : { container: inside, host: port };

function filled(page: Page): Page | undefined {
  return Object.values(page).every((one) => one === undefined) ? undefined : page;
}

/** By name, so that its order means nothing. */
function listed(variables: AgentSaid["variables"], chance: Chance): Json | undefined {
  const all = Object.entries(variables).map(([name, value]) => ({ name, value }));
  return all.length === 0 ? undefined : shuffled(all, chance);
}

const bytes = (mi: number): readonly string[] => [
  `${mi}Mi`,
  `${mi * 1024}Ki`,
  `"${mi}Mi"`,
  String(mi * 1024 * 1024),
  ...(mi % 16 === 0 ? [`${mi / 1024}Gi`] : []),
];

const cores = (millis: number): readonly string[] => [`${millis}m`, String(millis / 1000), `"${millis}m"`];

const times = (seconds: number): readonly string[] => [
  `${seconds}s`,
  `${seconds * 1000}ms`,
  `'${seconds}s'`,
  ...(seconds > 60 && seconds % 60 !== 0 ? [`${Math.floor(seconds / 60)}m${seconds % 60}s`] : []),
];

function lines(page: Page, indent: string, chance: Chance): readonly string[] {
  const entries = Object.entries(page).filter(([, value]) => value !== undefined);
  const ordered = indent === "" ? entries : shuffled(entries, chance);
  return ordered.flatMap(([key, value]): readonly string[] => {
    const note = chance() < 0.05 ? [`${indent}# ${key} is a matter of taste`] : [];
    if (isPage(value) && Object.keys(value).length > 0 && chance() < 0.8)
      return [...note, `${indent}${key}:`, ...lines(value, `${indent}  `, chance)];
    return [...note, `${indent}${key}: ${flow(value ?? null, chance)}${chance() < 0.1 ? "  # so" : ""}`];
  });
}

function flow(value: Page | Said, chance: Chance): string {
  if (typeof value === "string") return text(value, chance);
  if (Array.isArray(value)) return `[${value.map((one: Json) => flow(one, chance)).join(", ")}]`;
  if (isSpelled(value)) return pick(value.spelled, chance);
  if (!isPage(value)) return String(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const inner = shuffled(entries, chance).map(([key, one]) => `${key}: ${flow(one ?? null, chance)}`);
  return `{${inner.join(", ")}}`;
}

function text(value: string, chance: Chance): string {
  const isPlain = /^[A-Za-z][\w-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  const spellings = [JSON.stringify(value), `'${value.replaceAll("'", "''")}'`, ...(isPlain ? [value] : [])];
  return pick(spellings, chance);
}

const isPage = (value: Page | Said | undefined): value is Page =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isSpelled(value);

const isSpelled = (value: Page | Said | undefined): value is { readonly spelled: readonly string[] } =>
  typeof value === "object" && value !== null && "spelled" in value;

export function pick<T>(all: readonly T[], chance: Chance): T {
  const found = all[Math.floor(chance() * all.length)];
  if (found === undefined) throw new Error("there is nothing to choose from");
  return found;
}

const shuffled = <T>(all: readonly T[], chance: Chance): readonly T[] =>
  all
    .map((one) => ({ one, at: chance() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
