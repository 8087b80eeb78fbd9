import { HOME } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { readLogs } from "../../../src/supervisor/logs/read.ts";

/** The end of what an agent printed, for the report of a start that failed. */
export async function lastLines(
  system: System,
  place: Place,
  agent: string,
  count: number,
  since: string | undefined,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const read = await readLogs(
    system,
    HOME.logs(place.home),
    {
      agents: [agent],
      follow: false,
      tail: count,
      // What an earlier run printed is no reason why this one failed.
      ...(since === undefined ? {} : { since }),
      streams: ["stdout", "stderr"],
      previous: false,
      signal: new AbortController().signal,
      line: ({ text }) => lines.push(text),
    },
    () => [0],
  );
  return read.ok ? lines : [`${read.error.path}: ${read.error.why}`];
}
