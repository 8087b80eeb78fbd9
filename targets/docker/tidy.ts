import { byCodeUnit } from "../../src/base/canonical.ts";
import { removeFills } from "./container/config-volume.ts";
import { attempt, type Engine } from "./engine.ts";
import { isOurs, type Labels } from "./labels.ts";
import { containersOf, type Volume, volumesOf } from "./live/look.ts";
import { removeVolumes } from "./live/memo.ts";
import { LABEL } from "./names.ts";

/** Volumes that only help containers to be what they are: with the last of those they go too. */
const HELPING: ReadonlySet<string | undefined> = new Set(["key", "hold", "config", "asked"]);

/**
 * After the last step. Where containers are wanted and none came up, what helps them stays for the next apply. What
 * cannot be taken away now is found again the next time; what stays on purpose is told, a line each.
 */
export async function tidy(engine: Engine, isWanted: boolean): Promise<readonly string[]> {
  const tidied = await attempt(async () => {
    await removeFills(engine);
    const [containers, volumes] = await Promise.all([containersOf(engine), volumesOf(engine)]);
    if (containers.length > 0 || isWanted) return [];
    await removeVolumes(
      engine,
      volumes.filter(({ Labels }) => HELPING.has(labelsIn(Labels)[LABEL.kind])),
    );
    return [...staying(engine, volumes), ...(await stayingImages(engine))];
  });
  return tidied.ok ? tidied.value : [];
}

function staying({ place }: Engine, volumes: readonly Volume[]): readonly string[] {
  const names = volumes.flatMap(({ Name, Labels }) =>
    isOurs(Labels, place.project, "volume") ? [Name] : [],
  );
  return names.sort().map((name) => `the volume ${name} stays, with what is in it: docker volume rm ${name}`);
}

async function stayingImages({ docker, place }: Engine): Promise<readonly string[]> {
  const filters = { label: [`${LABEL.project}=${place.project}`, `${LABEL.kind}=image`] };
  const named = (await docker.listImages({ filters })).flatMap(({ RepoTags, Size }) =>
    (RepoTags ?? []).filter((one) => !one.startsWith("<none>")).map((one) => ({ name: one, Size })),
  );
  return named
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .map(({ name, Size }) => `the image ${name} stays, ${Math.ceil(Size / 1e6)} MB: docker rmi ${name}`);
}

const labelsIn = (labels: Labels | null): Labels => labels ?? {};
