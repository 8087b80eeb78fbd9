import { ok, type Result } from "../../../src/base/result.ts";
import type { Connection } from "../../../src/model/control.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { WatchRequest } from "../../../src/model/operates.ts";
import { pause } from "../../../src/model/pause.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { findDaemon } from "../daemon.ts";
import { readSlots } from "./records.ts";
import { lookFor } from "../runner/identity.ts";

/** Without a supervisor nobody tells: so often is looked. */
const EACH_MS = 1000;

/** Told by the supervisor while one runs; else by looking at what it left, and at whether agents live. */
export async function watchAgents(
  system: System,
  place: Place,
  request: WatchRequest,
): Promise<Result<void, Diagnostic>> {
  const { signal, moved } = request;
  let before: string | undefined;
  while (!signal.aborted) {
    // One that cannot be spoken with is as good as none: whoever asks for a status is told why.
    const found = await findDaemon(system, place);
    if (found.ok && found.value !== undefined) {
      await told(found.value, request);
      // It has ended, or does not speak any more.
      if (!signal.aborted) moved();
      before = undefined;
    } else {
      const now = traceOf(system, place);
      if (now !== before) moved();
      before = now;
    }
    await pause(system.clock, EACH_MS, signal);
  }
  return ok(undefined);
}

/** Until the supervisor ends. Its first word is how all stand, which counts as a move. */
async function told(connection: Connection, { signal, moved }: WatchRequest): Promise<void> {
  await connection.call("watch", null, { event: moved, signal });
  connection.close();
}

/** What a status would say otherwise if this were otherwise. */
function traceOf(system: System, place: Place): string {
  const { records, statuses, unreadable } = readSlots(system.files, place.home);
  return JSON.stringify([
    records.map(({ charge, wanted, hold, run }) => [
      charge.agent,
      charge.replica,
      wanted,
      hold ?? null,
      run === undefined || lookFor(system, run) === undefined ? null : run.runId,
    ]),
    [...statuses],
    unreadable,
  ]);
}
