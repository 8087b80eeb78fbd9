import type { Facts } from "../../model/facts.ts";
import type { Ir } from "../../model/ir.ts";
import type { ApplyLine, Outcome, Plan } from "../../model/plan.ts";
import type { Observed, Resource } from "../../model/resource.ts";
import type { Revision, RevisionHead, RevisionStore } from "../../model/revision.ts";
import type { Mark, Place, Session, Target } from "../../model/target.ts";
import { stood } from "../../plan/stood.ts";
import { fileRevisions, type Unread } from "../../state/revisions.ts";
import { system } from "../../system/system.ts";
import { authorOf, isDirty } from "./author.ts";
import { versionsOf } from "./versions.ts";

export interface RevisionRequest {
  /** Names this apply, in the journal and on all that it changes. */
  readonly apply: string;
  readonly place: Pick<Place, "project" | "root">;
  readonly session: Kept;
  readonly target: Pick<Target, "kinds" | "runs">;
  /** What is about to be done. */
  readonly plan: Plan;
  readonly desired: readonly Resource[];
  readonly ir: Ir;
  readonly facts: Facts;
  readonly does: RevisionHead["does"];
  /** Of a rollback: the number that it goes to. */
  readonly to?: number;
}

export interface Ending {
  readonly outcome: Outcome;
  readonly lines: readonly ApplyLine[];
  readonly millis: number;
  /** What lives after it; undefined where nobody could look. */
  readonly observed: readonly Observed[] | undefined;
}

/** An apply that is being written down. */
export interface Revising {
  readonly mark: Mark;
  /** Says what came of it. `number` is absent where it could not be written down. */
  close(ending: Ending): Promise<{ readonly number?: number; readonly notes: readonly string[] }>;
}

/** As much of a session as revisions have to do with. */
interface Kept extends Pick<Session, "revisions" | "needs" | "keep"> {
  readonly place: Pick<Place, "home">;
}

/** Where the revisions of a place are, and those of them that cannot be read. */
export function revisionsOf({ place, revisions }: Pick<Kept, "place" | "revisions">): {
  readonly store: RevisionStore;
  readonly unread: () => readonly Unread[];
} {
  if (revisions !== undefined) return { store: revisions, unread: () => [] };
  const files = fileRevisions(system, place.home);
  return { store: files, unread: () => files.unread() };
}

/**
 * Before the first change. Revisions are a help: where one cannot be written, the apply goes on and its report says
 * so.
 */
export async function beginRevision(request: RevisionRequest): Promise<Revising> {
  const { session, place, facts } = request;
  const { store, unread } = revisionsOf(session);
  const notes: string[] = [];
  const said = (why: string): void => {
    if (notes.length === 0) notes.push(`this apply is not in the history: ${why}`);
  };
  const heads = await store.heads();
  if (!heads.ok) said(heads.error.message);
  const known = heads.ok ? heads.value : [];
  const newest = Math.max(0, ...known.map(({ number }) => number), ...unread().map(({ number }) => number));
  const mark: Mark = { apply: request.apply, revision: newest + 1 };
  for (const one of known) if (one.outcome === "pending") await givenUp(store, one);
  const pending: Revision = {
    version: 1,
    number: mark.revision,
    apply: mark.apply,
    does: request.does,
    ...(request.to === undefined ? {} : { to: request.to }),
    began: system.clock.wall(),
    outcome: "pending",
    by: authorOf(system, place.root),
    objects: request.plan.changes.flatMap(({ id, is }) =>
      is === "keep" ? [] : [{ id, does: is, came: "untouched" as const }],
    ),
    versions: {},
    needs: [],
    ir: { irVersion: 1, project: place.project, agents: {} },
    facts: { agents: {}, target: null },
    resources: [],
  };
  // Where it is to be kept may be made by this very apply: then it is written at the end.
  const begun = await store.write(pending);
  const { commit } = pending.by;
  // Looked up while the agents come up, which takes longer.
  const dirty = commit === undefined ? Promise.resolve(true) : isDirty(system, place.root, facts);
  return {
    mark,
    async close(ending) {
      const former = await formerOf(store, known);
      const by =
        commit === undefined
          ? pending.by
          : { ...pending.by, commit: { id: commit.id, isDirty: await dirty } };
      const revision = closed({ ...pending, by }, request, ending, former);
      const written = await store.write(revision);
      if (!written.ok) {
        said(begun.ok ? written.error.message : begun.error.message);
        return { notes };
      }
      await kept(store, session);
      return { number: mark.revision, notes: unread().map(({ fault }) => fault.message) };
    },
  };
}

/** One that was killed before it could say how it ended. */
async function givenUp(store: RevisionStore, { number }: RevisionHead): Promise<void> {
  const found = await store.read(number);
  // One that cannot be read stays as it is: it hides nothing.
  if (found.ok && found.value !== undefined) await store.write({ ...found.value, outcome: "interrupted" });
}

/** The newest one before this that says what stood. */
async function formerOf(store: RevisionStore, heads: readonly RevisionHead[]): Promise<Revision | undefined> {
  for (const { number, outcome } of heads) {
    if (outcome === "pending") continue;
    const found = await store.read(number);
    if (found.ok && found.value !== undefined && saysWhatStood(found.value)) return found.value;
  }
  return undefined;
}

/** Of one that was killed, and of one after which nobody could look, nothing is known. */
export const saysWhatStood = ({ outcome, resources, objects }: Revision): boolean =>
  resources.length > 0 ||
  (outcome === "applied" && objects.every(({ does, came }) => does === "delete" && came === "changed"));

function closed(
  pending: Revision,
  request: RevisionRequest,
  { outcome, lines, millis, observed }: Ending,
  former: Revision | undefined,
): Revision {
  const { plan, desired, session, target } = request;
  const { resources, ir, facts } = stood({
    observed: observed ?? [],
    desired,
    plan,
    lines,
    asked: { ir: request.ir, facts: request.facts },
    ...(former === undefined ? {} : { former }),
  });
  return {
    ...pending,
    millis,
    outcome,
    objects: lines.map(({ id, does, came }) => ({ id, does, came })),
    versions: versionsOf(resources, target, system.digests.sha256),
    needs: session.needs?.(resources) ?? [],
    ir,
    facts,
    resources,
  };
}

/** What one of the kept ones needs stays on the platform. */
async function kept(store: RevisionStore, session: Kept): Promise<void> {
  if (session.keep === undefined) return;
  const heads = await store.heads();
  if (heads.ok) await session.keep(new Set(heads.value.flatMap(({ needs }) => needs)));
}
