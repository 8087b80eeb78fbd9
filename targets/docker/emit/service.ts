import type { Json } from "../../../src/base/canonical.ts";
import { normalise } from "../../../src/base/paths.ts";
import { parseBytes, parseCpu } from "../../../src/base/quantity.ts";
import type { Lost } from "../../../src/model/emit.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import { CONFIG_FOLDER, CONFIG_PATH, LABEL } from "../names.ts";
import type { BuiltImageFields, ContainerFields, ImageFields } from "../shapes.ts";
import { type Recipe, recipeOf } from "./recipe.ts";
import { literal, standIns } from "./secrets.ts";

export type Section = Readonly<Record<string, Json>>;

export interface ServiceRequest {
  readonly agent: AgentIr;
  readonly facts: AgentFacts;
  readonly container: ContainerFields;
  readonly replicas: number;
  readonly image: ImageFields | undefined;
  /** How the engine asks for its health; undefined where it cannot. */
  readonly healthcheck: Section | undefined;
  /** Agents in the same file, and whether the engine asks for their health. */
  readonly beside: ReadonlyMap<string, boolean>;
  /** Ports for which the engine finds a free one of the machine. */
  readonly anyPort: ReadonlySet<string>;
  /** Key of the network in the file. */
  readonly network: string;
  /** The project's root, from where the file stands. */
  readonly root: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Service {
  readonly section: Section;
  readonly lost: readonly Lost[];
}

/** One agent in the words of compose. What an engine does anyway is left out. */
export function serviceOf(request: ServiceRequest): Service {
  const { agent, container, replicas, image } = request;
  const { security, logging } = container;
  const depends = dependsOn(request);
  const variables = environmentOf(request);
  const recipe = image?.from === "build" ? recipeOf(agent, request.facts, image) : undefined;
  const plain = compact({
    build: image?.from === "build" && recipe !== undefined ? buildOf(image, recipe, request.root) : undefined,
    cap_add: security.add,
    cap_drop: security.drop,
    command: container.command,
    configs: agent.config === undefined ? [] : [{ source: configKey(agent.name), target: CONFIG_PATH }],
    depends_on: depends.section,
    deploy: compact({
      replicas: replicas === 1 ? undefined : replicas,
      resources: compact({ limits: limitsOf(container) }),
    }),
    dns: container.network.dns,
    entrypoint: container.entrypoint,
    healthcheck: request.healthcheck,
    image: container.image,
    labels: { ...container.labels, ...request.labels, ...(replicas === 1 ? { [LABEL.replica]: "0" } : {}) },
    logging: {
      driver: "json-file",
      options: {
        "max-file": String(logging.maxFiles),
        "max-size": bytes(logging.maxSize),
      },
    },
    // Memory is memory: with swap beside it an agent would grow twice as large.
    memswap_limit: container.limits.memory === undefined ? undefined : bytes(container.limits.memory),
    pid: security.pidMode === "" ? undefined : security.pidMode,
    ports: portsOf(request),
    privileged: security.privileged ? true : undefined,
    read_only: security.readOnlyRootFilesystem ? true : undefined,
    restart: restartOf(container),
    security_opt: [
      ...(security.noNewPrivileges ? ["no-new-privileges:true"] : []),
      ...(security.seccomp === "default" ? [] : [`seccomp=${security.seccomp}`]),
    ],
    stop_grace_period: container.stop.grace,
    stop_signal: container.stop.signal,
    ulimits: compact({ nofile: container.limits.files }),
    user: container.user,
    volumes: volumesOf(request),
    working_dir: container.workingDir,
    ...networkOf(request),
  });
  return {
    section: { ...quoted(plain), ...compact({ environment: variables.section }) },
    lost: [...(recipe?.lost ?? []), ...depends.lost, ...variables.lost, ...portsLost(request)],
  };
}

export const configKey = (agent: string): string => `${agent}-config`;

/** Each dollar sign of a text would begin a variable. Keys are read as they stand. */
export function quoted(section: Section): Section {
  const walk = (one: Json | undefined): Json => {
    if (typeof one === "string") return literal(one);
    if (typeof one !== "object" || one === null) return one ?? null;
    if (isList(one)) return one.map(walk);
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, walk(inner)]));
  };
  return Object.fromEntries(Object.entries(section).map(([key, one]) => [key, walk(one)]));
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

/** Without what is not there, and without what is empty. */
export function compact(section: Readonly<Record<string, Json | undefined>>): Section {
  return Object.fromEntries(
    Object.entries(section).flatMap(([key, one]) =>
      one === undefined || one === null || (typeof one === "object" && Object.keys(one).length === 0)
        ? []
        : [[key, one]],
    ),
  );
}

function buildOf(image: BuiltImageFields, recipe: Recipe, root: string): Section {
  return compact({
    args: image.args,
    context: pathFrom(root, image.context),
    ...(recipe.is === "ours" ? { dockerfile_inline: recipe.text } : { dockerfile: recipe.path }),
    target: image.target,
  });
}

