import { canonicalJson } from "../../../src/base/canonical.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import type { Fields } from "../../../src/model/resource.ts";
import type { Mark } from "../../../src/model/target.ts";
import type { Failed } from "../client.ts";
import { attempt, type Engine, unless } from "../engine.ts";
import { askedIn, digestOfFields, type Labels, markLabels, revisionIn } from "../labels.ts";
import type { Volume } from "./look.ts";
import { LABEL } from "../names.ts";

/**
 * Labels of a container never change. What was asked of it in a later apply, and done while it ran on, is on an empty
 * volume beside it: without that, a limit of our own would look like one that somebody set by hand.
 */
const KIND = "asked";

/** By what a container says of itself, and then by what was asked of it since. */
export const askedOf = (id: string, labels: Labels, volumes: readonly Volume[]): Fields | undefined =>
  askedIn(lastOf(id, volumes)?.Labels) ?? askedIn(labels);

/** Of the apply that changed it last. */
export const revisionOf = (
  id: string,
  labels: Labels | null,
  volumes: readonly Volume[],
): number | undefined => revisionIn(lastOf(id, volumes)?.Labels) ?? revisionIn(labels);

const lastOf = (id: string, volumes: readonly Volume[]): Volume | undefined =>
  memosOf(id, volumes).toSorted((a, b) => ((a.CreatedAt ?? "") < (b.CreatedAt ?? "") ? 1 : -1))[0];

const memosOf = (id: string, volumes: readonly Volume[]): readonly Volume[] =>
  volumes.filter(({ Labels }) => Labels?.[LABEL.kind] === KIND && Labels[LABEL.container] === id);

export async function remember(
  engine: Engine,
  of: { readonly id: string; readonly agent: string; readonly mark: Mark | undefined },
  asked: Fields,
  volumes: readonly Volume[],
): Promise<Result<void, Failed>> {
  const { docker, place, system } = engine;
  const digest = digestOfFields(asked, system.digests.sha256);
  const by = of.mark === undefined ? "" : `-${of.mark.apply}`;
  const name = `${place.project}_aac-asked-${of.id.slice(0, 12)}-${digest.slice(-8)}${by}`;
  const older = memosOf(of.id, volumes).filter(({ Name }) => Name !== name);
  const made = await attempt(() =>
    docker.createVolume({
      Name: name,
      Labels: {
        [LABEL.project]: place.project,
        [LABEL.agent]: of.agent,
        [LABEL.kind]: KIND,
        [LABEL.asked]: canonicalJson(asked),
        [LABEL.digest]: digest,
        [LABEL.container]: of.id,
        ...markLabels(of.mark),
      },
    }),
  );
  return made.ok ? removeVolumes(engine, older) : made;
}

/** What is remembered of a container goes with it. */
export const forget = (
  engine: Engine,
  id: string,
  volumes: readonly Volume[],
): Promise<Result<void, Failed>> =>
  removeVolumes(
    engine,
    volumes.filter(({ Labels }) => Labels?.[LABEL.container] === id),
  );

/** One that something still uses stays. */
export async function removeVolumes(
  { docker }: Engine,
  volumes: readonly Pick<Volume, "Name">[],
): Promise<Result<void, Failed>> {
  for (const { Name } of volumes) {
    const gone = await unless(404, () => docker.getVolume(Name).remove());
    if (!gone.ok && gone.error.status !== 409) return gone;
  }
  return ok(undefined);
}
