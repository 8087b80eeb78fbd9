import { err, ok, type Result } from "../base/result.ts";
import type { AgentEvent } from "../model/operates.ts";
import type { Files } from "../model/system.ts";

/**
 * What happened, one line each, in a file of a place: a help for whoever asks what happened at 03:12, and needed by
 * nobody. So a full disk or a strange file never fails what was being done.
 */
export interface Noted extends AgentEvent {
  /** The apply that it is part of: others tell of the same one too, and it is to be shown once. */
  readonly apply?: string;
}

export interface Notes {
  /** In the order in which they were written. */
  readonly events: readonly Noted[];
  /** Lines that say nothing: half written by a writer that was killed, or not ours. */
  readonly damaged: number;
  /** Why nothing could be read at all. */
  readonly why?: string;
}

/** So many are kept; a tenth more is let grow, so that not each line writes all of them anew. */
const KEPT = 10_000;
const GROWN = 11_000;
const LIMIT = 4 * 1024 * 1024;
const KEPT_BYTES = 3.5 * 1024 * 1024;
/** Shorter than any line of ours: a smaller file cannot hold too many, and is not counted. */
const LEAST = 40;
/** One event is never longer: a cause can be a whole log. */
const TEXT = 2000;

export const eventsPath = (home: string): string => `${home}/events.jsonl`;

/** The caller goes on whatever comes back: it is why nothing was written. */
export function noteEvents(files: Files, path: string, events: readonly Noted[]): Result<void, string> {
  if (events.length === 0) return ok(undefined);
  try {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (files.stat(folder) === undefined) files.makePrivateFolder(folder);
    const text = events.map((event) => `${lineOf(event)}\n`).join("");
    const size = files.stat(path)?.size ?? 0;
    // A line that a killed writer left half written must not swallow the one that follows it.
    const isTorn = size > 0 && lastByte(files, path, size) !== NEWLINE;
    files.append(path, isTorn ? `\n${text}` : text);
    shorten(files, path);
    return ok(undefined);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** `limit`: the newest so many. `since`: UTC, ISO 8601. */
export function readEvents(
  files: Files,
  path: string,
  { since, limit = KEPT }: { readonly since?: string; readonly limit?: number } = {},
): Notes {
  const size = files.stat(path)?.size ?? 0;
  const read = files.readAt(path, Math.max(0, size - LIMIT), LIMIT);
  if (read.is === "absent") return { events: [], damaged: 0 };
  if (read.is === "refused") return { events: [], damaged: 0, why: read.why };
  const { events, damaged } = eventsIn(new TextDecoder().decode(read.bytes), size > LIMIT);
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
  const wanted = events.filter(({ at }) => Date.parse(at) >= from);
  return { events: wanted.slice(Math.max(0, wanted.length - limit)), damaged };
}

/** `isTail`: its first line may be the rest of one. */
export function eventsIn(text: string, isTail = false): { events: readonly Noted[]; damaged: number } {
  const lines = text.split("\n").slice(isTail ? 1 : 0);
  const events: Noted[] = [];
  let damaged = 0;
  for (const line of lines) {
    if (line === "") continue;
    const event = eventOf(line);
    if (event === undefined) damaged++;
    else events.push(event);
  }
  return { events, damaged };
}

const NEWLINE = 10;

function lastByte(files: Files, path: string, size: number): number | undefined {
  const read = files.readAt(path, size - 1, 1);
  return read.is === "read" ? read.bytes[0] : undefined;
}

function shorten(files: Files, path: string): void {
  const size = files.stat(path)?.size ?? 0;
  if (size <= LIMIT && size < GROWN * LEAST) return;
  const read = files.readAt(path, Math.max(0, size - LIMIT), LIMIT);
  if (read.is !== "read") return;
  const text = new TextDecoder().decode(read.bytes);
  const lines = text.split("\n").slice(size > LIMIT ? 1 : 0, -1);
  if (size <= LIMIT && lines.length <= GROWN) return;
  const kept: string[] = [];
  let room = KEPT_BYTES;
  for (const line of lines.toReversed()) {
    room -= new TextEncoder().encode(line).length + 1;
    if (room < 0 || kept.length === KEPT) break;
    if (eventOf(line) !== undefined) kept.push(line);
  }
  files.replace(
    path,
    kept
      .toReversed()
      .map((line) => `${line}\n`)
      .join(""),
    0o600,
  );
}

function lineOf({ at, agent, replica, what, why, by, apply }: Noted): string {
  return JSON.stringify({
    at,
    agent,
    ...(replica === undefined ? {} : { replica }),
    what: short(what),
    ...(why === undefined ? {} : { why: short(why) }),
    ...(by === undefined ? {} : { by: short(by) }),
    ...(apply === undefined ? {} : { apply }),
  });
}

const short = (text: string): string => (text.length <= TEXT ? text : `${text.slice(0, TEXT - 1)}…`);

function eventOf(line: string): Noted | undefined {
  const value = parsed(line);
  if (!isTable(value)) return undefined;
  const { at, agent, replica, what, why, by, apply } = value;
  if (typeof at !== "string" || Number.isNaN(Date.parse(at))) return undefined;
  if (typeof agent !== "string" || typeof what !== "string") return undefined;
  return {
    at,
    agent,
    ...(typeof replica === "number" ? { replica } : {}),
    what,
    ...(typeof why === "string" ? { why } : {}),
    ...(typeof by === "string" ? { by } : {}),
    ...(typeof apply === "string" ? { apply } : {}),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
