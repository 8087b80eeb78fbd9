import { byCodeUnit, canonicalJson } from "../../src/base/canonical.ts";
import type { AgentFacts } from "../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../src/model/ir.ts";
import { type Fields, type Id, OF_THE_PROJECT, type Resource } from "../../src/model/resource.ts";
import type { DesiredRequest } from "../../src/model/target.ts";
import { sha256 } from "../../src/wanted/sha256.ts";
import { environmentOf, referencesOf } from "./wants/environment.ts";
import {
  claimId,
  claimName,
  configMapId,
  configMapName,
  deploymentId,
  LABEL,
  namespaceId,
  ROLLED_OUT,
  serviceId,
} from "./names.ts";
import { codeOf, podMarks, podOf } from "./wants/pod.ts";
import { defined, type JsonMap } from "./manifest/shape.ts";
import { isKubernetesFacts, type KubernetesFacts } from "./shapes.ts";
import { type Claim, claimsOf, mountsOf } from "./wants/volumes.ts";
import {
  placesOf,
  serverPort,
  writtenClaim,
  writtenConfig,
  writtenDeployment,
  writtenService,
} from "./wants/where.ts";

/** The objects of a cluster that the files ask for: a Deployment for each agent, and what that stands on. */
export function desired({ ir, facts, written }: DesiredRequest): Resource[] {
  const known = isKubernetesFacts(facts.target) ? facts.target : undefined;
  const namespace = known?.hasNamespace === false ? [namespaceOf(known.namespace)] : [];
  const agents = Object.values(ir.agents).flatMap((agent) => {
    const own = facts.agents[agent.name];
    if (own === undefined) return [];
    return ofAgent({
      ir,
      agent,
      facts: own,
      known,
      written: written[agent.name] ?? {},
      before: namespace.map(({ id }) => id),
    });
  });
  return [...namespace, ...agents].sort((a, b) => byCodeUnit(a.id, b.id));
}

interface Wish {
  readonly ir: Ir;
  readonly agent: AgentIr;
  readonly facts: AgentFacts;
  readonly known: KubernetesFacts | undefined;
  readonly written: Resource["written"];
  /** What everything else is made in. */
  readonly before: readonly Id[];
}

function namespaceOf(name: string): Resource {
  return {
    id: namespaceId(name),
    agent: OF_THE_PROJECT,
    kind: "Namespace",
    name,
    after: [],
    follows: [],
    fields: {},
    exchange: "stop first",
    holdsData: false,
    protect: false,
    source: "",
    written: {},
  };
}

function ofAgent(wish: Wish): Resource[] {
  const { agent, written, before } = wish;
  const base = {
    agent: agent.name,
    after: before,
    follows: [],
    exchange: "stop first",
    holdsData: false,
    protect: false,
    source: agent.source.file,
  } as const;
  const made = (
    one: Pick<Resource, "id" | "kind" | "name" | "fields" | "written"> & Partial<Resource>,
  ): Resource => ({
    ...base,
    ...one,
    written: placesOf(one.fields, one.written),
  });
  const found: Resource[] = [];
  if (agent.config !== undefined)
    found.push(
      made({
        id: configMapId(agent.name),
        kind: "ConfigMap",
        name: configMapName(agent.name),
        fields: { ...objectMarks(agent), config: agent.config.value },
        written: writtenConfig(written),
      }),
    );
  for (const claim of claimsOf(agent))
    found.push(
      made({
        id: claimId(agent, claim.volume),
        kind: "PersistentVolumeClaim",
        name: claimName(agent, claim.volume),
        fields: { ...objectMarks(agent), ...defined(claim.fields) },
        holdsData: true,
        // Another claim in its place would be an empty one.
        protect: true,
        written: writtenClaim(written, claim),
      }),
    );
  if (Object.keys(agent.ports).length > 0)
    found.push(
      made({
        id: serviceId(agent.name),
        kind: "Service",
        name: agent.name,
        fields: serviceFields(wish),
        written: writtenService(agent, written),
      }),
    );
  return [
    ...found,
    deployment(
      wish,
      base,
      found.map(({ id }) => id),
    ),
  ];
}

type Base = Omit<Resource, "id" | "kind" | "name" | "fields" | "written">;

