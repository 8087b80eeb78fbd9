import type { ApplyLine, BackLine, Change, Lost, Outcome, Plan } from "../../model/plan.ts";
import type { Hold, Id, Observed, Resource } from "../../model/resource.ts";
import { back } from "../../plan/back.ts";
import { begunOf } from "../../plan/begun.ts";
import { system } from "../../system/system.ts";
import { count, titleOf } from "../../ui/plan/words.ts";
import { type Around, type Phased, runPhase } from "./phase.ts";

export interface PutBackRequest {
  readonly plan: Plan;
  readonly desired: readonly Resource[];
  readonly failed: Phased;
}

export interface PutBack {
  readonly outcome: Extract<Outcome, "rolledBack" | "rollbackFailed" | "interrupted">;
  readonly lines: readonly ApplyLine[];
  readonly lost: readonly Lost[];
  /** What was live at the end of it; absent where nobody could look. */
  readonly observed?: readonly Observed[];
}

/** An engine that was lost for a moment is worth waiting for: without a look nothing can be put back. */
const LOOKS = 4;

/**
 * After a failure: what this apply changed goes back to what was there before, as a plan of its own towards what is
 * live by now. Whether it is back is not believed but looked at once more.
 */
export async function putBack(around: Around, { plan, desired, failed }: PutBackRequest): Promise<PutBack> {
  const { target, asked, stops } = around;
  const { lines } = failed.applied;
  const begun = begunOf(plan.changes, lines, asked.keepGoing);
  const towards = (observed: readonly Observed[]): ReturnType<typeof back> =>
    back({ changes: plan.changes, begun, observed, rules: target.kinds });
  const isWork = (change: Change): boolean => change.is !== "keep" && target.steps(change).length > 0;
  const seen = await look(around, desired);
  if (typeof seen === "string") return unseen(lines, begun, seen);
  const first = towards(seen);
  const work = first.plan.changes.filter(isWork);
  let phased: Phased | undefined;
  if (work.length > 0) {
    const because = `going back: ${whatFailed(lines)}; ${count(work.length, "object")} to put back`;
    phased = await runPhase(around, {
      is: "going back",
      plan: { ...first.plan, changes: work },
      // One that will not go back is no reason to leave the others as they are.
      keepGoing: true,
      because,
      settle: false,
    });
  }
  const after = work.length === 0 ? seen : await look(around, desired);
  if (typeof after === "string") {
    phased?.ended("rollbackFailed");
    return unseen(lines, begun, after);
  }
  await holdAgain(around, plan.changes, begun, after);
  const stopped = await stopAgain(around, plan.changes, begun, seen);
  const second = towards(after);
  const rest = new Map(
    second.plan.changes.filter(isWork).flatMap((change) => idsOf(change).map((id) => [id, change])),
  );
  const lost = first.lost;
  const outcome = rest.size === 0 ? "rolledBack" : stops.stop.aborted ? "interrupted" : "rollbackFailed";
  phased?.ended(outcome);
  const worked = new Map(phased?.applied.lines.map((line) => [line.id, line]));
  const touched = new Set(first.plan.changes.filter(({ is }) => is !== "keep").flatMap(idsOf));
  const kept = new Set(lost.filter(({ is }) => is === "kept").map(({ id }) => id));
  return {
    outcome,
    lost,
    observed: after,
    lines: lines.map((line) => {
      const by = stopped.get(line.id);
      const one: BackLine | undefined =
        by !== undefined
          ? { came: "kept", cause: `${by} stopped it meanwhile` }
          : backOf(line.id, { rest, worked, touched, kept, isWork, first: first.plan });
      return begun.has(line.id) && one !== undefined ? { ...asItIsNow(line, one), back: one } : line;
    }),
  };
}

/** A decision that this apply was told to end stands again, where it is not there by itself. */
async function holdAgain(
  { session }: Around,
  changes: readonly Change[],
  begun: ReadonlySet<Id>,
  now: readonly Observed[],
): Promise<void> {
  const holds = new Map<string, Hold>();
  for (const change of changes) {
    if (change.is === "create" || !begun.has(change.id) || change.before.hold === undefined) continue;
    const { agent, id, hold } = change.before;
    if (now.find((one) => one.id === id)?.hold === undefined) holds.set(agent, hold);
  }
  // One that cannot be written again is seen by the next plan.
  for (const [agent, hold] of holds) await session.operates.hold?.(agent, hold);
}

