import type { Json } from "../../../src/base/canonical.ts";
import { jsonLines } from "../../../src/base/json-lines.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { AgentEvent, EventsRequest } from "../../../src/model/operates.ts";
import { growing, pause } from "../../../src/model/pause.ts";
import { isFine, textAt, unanswered } from "../answers.ts";
import { listPath, ofAgents, type ServedKind } from "../manifest/paths.ts";
import {
  eventTold,
  inOrder,
  itemsIn,
  type Known,
  ofDeployments,
  podTold,
  toldBy,
} from "../verbs/happened.ts";
import { podsOf, standing } from "../verbs/pods.ts";
import { listBoth, type On } from "./lists.ts";

/** A server ends a watch by itself in the end; some ways to it forget one that is silent for long much sooner. */
const TURN_S = 240;
/** An agent that is new is looked for, and not again and again for what is somebody else's. */
const LOOK_MS = 2000;

/** What the cluster says happened to the agents of this project; it forgets most of it after an hour. */
export async function eventsOf(on: On, request: EventsRequest): Promise<Result<void, Diagnostic>> {
  const { signal, follow } = request;
  const told = new Set<string>();
  const tell = (events: readonly AgentEvent[]): void => {
    for (const event of events) {
      const key = JSON.stringify(event);
      if (told.has(key) || !isAsked(event, request)) continue;
      told.add(key);
      request.event(event);
    }
  };
  let failures = 0;
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const seen = await lookAll(on, signal);
    if (signal.aborted) break;
    if (!seen.ok) {
      // One that answered once is waited for when it goes away.
      if (isFirst || seen.error.code !== "AAC4011") return seen;
      await pause(on.system.clock, growing(++failures), signal);
      continue;
    }
    failures = 0;
    tell(toldBy(seen.value.events, seen.value.known));
    if (!follow) break;
    await turn(on, seen.value, tell, signal);
  }
  return ok(undefined);
}

const isAsked = ({ agent, at }: AgentEvent, { agents, since }: EventsRequest): boolean =>
  (agents.length === 0 || agents.includes(agent)) &&
  (since === undefined || Date.parse(at) >= Date.parse(since));

interface Seen {
  readonly events: readonly Json[];
  readonly known: Known;
  /** How far the server's own book was read, of each of the two. */
  readonly versions: { readonly events: string; readonly pods: string };
}

async function lookAll(on: On, signal: AbortSignal): Promise<Result<Seen, Diagnostic>> {
  const { cluster, namespace, place } = on;
  const query = { labelSelector: ofAgents(place.project) };
  const [events, deployments, pods] = await Promise.all([
    cluster.request("GET", listPath(namespace, "Event"), { signal }),
    cluster.request("GET", listPath(namespace, "Deployment"), { query, signal }),
    cluster.request("GET", listPath(namespace, "Pod"), { query, signal }),
  ]);
  if (!isFine(events)) return err(unanswered(cluster.server, events, `list events in ${namespace}`));
  if (!isFine(deployments))
    return err(unanswered(cluster.server, deployments, `list deployments in ${namespace}`));
  if (!isFine(pods)) return err(unanswered(cluster.server, pods, `list pods in ${namespace}`));
  const version = (body: Json): string => textAt(body, "metadata", "resourceVersion") ?? "";
  return ok({
    events: itemsIn(events.body),
    known: knownFrom(itemsIn(deployments.body), itemsIn(pods.body)),
    versions: { events: version(events.body), pods: version(pods.body) },
  });
}

function knownFrom(deployments: readonly Json[], pods: readonly Json[]): Known {
  const next = new Map<string, number>();
  const numbered = standing(podsOf(pods)).map((pod) => {
    const replica = next.get(pod.agent) ?? 0;
    next.set(pod.agent, replica + 1);
    return [pod.name, { pod, replica }] as const;
  });
  return { agents: ofDeployments(deployments), pods: new Map(numbered) };
}

/** Until one of the two watches ends: then all is listed anew, and what was told is not told twice. */
async function turn(
  on: On,
  { known: first, versions }: Seen,
  tell: (events: readonly AgentEvent[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  let known = first;
  let looked = on.system.clock.now();
  const lookAgain = async (): Promise<void> => {
    if (on.system.clock.now() - looked < LOOK_MS) return;
    looked = on.system.clock.now();
    const lists = await listBoth(on);
    if (lists.ok) known = knownFrom(lists.value.deployments, lists.value.pods);
  };
  const end = (): void => over.abort();
  await Promise.all([
    watch(on, "Event", versions.events, both, async (object) => {
      let event = eventTold(object, known);
      if (event === undefined) {
        await lookAgain();
        event = eventTold(object, known);
      }
      if (event !== undefined) tell([event]);
    }).then(end),
    watch(on, "Pod", versions.pods, both, async (object) => {
      for (const pod of podsOf([object])) {
        if (!known.pods.has(pod.name)) await lookAgain();
        tell(inOrder(podTold(pod, known.pods.get(pod.name)?.replica ?? 0)));
      }
    }).then(end),
  ]);
}

async function watch(
  { cluster, namespace, place, system }: On,
  kind: ServedKind,
  from: string,
  signal: AbortSignal,
  seen: (object: Json) => Promise<void>,
): Promise<void> {
  const opened = await cluster.stream(
    listPath(namespace, kind),
    {
      ...(kind === "Pod" ? { labelSelector: ofAgents(place.project) } : {}),
      watch: true,
      resourceVersion: from,
      timeoutSeconds: TURN_S,
    },
    signal,
  );
  if (!opened.ok) {
    // What cannot be begun must not be begun in a circle.
    await pause(system.clock, LOOK_MS, signal);
    return;
  }
  const read = jsonLines();
  for await (const chunk of opened.value)
    for (const one of read(chunk)) {
      const type = textAt(one, "type");
      if (signal.aborted || type === "ERROR") return;
      const object = typeof one === "object" && one !== null && "object" in one ? one.object : undefined;
      if ((type === "ADDED" || type === "MODIFIED") && object !== undefined) await seen(object);
    }
}
