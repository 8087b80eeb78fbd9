import type { AgentIr } from "../model/ir.ts";
import type { Found } from "./outside.ts";

/** The text of `NAME_HOST` and the like, which only a target knows; undefined where it does not. */
export type Late = (name: string) => string | undefined;

const PART = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * A text that is secret as a whole: each `${NAME}` of it is a secret, or the address of a service that the agent
 * uses. Filled in once: what a value holds is never looked into again.
 */
export function fillTemplate(
  agent: AgentIr,
  template: string,
  late: Late,
  secret: (name: string) => Found,
): Found {
  const looked: string[] = [];
  const names: string[] = [];
  let text = "";
  let end = 0;
  for (const match of template.matchAll(PART)) {
    text += template.slice(end, match.index);
    end = match.index + match[0].length;
    const name = match[1];
    if (name === undefined) {
      text += "$";
      continue;
    }
    const isOwn = !isAddress(agent, name);
    const part = isOwn ? secret(name) : address(agent, name, late);
    if (part.is === "refused") return part;
    if (part.is === "nothing") looked.push(...part.looked);
    else {
      text += part.text;
      if (isOwn) names.push(name);
    }
  }
  if (looked.length > 0) return { is: "nothing", looked };
  // Never the file of a part: that would say that the file holds the whole value.
  return {
    is: "found",
    text: text + template.slice(end),
    place: { from: "variable", name: names.join(", ") },
  };
}

function isAddress(agent: AgentIr, name: string): boolean {
  const stem = /^(.+)_(?:HOST|PORT|URL)$/.exec(name)?.[1];
  return Object.keys(agent.services).some((one) => one.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_") === stem);
}

function address(agent: AgentIr, name: string, late: Late): Found {
  const value = agent.environment[name];
  const text = value?.is === "text" ? value.text : (late(name) ?? ofHost(agent, name));
  return text === undefined
    ? { is: "nothing", looked: [`the service of \`${name}\`, whose address is not known here`] }
    : { is: "found", text, place: { from: "variable", name } };
}

/** A service on a fixed host has its address in the file. */
function ofHost(agent: AgentIr, name: string): string | undefined {
  const value = agent.environment[name];
  const service = value?.is === "service" ? agent.services[value.service] : undefined;
  if (value?.is !== "service" || service?.role !== "used" || service.from !== "host") return undefined;
  const scheme = service.protocol === "https" || service.protocol === "grpc" ? service.protocol : "http";
  const parts = { scheme, host: service.host, port: String(service.port ?? "") };
  return value.format.replaceAll(/\{(scheme|host|port)\}/g, (whole, part: string) =>
    part === "scheme" || part === "host" || part === "port" ? parts[part] : whole,
  );
}
