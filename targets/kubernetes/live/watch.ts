import { jsonLines } from "../../../src/base/json-lines.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { WatchRequest } from "../../../src/model/operates.ts";
import { growing, pause } from "../../../src/model/pause.ts";
import { isFine, textAt, unanswered } from "../answers.ts";
import { listPath, ofAgents } from "../manifest/paths.ts";
import type { On } from "./lists.ts";

/** A server ends a watch by itself in the end; some ways to it forget one that is silent for long much sooner. */
const TURN_S = 240;
const SHORT_MS = 1000;

/**
 * Tells of whatever moves among the pods of the project. A server that answered once is waited for when it goes away:
 * what happened meanwhile is told as a move when it is back.
 */
export async function watchPods(on: On, request: WatchRequest): Promise<Result<void, Diagnostic>> {
  const { signal, moved } = request;
  let failures = 0;
  /** How far the server's own book was read; undefined where it has to be opened anew. */
  let version: string | undefined;
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    if (version === undefined) {
      const found = await newest(on, signal);
      if (signal.aborted) break;
      if (found.ok) {
        version = found.value;
        moved();
      } else if (isFirst || found.error.code !== "AAC4011") return found;
      else failures++;
    }
    if (version !== undefined) {
      const turn: Turn = await follow(on, version, request);
      version = turn.version;
      failures = turn.isGood ? 0 : failures + 1;
    }
    if (failures > 0) await pause(on.system.clock, growing(failures), signal);
  }
  return ok(undefined);
}

/** Where to begin: a list of one is enough to be told it. */
async function newest(
  { cluster, namespace, place }: On,
  signal: AbortSignal,
): Promise<Result<string, Diagnostic>> {
  const answer = await cluster.request("GET", listPath(namespace, "Pod"), {
    query: { labelSelector: ofAgents(place.project), limit: 1 },
    signal,
  });
  if (!isFine(answer)) return err(unanswered(cluster.server, answer, `watch pods in ${namespace}`));
  return ok(textAt(answer.body, "metadata", "resourceVersion") ?? "");
}

interface Turn {
  /** Where the next turn goes on; undefined where the server has forgotten what came since. */
  readonly version: string | undefined;
  /** One that comes to nothing, again and again, must not be begun in a circle. */
  readonly isGood: boolean;
}

async function follow(
  { cluster, namespace, place, system }: On,
  from: string,
  { signal, moved }: WatchRequest,
): Promise<Turn> {
  const query = {
    labelSelector: ofAgents(place.project),
    watch: true,
    resourceVersion: from,
    // So that where nothing happens for long, the place in the book does not grow too old.
    allowWatchBookmarks: true,
    timeoutSeconds: TURN_S,
  };
  const began = system.clock.now();
  const opened = await cluster.stream(listPath(namespace, "Pod"), query, signal);
  if (!opened.ok) return { version: undefined, isGood: false };
  const read = jsonLines();
  let version = from;
  let hasSeen = false;
  for await (const chunk of opened.value)
    for (const event of read(chunk)) {
      if (signal.aborted) return { version, isGood: true };
      const type = textAt(event, "type");
      if (type === "ERROR") return { version: undefined, isGood: hasSeen };
      version = textAt(event, "object", "metadata", "resourceVersion") ?? version;
      hasSeen = true;
      if (type !== "BOOKMARK") moved();
    }
  return { version, isGood: hasSeen || system.clock.now() - began >= SHORT_MS };
}
