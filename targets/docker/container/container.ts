import { byCodeUnit } from "../../../src/base/canonical.ts";
import { showDuration } from "../../../src/base/duration.ts";
import { isAbsolute, leadsOut, normalise } from "../../../src/base/paths.ts";
import { showBytes } from "../../../src/base/quantity.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr, Ir, VolumeIr } from "../../../src/model/ir.ts";
import { commandOf } from "../../../src/wanted/command.ts";
import { limitFields } from "../../../src/wanted/fields.ts";
import type { ImageSource } from "../../../src/wanted/image.ts";
import { APP, folderOf, ownDockerfile, ownerOf } from "../image/build.ts";
import { healthFields } from "./healthcheck.ts";
import { CONFIG_FOLDER } from "../names.ts";
import { hasNames, networkOf, publishedPorts, variablesOf } from "./reach.ts";
import type { ContainerFields, DockerFacts, Mount } from "../shapes.ts";

/** Everything that one container is made of; each replica of an agent is made of the same. */
export function containerFieldsOf(
  ir: Ir,
  agent: AgentIr,
  facts: AgentFacts,
  image: ImageSource,
  project: string,
  known: DockerFacts,
): ContainerFields {
  const network = networkOf(agent, project);
  const imageId = known.images[image.reference];
  const { environment, secrets } = variablesOf(ir, agent, facts, project, known.ports);
  const user = userOf(agent, image);
  const { workingDir } = agent.program;
  return {
    image: image.reference,
    ...(imageId === undefined ? {} : { imageId }),
    ...programOf(agent, facts, image),
    ...(workingDir === undefined
      ? {}
      : { workingDir: isAbsolute(workingDir) ? normalise(workingDir) : normalise(`${APP}/${workingDir}`) }),
    ...(user === undefined ? {} : { user }),
    environment,
    secrets,
    ports: publishedPorts(agent, project, known.ports),
    mounts: mountsOf(agent, facts),
    limits: limitFields(agent),
    health: healthFields(agent),
    network: {
      mode: network,
      aliases: hasNames(network) ? [agent.name] : [],
      dns: agent.network.dns,
    },
    security: securityOf(agent),
    restart: restartOf(agent),
    stop: {
      signal: agent.supervision.stopSignal,
      // An engine counts whole seconds: a part of one is given in full.
      grace: showDuration(Math.ceil(agent.supervision.stopGracePeriod.ms / 1000) * 1000),
    },
    logging: { maxSize: showBytes(agent.logging.maxSize.value), maxFiles: agent.logging.maxFiles },
    labels: sorted({ ...agent.metadata.annotations, ...agent.metadata.labels }),
    dependsOn: sorted(agent.dependsOn),
    running: true,
  };
}

/**
 * What the author calls the command is what the image's entry point is replaced by, and its arguments follow. Alone,
 * arguments go to whatever the image starts: to its entry point, or to the program of the runtime, which our recipe
 * names as a command.
 */
function programOf(
  { program, source }: Pick<AgentIr, "program" | "source">,
  facts: Pick<AgentFacts, "code">,
  image: ImageSource,
): Pick<ContainerFields, "entrypoint" | "command"> {
  const { command, args, shell } = program;
  if (command === undefined && args.length === 0) return { entrypoint: null, command: null };
  if (shell) return { entrypoint: commandOf(program), command: null };
  if (command !== undefined) return { entrypoint: command, command: args.length === 0 ? null : args };
  const isOurs = image.is === "built" && ownDockerfile({ program, source }, facts) === undefined;
  return { entrypoint: null, command: isOurs ? commandOf(program) : args };
}

function userOf(agent: AgentIr, image: ImageSource): string | undefined {
  if (image.is === "built") return ownerOf(agent);
  const { runAsUser, runAsGroup } = agent.security;
  if (runAsUser === undefined) return undefined;
  return runAsGroup === undefined ? String(runAsUser) : `${runAsUser}:${runAsGroup}`;
}

function mountsOf(agent: AgentIr, facts: AgentFacts): ContainerFields["mounts"] {
  const config: readonly (readonly [string, Mount])[] =
    agent.config === undefined ? [] : [[CONFIG_FOLDER, { type: "config", readOnly: true }]];
  return sorted(
    Object.fromEntries([
      ...config,
      ...Object.values(agent.volumes).flatMap((volume): (readonly [string, Mount])[] => {
        const mount = mountOf(volume, rootOf(agent, facts));
        return mount === undefined ? [] : [[normalise(volume.target), mount]];
      }),
    ]),
  );
}

function mountOf({ type, name, source, readOnly, size }: VolumeIr, root: string): Mount | undefined {
  switch (type) {
    case "bind": {
      const path = source ?? ".";
      return { type, source: path.startsWith("../") ? normalise(`${root}/${path}`) : path, readOnly };
    }
    case "volume":
      return { type, source: name ?? "", readOnly };
    case "tmpfs":
      return { type, readOnly, ...(size === undefined ? {} : { size: showBytes(size.value) }) };
    case "configmap":
      // Refused before anything is wanted.
      return undefined;
  }
}

/** The project's root, as far as the agent's folder tells it. */
function rootOf(agent: AgentIr, { folder }: Pick<AgentFacts, "folder">): string {
  const below = folderOf(agent);
  return folder.endsWith(`/${below}`) && !leadsOut(below) ? folder.slice(0, -below.length - 1) : folder;
}

/** A right that is named under `dangerous` is allowed; only where nothing narrower asks for it is it also meant. */
function securityOf({ security, isolation }: AgentIr): ContainerFields["security"] {
  const { dangerous, seccomp = "default" } = security;
  const add = capabilities(security.capabilities.add);
  const isNarrower = seccomp === "unconfined" || add.includes("ALL");
  return {
    readOnlyRootFilesystem: security.readOnlyRootFilesystem || isolation.filesystem === "readonly",
    noNewPrivileges: security.noNewPrivileges ?? false,
    drop: capabilities(security.capabilities.drop),
    add,
    seccomp,
    privileged: dangerous.includes("privileged") && !isNarrower,
    pidMode: dangerous.includes("host-pid") ? "host" : "",
  };
}

const capabilities = (names: readonly string[]): readonly string[] =>
  [...new Set(names.map((name) => name.replace(/^CAP_/, "")))].sort(byCodeUnit);

/** To an engine no retry at all is another policy, and zero of them are as many as it takes. */
function restartOf({ supervision }: AgentIr): ContainerFields["restart"] {
  const { restart, maxRestarts } = supervision;
  if (maxRestarts === 0) return { policy: "no", retries: 0 };
  return {
    policy: restart,
    retries: restart === "on-failure" && maxRestarts !== "unlimited" ? maxRestarts : 0,
  };
}

function sorted<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => byCodeUnit(a, b)));
}