function deployment(wish: Wish, base: Base, own: readonly Id[]): Resource {
  const { ir, agent, facts, known, written } = wish;
  const references = referencesOf(agent, facts);
  const { env, secrets } = environmentOf(ir, agent, facts, known?.secrets);
  const mounts = mountsOf(agent);
  const isWritten = (path: string): boolean => written[path] !== undefined;
  const update = updateOf(agent, claimsOf(agent), isWritten);
  const { config } = agent;
  const fields: Fields = defined({
    ...objectMarks(agent, true),
    code: codeOf(agent, facts),
    configDigest: config === undefined ? undefined : sha256(canonicalJson(config.value)).slice(0, 16),
    [ROLLED_OUT]: true,
    secrets: Object.keys(secrets).length === 0 ? undefined : secrets,
    spec: {
      progressDeadlineSeconds: 600,
      replicas: agent.scaling.replicas,
      revisionHistoryLimit: 10,
      selector: { matchLabels: selector(wish) },
      strategy: update.strategy,
      template: defined({
        metadata: podMarks(agent),
        spec: podOf({ agent, facts, env, mounts, isWritten }),
      }),
    },
  });
  const dependencies = Object.entries(agent.dependsOn).filter(([name]) => ir.agents[name] !== undefined);
  return {
    ...base,
    id: deploymentId(agent.name),
    kind: "Deployment",
    name: agent.name,
    after: [...new Set([...base.after, ...own, ...dependencies.map(([name]) => deploymentId(name))])].sort(
      byCodeUnit,
    ),
    follows: dependencies
      .filter(([, { restart }]) => restart)
      .map(([name]) => deploymentId(name))
      .sort(byCodeUnit),
    exchange: "stop first",
    rolls: update.rolls,
    protect: agent.metadata.protect,
    fields,
    written: placesOf(fields, writtenDeployment(agent, written, mounts, references)),
  };
}

interface Update {
  readonly strategy: JsonMap;
  readonly rolls: Resource["exchange"];
}

/**
 * No port of a machine is held here, so that nothing hinders a new pod beside the former one, unless they would want
 * the same disk or the same port of a node.
 */
function updateOf(
  { update, network, ports }: AgentIr,
  claims: readonly Claim[],
  isWritten: (path: string) => boolean,
): Update {
  const { maxSurge, maxUnavailable } = update;
  const isExclusive =
    claims.some((one) => one.isExclusive) || (network.mode === "host" && Object.keys(ports).length > 0);
  const rolls = isWritten("update/strategy")
    ? update.strategy === "rolling"
    : !isExclusive || maxSurge !== undefined || maxUnavailable !== undefined;
  if (!rolls) return { strategy: { type: "Recreate" }, rolls: "stop first" };
  const isNone = (value: number | string | undefined): boolean => value === 0 || /^0+%$/.test(String(value));
  const rollingUpdate = {
    maxSurge: maxSurge ?? "25%",
    maxUnavailable: maxUnavailable ?? (isNone(maxSurge) ? 1 : 0),
  };
  return {
    strategy: { rollingUpdate, type: "RollingUpdate" },
    rolls: isNone(maxSurge) ? "stop first" : "start first",
  };
}

/** Others reach the agent by its name, at the port that it listens on. */
function serviceFields(wish: Wish): Fields {
  const { agent } = wish;
  const all = Object.values(agent.ports);
  const ports = Object.fromEntries(
    Object.entries(agent.ports).map(([key, { container, protocol, name }]) => {
      const isAlone = name !== undefined && all.filter((one) => one.name === name).length === 1;
      return [serverPort(key), { name: isAlone ? name : `${protocol}-${container}`, targetPort: container }];
    }),
  );
  return { ...objectMarks(agent), spec: { ports, selector: selector(wish), type: "ClusterIP" } };
}

function selector({ ir, agent }: Wish): JsonMap {
  return { [LABEL.agent]: agent.name, [LABEL.project]: ir.project ?? agent.name };
}

/** Labels are for whoever looks for all that belongs to an agent; annotations mean something to what runs it. */
function objectMarks({ metadata }: AgentIr, isDeployment = false): Fields {
  const { annotations, labels } = metadata;
  const marks = defined({
    annotations: isDeployment && Object.keys(annotations).length > 0 ? annotations : undefined,
    labels: Object.keys(labels).length > 0 ? labels : undefined,
  });
  return Object.keys(marks).length === 0 ? {} : { metadata: marks };
}
