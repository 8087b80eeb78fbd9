import { byCodeUnit } from "../../src/base/canonical.ts";
import { isKept } from "./back/kept-images.ts";
import type { Docker } from "./client.ts";
import { removeFills } from "./container/config-volume.ts";
import { attempt, type Engine } from "./engine.ts";
import { isOurs, type Labels } from "./labels.ts";
import { containersOf, type Volume, volumesOf } from "./live/look.ts";
import { removeVolumes } from "./live/memo.ts";
import { keptImages, LABEL } from "./names.ts";

/** Volumes that only help containers to be what they are: with the last of those they go too. */
const HELPING: ReadonlySet<string | undefined> = new Set(["key", "hold", "config", "asked", "adopted"]);

/**
 * After the last step. Where containers are wanted and none came up, what helps them stays for the next apply. What
 * cannot be taken away now is found again the next time; what stays on purpose is told, a line each.
 */
export async function tidy(
  engine: Engine,
  isWanted: boolean,
  configs: ReadonlySet<string>,
): Promise<readonly string[]> {
  const tidied = await attempt(async () => {
    await removeFills(engine);
    const [containers, volumes] = await Promise.all([containersOf(engine), volumesOf(engine)]);
    await removeVolumes(engine, [
      ...withoutUse(containers, volumes, configs),
      ...withoutContainer(containers, volumes),
    ]);
    if (containers.length > 0 || isWanted) return [];
    await removeVolumes(
      engine,
      volumes.filter(({ Labels }) => HELPING.has(labelsIn(Labels)[LABEL.kind])),
    );
    return [
      ...(await stayingNetworks(engine)),
      ...staying(engine, volumes),
      ...(await stayingImages(engine)),
    ];
  });
  return tidied.ok ? tidied.value : [];
}

/** A configuration that this apply wrote and no container has, while the agent runs with another one. */
function withoutUse(
  containers: readonly Docker.ContainerInfo[],
  volumes: readonly Volume[],
  written: ReadonlySet<string>,
): readonly Volume[] {
  const used = new Set(containers.flatMap(({ Mounts }) => Mounts.map(({ Name }) => Name)));
  const agentsWithOne = new Set(
    volumes
      .filter(({ Name, Labels }) => labelsIn(Labels)[LABEL.kind] === "config" && used.has(Name))
      .map(({ Labels }) => labelsIn(Labels)[LABEL.agent]),
  );
  return volumes.filter(
    ({ Name, Labels }) =>
      written.has(Name) && !used.has(Name) && agentsWithOne.has(labelsIn(Labels)[LABEL.agent]),
  );
}

/** What is said of a container that somebody took away. */
const withoutContainer = (
  containers: readonly Docker.ContainerInfo[],
  volumes: readonly Volume[],
): readonly Volume[] =>
  volumes.filter(({ Labels }) => {
    const id = labelsIn(Labels)[LABEL.container];
    return id !== undefined && !containers.some(({ Id }) => Id === id);
  });

/** Nobody is in them any more, and the engine does not let them go all the same. */
async function stayingNetworks({ docker, place }: Engine): Promise<readonly string[]> {
  const filters = { label: [`${LABEL.project}=${place.project}`] };
  return (await docker.listNetworks({ filters }))
    .filter(({ Labels }) => isOurs(Labels, place.project, "network"))
    .map(
      ({ Name }) =>
        `the network ${Name} stays: the engine says that somebody is connected to it, and names nobody; once the engine was started anew: docker network rm ${Name}`,
    );
}

function staying({ place }: Engine, volumes: readonly Volume[]): readonly string[] {
  const names = volumes.flatMap(({ Name, Labels }) =>
    isOurs(Labels, place.project, "volume") ? [Name] : [],
  );
  return names.sort().map((name) => `the volume ${name} stays, with what is in it: docker volume rm ${name}`);
}

/** Each once: one that only its history keeps has a name of ours alone, or those of somebody else beside it. */
async function stayingImages({ docker, place }: Engine): Promise<readonly string[]> {
  const own = keptImages(place.project);
  const all = (await docker.listImages()).map(({ RepoTags, Size, Labels }) => {
    const names = (RepoTags ?? []).filter((one) => !one.startsWith("<none>")).sort(byCodeUnit);
    const kept = names.filter((one) => isKept(one, own));
    const isBuilt = isOurs(Labels, place.project, "image");
    return {
      built: isBuilt ? names.filter((one) => !isKept(one, own)) : [],
      kept,
      size: Math.ceil(Size / 1e6),
    };
  });
  const built = all
    .filter((one) => one.built.length > 0)
    .toSorted((a, b) => byCodeUnit(a.built.join(), b.built.join()))
    .map(({ built: names, kept, size }) => {
      const what =
        names.length === 1 ? `the image ${names.join()} stays` : `the images ${names.join(", ")} stay`;
      return `${what}, ${size} MB: docker rmi ${[...names, ...kept].join(" ")}`;
    });
  const former = all.filter((one) => one.built.length === 0 && one.kept.length > 0);
  if (former.length === 0) return built;
  const size = former.reduce((sum, one) => sum + one.size, 0);
  const names = former.flatMap(({ kept }) => kept).sort(byCodeUnit);
  const what =
    former.length === 1 ? "an image of its history stays" : `${former.length} images of its history stay`;
  return [...built, `${what}, ${size} MB: docker rmi ${names.join(" ")}`];
}

const labelsIn = (labels: Labels | null): Labels => labels ?? {};
