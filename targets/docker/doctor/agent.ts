import { asFinding, type Finding, type Question } from "../../../src/model/doctor.ts";
import { placeAt } from "../../../src/model/place.ts";
import type { System } from "../../../src/model/system.ts";
import type { Here } from "../../../src/model/target.ts";
import type { Connected, Docker } from "../client.ts";
import { hasNames, networkOf } from "../container/reach.ts";
import { attempt, type Engine } from "../engine.ts";
import { isOurs } from "../labels.ts";
import { LABEL } from "../names.ts";
import { portFaults } from "../preflight/port-faults.ts";
import { imageFinding } from "./images.ts";

type OfAgent = Extract<Question, { readonly is: "agent" }>;

/** What stands in the way of one agent on an engine. */
export async function agentFindings(
  connected: Connected,
  system: System,
  here: Here,
  question: OfAgent,
): Promise<readonly Finding[]> {
  const { docker, id, where } = connected;
  const place = placeAt(here, system.digests, { where, identity: id, isOnly: false });
  const listed = await attempt(() =>
    Promise.all([docker.listContainers(), docker.listImages(), docker.listNetworks()]),
  );
  if (!listed.ok)
    return [
      { about: "engine", is: "fail", found: `what is on it cannot be listed: ${listed.error.message}` },
    ];
  const [containers, images, networks] = listed.value;
  const engine: Engine = { ...connected, system, place };
  return [
    imageFinding(question.agent, question.facts, images),
    ...networkFinding(question, place.project, networks),
    ...portFindings(engine, question, containers),
  ];
}

function networkFinding(
  { agent }: OfAgent,
  project: string,
  networks: readonly Docker.NetworkInspectInfo[],
): readonly Finding[] {
  const name = networkOf(agent, project);
  if (["bridge", "host", "none"].includes(name)) return [];
  if (networks.some(({ Name }) => Name === name))
    return [{ about: "network", is: "ok", found: `${name} is there` }];
  return [
    {
      about: "network",
      is: "fail",
      found: `there is no network ${name} on the engine`,
      repair: `docker network create ${name}`,
    },
  ];
}

/** Only a written one can be in somebody's way: for the others an apply finds one that is free. */
function portFindings(
  engine: Engine,
  { agent }: OfAgent,
  containers: readonly Docker.ContainerInfo[],
): readonly Finding[] {
  const { project } = engine.place;
  if (!hasNames(networkOf(agent, project))) return [];
  const own = new Set(
    containers
      .filter(({ Labels }) => isOurs(Labels, project, "container") && Labels[LABEL.agent] === agent.name)
      .map(({ Id }) => Id),
  );
  return Object.entries(agent.ports).flatMap(([key, { host, hostIP }]): readonly Finding[] => {
    if (host === "none") return [];
    const about = `port ${key}`;
    if (host === "free")
      return [{ about, is: "ok", found: "on a port of the machine that an apply finds free" }];
    const [fault] = portFaults(
      engine,
      agent.name,
      { ports: { [key]: { port: host, address: hostIP } } },
      own,
      containers,
    );
    return [
      fault === undefined
        ? { about, is: "ok", found: `${host} of the machine is free, or the agent's own` }
        : asFinding(about, fault),
    ];
  });
}
