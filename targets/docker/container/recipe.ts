import type { Docker } from "../client.ts";
import { byCodeUnit } from "../../../src/base/canonical.ts";
import { parseDuration, showDuration } from "../../../src/base/duration.ts";
import { parseBytes, showBytes } from "../../../src/base/quantity.ts";
import { limitsFor, limitsIn } from "./limits.ts";
import { type Around, type EngineMount, mountsFor, mountsIn } from "./mounts.ts";
import { CONFIG_FOLDER, CONFIG_PATH, networkName } from "../names.ts";
import { securityFor, securityIn } from "./security.ts";
import type { ContainerFields } from "../shapes.ts";

/** What an engine is told of a container. */
export interface Recipe {
  readonly config: Docker.ContainerCreateOptions;
  readonly host: Docker.HostConfig;
  /** Names in each network, by the network. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
}

export interface Given extends Around {
  readonly secrets: Readonly<Record<string, string>>;
}

export function recipeOf(fields: ContainerFields, given: Given): Recipe {
  const { ports, network, stop, logging, restart } = fields;
  const environment = { ...fields.environment, ...given.secrets };
  const variables = Object.entries(
    fields.mounts[CONFIG_FOLDER]?.type === "config"
      ? { AAC_CONFIG: CONFIG_PATH, ...environment }
      : environment,
  ).sort(([a], [b]) => byCodeUnit(a, b));
  const grace = parseDuration(stop.grace);
  const size = parseBytes(logging.maxSize);
  const mode = engineMode(network.mode, given.project);
  return {
    config: {
      Image: fields.image,
      ...(fields.entrypoint === null ? {} : { Entrypoint: [...fields.entrypoint] }),
      ...(fields.command === null ? {} : { Cmd: [...fields.command] }),
      ...(fields.workingDir === undefined ? {} : { WorkingDir: fields.workingDir }),
      ...(fields.user === undefined ? {} : { User: fields.user }),
      Env: variables.map(([name, value]) => `${name}=${value}`),
      ExposedPorts: Object.fromEntries(Object.keys(ports).map((key) => [key, {}])),
      StopSignal: stop.signal,
      // An engine counts whole seconds: a part of one is given in full.
      StopTimeout: Math.ceil((grace.ok ? grace.value : 0) / 1000),
    },
    host: {
      ...limitsFor(fields.limits),
      ...securityFor(fields.security),
      NetworkMode: mode,
      PortBindings: Object.fromEntries(
        Object.entries(ports).map(([key, { port, address }]) => [
          key,
          [{ HostIp: address, HostPort: String(port) }],
        ]),
      ),
      RestartPolicy: { Name: restart.policy, MaximumRetryCount: restart.retries },
      LogConfig: {
        Type: "json-file",
        Config: { "max-size": String(size.ok ? size.value : 0), "max-file": String(logging.maxFiles) },
      },
      // The library wants more than an engine does.
      Mounts: mountsFor(fields.mounts, given) as Docker.MountSettings[],
      ...(network.dns.length === 0 ? {} : { Dns: [...network.dns] }),
      ...(mode === "none" ? {} : { ExtraHosts: ["host.docker.internal:host-gateway"] }),
    },
    networks: mode === "none" || mode === "host" ? {} : { [mode]: network.aliases },
  };
}

/** The project's own network goes by `bridge`, and one that somebody else made by its name. */
export const engineMode = (mode: string, project: string): string =>
  mode === "bridge" ? networkName(project) : mode;

type Read = Pick<
  ContainerFields,
  "ports" | "mounts" | "limits" | "network" | "security" | "restart" | "stop" | "logging"
>;

/** The same the other way round: what an engine says of a container, in the words of a file. */
export function readRecipe({ config, host, networks }: Recipe, around: Omit<Around, "config">): Read {
  const { RestartPolicy: restart, LogConfig: log } = host;
  const mode = host.NetworkMode ?? "";
  return {
    ports: portsIn(host),
    mounts: mountsIn((host.Mounts ?? []) as readonly EngineMount[], around),
    limits: limitsIn(host),
    network: {
      mode: mode === networkName(around.project) ? "bridge" : mode === "bridge" ? "default" : mode,
      aliases: [...(networks[mode] ?? [])].sort(byCodeUnit),
      dns: (host.Dns ?? []).map(String),
    },
    security: securityIn(host),
    restart: { policy: restart?.Name || "no", retries: restart?.MaximumRetryCount ?? 0 },
    stop: {
      signal: config.StopSignal ?? "SIGTERM",
      grace: showDuration((config.StopTimeout ?? 10) * 1000),
    },
    logging: loggingIn(log),
  };
}

function portsIn({ PortBindings: bindings }: Docker.HostConfig): Read["ports"] {
  const all = (bindings ?? {}) as Readonly<Record<string, readonly Docker.PortBinding[] | null>>;
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, list]) =>
      (list ?? [])
        .slice(0, 1)
        .map(
          ({ HostPort, HostIp }) =>
            [key, { port: Number(HostPort ?? 0), address: HostIp || "0.0.0.0" }] as const,
        ),
    ),
  );
}

function loggingIn(log: Docker.HostConfig["LogConfig"]): Read["logging"] {
  const told = (log?.Config ?? {}) as Readonly<Record<string, string | undefined>>;
  const size = parseBytes((told["max-size"] ?? "").replace(/^(\d+)([kmg])$/i, bigger));
  return {
    maxSize: size.ok ? showBytes(size.value) : "unlimited",
    maxFiles: Number(told["max-file"] ?? 1),
  };
}

/** The engine's own short units are decimal here. */
const bigger = (_: string, digits: string, unit: string): string => `${digits}${unit.toUpperCase()}B`;
