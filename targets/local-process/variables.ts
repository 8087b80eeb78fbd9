import { byCodeUnit, type Json } from "../../src/base/canonical.ts";
import type { AgentFacts } from "../../src/model/facts.ts";
import type { AgentIr, Ir, ServiceIr, Value } from "../../src/model/ir.ts";
import { inPlace } from "./folders.ts";

interface Variables {
  readonly environment: Readonly<Record<string, string>>;
  /** Keyed digest, or null where it cannot be told. */
  readonly secrets: Readonly<Record<string, string | null>>;
}

/** Real port by agent and then by `8080/tcp`, as far as they are known. */
export type PortsOfAgents = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Known {
  readonly ir: Ir;
  readonly agent: AgentIr;
  readonly facts: AgentFacts;
  readonly ports: PortsOfAgents;
}

/**
 * Every variable of an agent on this machine: plain ones with their text, secret ones with what stands for them.
 * The author's word comes first, then env files, then what the tool adds by itself.
 */
export function variablesOf(ir: Ir, agent: AgentIr, facts: AgentFacts, ports: PortsOfAgents): Variables {
  const known: Known = { ir, agent, facts, ports };
  const environment = new Map<string, string>([...ownPorts(known), ...ownVolumes(known)]);
  for (const [name, value] of Object.entries(agent.environment)) {
    const text = textOf(known, name, value);
    if (text !== undefined) environment.set(name, text);
  }
  for (const [name, text] of Object.entries(facts.texts))
    if (agent.environment[name] === undefined) environment.set(name, text);
  const secrets = new Map<string, string | null>();
  for (const [name, fact] of Object.entries(facts.secrets)) {
    environment.delete(name);
    // One that is missing stays asked for: leaving it out would start the agent without it.
    if (fact.is !== "absent") secrets.set(name, (fact.is === "known" ? fact.digest : undefined) ?? null);
  }
  return { environment: sorted(environment), secrets: sorted(secrets) };
}

export const portVariable = (name: string): string => `PORT_${inCapitals(name)}`;

const inCapitals = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");

function ownPorts({ agent, ports }: Known): readonly (readonly [string, string])[] {
  const real = (key: string): string => String(realPort(agent, key, ports));
  const main = mainPort(agent);
  return [
    ...(main === undefined ? [] : [["PORT", real(main)] as const]),
    ...Object.entries(agent.ports).flatMap(([key, { name }]) =>
      name === undefined ? [] : [[portVariable(name), real(key)] as const],
    ),
  ];
}

/** The one that PORT says: TCP before UDP, then the smallest, since a list's order means nothing here. */
export function mainPort(agent: Pick<AgentIr, "ports">): string | undefined {
  const [first] = Object.entries(agent.ports).toSorted(
    ([, a], [, b]) => byCodeUnit(a.protocol, b.protocol) || a.container - b.container,
  );
  return first?.[0];
}

/** Where the folder of a volume really is, for a program that cannot find it under `/app`. */
function ownVolumes({ agent, facts }: Known): readonly (readonly [string, string])[] {
  return Object.values(agent.volumes).flatMap((volume) => {
    const below = inPlace(agent, volume);
    if (volume.name === undefined || below === undefined) return [];
    const path = below === "." ? facts.folder : `${facts.folder}/${below}`;
    return [[`AAC_VOLUME_${inCapitals(volume.name)}`, path] as const];
  });
}

function textOf(known: Known, name: string, value: Value): string | undefined {
  const { agent, facts } = known;
  const fromOutside = facts.texts[name];
  if (value.by !== undefined && fromOutside !== undefined) return fromOutside;
  switch (value.is) {
    case "text":
      return value.text;
    case "config":
      return configText(agent.config?.value, value.key);
    case "service":
      return address(known, value.service, value.format, value.optional);
    case "late":
      return filled(known, value.template);
    case "caller":
    case "configmap":
      return fromOutside;
    case "secret":
    case "file":
      return undefined;
  }
}

/** What a value holds is never looked into again: one that is open itself counts as not there. */
function filled(known: Known, template: string): string {
  return template.replaceAll(
    /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (whole, name: string | undefined, fallback: string | undefined) => {
      if (name === undefined) return whole === "$$" ? "$" : whole;
      const found = known.agent.environment[name];
      const text = found === undefined || found.is === "late" ? undefined : textOf(known, name, found);
      return text ?? fallback ?? "";
    },
  );
}

function configText(config: Json | undefined, key: string): string | undefined {
  if (!isMap(config) || !Object.hasOwn(config, key)) return undefined;
  const value = config[key];
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a service is reached from this machine; undefined where that cannot be told whole. */
function address(known: Known, name: string, format: string, optional: boolean): string | undefined {
  const service = known.agent.services[name];
  if (service === undefined) return undefined;
  if (optional && service.role === "used" && service.from === "nobody") return undefined;
  const port = portOfService(known, service);
  if (port === undefined && format.includes("{port}")) return undefined;
  const parts: Readonly<Record<string, string>> = {
    scheme: service.protocol === "https" || service.protocol === "grpc" ? service.protocol : "http",
    host: service.role === "used" && service.from === "host" ? service.host : "127.0.0.1",
    port: String(port ?? ""),
  };
  return format.replaceAll(/\{(scheme|host|port)\}/g, (whole, part: string) => parts[part] ?? whole);
}

function portOfService({ ir, agent, ports }: Known, service: ServiceIr): number | undefined {
  if (service.role === "used" && service.from !== "agent") return service.port;
  const offering = service.role === "offered" ? agent : ir.agents[service.agent];
  if (offering === undefined) return service.port;
  const keys = [`${service.port}/tcp`, `${service.port}/udp`];
  const key = keys.find((one) => offering.ports[one] !== undefined);
  return key === undefined ? service.port : realPort(offering, key, ports);
}

/** A port that nobody chose yet is the one that is written. */
export function realPort(agent: AgentIr, key: string, ports: PortsOfAgents): number {
  const port = agent.ports[key];
  const written = typeof port?.host === "number" ? port.host : port?.container;
  return ports[agent.name]?.[key] ?? written ?? Number(key.split("/")[0]);
}

function sorted<T>(map: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries([...map].sort(([a], [b]) => byCodeUnit(a, b)));
}
