import type { Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { wavesAgainst } from "../../../src/base/waves.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { AgentStatus, Outcome } from "../../../src/model/operates.ts";
import type { Failure } from "../../../src/model/target.ts";
import { numberAt } from "../answers.ts";
import { byAgent, isSeen, patch, release, unknown, watch } from "./changes.ts";
import { heldIn, RELEASED, replicasIn, RESTARTED, startPatch } from "./holds.ts";
import { listBoth, type Lists, type On } from "../live/lists.ts";
import { podsOf } from "./pods.ts";
import { agentOf, statusOf } from "./status.ts";
import { needsOf } from "./waves.ts";

/** As long as an apply waits. */
const READY_MS = 300_000;
/** A controller that has not begun by then is busy, and will. */
const TURN_MS = 10_000;

/** Who needs another one is started once that is ready. */
export async function start(
  on: On,
  agents: readonly string[],
): Promise<Result<readonly Outcome[], Diagnostic>> {
  const lists = await listBoth(on);
  if (!lists.ok) return lists;
  const live = byAgent(lists.value);
  const needs = needsOf(lists.value.deployments);
  const outcomes: Outcome[] = [];
  const waves = wavesAgainst(needs, agents).toReversed();
  const unready = new Map<string, string>();
  for (const [i, wave] of waves.entries()) {
    const asked = await Promise.all(
      wave.map(async (agent): Promise<Outcome> => {
        const missing = needs.get(agent)?.find((name) => unready.has(name));
        if (missing === undefined) return startOne(on, agent, live.get(agent));
        return { agent, ok: false, text: `not started: ${missing} ${unready.get(missing) ?? ""}` };
      }),
    );
    outcomes.push(...asked);
    for (const one of asked) if (!one.ok) unready.set(one.agent, "is not started");
    if (i === waves.length - 1) break;
    for (const [agent, why] of await untilReady(on, asked)) unready.set(agent, why);
  }
  return ok(outcomes);
}

async function startOne(on: On, agent: string, live: Json | undefined): Promise<Outcome> {
  if (live === undefined) return unknown(agent);
  const held = heldIn(live);
  const replicas = replicasIn(live);
  if (held === undefined && replicas > 0) return { agent, ok: true, text: "already running" };
  if (replicas > 0) {
    // As many as somebody wanted: what the files say instead is for an apply to show first.
    const freed = await patch(on, agent, RELEASED);
    return freed.ok ? { agent, ok: true, text: "already running, and no longer held" } : freed.error;
  }
  const done = await release(on, agent, startPatch(held?.replicas ?? 1));
  if (!done.ok) return done.error;
  const isGuess = held?.replicas === undefined;
  return {
    agent,
    ok: true,
    text: isGuess ? "started with 1 replica: nobody wrote down how many there were" : "started",
  };
}

/** The agents that did not come up, and why. */
async function untilReady(on: On, asked: readonly Outcome[]): Promise<ReadonlyMap<string, string>> {
  const waited = asked.filter((one) => one.ok).map(({ agent }) => agent);
  let missing = new Map<string, string>();
  const isDone = await watch(on, READY_MS, (lists) => {
    const now = byAgent(lists);
    const lines = statusOf({ ...lists, namespace: on.namespace, now: on.system.clock.wall() }).agents;
    const open = waited.filter((agent) => !isAvailable(now.get(agent)));
    missing = new Map(
      open.map((agent) => {
        const ill = lines.find((line) => line.agent === agent && line.state !== "ready");
        const detail = ill?.detail === undefined ? "" : ` (${ill.detail})`;
        return [agent, `is ${ill?.state ?? "not ready"}${detail}`];
      }),
    );
    // What keeps failing does not get ready by waiting.
    return open.every((agent) => lines.some((line) => line.agent === agent && isHopeless(line)));
  });
  if (!isDone.ok) return new Map(waited.map((agent) => [agent, `cannot be seen: ${isDone.error.message}`]));
  return missing;
}

function isAvailable(deployment: Json | undefined): boolean {
  if (deployment === undefined || !isSeen(deployment)) return false;
  return numberAt(deployment, "status", "availableReplicas") >= replicasIn(deployment);
}

/** An agent that fails its first starts may only be early; an image that cannot be had stays away. */
function isHopeless({ state, restarts, lastExit }: AgentStatus): boolean {
  return state === "failed" || (state === "backoff" && (lastExit === undefined || restarts >= 3));
}

/** One that was stopped runs afterwards, as everywhere. */
export async function restart(
  on: On,
  agents: readonly string[],
): Promise<Result<readonly Outcome[], Diagnostic>> {
  const lists = await listBoth(on);
  if (!lists.ok) return lists;
  const live = byAgent(lists.value);
  const outcomes = await Promise.all(agents.map((agent) => restartOne(on, agent, live.get(agent))));
  const turned = outcomes.filter((one) => one.ok).map(({ agent }) => agent);
  // Until its controller acts, all looks as before, and whoever waits for it to be ready would be told at once.
  if (turned.length > 0) await watch(on, TURN_MS, (seen) => turned.every((agent) => isTurning(agent, seen)));
  return ok(outcomes);
}

function isTurning(agent: string, { deployments, pods }: Lists): boolean {
  const deployment = deployments.find((one) => agentOf(one) === agent);
  if (deployment === undefined) return true;
  if (!isSeen(deployment)) return false;
  const isGoing = podsOf(pods).some((pod) => pod.agent === agent && pod.endingSince !== undefined);
  return isGoing || numberAt(deployment, "status", "updatedReplicas") > 0;
}

/** For an apply: its own wait comes afterwards. */
export async function rollPods(on: On, agent: string): Promise<Result<void, Failure>> {
  const lists = await listBoth(on);
  const outcome = lists.ok ? await restartOne(on, agent, byAgent(lists.value).get(agent)) : undefined;
  if (outcome?.ok === true) return ok(undefined);
  const message = lists.ok ? (outcome?.text ?? "it is gone") : lists.error.message;
  return err({ message, lines: [], passing: !lists.ok });
}

async function restartOne(on: On, agent: string, live: Json | undefined): Promise<Outcome> {
  if (live === undefined) return unknown(agent);
  const held = heldIn(live);
  const anew = {
    template: { metadata: { annotations: { [RESTARTED]: on.system.clock.wall() } } },
  };
  const wanted = replicasIn(live) > 0 ? replicasIn(live) : (held?.replicas ?? 1);
  const isUp = held === undefined && replicasIn(live) > 0;
  const done = isUp
    ? await patch(on, agent, { spec: anew })
    : await release(on, agent, startPatch(wanted, anew));
  return done.ok ? { agent, ok: true, text: "restarted" } : done.error;
}
