import { byCodeUnit } from "../../src/base/canonical.ts";
import type { AgentFacts } from "../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../src/model/ir.ts";
import { type Fields, type Id, OF_THE_PROJECT, type Resource } from "../../src/model/resource.ts";
import type { DesiredRequest } from "../../src/model/target.ts";
import { imageOf, type ImageSource } from "../../src/wanted/image.ts";
import { codeIn, contextOf, ownDockerfile } from "./image/build.ts";
import { containerFieldsOf } from "./container/container.ts";
import { dockerfileOf } from "./image/dockerfile.ts";
import { configId, containerId, imageId, networkId, volumeId } from "./names.ts";
import { networkOf, publishedPorts } from "./container/reach.ts";
import { type ContainerFields, type DockerFacts, type ImageFields, isDockerFacts } from "./shapes.ts";
import { writtenInConfig, writtenInContainer, writtenInImage } from "./container/written.ts";

/**
 * What the files ask an engine for: an image and a container for each replica, the configuration beside it, and what
 * agents share, which is the project's network and its volumes.
 */
export function desired(request: DesiredRequest): Resource[] {
  const { ir, facts } = request;
  const known = isDockerFacts(facts.target) ? facts.target : NOTHING;
  const found = new Map<Id, Resource>();
  for (const agent of Object.values(ir.agents)) {
    const own = facts.agents[agent.name];
    if (own === undefined) continue;
    for (const one of ofAgent(ir, agent, own, known, request.written[agent.name] ?? {}))
      found.set(one.id, one);
  }
  return [...found.values()].sort((a, b) => byCodeUnit(a.id, b.id));
}

/** Before anybody has asked an engine. */
const NOTHING: DockerFacts = { images: {}, ports: {}, isLocal: true };

/** Of a project that has no name yet. */
const NAMELESS = "agents";

function ofAgent(
  ir: Ir,
  agent: AgentIr,
  facts: AgentFacts,
  known: DockerFacts,
  written: Resource["written"],
): Resource[] {
  const project = ir.project ?? NAMELESS;
  const image = imageOf(agent, facts);
  const imageFields = imageFieldsOf(agent, facts, image);
  const fields = asFields(containerFieldsOf(ir, agent, facts, image, project, known));
  const shared = [...networkFor(agent, project), ...volumesFor(agent)];
  const base = { ...PLAIN, agent: agent.name, source: agent.source.file };
  const own: Resource[] = [
    {
      ...base,
      id: imageId(agent.name),
      kind: "image",
      name: "main",
      fields: { ...imageFields },
      written: writtenInImage(imageFields, written),
    },
  ];
  if (agent.config !== undefined)
    own.push({
      ...base,
      id: configId(agent.name),
      kind: "config",
      name: "config",
      fields: { config: agent.config.value },
      written: writtenInConfig(written),
    });
  const others = Object.entries(agent.dependsOn).flatMap(([name, { restart }]) => {
    const other = ir.agents[name];
    return other === undefined ? [] : [{ restart, ids: containerIds(other) }];
  });
  const needs = [...own, ...shared].map(({ id }) => id);
  const containers = containerIds(agent).map(
    (id, replica): Resource => ({
      ...base,
      id,
      kind: "container",
      name: String(replica),
      after: [...needs, ...others.flatMap(({ ids }) => ids)].sort(byCodeUnit),
      follows: [
        ...own.map((one) => one.id),
        ...others.flatMap(({ restart, ids }) => (restart ? ids : [])),
      ].sort(byCodeUnit),
      exchange: exchangeOf(agent, project, known, written),
      protect: agent.metadata.protect,
      fields,
      written: writtenInContainer(agent, fields, written),
    }),
  );
  return [...shared, ...own, ...containers];
}

const PLAIN = {
  after: [],
  follows: [],
  exchange: "start first",
  holdsData: false,
  protect: false,
  written: {},
} as const;

const containerIds = ({ name, scaling }: AgentIr): readonly Id[] =>
  Array.from({ length: scaling.replicas }, (_, replica) => containerId(name, replica));

/** Whoever is there as long as any agent of the project needs it, belongs to no file. */
const SHARED = { ...PLAIN, agent: OF_THE_PROJECT, source: "" } as const;

function networkFor(agent: AgentIr, project: string): readonly Resource[] {
  if (networkOf(agent, project) !== "bridge") return [];
  return [
    {
      ...SHARED,
      id: networkId(project),
      kind: "network",
      name: project,
      exchange: "stop first",
      fields: { driver: "bridge" },
    },
  ];
}

function volumesFor({ volumes }: AgentIr): readonly Resource[] {
  return Object.values(volumes).flatMap(({ type, name }) =>
    type !== "volume" || name === undefined
      ? []
      : [
          {
            ...SHARED,
            id: volumeId(name),
            kind: "volume",
            name,
            holdsData: true,
            fields: { driver: "local" },
          },
        ],
  );
}

function imageFieldsOf(agent: AgentIr, facts: AgentFacts, { is, reference }: ImageSource): ImageFields {
  if (is === "named") return { reference, from: "pull" };
  const { build } = agent.program;
  const written = Object.values(agent.volumes).filter(({ type, readOnly }) => type === "volume" && !readOnly);
  return {
    reference,
    from: "build",
    dockerfile:
      ownDockerfile(agent, facts) ??
      dockerfileOf(
        agent,
        facts,
        written.map(({ target }) => target),
      ),
    context: contextOf(agent),
    args: build?.args ?? {},
    ...(build?.target === undefined ? {} : { target: build.target }),
    code: codeIn(agent, facts),
  };
}

/**
 * A port of the machine has one holder, and two at once that write into the same place may spoil it: then the former
 * one has to go first, unless the author says that it need not.
 */
function exchangeOf(
  agent: AgentIr,
  project: string,
  known: DockerFacts,
  written: Resource["written"],
): Resource["exchange"] {
  const network = networkOf(agent, project);
  const holdsPort =
    Object.keys(publishedPorts(agent, project, known.ports)).length > 0 ||
    (network === "host" && Object.keys(agent.ports).length > 0);
  if (holdsPort || agent.update.strategy === "recreate") return "stop first";
  const isAlone = agent.scaling.replicas <= 1 && written["update/strategy"] === undefined;
  const writes = Object.values(agent.volumes).some(
    ({ type, readOnly }) => !readOnly && (type === "volume" || type === "bind"),
  );
  return isAlone && writes ? "stop first" : "start first";
}

/** An interface is no map of fields by itself, whatever it holds. */
function asFields(fields: ContainerFields): Fields {
  const mounts = Object.entries(fields.mounts).map(([target, mount]) => [target, { ...mount }]);
  return { ...fields, mounts: Object.fromEntries(mounts) };
}
