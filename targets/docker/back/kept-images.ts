import type { Resource } from "../../../src/model/resource.ts";
import type { Result } from "../../../src/base/result.ts";
import { ok } from "../../../src/base/result.ts";
import type { Docker, Failed } from "../client.ts";
import { attempt, type Engine, unless } from "../engine.ts";
import { keptImage, keptImages } from "../names.ts";
import { formerImage } from "./was.ts";

/**
 * An image that a kept revision ran has a tag of ours beside its own: a rebuild takes its name away, and then somebody's
 * cleaning up would take the image.
 */

const PREFIX = "image:";

/** What has to stay so that these can be had again. */
export function imageNeeds(resources: readonly Resource[]): readonly string[] {
  const ids = resources.flatMap((one) => formerImage(one) ?? []);
  return [...new Set(ids)].sort().map((id) => `${PREFIX}${id}`);
}

export const keepImage = (
  { docker, place }: Engine,
  agent: string,
  image: string,
): Promise<Result<void, Failed>> => tagImage(docker, image, keptImage(place.project, agent, image));

/** Under another name, or under a former one again. */
export async function tagImage(docker: Docker, image: string, name: string): Promise<Result<void, Failed>> {
  const at = name.lastIndexOf(":");
  const isTag = at > name.lastIndexOf("/");
  const [repo, tag] = isTag ? [name.slice(0, at), name.slice(at + 1)] : [name, "latest"];
  const done = await attempt((): Promise<unknown> => docker.getImage(image).tag({ repo, tag }));
  return done.ok ? ok(undefined) : done;
}

/** All others of ours go: an image that has no other name goes with its last, unless a container is made of it. */
export async function keepImages(engine: Engine, needed: ReadonlySet<string>): Promise<void> {
  const { docker } = engine;
  const kept = await attempt(() => keptOf(engine));
  // What could not be told now is tidied up the next time.
  if (!kept.ok) return;
  for (const { id, names } of kept.value)
    if (!needed.has(`${PREFIX}${id}`))
      for (const name of names) await unless(404, () => docker.getImage(name).remove());
  const there = new Set(kept.value.map(({ id }) => id));
  for (const need of needed) {
    const id = need.slice(PREFIX.length);
    // Whose it is stands nowhere any more: it is the project's.
    if (need.startsWith(PREFIX) && !there.has(id)) await keepImage(engine, "agent", id);
  }
}

interface Kept {
  readonly id: string;
  readonly names: readonly string[];
}

async function keptOf({ docker, place }: Engine): Promise<readonly Kept[]> {
  const own = keptImages(place.project);
  return (await docker.listImages()).flatMap(({ Id, RepoTags }) => {
    const names = (RepoTags ?? []).filter((one) => isKept(one, own)).sort();
    return names.length === 0 ? [] : [{ id: Id, names }];
  });
}

export const isKept = (name: string, own: string): boolean =>
  name.startsWith(own) && /:kept-[0-9a-f]{12}$/.test(name);
