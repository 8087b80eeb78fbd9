import type Docker from "dockerode";
import type { Json } from "../../../src/base/canonical.ts";
import { LABEL } from "../../../targets/docker/names.ts";
import { isTree, jsonIn, type Tree, treeIn } from "./edits-model.ts";

export type Live = Docker.ContainerInspectInfo;
export const MEBI = 1024 * 1024;
export const CONFIG = "/etc/aac";

/** Minutes and seconds, as people write them. */
export const time = (seconds: number): string =>
  seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${seconds % 60 === 0 ? "" : `${seconds % 60}s`}`;

/** As the engine says it, read for this test alone. */
export function seen({ Config, HostConfig, State, NetworkSettings, Id }: Live): Tree {
  const labels = Config.Labels;
  const variables = Object.fromEntries(
    Config.Env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const { Memory = 0, NanoCpus = 0, PidsLimit, Ulimits } = HostConfig;
  const files = (Ulimits ?? []).find(({ Name }) => Name === "nofile")?.Hard;
  const bound = boundIn(HostConfig.PortBindings);
  return {
    entrypoint: listOf(Config.Entrypoint),
    command: listOf(Config.Cmd),
    environment: Object.fromEntries(
      Object.entries(variables).filter(([one]) => /^(?:V_.*|LOG_LEVEL|PORT|AAC_CONFIG)$/.test(one)),
    ),
    ports: bound === undefined ? {} : { "8080/tcp": bound },
    mounts: Object.fromEntries(
      (HostConfig.Mounts ?? []).map(({ Target, ReadOnly = false }) => [
        Target,
        { type: "config", readOnly: ReadOnly },
      ]),
    ),
    limits: {
      ...(Memory > 0 ? { memory: `${Memory / MEBI}Mi` } : {}),
      ...(NanoCpus > 0 ? { cpu: `${NanoCpus / 1_000_000}m` } : {}),
      ...(typeof PidsLimit === "number" && PidsLimit > 0 ? { pids: PidsLimit } : {}),
      ...(files === undefined ? {} : { files }),
    },
    health: healthIn(Config.Healthcheck),
    network: {
      aliases: Object.values(NetworkSettings.Networks)
        .flatMap(({ Aliases }) => listOf(Aliases))
        .filter((one) => one !== Id.slice(0, 12)),
    },
    restart: { policy: HostConfig.RestartPolicy?.Name ?? "" },
    stop: { grace: `${graceOf(Config)}s` },
    logging: { maxFiles: maxFiles(HostConfig) },
    labels: Object.fromEntries(
      Object.entries(labels).filter(([one]) => ["team", "floor", "note", "seen-by"].includes(one)),
    ),
    // No engine knows of it.
    dependsOn: treeIn(treeIn(jsonIn(labels[LABEL.asked] ?? "{}"))["dependsOn"]),
    running: State.Running && !State.Paused,
  };
}

/** The library's types have forgotten what an engine may leave out. */
const listOf = (value: unknown): readonly string[] =>
  typeof value === "string" ? [value] : Array.isArray(value) ? value.map(String) : [];

/** The library's type has forgotten it. */
const graceOf = (config: Live["Config"] & { readonly StopTimeout?: number }): number =>
  config.StopTimeout ?? 10;

const maxFiles = ({ LogConfig }: Docker.HostConfig): number => {
  const options: unknown = LogConfig?.Config;
  return isTree(options) ? Number(options["max-file"]) : Number.NaN;
};

/** Where the machine listens for 8080. */
function boundIn(bindings: unknown): { readonly port: number; readonly address: string } | undefined {
  const all = isTree(bindings) ? bindings["8080/tcp"] : undefined;
  const [first] = Array.isArray(all) ? all : [];
  return isTree(first) ? { port: Number(first["HostPort"]), address: String(first["HostIp"]) } : undefined;
}

/** Until then a failure does not count: that is its first time and all tries. */
function healthIn(check: Docker.HealthConfig | undefined): Tree {
  if (check?.Test === undefined) return {};
  const { Interval = 0, Timeout = 0, Retries = 0, StartPeriod = 0 } = check;
  const seconds = (nanos: number): number => nanos / 1e9;
  const fields: Tree = {
    type: "command",
    command: check.Test.slice(1),
    interval: time(seconds(Interval)),
    timeout: time(seconds(Timeout)),
    retries: Retries,
    startPeriod: time(seconds(StartPeriod - Interval * Retries)),
  };
  return { startup: fields, readiness: fields };
}

/** Out of the container itself, as the agent finds it: one file in an archive. */
export async function configIn(docker: Docker, { Id, HostConfig }: Live): Promise<Json | undefined> {
  if (HostConfig.Mounts?.some(({ Target }) => Target === CONFIG) !== true) return undefined;
  const archive = await docker.getContainer(Id).getArchive({ path: `${CONFIG}/config.json` });
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(Buffer.from(piece));
  const bytes = Buffer.concat(pieces);
  const size = Number.parseInt(bytes.toString("latin1", 124, 135), 8);
  return jsonIn(bytes.toString("utf8", 512, 512 + size));
}
