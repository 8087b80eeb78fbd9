import type { Docker } from "../client.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import { holderWords } from "../../../src/wanted/port-holder.ts";
import type { Engine } from "../engine.ts";
import { isOurs, type Labels, ownerIn } from "../labels.ts";
import { LABEL } from "../names.ts";
import type { ContainerFields } from "../shapes.ts";

/** Ports of the machine that somebody else holds: another container, or, on an engine of this machine, any program. */
export function portFaults(
  { system, place, isLocal }: Engine,
  agent: string,
  { ports }: Pick<ContainerFields, "ports">,
  /** Containers that give theirs up. */
  going: ReadonlySet<string>,
  containers: readonly Docker.ContainerInfo[],
): Diagnostic[] {
  return Object.entries(ports).flatMap(([key, { port, address }]) => {
    const protocol = key.endsWith("/udp") ? "udp" : "tcp";
    const holding = containers.filter(({ Ports }) =>
      Ports.some((one) => one.PublicPort === port && one.Type === protocol && isSame(one.IP ?? "", address)),
    );
    const other = holding.find(({ Id }) => !going.has(Id));
    if (other !== undefined) return [fault(agent, port, nameOf(other, place.project))];
    // What an engine listens on for a container of its own is told by that.
    if (!isLocal || holding.length > 0) return [];
    const holder = system.net.holder(port, address, protocol);
    if (holder.is === "free") return [];
    return [fault(agent, port, holderWords(holder))];
  });
}

function fault(agent: string, port: number, by: string | undefined): Diagnostic {
  const whom = by === undefined ? "" : ` by ${by}`;
  return diagnostic("AAC4002", undefined, `${agent}: port ${port} is already in use${whom}`, {
    notes: ["end that one, or give the agent another port"],
  });
}

function nameOf({ Names, Id, Labels }: Docker.ContainerInfo, project: string): string {
  if (isOurs(Labels, project, "container")) return `the agent ${Labels[LABEL.agent] ?? ""}`;
  const labels: Labels | null = Labels;
  const owner = ownerIn(labels);
  const name = Names[0]?.replace(/^\//, "") ?? Id.slice(0, 12);
  return `the container ${name}${owner === "somebody else" ? "" : ` of ${owner}`}`;
}

const isAny = (address: string): boolean => ["", "0.0.0.0", "::"].includes(address);
const isSame = (a: string, b: string): boolean => a === b || isAny(a) || isAny(b);
