import { parseBytes, parseCpu } from "../../../src/base/quantity.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { ReplicaStats, Stats } from "../../../src/model/operates.ts";
import type { Failed } from "../client.ts";
import { limitsIn } from "../container/limits.ts";
import { request } from "../container/request.ts";
import { attempt, bounded, type Engine, unless } from "../engine.ts";
import { faultOf } from "../verbs/fault.ts";
import { agentOf, isUp, replicaOf, whichCounts } from "../verbs/status.ts";
import { type Container, containersOf, inspectListed } from "./look.ts";
import { usedIn } from "./used.ts";

/** An engine opens a file of each control group for an answer: more at once only wait for each other. */
const AT_ONCE = 8;
const ANSWER_MS = 10_000;

/** What each running container uses at this moment: one look at it, and none at what it used before. */
export async function statsOf(engine: Engine): Promise<Result<Stats, Diagnostic>> {
  const found = await attempt(() => running(engine));
  if (!found.ok) return err(faultOf(engine, "containers cannot be listed", found.error));
  const read = await bounded(found.value, (container) => readOne(engine, container), AT_ONCE);
  const replicas: ReplicaStats[] = [];
  const notes: string[] = [];
  for (const [i, one] of read.entries()) {
    const container = found.value[i];
    if (container === undefined) continue;
    if (one.ok) replicas.push(...(one.value === undefined ? [] : [one.value]));
    // Who does not answer will not answer for the next one either.
    else if (one.error.status === undefined)
      return err(faultOf(engine, "containers cannot be read", one.error));
    else notes.push(`what ${agentOf(container)} uses cannot be read: ${one.error.message}`);
  }
  return ok({ replicas, notes });
}

/** Of two that an exchange left for one replica, the one that counts. */
async function running(engine: Engine): Promise<readonly Container[]> {
  const listed = await containersOf(engine);
  const up = listed.filter(({ State }) => isUp({ Status: State }));
  const inspected = await bounded(up, (one) => inspectListed(engine, one));
  const lives = inspected.flatMap((container) =>
    container !== undefined && isUp(container.State) ? [{ container }] : [],
  );
  return whichCounts(lives).counting.map(({ container }) => container);
}

async function readOne(
  engine: Engine,
  container: Container,
): Promise<Result<ReplicaStats | undefined, Failed>> {
  const told = await unless(404, () =>
    request(engine.docker, {
      method: "GET",
      path: `/containers/${container.Id}/stats`,
      query: { stream: "false", "one-shot": "true" },
      signal: AbortSignal.timeout(ANSWER_MS),
    }),
  );
  if (!told.ok) return told;
  const used = usedIn(told.value);
  if (used === undefined) return ok(undefined);
  const limits = limitsIn(container.HostConfig);
  const cpu = limits.cpu === undefined ? undefined : parseCpu(limits.cpu);
  const memory = limits.memory === undefined ? undefined : parseBytes(limits.memory);
  return ok({
    agent: agentOf(container),
    replica: replicaOf(container),
    id: container.Id.slice(0, 12),
    ...used,
    ...(cpu?.ok === true ? { cpuLimit: cpu.value } : {}),
    ...(memory?.ok === true ? { memoryLimit: memory.value } : {}),
    ...(limits.pids === undefined ? {} : { processesLimit: limits.pids }),
    from: "engine",
  });
}
