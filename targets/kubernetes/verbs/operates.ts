import { ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Operates, Status } from "../../../src/model/operates.ts";
import { hold, release, scale } from "./hold.ts";
import { inspect } from "./inspect.ts";
import { eventsOf } from "../live/events.ts";
import { listBoth, type On } from "../live/lists.ts";
import { statsOf } from "../live/stats.ts";
import { watchPods } from "../live/watch.ts";
import { readLogs } from "../logs/logs.ts";
import { execIn } from "../exec/exec.ts";
import { restart, start } from "./start.ts";
import { statusOf } from "./status.ts";
import { stop } from "./stop.ts";

/** The verbs of the second day. The cluster keeps agents running by itself; whoever changes one writes down why. */
export function operatesOn(on: On): Operates {
  return {
    status: () => status(on),
    inspect: (agent) => inspect(on, agent),
    logs: (request) => readLogs(on, request),
    stop: (agents, by) => stop(on, agents, by),
    start: (agents) => start(on, agents),
    restart: (agents) => restart(on, agents),
    hold: (agent, decided) => hold(on, agent, decided),
    release: (agents) => release(on, agents),
    scale: (agent, replicas, by) => scale(on, agent, replicas, by),
    events: (request) => eventsOf(on, request),
    exec: (request) => execIn(on, request),
    stats: () => statsOf(on),
    watch: (request) => watchPods(on, request),
  };
}

async function status(on: On): Promise<Result<Status, Diagnostic>> {
  const lists = await listBoth(on);
  if (!lists.ok) return lists;
  return ok(statusOf({ ...lists.value, namespace: on.namespace, now: on.system.clock.wall() }));
}
