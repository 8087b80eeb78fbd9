import { err, ok, type Result } from "../../base/result.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Plan } from "../../model/plan.ts";
import { OF_THE_PROJECT, type Observed } from "../../model/resource.ts";
import type { Revision, RevisionHead, RevisionStore } from "../../model/revision.ts";
import { again, type Again, isOtherwise, type Present } from "../../plan/again.ts";
import { moved } from "../../plan/stale.ts";
import { system } from "../../system/system.ts";
import { byWords } from "../../ui/history/words.ts";
import { count, names, titleOf } from "../../ui/plan/words.ts";
import { showPath } from "../../ui/plan/values.ts";
import { ageOf } from "../../ui/status/age.ts";
import { lookupsOf } from "../project/lookups.ts";
import type { Opened } from "../project/place-only.ts";
import type { Loaded } from "../project/project.ts";
import type { Context } from "../table.ts";
import { namesSince } from "./names-since.ts";
import { readNamed } from "./named-revision.ts";
import { outsideOf, prepare, secretsOf } from "../plans/prepare.ts";
import type { Otherwise, Planned } from "../plans/review.ts";
import { revisionsOf, saysWhatStood } from "./revising.ts";

/** The revision to go to: one that was named, or the newest before this one that is not what stands now. */
export async function revisionToGoTo(
  { session, target }: Opened,
  number: number | undefined,
): Promise<Result<Revision, Diagnostic>> {
  const { store } = revisionsOf(session);
  const heads = await store.heads();
  if (!heads.ok) return heads;
  if (number !== undefined) {
    const named = await readNamed(store, heads.value, number);
    if (!named.ok || saysWhatStood(named.value)) return named;
    return err(nowhere(`nobody wrote down what stood after revision ${number}`));
  }
  const [, ...earlier] = heads.value.filter(({ outcome }) => outcome !== "pending");
  let observed: readonly Observed[] | undefined;
  for (const one of await goodOnes(store, earlier)) {
    if (observed === undefined) {
      const observation = await session.observe(one.resources);
      if (!observation.ok) return observation;
      observed = observation.value.objects;
    }
    const { desired } = again(one, observed, target.kinds);
    if (isOtherwise({ resources: desired }, observed, target.kinds)) return ok(one);
  }
  return err(
    nowhere(
      earlier.length === 0
        ? "there is no earlier revision"
        : "each earlier revision that ended well is what stands now",
    ),
  );
}

const nowhere = (why: string): Diagnostic =>
  diagnostic("AAC4016", undefined, `there is nothing to go back to: ${why}`, {
    notes: ["nothing was changed", "aac history lists what there is"],
  });

async function goodOnes(store: RevisionStore, heads: readonly RevisionHead[]): Promise<readonly Revision[]> {
  const found: Revision[] = [];
  for (const { number, outcome } of heads) {
    if (outcome !== "applied") continue;
    const one = await store.read(number);
    if (one.ok && one.value !== undefined && saysWhatStood(one.value)) found.push(one.value);
  }
  return found;
}

export interface GoingBack {
  readonly planned: Planned;
  readonly otherwise: Otherwise;
}

