import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../../src/model/ir.ts";
import { toldPorts } from "../../../src/wanted/told-ports.ts";
import { inCapitals, type Variables, variablesOf as variablesIn } from "../../../src/wanted/variables.ts";
import { inPlace } from "../folders.ts";

/** Real port by agent and then by `8080/tcp`, as far as they are known. */
export type PortsOfAgents = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Every variable of an agent on this machine, where each agent is reached by a port of the loopback address. */
export function variablesOf(ir: Ir, agent: AgentIr, facts: AgentFacts, ports: PortsOfAgents): Variables {
  return variablesIn(ir, agent, facts, {
    host: () => "127.0.0.1",
    port: (one, key) => realPort(one, key, ports),
    own: [...toldPorts(agent, (key) => realPort(agent, key, ports)), ...ownVolumes(agent, facts)],
  });
}

/** Where the folder of a volume really is, for a program that cannot find it under `/app`. */
function ownVolumes(agent: AgentIr, facts: AgentFacts): readonly (readonly [string, string])[] {
  return Object.values(agent.volumes).flatMap((volume) => {
    const below = inPlace(agent, volume);
    if (volume.name === undefined || below === undefined) return [];
    const path = below === "." ? facts.folder : `${facts.folder}/${below}`;
    return [[`AAC_VOLUME_${inCapitals(volume.name)}`, path] as const];
  });
}

/** A port that nobody chose yet is the one that is written. */
export function realPort(agent: AgentIr, key: string, ports: PortsOfAgents): number {
  const port = agent.ports[key];
  const written = typeof port?.host === "number" ? port.host : port?.container;
  return ports[agent.name]?.[key] ?? written ?? Number(key.split("/")[0]);
}
