import type { Json } from "../../../src/base/canonical.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import { wavesAgainst } from "../../../src/base/waves.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Decision, Outcome } from "../../../src/model/operates.ts";
import { numberAt } from "../answers.ts";
import { byAgent, isSeen, patch, unknown, watch } from "./changes.ts";
import { replicasIn, stopPatch } from "./holds.ts";
import { listBoth, type On } from "../live/lists.ts";
import { podsOf } from "./pods.ts";
import { needsOf } from "./waves.ts";

/** The cluster ends a pod the hard way after its grace; so much later nobody will. */
const BEYOND_GRACE_MS = 30_000;

/** Who needs another one is stopped before it, and only once it is gone the other one is. */
export async function stop(
  on: On,
  agents: readonly string[],
  by: Decision,
): Promise<Result<readonly Outcome[], Diagnostic>> {
  const lists = await listBoth(on);
  if (!lists.ok) return lists;
  const live = byAgent(lists.value);
  const outcomes: Outcome[] = [];
  for (const wave of wavesAgainst(needsOf(lists.value.deployments), agents)) {
    const asked = await Promise.all(wave.map((agent) => stopOne(on, agent, live.get(agent), by)));
    outcomes.push(...(await untilGone(on, asked, live)));
  }
  return ok(outcomes);
}

async function stopOne(on: On, agent: string, live: Json | undefined, by: Decision): Promise<Outcome> {
  if (live === undefined) return unknown(agent);
  const wasStopped = replicasIn(live) === 0;
  const done = await patch(on, agent, stopPatch(live, by, on.system.clock.wall()));
  return done.ok ? { agent, ok: true, text: wasStopped ? "already stopped" : "stopped" } : done.error;
}

async function untilGone(
  on: On,
  asked: readonly Outcome[],
  live: ReadonlyMap<string, Json>,
): Promise<readonly Outcome[]> {
  const grace = (agent: string): number =>
    numberAt(live.get(agent), "spec", "template", "spec", "terminationGracePeriodSeconds") * 1000;
  const waited = asked.filter((one) => one.ok);
  if (waited.length === 0) return asked;
  const limit = Math.max(0, ...waited.map(({ agent }) => grace(agent))) + BEYOND_GRACE_MS;
  const found = new Map<string, Outcome>();
  const isDone = await watch(on, limit, (lists) => {
    const now = byAgent(lists);
    for (const one of waited) {
      const pods = podsOf(lists.pods).filter(({ agent, isOver }) => agent === one.agent && !isOver);
      const deployment = now.get(one.agent);
      if (deployment !== undefined && replicasIn(deployment) > 0)
        found.set(one.agent, { ...one, text: "started again" });
      else if (pods.length === 0 && (deployment === undefined || isSeen(deployment)))
        found.set(one.agent, one);
      else
        found.set(
          one.agent,
          survivors(
            one.agent,
            pods.map(({ name }) => name),
          ),
        );
    }
    return [...found.values()].every((one) => one.ok);
  });
  return asked.map((one) => {
    const last = found.get(one.agent);
    if (!one.ok || (isDone.ok && last !== undefined)) return last ?? one;
    const why = isDone.ok ? "" : `: ${isDone.error.message}`;
    return { agent: one.agent, ok: false, text: `asked to stop; nobody can tell whether it has${why}` };
  });
}

const survivors = (agent: string, names: readonly string[]): Outcome => ({
  agent,
  ok: false,
  text: `could not be ended: ${names.join(" ")}`,
});
