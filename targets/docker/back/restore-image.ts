import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Failure, StepContext } from "../../../src/model/target.ts";
import { asFailure, type Engine, failure, unless } from "../engine.ts";
import { familiar } from "../image/live-image.ts";
import { pullImage } from "../image/images.ts";
import { imageFields } from "../shapes.ts";
import { keepImage, tagImage } from "./kept-images.ts";

/** A name means the image again that it meant then. */
export async function restoreImage(
  engine: Engine,
  { fields, was }: Resource,
  context: StepContext,
): Promise<Result<void, Failure>> {
  const { reference, from } = imageFields(fields);
  const id = was?.identity ?? "";
  const there = await unless(404, () => engine.docker.getImage(id).inspect());
  if (!there.ok) return err(asFailure(there.error));
  if (there.value === undefined) {
    if (from === "pull") return pullImage(engine, reference, false, context);
    const short = id.replace("sha256:", "").slice(0, 12);
    return err(
      failure(`the image that was '${reference}' then (${short}) is gone, and its files are kept nowhere`),
    );
  }
  // With a digest it has always meant that one.
  if (reference.includes("@")) return ok(undefined);
  const tagged = await tagImage(engine.docker, id, familiar(reference));
  return tagged.ok ? tagged : err(asFailure(tagged.error));
}

/**
 * What a name means before this apply gives it to another image. One that a container of ours is made of is kept: a
 * build takes its only name away.
 */
export async function meaningOf(
  engine: Engine,
  { agent, fields }: Resource,
  isUsed: (image: string) => boolean,
): Promise<Result<string | undefined, Failure>> {
  const { reference } = imageFields(fields);
  const there = await unless(404, () => engine.docker.getImage(familiar(reference)).inspect());
  if (!there.ok) return err(asFailure(there.error));
  const id = there.value?.Id;
  if (id === undefined || !isUsed(id)) return ok(id);
  const kept = await keepImage(engine, agent, id);
  return kept.ok ? ok(id) : err(asFailure(kept.error));
}
