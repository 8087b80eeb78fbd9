import { byCodeUnit, type Json } from "../base/canonical.ts";
import type { AgentFacts } from "../model/facts.ts";
import type { AgentIr, Ir, ServiceIr, Value } from "../model/ir.ts";

export interface Variables {
  readonly environment: Readonly<Record<string, string>>;
  /** Keyed digest, or null where it cannot be told. */
  readonly secrets: Readonly<Record<string, string | null>>;
}

/** How agents reach each other on a target, and what it tells each of them by itself. */
export interface Surroundings {
  readonly host: (agent: AgentIr) => string;
  /** Of a port that is written as `8080/tcp`. */
  readonly port: (agent: AgentIr, key: string) => number;
  /** Where to look for a service that nobody offers; the agent's own loopback address unless it is given. */
  readonly nobody?: string;
  /** Gives way to what the author wrote. */
  readonly own: Iterable<readonly [name: string, text: string]>;
}

interface Known extends Surroundings {
  readonly ir: Ir;
  readonly agent: AgentIr;
  readonly facts: AgentFacts;
}

/**
 * Every variable of an agent: plain ones with their text, secret ones with what stands for them. The author's word
 * comes first, then env files, then what the tool adds by itself.
 */
export function variablesOf(ir: Ir, agent: AgentIr, facts: AgentFacts, around: Surroundings): Variables {
  const known: Known = { ir, agent, facts, ...around };
  const environment = new Map<string, string>(around.own);
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

export const inCapitals = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");

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

/** Where a service is reached from the agent; undefined where that cannot be told whole. */
function address(known: Known, name: string, format: string, optional: boolean): string | undefined {
  const service = known.agent.services[name];
  if (service === undefined) return undefined;
  if (optional && service.role === "used" && service.from === "nobody") return undefined;
  const port = portOfService(known, service);
  if (port === undefined && format.includes("{port}")) return undefined;
  const parts: Readonly<Record<string, string>> = {
    scheme: service.protocol === "https" || service.protocol === "grpc" ? service.protocol : "http",
    host: hostOfService(known, service),
    port: String(port ?? ""),
  };
  return format.replaceAll(/\{(scheme|host|port)\}/g, (whole, part: string) => parts[part] ?? whole);
}

function hostOfService({ ir, host, nobody }: Known, service: ServiceIr): string {
  if (service.role === "offered") return LOOPBACK;
  switch (service.from) {
    case "host":
      return service.host;
    case "nobody":
      return nobody ?? LOOPBACK;
    case "agent": {
      const offering = ir.agents[service.agent];
      return offering === undefined ? service.agent : host(offering);
    }
  }
}

const LOOPBACK = "127.0.0.1";

function portOfService({ ir, agent, port }: Known, service: ServiceIr): number | undefined {
  if (service.role === "used" && service.from !== "agent") return service.port;
  const offering = service.role === "offered" ? agent : ir.agents[service.agent];
  if (offering === undefined) return service.port;
  const keys = [`${service.port}/tcp`, `${service.port}/udp`];
  const key = keys.find((one) => offering.ports[one] !== undefined);
  return key === undefined ? service.port : port(offering, key);
}

function sorted<T>(map: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries([...map].sort(([a], [b]) => byCodeUnit(a, b)));
}
