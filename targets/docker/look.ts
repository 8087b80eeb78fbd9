import type { Docker } from "./client.ts";
import { bounded, type Engine } from "./engine.ts";
import { LABEL } from "./names.ts";

/** Volumes as the engine really answers: the library's type has forgotten when they were made. */
export type Volume = Docker.VolumeInspectInfo & { readonly CreatedAt?: string };
export type Container = Docker.ContainerInspectInfo;

/** Everything of this project that one engine holds, by one list each. */
export interface Look {
  readonly containers: readonly Docker.ContainerInfo[];
  readonly volumes: readonly Volume[];
  /** By id; what is gone by then is not in it. */
  inspect(ids: readonly string[]): Promise<readonly Container[]>;
}

export async function lookAt(engine: Engine): Promise<Look> {
  const [containers, volumes] = await Promise.all([containersOf(engine), volumesOf(engine)]);
  const known = new Map<string, Promise<Container | undefined>>();
  return {
    containers,
    volumes,
    async inspect(ids) {
      const found = await bounded(ids, (id) => {
        const asked = known.get(id) ?? inspect(engine, id);
        known.set(id, asked);
        return asked;
      });
      return found.flatMap((one) => one ?? []);
    },
  };
}

/** Only those that are containers of ours: one that somebody runs from an image of ours has its labels too. */
export function containersOf({ docker, place }: Engine): Promise<Docker.ContainerInfo[]> {
  return docker.listContainers({
    all: true,
    filters: { label: [`${LABEL.project}=${place.project}`, `${LABEL.kind}=container`] },
  });
}

export async function volumesOf({ docker, place }: Engine): Promise<readonly Volume[]> {
  const { Volumes } = await docker.listVolumes({
    filters: { label: [`${LABEL.project}=${place.project}`] },
  });
  return Volumes ?? [];
}

/** Undefined where there is no such container, or no longer. */
export async function inspect({ docker }: Engine, id: string): Promise<Container | undefined> {
  try {
    return await docker.getContainer(id).inspect();
  } catch (error) {
    if (error instanceof Error && "statusCode" in error && error.statusCode === 404) return undefined;
    throw error;
  }
}
