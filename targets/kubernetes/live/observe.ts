import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Fields, Id, Observed, Resource } from "../../../src/model/resource.ts";
import type { Observation } from "../../../src/model/target.ts";
import { isFine, itemsOf, unanswered } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import type { Answer } from "../client.ts";
import { thenOf } from "./asked-then.ts";
import { differ, dryRun, fixedFields, type Judged } from "./dry-run.ts";
import { PARALLEL } from "./gather.ts";
import type { On } from "./lists.ts";
import { idOf, type Live, liveObject } from "./live.ts";
import { ROLLED_OUT } from "../names.ts";
import { project } from "../manifest/owned.ts";
import { apiVersionOf, listPath, ofAgents, type ServedKind } from "../manifest/paths.ts";
import { type Formerly, isStillUp } from "./formerly.ts";
import { asItIs, withRollout } from "./rolled-out.ts";
import type { Manifest } from "../shapes.ts";

export const LISTED = ["Deployment", "Service", "ConfigMap"] as const satisfies readonly ServedKind[];
export const CLAIMS = "PersistentVolumeClaim" satisfies ServedKind;

/** One list a kind, all at once. */
export type Listing = ReadonlyMap<ServedKind, Promise<Answer>>;

export function beginLists({ cluster, namespace, place }: On, kinds: readonly ServedKind[]): Listing {
  const query = { labelSelector: ofAgents(place.project) };
  return new Map(kinds.map((kind) => [kind, cluster.request("GET", listPath(namespace, kind), { query })]));
}

export async function listed(on: On, listing: Listing): Promise<Result<readonly Manifest[], Diagnostic>> {
  const found: Manifest[] = [];
  for (const [kind, promise] of listing) {
    const answer = await promise;
    if (!isFine(answer))
      return err(
        unanswered(on.cluster.server, answer, `list objects of the kind ${kind} in ${on.namespace}`),
      );
    // What was told to go has gone, as far as a plan is concerned; what comes in its place waits for it.
    const items = itemsOf(answer.body, apiVersionOf(kind), kind);
    found.push(...items.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
  }
  return ok(found);
}

export interface Seen extends Observation {
  /** By object: what the server says to it as it is wanted. */
  readonly judged: ReadonlyMap<Id, Judged>;
}

/**
 * Live objects beside wanted ones; where they differ the server is asked what it would make of them. With `former` an
 * apply has begun: then it is only asked how things are, since what they would become is not to come.
 */
export async function compare(
  on: On,
  manifests: readonly Manifest[],
  desired: readonly Resource[],
  keyId: string,
  former?: Formerly,
): Promise<Result<Seen, Diagnostic>> {
  const wanted = new Map(desired.map((one) => [one.id, one]));
  // By name: that of an agent which is called otherwise by now is still wanted.
  const claimed = new Set(desired.filter(({ kind }) => kind === CLAIMS).map(({ name }) => name));
  const lives = await Promise.all(
    manifests
      // A claim that nothing asks for holds data, and stays: it is told at the end.
      .filter(({ kind, metadata }) => kind !== CLAIMS || claimed.has(metadata.name))
      .map(async (manifest): Promise<readonly [Live, Resource | undefined, Manifest]> => {
        const resource = wanted.get(idOf(manifest));
        const then = await thenOf(manifest, resource);
        return [liveObject(manifest, resource, keyId, then), resource, manifest];
      }),
  );
  const asked = lives.flatMap(([live, resource]) =>
    former === undefined &&
    resource !== undefined &&
    differ(live.observed.fields, inManifest(resource.fields))
      ? [{ live, resource }]
      : [],
  );
  const answers = await atOnce(asked, PARALLEL, ({ live, resource }) =>
    dryRun(on, resource, live.observed.identity),
  );
  const judged = new Map<Id, Judged>();
  const notes: string[] = [];
  for (const [i, { resource }] of asked.entries()) {
    const answer = answers[i];
    if (answer === undefined) continue;
    if (answer.is === "lost")
      return err(unanswered(on.cluster.server, answer.answer, `check the ${resource.kind} ${resource.name}`));
    if (answer.is === "unknown")
      notes.push(`not checked by the server: the ${resource.kind} ${resource.name}: ${answer.why}`);
    judged.set(resource.id, answer);
  }
  return ok({
    objects: lives.map(([live, resource, manifest]) => {
      const observed = withJudgement(live, resource, judged);
      if (resource === undefined) return asItIs(observed, manifest);
      const isUp = former === undefined ? undefined : isStillUp(former, manifest);
      return withRollout(observed, manifest, resource.fields, isUp);
    }),
    notes,
    judged,
  });
}

/** What the server can be asked about. */
function inManifest({ [ROLLED_OUT]: _, ...fields }: Fields): Fields {
  return fields;
}

function withJudgement(
  { observed, paths }: Live,
  resource: Resource | undefined,
  judged: ReadonlyMap<Id, Judged>,
): Observed {
  const answer = judged.get(observed.id);
  if (answer?.is === "becomes") return { ...observed, becomes: project(answer.fields, paths) };
  if (answer?.is !== "refused" || resource === undefined) return observed;
  const fixed = fixedFields(observed.fields, inManifest(resource.fields), answer.fixed);
  return Object.keys(fixed).length === 0 ? observed : { ...observed, fixed };
}
