import { byCodeUnit } from "../base/canonical.ts";
import type { AgentIr } from "../model/ir.ts";
import type { Resource } from "../model/resource.ts";
import { inCapitals } from "./variables.ts";

/** The variables by which a program is told where to listen. */

type Ports = Pick<AgentIr, "ports">;

const portVariable = (name: string): string => `PORT_${inCapitals(name)}`;

/** The one that PORT says: TCP before UDP, then the smallest, since a list's order means nothing here. */
export function mainPort(agent: Ports): string | undefined {
  const [first] = Object.entries(agent.ports).toSorted(
    ([, a], [, b]) => byCodeUnit(a.protocol, b.protocol) || a.container - b.container,
  );
  return first?.[0];
}

export function toldPorts(
  agent: Ports,
  port: (key: string) => number,
): readonly (readonly [name: string, text: string])[] {
  return namesByPort(agent).flatMap(([key, names]) =>
    names.map((name) => [name, String(port(key))] as const),
  );
}

/** Where they were written: beside their port, but for those that their author wrote himself. */
export function writtenToldPorts(
  agent: Pick<AgentIr, "ports" | "environment">,
  written: Resource["written"],
): Resource["written"] {
  return Object.fromEntries(
    namesByPort(agent).flatMap(([key, names]) => {
      const at = written[`ports/${key}`];
      return at === undefined
        ? []
        : names
            .filter((name) => agent.environment[name] === undefined)
            .map((name) => [`environment/${name}`, at] as const);
    }),
  );
}

function namesByPort(agent: Ports): readonly (readonly [key: string, names: readonly string[]])[] {
  const main = mainPort(agent);
  return Object.entries(agent.ports).map(([key, { name }]) => [
    key,
    [...(key === main ? ["PORT"] : []), ...(name === undefined ? [] : [portVariable(name)])],
  ]);
}
