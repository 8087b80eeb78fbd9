import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Change } from "../../../src/model/plan.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Failure, Mark } from "../../../src/model/target.ts";
import { asFailure, attempt, type Engine, failure, unless } from "../engine.ts";
import { isOurs, labelsOf, markLabels, ownerIn } from "../labels.ts";
import { inspect } from "../live/look.ts";

type Changing = Exclude<Change, { readonly is: "keep" }>;

export function runNetwork(
  engine: Engine,
  does: string,
  change: Changing,
  mark: Mark | undefined,
): Promise<Result<void, Failure>> {
  if (change.is === "delete") return removeNetwork(engine, change.before.identity, change.before.name);
  return change.is === "create" || does === "create"
    ? createNetwork(engine, change.resource, mark)
    : exchangeNetwork(engine, change.resource, change.before.identity, mark);
}

async function createNetwork(
  engine: Engine,
  resource: Resource,
  mark: Mark | undefined,
): Promise<Result<void, Failure>> {
  const { docker, place, system } = engine;
  const Name = resource.name;
  const asked = resource.was?.asked ?? resource.fields;
  const made = await attempt(() =>
    docker.createNetwork({
      Name,
      // Engines allow two of one name, and then no container finds the right one.
      CheckDuplicate: true,
      Driver: String(resource.fields["driver"]),
      Labels: { ...labelsOf(place, resource, asked, system.digests.sha256), ...markLabels(mark) },
    }),
  );
  if (made.ok) return ok(undefined);
  const before = `failed to create network ${Name}: `;
  if (made.error.status !== 409) return err(asFailure(made.error, before));
  // An earlier try may have made it, though its answer never came.
  const there = await attempt(() => docker.getNetwork(Name).inspect());
  if (!there.ok) return err(asFailure(there.error, before));
  return isOurs(there.value.Labels, place.project, "network")
    ? ok(undefined)
    : err(failure(`${before}one of that name belongs to ${ownerIn(there.value.Labels)}`));
}

/** What hangs on it is hung on the new one, by the names that it had. */
async function exchangeNetwork(
  engine: Engine,
  resource: Resource,
  before: string,
  mark: Mark | undefined,
): Promise<Result<void, Failure>> {
  const { docker } = engine;
  const found = await unless(404, () => docker.getNetwork(before).inspect());
  if (!found.ok) return err(asFailure(found.error));
  const moved: { readonly id: string; readonly aliases: readonly string[] }[] = [];
  for (const id of Object.keys(found.value?.Containers ?? {})) {
    const container = await inspect(engine, id);
    const network = container?.NetworkSettings.Networks[resource.name];
    const aliases: readonly unknown[] = Array.isArray(network?.Aliases) ? network.Aliases : [];
    moved.push({ id, aliases: aliases.map(String).filter((one) => one !== id.slice(0, 12)) });
    const off = await unless(404, () => docker.getNetwork(before).disconnect({ Container: id, Force: true }));
    if (!off.ok) return err(asFailure(off.error));
  }
  const removed = await removeNetwork(engine, before, resource.name);
  if (!removed.ok) return removed;
  const made = await createNetwork(engine, resource, mark);
  if (!made.ok) return made;
  for (const { id, aliases } of moved) {
    const on = await connect(engine, resource.name, id, aliases);
    if (!on.ok) return on;
  }
  return ok(undefined);
}

async function removeNetwork({ docker }: Engine, id: string, name: string): Promise<Result<void, Failure>> {
  const gone = await unless(404, () => docker.getNetwork(id).remove());
  if (gone.ok) return ok(undefined);
  if (gone.error.status !== 403) return err(asFailure(gone.error));
  const left = await unless(404, () => docker.getNetwork(id).inspect());
  const names = left.ok ? Object.values(left.value?.Containers ?? {}).map((one) => one.Name) : [];
  return err(failure(`the network ${name} is still used by ${names.sort().join(", ") || "a container"}`));
}

export async function connect(
  { docker }: Engine,
  network: string,
  Container: string,
  aliases: readonly string[],
): Promise<Result<void, Failure>> {
  const on = await attempt(() =>
    docker.getNetwork(network).connect({ Container, EndpointConfig: { Aliases: [...aliases] } }),
  );
  // Connected already, by an earlier try.
  if (on.ok || on.error.status === 403) return ok(undefined);
  return err(asFailure(on.error));
}
