import { jsonLines } from "../../../src/base/json-lines.ts";
import type { Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { WatchRequest } from "../../../src/model/operates.ts";
import { growing, pause } from "../../../src/model/pause.ts";
import { stream } from "../container/request.ts";
import { attempt, type Engine } from "../engine.ts";
import { LABEL } from "../names.ts";
import { faultOf } from "../verbs/fault.ts";

/** What changes a container. Commands that checks run inside are told too, and mean nothing of the kind. */
const MOVES = [
  "create",
  "destroy",
  "die",
  "health_status",
  "kill",
  "oom",
  "pause",
  "rename",
  "restart",
  "start",
  "stop",
  "unpause",
  "update",
];

/**
 * Tells of whatever the engine does with containers of the project. One that answered once is waited for when it goes
 * away: what happened meanwhile is told as a move when it is back.
 */
export async function watchEngine(engine: Engine, request: WatchRequest): Promise<Result<void, Diagnostic>> {
  const { signal, moved } = request;
  const { clock } = engine.system;
  let failures = 0;
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const opened = await attempt(() => events(engine, signal));
    if (signal.aborted) break;
    if (!opened.ok && isFirst) return err(faultOf(engine, "its events cannot be followed", opened.error));
    failures = opened.ok ? 1 : failures + 1;
    if (opened.ok) {
      // Between the look of whoever asks and the first event something may have happened already.
      moved();
      // Cut off is as good as ended: the next try tells whether it is there.
      await attempt(() => tell(opened.value, request));
    }
    await pause(clock, growing(failures), signal);
  }
  return ok(undefined);
}

function events({ docker, place }: Engine, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const filters = {
    type: ["container"],
    event: MOVES,
    label: [`${LABEL.project}=${place.project}`, `${LABEL.kind}=container`],
  };
  return stream(docker, {
    method: "GET",
    path: "/events",
    query: { filters: JSON.stringify(filters) },
    signal,
  });
}

async function tell(chunks: AsyncIterable<Uint8Array>, { signal, moved }: WatchRequest): Promise<void> {
  const read = jsonLines();
  for await (const chunk of chunks) {
    const told = read(chunk);
    if (signal.aborted) return;
    if (told.some(isMove)) moved();
  }
}

/** Once more by hand: an engine that does not know a filter leaves it out. */
function isMove(event: Json): boolean {
  const action = typeof event === "object" && event !== null && "Action" in event ? event.Action : undefined;
  return typeof action === "string" && MOVES.includes(action.split(":")[0] ?? "");
}
