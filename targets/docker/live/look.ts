import type { Docker } from "../client.ts";
import { bounded, type Engine } from "../engine.ts";
import { adoptedIn, isAdopted } from "./adopted.ts";
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
  const [own, volumes] = await Promise.all([madeOnes(engine), volumesOf(engine)]);
  const containers = await withAdopted(engine, own, volumes);
  const listed = new Map(containers.map((one) => [one.Id, one]));
  const known = new Map<string, Promise<Container | undefined>>();
  return {
    containers,
    volumes,
    networks: once(() => networksOf(engine)),
    images: once(() => engine.docker.listImages()),
    async inspect(ids) {
      const found = await bounded(ids, (id) => {
        const info = listed.get(id);
        const asked =
          known.get(id) ?? (info === undefined ? inspect(engine, id) : inspectListed(engine, info));
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

/** Of this project: what it made, and what it adopted. */
export async function containersOf(looking: Looking): Promise<readonly Docker.ContainerInfo[]> {
  const [own, volumes] = await Promise.all([madeOnes(looking), volumesOf(looking)]);
  return withAdopted(looking, own, volumes);
}

/** One that was adopted has its labels beside it, and is seen as if it had them itself. */
async function withAdopted(
  { docker, signal }: Looking,
  own: readonly Docker.ContainerInfo[],
  volumes: readonly Volume[],
): Promise<readonly Docker.ContainerInfo[]> {
  const adopted = adoptedIn(volumes);
  if (adopted.size === 0) return own;
  const found = await docker.listContainers({
    all: true,
    filters: { id: [...adopted.keys()] },
    ...until(signal),
  });
  return [
    ...own,
    ...found.flatMap((one) => {
      const labels = adopted.get(one.Id);
      const isOwn = own.some(({ Id }) => Id === one.Id);
      return labels === undefined || isOwn ? [] : [{ ...one, Labels: { ...one.Labels, ...labels } }];
    }),
  ];
}

/** With the labels that it is listed with. */
export async function inspectListed(
  looking: Pick<Looking, "docker">,
  { Id, Labels }: Docker.ContainerInfo,
): Promise<Container | undefined> {
  const container = await inspect(looking, Id);
  if (container === undefined || !isAdopted(Labels)) return container;
  return { ...container, Config: { ...container.Config, Labels } };
}

/** Only those that are containers of ours: one that somebody runs from an image of ours has its labels too. */
export function madeOnes({ docker, place, signal }: Looking): Promise<Docker.ContainerInfo[]> {
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
