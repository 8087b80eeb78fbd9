import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Failure, Mark } from "../../../src/model/target.ts";
import { asFailure, attempt, type Engine, failure, unless } from "../engine.ts";
import { isOurs, labelsOf, markLabels, ownerIn } from "../labels.ts";
import { volumeName } from "../names.ts";

export async function createVolume(
  engine: Engine,
  resource: Resource,
  mark: Mark | undefined,
): Promise<Result<void, Failure>> {
  const { docker, place, system } = engine;
  const Name = volumeName(place.project, resource.name);
  const made = await attempt(async () => {
    await docker.createVolume({
      Name,
      Driver: String(resource.fields["driver"]),
      Labels: {
        ...labelsOf(place, resource, resource.was?.asked ?? resource.fields, system.digests.sha256),
        ...markLabels(mark),
      },
    });
    // To make one that is there already does nothing, and says so to nobody.
    return docker.getVolume(Name).inspect();
  });
  if (!made.ok) return err(asFailure(made.error, `failed to create volume ${Name}: `));
  return isOurs(made.value.Labels, place.project, "volume")
    ? ok(undefined)
    : err(failure(`the volume ${Name} belongs to ${ownerIn(made.value.Labels)}`));
}

/** Only where nothing has it: an engine refuses otherwise, and then it stays. */
export async function removeVolume(engine: Engine, name: string): Promise<Result<void, Failure>> {
  const { docker, place } = engine;
  const gone = await unless(404, () => docker.getVolume(volumeName(place.project, name)).remove());
  return gone.ok ? ok(undefined) : err(asFailure(gone.error));
}
