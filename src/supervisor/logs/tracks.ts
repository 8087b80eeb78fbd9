import { ok, type Result } from "../../base/result.ts";
import type { LogFault, LogStream } from "../../model/logs.ts";
import type { LogRequest } from "../../model/operates.ts";
import type { Files } from "../../model/system.ts";
import { backUp } from "./back-up.ts";
import { offsetSince, previousRun } from "./index-file.ts";
import { type Line, type Lines, readLines } from "./lines.ts";
import { type Layout, openPieces, type Pieces } from "./pieces.ts";
import { folderOf, placeOf, STREAMS } from "./place.ts";

/** How much is told before others get a turn, in bytes; a line counts for some even if it is empty. */
export const TURN = 262_144;
export const LINE = 64;

/** One stream that is read, with its next line. */
export interface Track {
  readonly agent: string;
  readonly replica: number;
  readonly stream: LogStream;
  readonly folder: string;
  readonly lines: Lines;
  head: Line | undefined;
  /** Nothing more was there at the last look. */
  dry: boolean;
  /** A line without its end: up to where, and since when on the clock it has not moved. */
  still: { readonly end: number; readonly since: number } | undefined;
}

/** What of a stream is wanted. */
interface Range {
  readonly pieces: Pieces;
  readonly layout: Layout;
  readonly from: number;
  readonly to: number;
}

export interface Opened {
  readonly tracks: readonly Track[];
  /** How many lines of what they give come before the tail. */
  readonly early: number;
}

/**
 * Both streams of one replica. The tail is counted over them together, for each replica on its own, as docker compose
 * does for each container: one that talks much does not hide another.
 */
export function openReplica(
  files: Files,
  root: string,
  agent: string,
  replica: number,
  request: LogRequest,
): Result<Opened, LogFault> {
  const folder = folderOf(root, agent, replica);
  const tracks: Track[] = [];
  let count = 0;
  for (const stream of STREAMS) {
    if (!request.streams.includes(stream)) continue;
    const range = rangeOf(openPieces(files, placeOf(folder, stream)), request);
    if (!range.ok) return range;
    const { pieces, layout, from, to } = range.value;
    if (request.tail !== "all") {
      const counted = countLines(range.value, request);
      if (!counted.ok) return counted;
      count += counted.value;
    }
    const lines = readLines(pieces, layout, from, to);
    tracks.push({ agent, replica, stream, folder, lines, head: undefined, dry: false, still: undefined });
  }
  return ok({ tracks, early: request.tail === "all" ? 0 : Math.max(0, count - request.tail) });
}

function rangeOf(pieces: Pieces, request: LogRequest): Result<Range, LogFault> {
  const looked = pieces.look();
  if (!looked.ok) return looked;
  const layout = looked.value;
  const { oldest, timeline } = layout;
  let { end: to } = layout;
  let from = oldest;
  if (request.previous) {
    const run = previousRun(timeline);
    from = Math.max(oldest, run?.from ?? oldest);
    to = Math.max(from, run?.to ?? from);
  }
  if (request.since !== undefined) {
    // The line that the offset is in the middle of ends after it, so it is young enough as a whole.
    const young = backUp(pieces, offsetSince(timeline, request.since), from, 1);
    if (!young.ok) return young;
    from = Math.max(from, young.value);
  }
  if (request.tail !== "all") {
    // As many of this stream alone: what is too much is counted off when both are together.
    const last = backUp(pieces, to, from, request.tail + 1);
    if (!last.ok) return last;
    from = Math.max(from, last.value);
  }
  return ok({ pieces, layout, from, to });
}

function countLines({ pieces, layout, from, to }: Range, request: LogRequest): Result<number, LogFault> {
  const lines = readLines(pieces, layout, from, to);
  for (let count = 0; ; ) {
    const line = lines.next(!follows(request));
    if (!line.ok) return line;
    if (line.value === undefined) return ok(count);
    if (isWanted(line.value, request)) count++;
  }
}

export function isWanted(line: Line, request: LogRequest): boolean {
  return request.since === undefined || line.at >= request.since;
}

/** The run before this one has ended: there is nothing to wait for. */
export function follows(request: LogRequest): boolean {
  return request.follow && !request.previous;
}

/** Fills what is empty and gives the track whose line comes next; lines of one track never change places. */
export function earliest(tracks: readonly Track[], all: boolean): Result<Track | undefined, LogFault> {
  let first: Track | undefined;
  for (const track of tracks) {
    if (track.head === undefined && !track.dry) {
      const line = track.lines.next(all);
      if (!line.ok) return line;
      track.head = line.value;
      track.dry = line.value === undefined;
    }
    // Tracks are sorted, so of two at one time the first one stays.
    if (track.head !== undefined && (first?.head === undefined || track.head.at < first.head.at))
      first = track;
  }
  return ok(first);
}
