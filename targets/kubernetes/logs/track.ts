import type { LogLine, LogRequest } from "../../../src/model/operates.ts";
import type { Failure } from "../../../src/model/target.ts";
import type { Query } from "../client.ts";
import type { On } from "../live/lists.ts";
import { linesOf, type PodLine, plainTime } from "./lines.ts";
import { objectPath } from "../manifest/paths.ts";

/** One pod whose log is read, and how far. */
export interface Track {
  readonly agent: string;
  readonly replica: number;
  readonly pod: string;
  readonly container: string;
  /** The latest time of a line that was seen, and how many lines of it: where the next look goes on. */
  seen: { readonly at: string; readonly count: number } | undefined;
  /** A text without its newline, as it was seen last. */
  unended: string | undefined;
  /** The last words of the node instead of the agent's, such as that a log is gone. */
  note: string | undefined;
  /** Why the last look came to nothing, where that is worth saying. */
  failure: Failure | undefined;
}

/** A line with what it is put in order by. */
export interface Told {
  readonly order: string;
  readonly line: LogLine;
}

export interface Look {
  readonly follow: boolean;
  readonly tail: number | "all";
  readonly since?: string;
  readonly previous: boolean;
}

/** What is new in the log of a pod, up to its end, or for as long as it goes on. */
export async function* read(on: On, track: Track, look: Look, signal: AbortSignal): AsyncGenerator<Told> {
  const { cluster, namespace, system } = on;
  const path = `${objectPath(namespace, "Pod", track.pod)}/log`;
  const opened = await cluster.stream(path, queryOf(track, look), signal);
  track.failure = opened.ok || isOnlyEarly(opened.error) ? undefined : opened.error;
  if (!opened.ok) return;
  const since = look.since === undefined ? undefined : plainTime(new Date(look.since).toISOString());
  const isNew = sieve(track);
  for await (const line of linesOf(opened.value)) {
    if (signal.aborted) return;
    if (!isNew(line) || (since !== undefined && line.at !== undefined && line.at < since)) continue;
    const order = line.at ?? track.seen?.at ?? plainTime(system.clock.wall()) ?? "";
    const { agent, replica } = track;
    const { text, partial } = line;
    // The server hands out both streams as one.
    yield { order, line: { agent, replica, stream: "stdout", at: millisOf(order), text, partial } };
  }
}

/** All that is there, and then a second look: a connection that was cut ends as a log does. */
export async function* readWritten(
  on: On,
  track: Track,
  look: Look,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  yield* read(on, track, look, signal);
  if (track.seen !== undefined || track.unended !== undefined) yield* read(on, track, look, signal);
}

/** What a node writes into a log whose container it took away while it read. */
const GONE = /^rpc error: code = NotFound\b/;

/** A server that is asked for the lines since a second tells some that were told before. */
function sieve(track: Track): (line: PodLine) => boolean {
  const known = track.seen;
  let met = 0;
  return (line) => {
    if (line.at === undefined) {
      // What is gone meanwhile has nothing more to read: no fault, and no news either.
      if (GONE.test(line.text)) return false;
      const isKnown = line.text === "" || line.text === track.note;
      track.note = line.text;
      return !isKnown;
    }
    if (known !== undefined && line.at < known.at) return false;
    if (line.at === known?.at && ++met <= known.count) return false;
    if (!line.ended && track.unended !== line.text) {
      // Cut off, or the last words of a program: the next look tells.
      track.unended = line.text;
      return false;
    }
    track.unended = undefined;
    // A clock that went back does not make what was told new again.
    const last = track.seen?.at ?? "";
    if (line.at > last) track.seen = { at: line.at, count: 1 };
    else if (line.at === last) track.seen = { at: last, count: (track.seen?.count ?? 0) + 1 };
    return true;
  };
}

function queryOf(track: Track, look: Look): Query {
  const since = track.seen?.at ?? (look.since === undefined ? undefined : new Date(look.since).toISOString());
  return {
    container: track.container,
    timestamps: true,
    ...(look.follow ? { follow: true } : {}),
    ...(look.previous ? { previous: true } : {}),
    // Nodes know whole seconds.
    ...(since === undefined ? {} : { sinceTime: `${since.slice(0, 19)}Z` }),
    ...(track.seen === undefined && look.tail !== "all" ? { tailLines: look.tail } : {}),
  };
}

/** Not started yet, gone meanwhile, or without a run before this one: there is nothing to read, and no fault. */
function isOnlyEarly({ message, passing }: Failure): boolean {
  return !passing && !/forbidden|unauthorized/i.test(message);
}

/** As times are written everywhere else. */
function millisOf(order: string): string {
  return order.length < 24 ? order : `${order.slice(0, 23)}Z`;
}

/** Nothing is told, and what comes from now on is new. */
export async function markEnd(on: On, track: Track, look: Look, signal: AbortSignal): Promise<void> {
  for await (const _ of read(on, track, { ...look, tail: 1 }, signal));
}

export const follows = (request: LogRequest): boolean => request.follow && !request.previous;
