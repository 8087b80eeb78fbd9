import type { Docker } from "../client.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import type { Failure, Mark, Preflight } from "../../../src/model/target.ts";
import { isOurRecipe } from "../image/build-context.ts";
import { asFailure, attempt, type Engine, failure, unless } from "../engine.ts";
import { healthCheckOf, healthConfig } from "./healthcheck.ts";
import { keepImage } from "../back/kept-images.ts";
import { askedAnew, formerImage } from "../back/was.ts";
import { askedIn, digestOfFields, isOurs, type Labels, labelsOf, markLabels } from "../labels.ts";
import { familiar } from "../image/live-image.ts";
import { madeOnes } from "../live/look.ts";
import { containerName, LABEL } from "../names.ts";
import { recipeOf } from "./recipe.ts";
import { request } from "./request.ts";
import { handOver } from "./secrets.ts";
import { containerFields } from "../shapes.ts";

/** How a container is that does not run, and shall not. */
export type Rest = "stopped" | "paused";

/** All that a container is made with beside its fields. */
export interface Making {
  readonly engine: Engine;
  readonly keyed: (text: string) => string | undefined;
  readonly secret: Preflight["secret"];
  /** The volume with the agent's configuration, where it has one. */
  readonly config: string | undefined;
  /** Containers that were there when the plan was made: one that is not among them is of this apply. */
  readonly before: ReadonlySet<string>;
  readonly mark: Mark | undefined;
  /** It goes back to being at rest. */
  readonly rests?: Rest;
}

/** Made, and not started. Safe to repeat: one that an earlier try made, though its answer never came, is taken. */
export async function makeContainer(making: Making, resource: Resource): Promise<Result<string, Failure>> {
  const { engine } = making;
  const { docker, place, system } = engine;
  const fields = containerFields(resource.fields);
  // A name may mean another image by now: what was made of one is made of that one again.
  const former = formerImage(resource);
  const image = await unless(404, () => docker.getImage(former ?? familiar(fields.image)).inspect());
  if (!image.ok) return err(asFailure(image.error));
  if (image.value === undefined) return err(failure(`${imageWords(fields.image, former)} not found locally`));
  const kept = await keepImage(engine, resource.agent, image.value.Id);
  if (!kept.ok) return err(asFailure(kept.error));
  const names = Object.keys(fields.secrets);
  const secrets = handOver(resource.agent, names, making.secret, making.keyed);
  if (!secrets.ok) return err(failure(secrets.error.message, secrets.error.notes));
  const asked: Fields = {
    ...askedAnew(resource),
    imageId: image.value.Id,
    secrets: secrets.value.digests,
  };
  const labels: Labels = {
    ...fields.labels,
    ...labelsOf(place, resource, asked, system.digests.sha256),
    ...markLabels(making.mark),
    ...secrets.value.labels,
    [LABEL.replica]: resource.name,
  };
  const there = await madeBefore(making, resource, digestOfFields(asked, system.digests.sha256));
  if (!there.ok || there.value !== undefined) return there.ok ? ok(there.value ?? "") : there;
  const { config, host, networks } = recipeOf(fields, {
    project: place.project,
    root: place.root,
    config: making.config ?? "",
    secrets: secrets.value.values,
  });
  return create(engine, resource, {
    ...config,
    ...(former === undefined ? {} : { Image: await nameOf(engine, fields.image, former) }),
    Labels: { ...labels },
    ...healthConfig(healthCheckOf(fields.health)),
    HostConfig: {
      ...host,
      ...(hasOurRecipe(image.value.Config.Labels, place.project) ? { Init: true } : {}),
    },
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(
        Object.entries(networks).map(([name, aliases]) => [name, { Aliases: [...aliases] }]),
      ),
    },
  });
}

const imageWords = (name: string, former: string | undefined): string =>
  former === undefined
    ? `image '${name}'`
    : `the image that was '${name}' then (${former.replace("sha256:", "").slice(0, 12)})`;

/** A name says more to whoever looks at a list, where it means that image. */
async function nameOf({ docker }: Engine, reference: string, id: string): Promise<string> {
  const named = await unless(404, () => docker.getImage(familiar(reference)).inspect());
  return named.ok && named.value?.Id === id ? reference : id;
}

async function madeBefore(
  { engine, before }: Making,
  resource: Resource,
  digest: string,
): Promise<Result<string | undefined, Failure>> {
  const all = await attempt(() => madeOnes(engine));
  if (!all.ok) return err(asFailure(all.error));
  const own = all.value.find(
    ({ Id, Labels }) =>
      !before.has(Id) &&
      Labels[LABEL.agent] === resource.agent &&
      Labels[LABEL.replica] === resource.name &&
      Labels[LABEL.digest] === digest,
  );
  return ok(own?.Id);
}

/**
 * As the first process of a container a program that says nothing of a signal does not hear it, and would be killed
 * after its whole time. What we made an image for is started under a little one that passes signals on; an image of
 * somebody else may have one itself, which has to be the first.
 */
function hasOurRecipe(labels: Labels | null, project: string): boolean {
  const recipe = isOurs(labels, project, "image") ? askedIn(labels)?.["dockerfile"] : undefined;
  return typeof recipe === "string" && isOurRecipe(recipe);
}

/** So often may a name be taken that was chosen by chance. */
const TRIES = 3;

async function create(
  engine: Engine,
  resource: Resource,
  body: Docker.ContainerCreateOptions,
): Promise<Result<string, Failure>> {
  const { docker, place, system } = engine;
  for (let tries = 1; ; tries++) {
    const name = containerName(
      place.project,
      resource.agent,
      Number(resource.name),
      system.digests.random(2),
    );
    const made = await attempt(() =>
      request(docker, { method: "POST", path: "/containers/create", query: { name }, body }),
    );
    if (!made.ok) {
      if (made.error.status === 409 && tries < TRIES) continue;
      return err(asFailure(made.error));
    }
    const { id, warnings } = answered(made.value);
    const [discarded] = warnings.filter((one) => /discarded/i.test(one));
    if (discarded === undefined) return ok(id);
    await unless(404, () => docker.getContainer(id).remove({ force: true, v: true }));
    return err(failure(`the engine would not hold a limit that is asked for: ${discarded}`));
  }
}

function answered(value: unknown): { readonly id: string; readonly warnings: readonly string[] } {
  if (typeof value !== "object" || value === null || !("Id" in value) || typeof value.Id !== "string")
    throw new Error("a container was made, and its id is not told");
  const warnings: readonly unknown[] =
    "Warnings" in value && Array.isArray(value.Warnings) ? value.Warnings : [];
  return { id: value.Id, warnings: warnings.map(String) };
}
