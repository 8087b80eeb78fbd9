import { byCodeUnit } from "../base/canonical.ts";
import type { AgentIr, Ir, PortIr } from "../model/ir.ts";

/** By agent, then by `8080/tcp`. */
export type Ports = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface PortsRequest {
  readonly ir: Ir;
  /** Agents that are asked about; of others only those that live already have ports. */
  readonly asked: ReadonlySet<string>;
  /** What they hold by now. */
  readonly before: ReadonlyMap<string, Readonly<Record<string, number>>>;
  readonly isFree: (port: number, address: string, protocol: PortIr["protocol"]) => boolean;
  readonly range: readonly [number, number];
}

/**
 * The port of this machine for each port that a file names. A written one is kept, whoever holds it: that is said
 * before an apply. An unwritten one stays what it was, else is the port of the file where that is free, else one of
 * the range.
 */
export function choosePorts({ ir, asked, before, isFree, range }: PortsRequest): Ports {
  const written = new Set(Object.values(ir.agents).flatMap(writtenPorts));
  const taken = new Set(written);
  for (const ports of before.values())
    for (const [key, port] of Object.entries(ports)) taken.add(named(port, protocolOf(key)));
  const chosen: Record<string, Readonly<Record<string, number>>> = {};
  for (const agent of Object.values(ir.agents).toSorted((a, b) => byCodeUnit(a.name, b.name))) {
    if (!asked.has(agent.name) && before.get(agent.name) === undefined) continue;
    const own: Record<string, number> = {};
    for (const [key, port] of Object.entries(agent.ports)) {
      const free = (number: number): boolean =>
        !taken.has(named(number, port.protocol)) && isFree(number, port.hostIP, port.protocol);
      own[key] =
        typeof port.host === "number"
          ? port.host
          : (kept(before.get(agent.name)?.[key], port.protocol) ?? unwritten(port, free));
      taken.add(named(own[key], port.protocol));
    }
    chosen[agent.name] = own;
  }
  return chosen;

  /** What it has stays, unless a file by now gives that port to somebody by name. */
  function kept(was: number | undefined, protocol: PortIr["protocol"]): number | undefined {
    return was === undefined || written.has(named(was, protocol)) ? undefined : was;
  }

  /** With the range used up it is the file's own: who holds that is said before an apply. */
  function unwritten(port: PortIr, free: (number: number) => boolean): number {
    if (free(port.container)) return port.container;
    const [first, last] = range;
    for (let number = first; number <= last; number++) if (free(number)) return number;
    return port.container;
  }
}

/** The same number may be held once for each protocol. */
const named = (port: number, protocol: PortIr["protocol"]): string => `${port}/${protocol}`;

const protocolOf = (key: string): PortIr["protocol"] => (key.endsWith("/udp") ? "udp" : "tcp");

function writtenPorts(agent: AgentIr): readonly string[] {
  return Object.values(agent.ports).flatMap(({ host, protocol }) =>
    typeof host === "number" ? [named(host, protocol)] : [],
  );
}
