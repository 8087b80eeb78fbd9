import { err, ok, type Result } from "../../base/result.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Facts } from "../../model/facts.ts";
import type { Ir } from "../../model/ir.ts";
import type { Moved, Plan } from "../../model/plan.ts";
import type { Resource } from "../../model/resource.ts";
import type { Session, Target } from "../../model/target.ts";
import type { Outside } from "../../facts/outside.ts";
import type { Scope } from "../../plan/scope.ts";
import { moved, movedFacts, movedWishes } from "../../plan/stale.ts";
import { showTime } from "../../ui/history/words.ts";
import { movedLine } from "../../ui/plan/moved.ts";
import { learn } from "./prepare.ts";

/** A plan that somebody said yes to, with what it was made from. */
export interface Agreed {
  readonly ir: Ir;
  readonly facts: Facts;
  readonly desired: readonly Resource[];
  readonly plan: Plan;
  readonly destroy: boolean;
  /** UTC */
  readonly madeAt: string;
}

export interface World {
  readonly session: Session;
  readonly target: Target;
  readonly outside: Outside;
  readonly scope: Scope;
}

/** What is not as it was when the plan was made, of what it touches. */
export async function movedSince(
  agreed: Agreed,
  { session, target, outside, scope }: World,
): Promise<Result<readonly Moved[], Diagnostic>> {
  const { plan, ir, desired, destroy } = agreed;
  const observation = await session.observe(desired);
  if (!observation.ok) return observation;
  const live = moved(plan.changes, observation.value.objects, target.kinds);
  // What is taken down needs no values and no code: no file says anything about it any more.
  const touched = new Set(
    plan.changes.filter(({ is }) => is !== "keep" && is !== "delete").map(({ id }) => id.split("/")[0] ?? ""),
  );
  if (touched.size === 0) return ok(live);
  const facts = await learn(ir, outside, target, session, scope);
  if (!facts.ok) return facts.error[0] === undefined ? ok(live) : err(facts.error[0]);
  return ok([
    ...live,
    ...movedFacts(agreed.facts, facts.value.facts, touched),
    ...movedWishes(
      plan.changes,
      destroy ? [] : target.desired({ ir, facts: facts.value.facts, written: {} }),
      target.kinds,
    ),
  ]);
}

/** Undefined where nothing moved: the plan is carried out exactly, or not at all. */
export function stale(
  { plan, madeAt }: Pick<Agreed, "plan" | "madeAt">,
  found: readonly Moved[],
  again: string,
): Diagnostic | undefined {
  if (found.length === 0) return undefined;
  const objects = plan.changes.filter(({ is }) => is !== "keep").length;
  const hit = new Set(found.map((one) => (one.is === "fact" ? one.agent : one.id))).size;
  const rest = Math.max(0, objects - hit);
  return diagnostic(
    "AAC3001",
    undefined,
    `the world moved since this plan was made, at ${showTime(madeAt)}; nothing was changed`,
    {
      notes: [
        ...found.slice(0, 20).map(movedLine),
        ...(found.length > 20 ? [`and ${found.length - 20} more`] : []),
        ...(rest > 0 ? [`${rest} other ${rest === 1 ? "object is" : "objects are"} as planned`] : []),
        `plan again: ${again}`,
      ],
    },
  );
}
