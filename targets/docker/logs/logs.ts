import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { LogRequest } from "../../../src/model/operates.ts";
import { attempt, bounded, type Engine } from "../engine.ts";
import { faultOf } from "../verbs/fault.ts";
import { followLogs } from "./follow.ts";
import { type Printed, stampOf } from "./lines.ts";
import {
  type Batch,
  batches,
  behind,
  isWanted,
  lineOf,
  type Point,
  saidInside,
  type Source,
  sourceOf,
  tailOf,
  unread,
  type Wanted,
} from "./source.ts";
import { containersOf, inspectListed } from "../live/look.ts";
import { agentOf } from "../verbs/status.ts";

/**
 * Tells what the engine has kept in the order of its times, over all containers that are asked for, and goes on with
 * what comes. Memory is a piece a container; a consumer that takes its time makes the engine send later.
 */
export async function readLogs(engine: Engine, request: LogRequest): Promise<Result<void, Diagnostic>> {
  const wanted: Wanted = {
    streams: request.streams,
    previous: request.previous,
    since: request.since === undefined ? undefined : stampOf(new Date(request.since).toISOString()),
  };
  const { signal } = request;
  // What was cut off because nobody wants it any more is no failure.
  const found = await attempt(() => sourcesOf(engine, request));
  if (!found.ok)
    return signal.aborted ? ok(undefined) : err(faultOf(engine, "containers cannot be listed", found.error));
  const opened = await bounded(found.value, (source) => open(engine, source, wanted, request));
  const tracks: Track[] = [];
  for (const one of opened) {
    if (!one.ok) return signal.aborted ? ok(undefined) : one;
    tracks.push(one.value);
  }
  const told = await tellInOrder(tracks, wanted, request);
  await Promise.all(tracks.map(({ batches }) => batches.return(undefined)));
  if (signal.aborted) return ok(undefined);
  if (!told.ok || !follows(request)) return told;
  return followLogs(engine, request, wanted, new Map(tracks.map((one) => [one.source.id, one.point])));
}

/** The run before this one has ended: there is nothing to wait for. */
const follows = (request: LogRequest): boolean => request.follow && !request.previous;

async function sourcesOf(engine: Engine, request: LogRequest): Promise<readonly Source[]> {
  const listed = await containersOf(engine);
  const inspected = await bounded(listed, (one) => inspectListed(engine, one));
  return inspected
    .flatMap((one) => one ?? [])
    .filter((one) => request.agents.length === 0 || request.agents.includes(agentOf(one)))
    .toSorted((a, b) => (a.Created < b.Created ? -1 : 1))
    .map(sourceOf)
    .toSorted((a, b) => (a.agent === b.agent ? a.replica - b.replica : a.agent < b.agent ? -1 : 1));
}

/** One container that is read, with the line that comes next. */
interface Track {
  readonly source: Source;
  readonly batches: AsyncGenerator<Batch>;
  lines: readonly Printed[];
  next: number;
  isOver: boolean;
  /** So many of its lines may still be told: one that prints while it is read has more by now than were asked for. */
  left: number;
  /** Behind what was told, or is not wanted. */
  point: Point | undefined;
  readonly fill: () => Promise<Result<void, Diagnostic>>;
}

async function open(
  engine: Engine,
  source: Source,
  wanted: Wanted,
  request: LogRequest,
): Promise<Result<Track, Diagnostic>> {
  const { tail, signal } = request;
  const from =
    tail === "all" ? ok(undefined) : await attempt(() => tailOf(engine, source, wanted, tail, signal));
  if (!from.ok) return err(unread(engine, source, from.error));
  const track: Track = {
    source,
    batches: batches(engine, source, {
      from: from.value,
      since: wanted.since,
      follow: false,
      tail: "all",
      isLast: !follows(request),
      signal,
    }),
    lines: [],
    next: 0,
    isOver: false,
    left: tail === "all" ? Number.POSITIVE_INFINITY : tail,
    point: from.value,
    async fill() {
      while (!track.isOver && track.next >= track.lines.length) {
        const next = await attempt(() => track.batches.next());
        if (!next.ok) return err(unread(engine, source, next.error));
        const { done, value } = next.value;
        if (done === true) track.isOver = true;
        else {
          if (value.fault !== undefined) return err(unread(engine, source, saidInside(value.fault)));
          [track.lines, track.next] = [value.lines, 0];
        }
      }
      return ok(undefined);
    },
  };
  const filled = await track.fill();
  return filled.ok ? ok(track) : filled;
}

async function tellInOrder(
  tracks: readonly Track[],
  wanted: Wanted,
  request: LogRequest,
): Promise<Result<void, Diagnostic>> {
  while (!request.signal.aborted) {
    let first: Track | undefined;
    let head: Printed | undefined;
    // Tracks are sorted, so of two at one time the first one stays.
    for (const track of tracks) {
      const line = track.left > 0 ? track.lines[track.next] : undefined;
      if (line !== undefined && (head === undefined || line.at < head.at)) [first, head] = [track, line];
    }
    if (first === undefined || head === undefined) break;
    first.next++;
    first.point = behind(first.point, head);
    if (isWanted(head, first.source, wanted)) {
      first.left--;
      request.line(lineOf(first.source, head));
    }
    if (first.next < first.lines.length) continue;
    const filled = await first.fill();
    if (!filled.ok) return filled;
  }
  return ok(undefined);
}
