import { normalise } from "../../../src/base/paths.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../../src/model/ir.ts";
import { toldPorts } from "../../../src/wanted/told-ports.ts";
import { inCapitals, type Variables, variablesOf as variablesIn } from "../../../src/wanted/variables.ts";
import { CONFIG_PATH, networkName } from "../names.ts";
import type { DockerFacts } from "../shapes.ts";

/** Which network an agent is on, who reaches whom there, and what a program is told of it. */

const THIS_MACHINE = "host.docker.internal";
const LOOPBACK = "127.0.0.1";

/** `bridge` is the project's own; otherwise `host`, `none`, or the name of one that somebody else made. */
export function networkOf({ network, isolation }: AgentIr, project: string): string {
  if (isolation.network === "none") return "none";
  if (network.mode !== "custom") return network.mode;
  return network.name === undefined || network.name === networkName(project) ? "bridge" : network.name;
}

export const hasNames = (network: string): boolean => network !== "host" && network !== "none";

export type PublishedPorts = Readonly<Record<string, { readonly port: number; readonly address: string }>>;

/** Where the machine listens. On its own network a program opens the port there itself. */
export function publishedPorts(
  agent: AgentIr,
  project: string,
  chosen: DockerFacts["ports"],
): PublishedPorts {
  if (!hasNames(networkOf(agent, project))) return {};
  return Object.fromEntries(
    Object.entries(agent.ports).flatMap(([key, { host, hostIP, container }]) => {
      if (host === "none") return [];
      const written = typeof host === "number" ? host : container;
      return [[key, { port: chosen[agent.name]?.[key] ?? written, address: hostIP }]];
    }),
  );
}

/** Where one agent finds a port of another; undefined where no way leads there. */
export function wayTo(
  from: AgentIr,
  to: AgentIr,
  key: string,
  project: string,
  chosen: DockerFacts["ports"],
): { readonly host: string; readonly port: number } | undefined {
  const [here, there] = [networkOf(from, project), networkOf(to, project)];
  const inside = to.ports[key]?.container ?? Number(key.split("/")[0]);
  if (here === "none" || there === "none") return undefined;
  if (there === "host") return { host: here === "host" ? LOOPBACK : THIS_MACHINE, port: inside };
  if (here === there) return { host: to.name, port: inside };
  const published = publishedPorts(to, project, chosen)[key];
  // A port that only the machine itself reaches is out of reach of a container on another network.
  return here !== "host" || published === undefined ? undefined : { host: LOOPBACK, port: published.port };
}

/** Every variable of an agent in a container. */
export function variablesOf(
  ir: Ir,
  agent: AgentIr,
  facts: AgentFacts,
  project: string,
  chosen: DockerFacts["ports"],
): Variables {
  const onMachine = networkOf(agent, project) === "host";
  const way = (to: AgentIr, key: string): ReturnType<typeof wayTo> => wayTo(agent, to, key, project, chosen);
  return variablesIn(ir, agent, facts, {
    host: (to) => ["", ...Object.keys(to.ports)].flatMap((key) => way(to, key)?.host ?? [])[0] ?? to.name,
    port: (to, key) => way(to, key)?.port ?? to.ports[key]?.container ?? Number(key.split("/")[0]),
    nobody: onMachine ? LOOPBACK : THIS_MACHINE,
    own: [
      ...toldPorts(agent, (key) => agent.ports[key]?.container ?? 0),
      ...Object.values(agent.volumes).flatMap(({ name, target }) =>
        name === undefined ? [] : [[`AAC_VOLUME_${inCapitals(name)}`, normalise(target)] as const],
      ),
      ...(agent.config === undefined ? [] : [["AAC_CONFIG", CONFIG_PATH] as const]),
    ],
  });
}