/** As compose tells a path from a name. */
function pathFrom(root: string, path: string): string {
  if (path.startsWith("/")) return normalise(path);
  const found = normalise(`${root}/${path}`);
  return found.startsWith("..") || found === "." ? found : `./${found}`;
}

function environmentOf({ agent, facts, container }: ServiceRequest): Service {
  const lost: Lost[] = [];
  const section = new Map<string, Json>(
    Object.entries(container.environment).map(([name, text]) => [name, literal(text)]),
  );
  for (const [name, one] of standIns(agent, facts, container.environment)) {
    section.set(name, one.text);
    if (one.lost !== undefined)
      lost.push({ agent: agent.name, field: `environment.${name}`, is: "approximated", how: one.lost });
  }
  return { section: Object.fromEntries(section), lost };
}

/** Health can be waited for only where the engine asks for it; others of the project start by themselves. */
function dependsOn({ agent, container, beside }: ServiceRequest): Service {
  const lost: Lost[] = [];
  const section: Record<string, Json> = {};
  for (const [name, { condition, restart }] of Object.entries(container.dependsOn)) {
    const hasCheck = beside.get(name);
    const note = (is: Lost["is"], how: string): void => {
      lost.push({ agent: agent.name, field: `dependsOn.${name}`, is, how });
    };
    if (hasCheck === undefined) {
      note("dropped", `${name} is not in this file`);
      continue;
    }
    const isUnknown = condition === "healthy" && !hasCheck;
    if (isUnknown) note("approximated", `it waits until ${name} runs: the engine cannot ask for its health`);
    section[name] = {
      condition: isUnknown ? CONDITIONS["started"] : CONDITIONS[condition],
      ...(restart ? { restart: true } : {}),
    };
  }
  return { section, lost };
}

const CONDITIONS: Readonly<Record<string, string>> = {
  started: "service_started",
  healthy: "service_healthy",
  completed: "service_completed_successfully",
};

function limitsOf({ limits }: ContainerFields): Section {
  const cpu = limits.cpu === undefined ? undefined : parseCpu(limits.cpu);
  return compact({
    cpus: cpu?.ok === true ? String(cpu.value / 1000) : undefined,
    memory: limits.memory === undefined ? undefined : bytes(limits.memory),
    pids: limits.pids,
  });
}

/** In the units of compose, where `m` is `Mi` and nothing is a million. */
function bytes(text: string): string {
  const amount = parseBytes(text);
  if (!amount.ok) return text;
  for (const [size, unit] of [
    [1024 ** 3, "g"],
    [1024 ** 2, "m"],
    [1024, "k"],
  ] as const)
    if (amount.value >= size && amount.value % size === 0) return `${amount.value / size}${unit}`;
  return String(amount.value);
}

function portsOf({ container, anyPort }: ServiceRequest): readonly Section[] {
  return Object.entries(container.ports).map(([key, { port, address }]) => {
    const [target, protocol = "tcp"] = key.split("/");
    return {
      host_ip: address,
      protocol,
      ...(anyPort.has(key) ? {} : { published: String(port) }),
      target: Number(target),
    };
  });
}

const portsLost = ({ agent, anyPort }: ServiceRequest): readonly Lost[] =>
  [...anyPort].map((key) => ({
    agent: agent.name,
    field: `ports.${key}`,
    is: "approximated",
    how: "the engine finds a port of the machine, another at each start: the same number is taken in this file",
  }));

function volumesOf({ container, root }: ServiceRequest): readonly Section[] {
  return Object.entries(container.mounts).flatMap(([target, mount]): Section[] => {
    const base = { target, ...(mount.readOnly ? { read_only: true } : {}) };
    switch (mount.type) {
      case "bind":
        return [
          {
            ...base,
            type: "bind",
            source: pathFrom(root, mount.source ?? "."),
            // A folder that is not there is a mistake, and not to be made as root.
            bind: { create_host_path: false },
          },
        ];
      case "volume":
        return [{ ...base, type: "volume", source: mount.source ?? "" }];
      case "tmpfs":
        return [
          {
            ...base,
            type: "tmpfs",
            ...(mount.size === undefined ? {} : { tmpfs: { size: bytes(mount.size) } }),
          },
        ];
      case "config":
        // Stands under `configs`.
        return target === CONFIG_FOLDER ? [] : [{ ...base, type: "volume", source: mount.source ?? "" }];
    }
  });
}

function networkOf({ agent, container, network }: ServiceRequest): Section {
  const { mode, aliases } = container.network;
  if (mode === "host" || mode === "none") return { network_mode: mode };
  const others = aliases.filter((one) => one !== agent.name);
  return {
    extra_hosts: ["host.docker.internal:host-gateway"],
    networks: { [network]: others.length === 0 ? null : { aliases: others } },
  };
}

function restartOf({ restart }: ContainerFields): string {
  return restart.policy === "on-failure" && restart.retries > 0
    ? `on-failure:${restart.retries}`
    : restart.policy;
}
