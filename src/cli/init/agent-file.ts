import { assertNever } from "../../base/assert-never.ts";
import type { Health, Model, Variable } from "./shapes.ts";

const MODELINE = "# yaml-language-server: $schema=https://agent.dev/schema/v1/agent.editor.schema.json";

export interface AgentFacts {
  readonly name: string;
  readonly description: string;
  /** Nothing: the image is built by the folder's own Dockerfile. */
  readonly runtime: string | undefined;
  /** Nothing: the runtime's own. */
  readonly command: readonly string[] | undefined;
  readonly model: Model | undefined;
  readonly port: number | undefined;
  readonly variables: readonly Variable[];
  readonly health: Health;
}

/** The text of agent.yaml. Written by hand and not by a library, for the comments and the order. */
export function agentFile(facts: AgentFacts): string {
  const lines = [
    MODELINE,
    "apiVersion: agent.dev/v1",
    "kind: Agent",
    "metadata:",
    `  name: ${scalar(facts.name)}`,
    "  version: 0.1.0",
    `  description: ${scalar(facts.description)}`,
    "spec:",
    ...program(facts),
    ...model(facts.model),
    ...ports(facts.port),
    ...environment(facts.variables),
    ...health(facts.health, facts.port),
    ...resources(facts.runtime),
    "  logging:",
    "    level: info # reaches the agent as LOG_LEVEL",
  ];
  return `${lines.join("\n")}\n`;
}

function program({ runtime, command }: AgentFacts): readonly string[] {
  const first =
    runtime === undefined
      ? "  build: {} # by the Dockerfile of this folder"
      : `  runtime: ${scalar(runtime)}`;
  const words = command?.map(scalar).join(", ");
  return words === undefined ? [first] : [first, `  command: [${words}]`];
}

function model(of: Model | undefined): readonly string[] {
  if (of === undefined) return [];
  return [
    "  model: # reaches the agent as AAC_MODEL_PROVIDER and AAC_MODEL_NAME",
    `    provider: ${scalar(of.provider)}`,
    `    name: ${scalar(of.name)}`,
  ];
}

function ports(port: number | undefined): readonly string[] {
  if (port === undefined) return [];
  return [
    "  ports:",
    `    - container: ${port} # what the agent listens on; on this machine the same port where it is free`,
    "      name: http",
  ];
}

function environment(variables: readonly Variable[]): readonly string[] {
  if (variables.length === 0) return [];
  const lines = ["  environment:"];
  let told = false;
  for (const variable of variables) {
    lines.push(`    - name: ${scalar(variable.name)}`);
    if (variable.is === "value") {
      lines.push(`      value: ${scalar(variable.value)}`);
      continue;
    }
    lines.push(`      from: ${variable.is}`);
    // Said once: a list of twenty variables would drown in it.
    lines.push(
      told ? "      optional: true" : "      optional: true # remove it where the agent cannot do without",
    );
    told = true;
  }
  return lines;
}

function health(check: Health, port: number | undefined): readonly string[] {
  switch (check.is) {
    case "none":
      return [];
    case "file":
      return [
        "  healthCheck:",
        `    file: ${scalar(check.path)} # healthy while it is there`,
        "    interval: 10s",
      ];
    case "tcp":
      return [
        "  healthCheck:",
        `    port: ${port ?? 8080} # healthy while it takes connections`,
        "    interval: 10s",
      ];
    case "http":
      return [
        "  healthCheck:",
        `    path: ${scalar(check.path)}`,
        ...(port === undefined ? [] : [`    port: ${port}`]),
        "    interval: 10s",
      ];
    default:
      return assertNever(check);
  }
}

function resources(runtime: string | undefined): readonly string[] {
  // A JVM needs more than the others before it does anything.
  const small = runtime?.startsWith("java") === true ? "256Mi" : "128Mi";
  return [
    "  resources:",
    "    limits: # the most that it may use",
    '      cpu: "1"',
    "      memory: 512Mi",
    "    requests: # what is set aside for it",
    "      cpu: 100m",
    `      memory: ${small}`,
  ];
}

const PLAIN = /^[A-Za-z/][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*$/;
/** Words that some YAML reads as something else than text. */
const READ_OTHERWISE = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text as one YAML value; JSON's quoting is also YAML's. */
export function scalar(text: string): string {
  return PLAIN.test(text) && !READ_OTHERWISE.test(text) ? text : JSON.stringify(text);
}
