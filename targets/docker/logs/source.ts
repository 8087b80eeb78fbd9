import type { LogLine, LogRequest } from "../../../src/model/operates.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { type Failed, failureOf } from "../client.ts";
import { demultiplexer } from "./demultiplex.ts";
import type { Engine } from "../engine.ts";
import { faultOf } from "../verbs/fault.ts";
import { type Printed, stampOf } from "./lines.ts";
import { stream } from "../container/request.ts";
import { agentOf, type Inspected, isUp, replicaOf, timeOf } from "../verbs/status.ts";

/** One container whose log is read. */
export interface Source {
  readonly id: string;
  readonly agent: string;
  readonly replica: number;
  readonly isTerminal: boolean;
  /** Lines of this time and later belong to the run that is the last one. */
  readonly lastRun: string | undefined;
}

/** A place in a log: everything before this time, and so many lines of that time. */
export interface Point {
  readonly at: string;
  readonly stdout: number;
  readonly stderr: number;
}

/** The place behind a line. */
export function behind(point: Point | undefined, { at, stream }: Printed): Point {
  const before = point?.at === at ? point : { at, stdout: 0, stderr: 0 };
  return { ...before, [stream]: before[stream] + 1 };
}

export function sourceOf(container: Inspected & { readonly Config: { readonly Tty: boolean } }): Source {
  return {
    id: container.Id,
    agent: agentOf(container),
    replica: replicaOf(container),
    isTerminal: container.Config.Tty,
    lastRun: lastRunOf(container),
  };
}

/** Between two runs an engine waits for 100 ms at least, and takes as long to start the next. */
const BETWEEN_MS = 150;
/** Where it was not the engine that started it again, but a person, if anybody at all. */
const BETWEEN_BY_HAND_MS = 1000;

/**
 * An engine keeps one log of all runs. It stamps a line when it reads it, which may be before it has written down
 * that the run began, or after it has written down that the one before ended: the middle between the two parts them.
 */
function lastRunOf({ State, RestartCount }: Inspected): string | undefined {
  if (timeOf(State.StartedAt) === undefined) return undefined;
  const started = Date.parse(State.StartedAt);
  const ended = timeOf(State.FinishedAt) === undefined ? started : Date.parse(State.FinishedAt);
  if (isUp(State) && ended < started) return stampAt((ended + started) / 2);
  // Of one that has ended by now the engine has forgotten the end before. It may have ended before its start was
  // written down.
  return stampAt(Math.min(started, ended) - (RestartCount > 0 ? BETWEEN_MS : BETWEEN_BY_HAND_MS));
}

const stampAt = (millis: number): string => stampOf(new Date(millis).toISOString()) ?? "";

/** What of a log is wanted, whatever the engine sends. */
export type Wanted = Pick<LogRequest, "streams" | "previous"> & { readonly since: string | undefined };

export function isWanted({ at, stream }: Printed, source: Source, wanted: Wanted): boolean {
  if (!wanted.streams.includes(stream)) return false;
  if (wanted.since !== undefined && at < wanted.since) return false;
  return !wanted.previous || (source.lastRun !== undefined && at < source.lastRun);
}

export interface Reading {
  readonly from: Point | undefined;
  readonly since: string | undefined;
  readonly follow: boolean;
  readonly tail: number | "all";
  /** Whether a line without an end is told: what comes later is not put to it any more. */
  readonly isLast: boolean;
  readonly signal: AbortSignal;
}

export interface Batch {
  readonly lines: readonly Printed[];
  /** How many messages have come by then. */
  readonly messages: number;
  /** What the engine said in the midst of it, where it cannot read on. */
  readonly fault?: string | undefined;
}

/** The lines of a container from a place on, in pieces as they come; a consumer that takes its time slows the engine. */
export async function* batches(engine: Engine, source: Source, reading: Reading): AsyncGenerator<Batch> {
  const { from, since, follow, tail, isLast, signal } = reading;
  const start = from?.at ?? since;
  const chunks = await opened(() =>
    stream(engine.docker, {
      method: "GET",
      path: `/containers/${source.id}/logs`,
      query: {
        stdout: "true",
        stderr: "true",
        timestamps: "true",
        follow: String(follow),
        tail: String(tail),
        ...(start === undefined ? {} : { since: secondsOf(start) }),
      },
      signal,
    }),
  );
  if (chunks === undefined) return;
  const reader = demultiplexer(source.isTerminal);
  // An engine begins again with all lines of the time it is given.
  const skip = { stdout: from?.stdout ?? 0, stderr: from?.stderr ?? 0 };
  const isNew = (line: Printed): boolean => line.at !== from?.at || --skip[line.stream] < 0;
  for await (const chunk of chunks) {
    const lines = reader.take(chunk).filter(isNew);
    if (lines.length > 0) yield { lines, messages: reader.messages() };
  }
  const lines = isLast ? reader.end().filter(isNew) : [];
  yield { lines, messages: reader.messages(), fault: reader.fault() };
}

/** What has been removed meanwhile has no log, which is nothing to complain of. */
async function opened<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    const { status } = failureOf(error);
    if (status === 404 || status === 409) return undefined;
    throw error;
  }
}

/** As an engine reads a time: seconds, to the last of nine digits. */
function secondsOf(stamp: string): string {
  return `${Math.floor(Date.parse(`${stamp.slice(0, 19)}Z`) / 1000)}.${stamp.slice(20, 29)}`;
}

const ALL = 1_000_000;

/**
 * Where the last lines of a log begin; undefined: with the first. An engine counts parts of long lines, and streams
 * that nobody asked for, so that it is asked for more until it is enough.
 */
export async function tailOf(
  engine: Engine,
  source: Source,
  wanted: Wanted,
  count: number,
  signal: AbortSignal,
): Promise<Point | undefined> {
  for (let window = count + 2; ; window *= 8) {
    const tail = window > ALL ? "all" : window;
    /** The places before the last lines that are wanted: a ring of so many. */
    const last: Point[] = [];
    let found = 0;
    let first: string | undefined;
    let point: Point | undefined;
    let messages = 0;
    const reading: Reading = { from: undefined, since: undefined, follow: false, tail, isLast: true, signal };
    for await (const batch of batches(engine, source, reading)) {
      messages = batch.messages;
      for (const line of batch.lines) {
        first ??= line.at;
        const before = point?.at === line.at ? point : { at: line.at, stdout: 0, stderr: 0 };
        point = behind(point, line);
        if (!isWanted(line, source, wanted)) continue;
        if (count > 0) last[found % count] = before;
        found++;
      }
    }
    if (count === 0) return point;
    const start = found < count ? undefined : last[found % count];
    const isWhole =
      tail === "all" ||
      messages < tail ||
      (wanted.since !== undefined && first !== undefined && first < wanted.since);
    // The first message that came may be the midst of a line: what begins with it is not known whole.
    if (isWhole || (start !== undefined && first !== undefined && start.at > first)) return start;
  }
}

export const unread = (engine: Engine, { agent }: Source, failed: Failed): Diagnostic =>
  faultOf(engine, `the log of ${agent} cannot be read`, failed);

/** What an engine says in the midst of a log is an answer too, though it has no number by then. */
export const saidInside = (fault: string): Failed => ({ message: fault, status: 500, passing: false });

/** With a time as everywhere else: what an engine knows beyond that has done its work by now. */
export const lineOf = ({ agent, replica }: Source, { stream, at, text, partial }: Printed): LogLine => ({
  agent,
  replica,
  stream,
  at: `${at.slice(0, 23)}Z`,
  text,
  partial,
});
