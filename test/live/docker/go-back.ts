import { type Applied, apply } from "../../../src/apply/apply.ts";
import type { Change, Lost, Plan } from "../../../src/model/plan.ts";
import type { Observed } from "../../../src/model/resource.ts";
import type { Mark } from "../../../src/model/target.ts";
import { back } from "../../../src/plan/back.ts";
import { system } from "../../../src/system/system.ts";
import { target } from "../../../targets/docker/index.ts";
import type { OnEngine, Options } from "./on-engine.ts";

export interface WentBack {
  readonly failed: Applied;
  readonly lost: readonly Lost[];
  /** What the way back did, as `- desk/container/0~`. */
  readonly did: readonly string[];
  /** Why a step of the way back failed. */
  readonly causes: readonly string[];
  /** What is not as it was, after all of it. */
  readonly rest: readonly Change[];
}

export interface Trial extends Options {
  /** Fails that step of that object, after all before it were done. */
  readonly failing?: { readonly id: string; readonly step: string };
  readonly mark?: Mark;
}

/** An apply, and where it fails the way back from it, in one session as a command has it. */
export async function applyAndGoBack(engine: OnEngine, trial: Trial = {}): Promise<WentBack> {
  const { plan, session, desired } = await engine.planned(trial);
  const begun = await session.begin();
  if (!begun.ok) throw new Error(begun.error.message);
  const secret = await engine.secret();
  const mark = trial.mark ?? { apply: system.digests.random(6), revision: 1 };
  const run = (whole: Plan, failing: Trial["failing"]): Promise<Applied> =>
    apply({
      plan: whole,
      steps: target.steps,
      async run(step, change, context) {
        const name = step.is === "call" ? step.does : step.until;
        if (failing?.id === change.id && failing.step === name)
          return { ok: false, error: { message: "made to fail", lines: [], passing: false } };
        return session.run(step, change, { ...context, mark });
      },
      secret,
      clock: system.clock,
      tell: () => undefined,
      parallel: 10,
      keepGoing: whole !== plan,
      retries: 0,
      timeoutMs: 60_000,
      stop: new AbortController().signal,
      abort: new AbortController().signal,
    });
  const failed = await run(plan, trial.failing);
  if (failed.outcome === "applied") {
    await session.end();
    session.close();
    return { failed, lost: [], did: [], causes: [], rest: [] };
  }
  const look = async () => {
    const seen = await session.observe(desired);
    if (!seen.ok) throw new Error(seen.error.message);
    const lines = failed.lines.filter(({ came }) => came !== "untouched").map(({ id }) => id);
    return back({
      changes: plan.changes,
      begun: new Set(lines),
      observed: seen.value.objects,
      rules: target.kinds,
    });
  };
  const isWork = (change: Change): boolean => change.is !== "keep" && target.steps(change).length > 0;
  const first = await look();
  const went = await run({ ...first.plan, changes: first.plan.changes.filter(isWork) }, undefined);
  const second = await look();
  await session.end();
  session.close();
  return {
    failed,
    lost: first.lost,
    did: went.lines.map(({ id, does }) => `${does} ${id.replace(/~[0-9a-f]+$/, "~")}`).sort(),
    causes: went.lines.flatMap(({ cause }) => cause ?? []),
    rest: second.plan.changes.filter(isWork),
  };
}

/** All that an apply owns, without what merely names it. */
export const owned = (objects: readonly Observed[]): readonly object[] =>
  objects
    .map(({ id, fields, asked, after, protect, source, hold }) => ({
      id,
      fields,
      asked,
      after,
      protect,
      source,
      hold,
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
