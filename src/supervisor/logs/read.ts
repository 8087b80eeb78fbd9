import { err, ok, type Result } from "../../base/result.ts";
import type { LogFault } from "../../model/logs.ts";
import type { LogRequest } from "../../model/operates.ts";
import type { System } from "../../model/system.ts";
import { follow } from "./follow.ts";
import { textOf } from "./lines.ts";
import { pause } from "./pause.ts";
import { earliest, follows, isWanted, LINE, openReplica, type Track, TURN } from "./tracks.ts";

/**
 * The reader's side of the logs: files only, so it works whether a supervisor runs or not. Tells lines in the order
 * of their times, over all agents, replicas and streams. Memory is two chunks a stream; a consumer that takes its
 * time makes it read later, never hold more.
 */
export async function readLogs(
  system: System,
  folder: string,
  asked: LogRequest,
  replicas: (agent: string) => readonly number[],
): Promise<Result<void, LogFault>> {
  const request = withPlainTime(asked);
  const early = new Map<string, number>();
  const tracks: Track[] = [];
  for (const [agent, replica] of listReplicas(system, folder, request, replicas)) {
    const opened = openReplica(system.files, folder, agent, replica, request);
    if (!opened.ok) return err(opened.error);
    tracks.push(...opened.value.tracks);
    early.set(`${agent}/${replica}`, opened.value.early);
  }
  const told = await tellWritten(system, request, tracks, early);
  if (!told.ok || !follows(request) || request.signal.aborted) return told;
  return follow(system, folder, request, tracks, () => listReplicas(system, folder, request, replicas));
}

async function tellWritten(
  system: System,
  request: LogRequest,
  tracks: readonly Track[],
  early: Map<string, number>,
): Promise<Result<void, LogFault>> {
  for (let spent = 0; !request.signal.aborted; ) {
    const first = earliest(tracks, !follows(request));
    if (!first.ok) return err(first.error);
    const line = first.value?.head;
    if (first.value === undefined || line === undefined) break;
    first.value.head = undefined;
    spent += line.bytes.length + LINE;
    if (spent > TURN) {
      spent = 0;
      await pause(system.clock, 0, request.signal);
    }
    if (!isWanted(line, request)) continue;
    const { agent, replica, stream } = first.value;
    const key = `${agent}/${replica}`;
    const left = early.get(key) ?? 0;
    early.set(key, left - 1);
    if (left > 0 || request.signal.aborted) continue;
    request.line({ agent, replica, stream, at: line.at, text: textOf(line), partial: line.partial });
  }
  return ok(undefined);
}

/** Sorted, so that what happened at the same time is told in the same order each time. */
function listReplicas(
  system: System,
  folder: string,
  request: LogRequest,
  replicas: (agent: string) => readonly number[],
): readonly (readonly [string, number])[] {
  const agents =
    request.agents.length > 0
      ? [...new Set(request.agents)]
      : system.files.list(folder).flatMap(({ name, is }) => (is === "folder" ? [name] : []));
  return agents
    .sort()
    .flatMap((agent) =>
      [...new Set(replicas(agent))].sort((a, b) => a - b).map((replica) => [agent, replica] as const),
    );
}

/** Times are compared as texts, so they are spelled the same way. */
function withPlainTime(request: LogRequest): LogRequest {
  if (request.since === undefined) return request;
  return { ...request, since: new Date(request.since).toISOString() };
}
