import type { Docker } from "../client.ts";
import type { Facts } from "../../../src/model/facts.ts";
import type { Ir } from "../../../src/model/ir.ts";
import { imageOf } from "../../../src/wanted/image.ts";
import { choosePorts } from "../../../src/wanted/ports.ts";
import { networkOf, hasNames } from "../container/reach.ts";
import type { Engine } from "../engine.ts";
import { containerIn } from "./live.ts";
import { imageNamed } from "../image/live-image.ts";
import type { Look } from "./look.ts";
import { askedOf } from "./memo.ts";
import type { DockerFacts } from "../shapes.ts";
import { LABEL } from "../names.ts";

/** What only the engine can say before anything is wanted: which images are there, and which ports of it are free. */
export function gather(
  { system, place, isLocal }: Engine,
  ir: Ir,
  facts: Facts["agents"],
  look: Look,
  images: readonly Docker.ImageInfo[],
): DockerFacts {
  const found = Object.values(ir.agents).flatMap((agent) => {
    const own = facts[agent.name];
    if (own === undefined) return [];
    const { reference } = imageOf(agent, own);
    const image = imageNamed(images, reference);
    return image === undefined ? [] : [[reference, image.Id] as const];
  });
  return {
    images: Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1))),
    ports: choosePorts({
      ir: published(ir, place.project),
      asked: new Set(Object.keys(facts)),
      before: heldPorts(look),
      // Of another machine nobody here can tell; the engine itself says so when it starts a container.
      isFree: (port, address, protocol) =>
        !isLocal || system.net.holder(port, address, protocol).is === "free",
      range: place.portRange,
    }),
    isLocal,
  };
}

/** What stays inside takes no port of the machine from anybody. */
function published(ir: Ir, project: string): Ir {
  const agents = Object.values(ir.agents).map((agent) => {
    const all = hasNames(networkOf(agent, project)) ? Object.entries(agent.ports) : [];
    return [
      agent.name,
      { ...agent, ports: Object.fromEntries(all.filter(([, { host }]) => host !== "none")) },
    ] as const;
  });
  return { ...ir, agents: Object.fromEntries(agents) };
}

function heldPorts({ containers, volumes }: Look): ReadonlyMap<string, Readonly<Record<string, number>>> {
  return new Map(
    containers.map(({ Id, Labels }) => {
      const ports = containerIn(askedOf(Id, Labels, volumes))?.ports ?? {};
      const held = Object.entries(ports).map(([key, { port }]) => [key, port]);
      return [Labels[LABEL.agent] ?? "", Object.fromEntries(held)];
    }),
  );
}