/** The plan towards what stood after a revision: of the whole place, made like any other. */
export async function planBack(
  context: Context,
  opened: Opened,
  revision: Revision,
  command: string,
): Promise<Result<GoingBack, readonly Diagnostic[]>> {
  const { session, target, place } = opened;
  const plan = async (): Promise<Result<Planned, readonly Diagnostic[]>> => {
    const observation = await session.observe(revision.resources);
    if (!observation.ok) return err([observation.error]);
    const observed = observation.value.objects;
    const wanted = again(revision, observed, target.kinds, presentIn(context, opened, revision));
    const strange = wanted.desired.find(
      ({ agent }) => agent !== OF_THE_PROJECT && revision.ir.agents[agent] === undefined,
    );
    if (strange !== undefined)
      return err([nowhere(`revision ${revision.number} does not say how ${strange.agent} was asked for`)]);
    const renamed = await namesSince(revisionsOf(session).store, revision, observed);
    if (!renamed.ok) return err([renamed.error]);
    const loaded = nothingLoaded(context, opened, revision);
    const prepared = await prepare({
      context: wholePlace(context, observed),
      loaded,
      destroy: false,
      needsName: false,
      instead: {
        ...opened,
        ir: revision.ir,
        facts: revision.facts,
        desired: wanted.desired,
        backTo: revision.number,
        renamed: renamed.value,
        notes: notesOf(revision, wanted, observed, new Set(renamed.value.values())),
      },
    });
    return prepared.ok ? ok({ loaded, prepared: prepared.value }) : prepared;
  };
  const first = await plan();
  if (!first.ok) return first;
  const otherwise: Otherwise = {
    command,
    async again() {
      const found = await plan();
      return found.ok ? found : err({ diagnostics: found.error, texts: new Map() });
    },
    async moved({ changes }: Plan) {
      const found = await session.observe(revision.resources);
      return found.ok ? ok(moved(changes, found.value.objects, target.kinds)) : found;
    },
  };
  return ok({ planned: first.value, otherwise });

  /** Nothing is asked of any file: their names say only where the project is. A hold of one's own may be replaced. */
  function wholePlace(given: Context, observed: readonly Observed[]): Context {
    const holds = observed.flatMap(({ hold }) => hold ?? []);
    const ownAlone = holds.length > 0 && holds.every(({ by }) => by === system.host.user);
    const release = given.options["release"] === true || ownAlone;
    return { ...given, options: { ...given.options, file: [], prune: false, release } };
  }

  function nothingLoaded(given: Context, { target: { name } }: Opened, { ir }: Revision): Loaded {
    return {
      root: place.root,
      settings: { project: place.project },
      target: name as Loaded["target"],
      chosen: place.chosen,
      production: false,
      lookup: (folder) => lookupsOf(given, folder),
      compiled: { ir, views: [], diagnostics: [] },
      agents: [],
      diagnostics: [],
      texts: new Map(),
      reported: [],
    };
  }
}

/** What agents would be given today where a variable of then is secret: what they were given then is kept nowhere. */
function presentIn(context: Context, { place, session, target }: Opened, revision: Revision): Present {
  const { ir, facts, resources } = revision;
  if (target.values !== "here") return () => undefined;
  const outside = outsideOf(place.root, (folder) => lookupsOf(context, folder));
  const secret = secretsOf(ir, outside, resources);
  return (agent, path) => {
    const names = ir.agents[agent] === undefined ? [] : Object.keys(facts.agents[agent]?.secrets ?? {});
    const name = names.find((one) => path.endsWith(`/${one}`));
    const found = name === undefined ? undefined : secret(agent, name);
    // One that is not there any more is a matter of the preflight.
    return found?.ok === true
      ? session.keyed((found.value.compared ?? found.value.value).reveal())
      : undefined;
  };
}

/** What such a plan brings back, and what no plan does. */
function notesOf(
  revision: Revision,
  { secrets, emptied }: Again,
  observed: readonly Observed[],
  renamed: ReadonlySet<string>,
): readonly string[] {
  const { number, began, by, resources } = revision;
  const age = ageOf(began, system.clock.wall());
  const when = age === undefined ? began : `${age} ago`;
  const then = new Set(resources.map(({ agent }) => agent));
  const going = [...new Set(observed.map(({ agent }) => agent))]
    .filter((agent) => agent !== OF_THE_PROJECT && !then.has(agent) && !renamed.has(agent))
    .sort();
  const holding = resources.filter(({ id, holdsData }) => holdsData && !emptied.includes(id));
  return [
    `back to revision ${number}: ${whatItWas(revision)} ${when} by ${byWords(by)}`,
    ...(going.length === 0
      ? []
      : [
          `${names(going)} ${going.length === 1 ? "was" : "were"} not there then; --exclude NAME leaves one as it is`,
        ]),
    ...secrets.map(
      ({ id, path }) =>
        `${titleOf(id)}: the former value of ${showPath(path)} is kept nowhere: it has the present one`,
    ),
    ...(holding.length === 0
      ? []
      : [
          `data stays as it is now: ${count(holding.length, "volume")} of ${names([...new Set(holding.map(({ agent }) => agent))])}`,
        ]),
    ...emptied.map((id) => `${titleOf(id)}: what was in it is gone: it is made empty`),
  ];
}

/** Of one that did not end well, what stood after it is what is gone back to. */
function whatItWas({ does, outcome }: Revision): string {
  if (outcome !== "applied")
    return `what stood after ${does === "apply" ? "an apply" : `a ${does}`} that ${outcome === "interrupted" ? "was interrupted" : "failed"}`;
  return does === "apply" ? "applied" : does === "destroy" ? "taken down" : "gone back to";
}
