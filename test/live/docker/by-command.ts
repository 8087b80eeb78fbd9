import type Docker from "dockerode";
import { system } from "../../../src/system/system.ts";
import { connect } from "../../../targets/docker/client.ts";
import { keptImages, LABEL } from "../../../targets/docker/names.ts";
import type { PlatformAt } from "../platform-project.ts";

/** A real engine, asked by the tests themselves, beside the command line that they try on it. */
export interface ByCommand {
  readonly docker: Docker;
  readonly at: PlatformAt;
  /** Of one agent, or of all, sorted by name. */
  readonly containers: (project: string, agent?: string) => Promise<readonly Docker.ContainerInspectInfo[]>;
  /** The only one that an agent has. */
  readonly one: (project: string, agent: string) => Promise<Docker.ContainerInspectInfo>;
  /** By kind and name, all that has the label of the project; images are not counted, they stay. */
  readonly left: (project: string) => Promise<readonly string[]>;
}

export async function byCommand(environment: Readonly<Record<string, string>>): Promise<ByCommand> {
  const connected = await connect(environment, system.files);
  if (!connected.ok) throw new Error(connected.error.message);
  const { docker } = connected.value;
  const containers: ByCommand["containers"] = async (project, agent) => {
    const label = [`${LABEL.project}=${project}`, `${LABEL.kind}=container`];
    const filters = { label: agent === undefined ? label : [...label, `${LABEL.agent}=${agent}`] };
    const found = await docker.listContainers({ all: true, filters });
    const all = await Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
    return all.toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
  };
  return {
    docker,
    at: {
      target: "docker",
      environment: { ...environment, ...networkOfBuilds },
      clear: (project) => clearProject(docker, project),
    },
    containers,
    async one(project, agent) {
      const [first, ...more] = await containers(project, agent);
      if (first === undefined || more.length > 0)
        throw new Error(`${agent} has ${more.length + (first === undefined ? 0 : 1)} containers`);
      return first;
    },
    async left(project) {
      const filters = { label: [`${LABEL.project}=${project}`] };
      const [running, networks, volumes] = await Promise.all([
        docker.listContainers({ all: true, filters }),
        docker.listNetworks({ filters }),
        docker.listVolumes({ filters }),
      ]);
      return [
        ...running.map(({ Names, Id }) => `container ${(Names[0] ?? Id).replace(/^\//, "")}`),
        ...networks.map(({ Name }) => `network ${Name}`),
        ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
      ].sort();
    },
  };
}

/** An engine whose containers cannot reach a registry of packages may need another network while it builds. */
const networkOfBuilds: Readonly<Record<string, string>> =
  process.env["AAC_BUILD_NETWORK"] === undefined
    ? {}
    : { AAC_BUILD_NETWORK: process.env["AAC_BUILD_NETWORK"] };

/** Whatever an engine holds that has the project's label, images too. */
export async function clearProject(docker: Docker, project: string): Promise<void> {
  const filters = { label: [`${LABEL.project}=${project}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker.getContainer(Id).remove({ force: true, v: true });
  for (const { Id } of await docker.listNetworks({ filters }))
    await docker
      .getNetwork(Id)
      .remove()
      .catch((error: unknown) => {
        // An engine that lost track of who was in it keeps it until it is started anew: that is no fault of the test.
        if (!String(error).includes("active endpoints")) throw error;
      });
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes ?? [])
    await docker.getVolume(Name).remove();
  for (const { Id } of await docker.listImages({ filters }))
    await docker.getImage(Id).remove({ force: true });
  // Images of somebody else that only have a name more.
  for (const { RepoTags } of await docker.listImages())
    for (const tag of RepoTags ?? [])
      if (tag.startsWith(keptImages(project))) await docker.getImage(tag).remove();
}
