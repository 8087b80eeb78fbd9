import type { Json } from "../../../src/base/canonical.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Outcome } from "../../../src/model/operates.ts";
import { isFine, isGone, numberAt, saidBy } from "../answers.ts";
import { givingBack, HOLD_MANAGER } from "./holds.ts";
import { listBoth, type Lists, type On } from "../live/lists.ts";
import { objectPath } from "../manifest/paths.ts";
import { pause } from "../logs/pause.ts";
import { agentOf } from "./status.ts";

const MERGE = "application/merge-patch+json";
const JSON_PATCH = "application/json-patch+json";
const [FIRST_LOOK_MS, LONGEST_LOOK_MS] = [100, 1000];

/** Changes a Deployment as whoever holds things, and says what it is then. */
export async function patch(on: On, agent: string, body: Json): Promise<Result<Json, Outcome>> {
  const answer = await on.cluster.request("PATCH", objectPath(on.namespace, "Deployment", agent), {
    query: { fieldManager: HOLD_MANAGER },
    contentType: MERGE,
    body,
  });
  if (isFine(answer)) return ok(answer.body);
  if (isGone(answer)) return { ok: false, error: unknown(agent) };
  const who = answer.is === "lost" ? "the cluster does not answer" : "the cluster refuses it";
  return { ok: false, error: { agent, ok: false, text: `${who}: ${saidBy(answer)}` } };
}

/** The same, where the number of replicas comes back: it is the apply's again. */
export async function release(on: On, agent: string, body: Json): Promise<Result<void, Outcome>> {
  const done = await patch(on, agent, body);
  if (!done.ok) return done;
  const back = givingBack(done.value);
  // Where it comes to nothing, a later plan says less well who changed what, and that is all.
  if (back !== undefined)
    await on.cluster.request("PATCH", objectPath(on.namespace, "Deployment", agent), {
      query: { fieldManager: HOLD_MANAGER },
      contentType: JSON_PATCH,
      body: back,
    });
  return ok(undefined);
}

export const unknown = (agent: string): Outcome => ({ agent, ok: false, text: "no such agent here" });

export function byAgent({ deployments }: Lists): ReadonlyMap<string, Json> {
  return new Map(deployments.map((one) => [agentOf(one), one]));
}

/** Looks until it is enough or the time is up: how it was last is for the one who looked. */
export async function watch(
  on: On,
  limitMs: number,
  isEnough: (lists: Lists) => boolean,
): Promise<Result<void, Diagnostic>> {
  const { clock } = on.system;
  const end = clock.now() + limitMs;
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, LONGEST_LOOK_MS)) {
    const lists = await listBoth(on);
    // One that does not answer once may do so the next time.
    if (lists.ok ? isEnough(lists.value) || clock.now() >= end : clock.now() >= end)
      return lists.ok ? ok(undefined) : lists;
    await pause(clock, wait);
  }
}

/** Whether its controller has acted on the last change: before that, its pods are those of the former state. */
export function isSeen(deployment: Json): boolean {
  return (
    numberAt(deployment, "status", "observedGeneration") >= numberAt(deployment, "metadata", "generation")
  );
}
