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
  if (change.is === "delete") return leaveNetwork(engine, change.before.identity, change.before.name);
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

type Removed = "gone" | { readonly usedBy: readonly string[] };

/** So often an engine is asked again that counts somebody in a network in which nobody is. */
const TRIES = 8;
const PAUSE_MS = 250;

/**
 * An engine may still count a container that has gone: for a moment, or, where it lost track, until it is started anew.
 * A network that nobody is in harms nobody, and is no reason to take a whole apply back: it stays, and is named.
 */
async function leaveNetwork(engine: Engine, id: string, name: string): Promise<Result<void, Failure>> {
  for (let tries = 1; ; tries++) {
    const removed = await tryToRemove(engine, id);
    if (!removed.ok) return removed;
    if (removed.value === "gone") return ok(undefined);
    if (removed.value.usedBy.length > 0) return err(stillUsed(name, removed.value.usedBy));
    if (tries === TRIES) return ok(undefined);
    await new Promise<void>((resolve) => void engine.system.clock.after(PAUSE_MS, resolve));
  }
}

/** For one that is about to come in its place. */
async function removeNetwork(engine: Engine, id: string, name: string): Promise<Result<void, Failure>> {
  const removed = await tryToRemove(engine, id);
  if (!removed.ok) return removed;
  return removed.value === "gone" ? ok(undefined) : err(stillUsed(name, removed.value.usedBy));
}

async function tryToRemove({ docker }: Engine, id: string): Promise<Result<Removed, Failure>> {
  const gone = await unless(404, () => docker.getNetwork(id).remove());
  if (gone.ok) return ok("gone");
  if (gone.error.status !== 403) return err(asFailure(gone.error));
  const left = await unless(404, () => docker.getNetwork(id).inspect());
  if (!left.ok) return err(asFailure(left.error));
  return ok(
    left.value === undefined
      ? "gone"
      : { usedBy: Object.values(left.value.Containers ?? {}).map((one) => one.Name) },
  );
}

const stillUsed = (name: string, by: readonly string[]): Failure =>
  failure(`the network ${name} is still used by ${by.toSorted().join(", ") || "a container"}`);

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
