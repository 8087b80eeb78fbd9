import type { Docker } from "../client.ts";
import { bounded, type Engine } from "../engine.ts";
import { LABEL } from "../names.ts";

/** Volumes as the engine really answers: the library's type has forgotten when they were made. */
export type Volume = Docker.VolumeInspectInfo & { readonly CreatedAt?: string };
export type Container = Docker.ContainerInspectInfo;

/** Everything of this project that one engine holds, by one list each; each is asked for once. */
export interface Look {
  readonly containers: readonly Docker.ContainerInfo[];
  readonly volumes: readonly Volume[];
  networks(): Promise<readonly Docker.NetworkInspectInfo[]>;
  /** All that are there, whosever they are. */
  images(): Promise<readonly Docker.ImageInfo[]>;
  /** By id; what is gone by then is not in it. */
  inspect(ids: readonly string[]): Promise<readonly Container[]>;
}

/** As much of an engine as is known before it has said who it is. */
export interface Looking {
  readonly docker: Docker;
  readonly place: Pick<Engine["place"], "project">;
  /** Gives up what is asked for at once. */
  readonly signal?: AbortSignal;
}

export async function lookAt(engine: Looking): Promise<Look> {
  const [containers, volumes] = await Promise.all([containersOf(engine), volumesOf(engine)]);
  const known = new Map<string, Promise<Container | undefined>>();
  return {
    containers,
    volumes,
    networks: once(() => networksOf(engine)),
    images: once(() => engine.docker.listImages()),
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

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
}

/** Only those that are containers of ours: one that somebody runs from an image of ours has its labels too. */
export function containersOf({ docker, place, signal }: Looking): Promise<Docker.ContainerInfo[]> {
  return docker.listContainers({
    all: true,
    filters: { label: [`${LABEL.project}=${place.project}`, `${LABEL.kind}=container`] },
    ...until(signal),
  });
}

export async function volumesOf({ docker, place, signal }: Looking): Promise<readonly Volume[]> {
  const { Volumes } = await docker.listVolumes({
    filters: { label: [`${LABEL.project}=${place.project}`] },
    ...until(signal),
  });
  return Volumes ?? [];
}

const until = (signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

const networksOf = ({ docker, place }: Looking): Promise<Docker.NetworkInspectInfo[]> =>
  docker.listNetworks({ filters: { label: [`${LABEL.project}=${place.project}`] } });

/** Undefined where there is no such container, or no longer. */
export async function inspect(
  { docker }: Pick<Looking, "docker">,
  id: string,
): Promise<Container | undefined> {
  try {
    return await docker.getContainer(id).inspect();
  } catch (error) {
    if (error instanceof Error && "statusCode" in error && error.statusCode === 404) return undefined;
    throw error;
  }
}
