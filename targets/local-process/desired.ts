import { byCodeUnit } from "../../src/base/canonical.ts";
import { showBytes } from "../../src/base/quantity.ts";
import type { AgentFacts } from "../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../src/model/ir.ts";
import type { Fields, Id, Resource } from "../../src/model/resource.ts";
import type { DesiredRequest } from "../../src/model/target.ts";
import { commandOf } from "../../src/wanted/command.ts";
import { hookFields, limitFields, probeFields, supervisionFields } from "../../src/wanted/fields.ts";
import { renamed, writtenOf } from "../../src/wanted/places.ts";
import { writtenToldPorts } from "../../src/wanted/told-ports.ts";
import { workingFolder } from "./folders.ts";
import { isLocalFacts, type LocalAgent, type LocalFacts } from "./local-facts.ts";
import { type PortsOfAgents, realPort, variablesOf } from "./orders/variables.ts";

/** The objects of this machine that the files ask for: an environment, a config file and a process for each agent. */
export function desired(request: DesiredRequest): Resource[] {
  const { ir, facts } = request;
  const local: LocalFacts = isLocalFacts(facts.target) ? facts.target : { agents: {} };
  const ports: PortsOfAgents = {
    ...local.elsewhere,
    ...Object.fromEntries(Object.entries(local.agents).map(([name, one]) => [name, one.ports])),
  };
  return Object.values(ir.agents)
    .flatMap((agent) => {
      const own = facts.agents[agent.name];
      const here = local.agents[agent.name];
      if (own === undefined || here === undefined) return [];
      return ofAgent(ir, agent, own, here, ports, request.written[agent.name] ?? {});
    })
    .sort((a, b) => byCodeUnit(a.id, b.id));
}

export const processId = (agent: string): Id => `${agent}/process/0`;
export const configId = (agent: string): Id => `${agent}/config/config`;

function ofAgent(
  ir: Ir,
  agent: AgentIr,
  facts: AgentFacts,
  here: LocalAgent,
  ports: PortsOfAgents,
  written: Resource["written"],
): Resource[] {
  const base = {
    agent: agent.name,
    holdsData: false,
    source: agent.source.file,
  };
  const places = { ...written, ...writtenToldPorts(agent, written), ...renamed(written, NAMES) };
  const found: Resource[] = [];
  const own: Id[] = [];
  const follows: Id[] = [];
  if (here.environment !== undefined) {
    const { runtime } = here.environment;
    const id = `${agent.name}/environment/${runtime}`;
    own.push(id);
    follows.push(id);
    found.push({
      ...base,
      id,
      kind: "environment",
      name: runtime,
      exchange: "start first",
      after: [],
      follows: [],
      protect: false,
      fields: environmentFields(here.environment),
      written: writtenOf(here.environment, places),
    });
  }
  if (agent.config !== undefined) {
    const id = configId(agent.name);
    own.push(id);
    if (agent.config.reload === "restart") follows.push(id);
    found.push({
      ...base,
      id,
      kind: "config",
      name: "config",
      exchange: "stop first",
      after: [],
      follows: [],
      protect: false,
      fields: { config: agent.config.value },
      written: writtenOf({ config: 0 }, places),
    });
  }
  const dependencies = Object.keys(agent.dependsOn)
    .filter((name) => ir.agents[name] !== undefined)
    .map(processId);
  const fields = processFields(ir, agent, facts, here, ports);
  found.push({
    ...base,
    id: processId(agent.name),
    kind: "process",
    name: "0",
    exchange: "stop first",
    after: [...own, ...dependencies].sort(byCodeUnit),
    follows: [
      ...follows,
      ...Object.entries(agent.dependsOn)
        .filter(([name, { restart }]) => restart && ir.agents[name] !== undefined)
        .map(([name]) => processId(name)),
    ].sort(byCodeUnit),
    protect: agent.metadata.protect,
    fields,
    written: writtenOf(fields, places),
  });
  return found;
}

/** What is in it is named by a digest: of a lock file nothing else is known. */
function environmentFields({ key, ...rest }: NonNullable<LocalAgent["environment"]>): Fields {
  return { content: key, ...rest };
}

function processFields(
  ir: Ir,
  agent: AgentIr,
  facts: AgentFacts,
  here: LocalAgent,
  ports: PortsOfAgents,
): Fields {
  const { environment, secrets } = variablesOf(ir, agent, facts, ports);
  return {
    command: commandOf(agent.program),
    program: here.program.path,
    ...(here.program.version === undefined ? {} : { version: here.program.version }),
    ...(here.environment === undefined ? {} : { environmentKey: here.environment.key }),
    cwd: workingFolder(agent),
    environment,
    secrets,
    ...(agent.inheritEnv.length === 0 ? {} : { inheritEnv: agent.inheritEnv.toSorted(byCodeUnit) }),
    code: facts.code,
    ports: Object.fromEntries(
      Object.entries(agent.ports).map(([key, port]) => [
        key,
        { port: realPort(agent, key, ports), address: port.hostIP, inside: port.host === "none" },
      ]),
    ),
    health: Object.fromEntries(
      Object.entries(agent.health).map(([kind, probe]) => [kind, probeFields(probe)]),
    ),
    limits: limitFields(agent),
    supervision: supervisionFields(agent),
    lifecycle: Object.fromEntries(
      Object.entries(agent.lifecycle).map(([name, hook]) => [name, hookFields(hook)]),
    ),
    logging: {
      maxSize: showBytes(agent.logging.maxSize.value),
      maxFiles: agent.logging.maxFiles,
    },
    dependsOn: Object.fromEntries(
      Object.entries(agent.dependsOn).map(([name, { condition, restart }]) => [name, { condition, restart }]),
    ),
    priority: agent.priority,
    ...(agent.config === undefined ? {} : { config: true }),
    configReload: agent.config?.reload ?? "restart",
    running: true,
    recorded: true,
  };
}

/** What the file calls otherwise than the objects do. */
const NAMES: readonly (readonly [string, string])[] = [
  ["resources/limits", "limits"],
  ["workingDir", "cwd"],
  ["dependencies", "packages"],
  ["runtime", "key"],
  ["dependencies", "key"],
  ["runtime", "version"],
  ["command", "program"],
  ["runtime", "program"],
];