/** What somebody stopped by hand while this apply went on does not run again because the apply failed. */
async function stopAgain(
  { session }: Around,
  changes: readonly Change[],
  begun: ReadonlySet<Id>,
  seen: readonly Observed[],
): Promise<ReadonlyMap<Id, string>> {
  const stopped = new Map<Id, string>();
  for (const change of changes) {
    // What is made by this apply is taken away again, and there is nothing to be stopped.
    if (change.is === "create" || !begun.has(change.id)) continue;
    const hold = seen.find(({ id }) => id === change.id)?.hold;
    if (hold?.what !== "stopped" || hold.since === change.before.hold?.since) continue;
    const { by, reason } = hold;
    const again = await session.operates.stop([change.before.agent], {
      by,
      ...(reason === undefined ? {} : { reason }),
    });
    if (again.ok && again.value.every(({ ok }) => ok)) stopped.set(change.id, by);
  }
  return stopped;
}

/** What goes back to a former name is under two. */
const idsOf = (change: Change): readonly Id[] =>
  change.is === "create" || change.before.id === change.id ? [change.id] : [change.id, change.before.id];

interface Came {
  readonly rest: ReadonlyMap<Id, Change>;
  readonly worked: ReadonlyMap<Id, ApplyLine>;
  readonly touched: ReadonlySet<Id>;
  readonly kept: ReadonlySet<Id>;
  readonly isWork: (change: Change) => boolean;
  readonly first: Plan;
}

/** Undefined where nothing of it was left, so that there was nothing to put back. */
function backOf(id: Id, { rest, worked, touched, kept, isWork, first }: Came): BackLine | undefined {
  const left = rest.get(id);
  if (left !== undefined) {
    const line = worked.get(left.id);
    const cause = line?.cause ?? differs(left);
    return { came: "failed", cause, ...(line?.lines === undefined ? {} : { lines: line.lines }) };
  }
  if (kept.has(id)) return { came: "kept", cause: "something may have been written into it" };
  if (!touched.has(id)) return undefined;
  const stays = first.changes.some((change) => change.id === id && !isWork(change));
  return stays ? { came: "kept", cause: "nothing uses it, and it may be of use" } : { came: "rolled back" };
}

/** What was tried again and again when it failed is not any more. */
function asItIsNow(line: ApplyLine, { came }: BackLine): ApplyLine {
  if (line.cause === undefined || came === "failed") return line;
  return { ...line, cause: line.cause.replace(/; the \w+ goes on trying$/, "") };
}

function differs(change: Change): string {
  if (change.is === "create") return "it is missing";
  if (change.is === "delete") return "it is still there";
  if (change.is === "keep") return "it is as it was";
  const paths = change.fields.slice(0, 3).map(({ path }) => path);
  const more = change.fields.length - paths.length;
  return `another value: ${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function whatFailed(lines: readonly ApplyLine[]): string {
  const failed = lines.filter(({ came }) => came === "failed");
  // Those that were stopped between two steps have no cause of their own.
  const [first] = failed.filter(({ cause }) => cause !== undefined && !cause.startsWith("interrupted"));
  const named = first ?? failed[0];
  return named === undefined ? "the apply failed" : `${titleOf(named.id)} failed`;
}

function unseen(lines: readonly ApplyLine[], begun: ReadonlySet<Id>, why: string): PutBack {
  const cause = `nobody knows how it is: ${why}`;
  return {
    outcome: "rollbackFailed",
    lost: [],
    lines: lines.map((line) => (begun.has(line.id) ? { ...line, back: { came: "failed", cause } } : line)),
  };
}

/** What is live; a sentence where nobody can tell. */
async function look(
  { session, stops }: Around,
  desired: readonly Resource[],
): Promise<readonly Observed[] | string> {
  for (let tries = 1; ; tries++) {
    const observation = await session.observe(desired);
    if (observation.ok) return observation.value.objects;
    if (tries === LOOKS || stops.stop.aborted) return observation.error.message;
    await new Promise<void>((resolve) => void system.clock.after(tries * 1000, resolve));
  }
}
