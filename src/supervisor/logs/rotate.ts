import type { LogLimits } from "../../model/logs.ts";
import type { Files, System } from "../../model/system.ts";
import { dropParts, markEnd } from "./parts.ts";
import { pause } from "./pause.ts";
import { partPath, type StreamPlace } from "./place.ts";
import { punch } from "./punch.ts";

/** What is known of one stream while it is kept. Offsets are logical: an offset in the live file plus `base`. */
export interface Kept {
  readonly place: StreamPlace;
  limits: LogLimits;
  /** The logical offset of the live file's first byte, be it still there or a hole. */
  base: number;
  /** The first offset that stands in no part. */
  partsEnd: number;
  /** What the parts hold may still stand in the live file too. */
  doubled: boolean;
  /** Holes can be made in this file. Where they cannot, it is emptied. */
  holes: boolean;
}

const CHUNK = 262_144;
/** How far back the end of a line is looked for; a longer line is cut anywhere, which no reader notices. */
const LINE = 65_536;
/** How often an emptying runs after a writer that is as fast as itself. */
const CATCH_UP = 8;

/** Told where an emptied file goes on, and how many bytes were never copied. */
type Emptied = (base: number, lost: number) => void;

export function needsRotation(kept: Kept, size: number): boolean {
  return kept.doubled || size - firstOf(kept) > kept.limits.maxBytes;
}

/**
 * Moves the head of the live file into parts. At each instant a byte is read from exactly one place: a part counts
 * from the moment it has its name, and from then on what is before its end in the live file is nobody's. So a kill
 * between copy and hole leaves nothing but used space.
 */
export async function rotate(
  system: System,
  kept: Kept,
  signal: AbortSignal,
  emptied: Emptied,
): Promise<void> {
  const { files } = system;
  skipHopeless(files, kept);
  for (;;) {
    const size = sizeOf(files, kept);
    const first = firstOf(kept);
    if (size - first <= kept.limits.maxBytes) break;
    // Emptying needs a part for the rest as well: one part for both, as long as it is not out of bounds.
    if (!kept.holes && size - first < 2 * kept.limits.maxBytes) break;
    const end = lineEnd(files, kept, first + kept.limits.maxBytes);
    await movePart(system, kept, end, signal);
    if (signal.aborted) return;
    await makeHole(system, kept, signal);
    if (signal.aborted) return;
  }
  if (kept.doubled) await makeHole(system, kept, signal);
  const rest = sizeOf(files, kept) - firstOf(kept);
  if (!kept.holes && (kept.doubled || rest > kept.limits.maxBytes))
    await empty(system, kept, signal, emptied);
}

/** After a long absence there may be far more than may be kept: it is not copied only to be deleted. */
function skipHopeless(files: Files, kept: Kept): void {
  const { maxBytes, maxFiles } = kept.limits;
  const size = sizeOf(files, kept);
  if (!kept.holes || size - firstOf(kept) <= maxBytes * maxFiles) return;
  const end = lineEnd(files, kept, size - maxBytes * Math.max(1, maxFiles - 1));
  if (end <= firstOf(kept)) return;
  markEnd(files, kept.place, end);
  dropParts(files, kept.place, 0);
  kept.partsEnd = end;
  kept.doubled = true;
}

async function movePart(system: System, kept: Kept, end: number, signal: AbortSignal): Promise<void> {
  const { files } = system;
  const { place, limits } = kept;
  // Before the copy, so that both together stay in bounds: the live file, the copy and the parts that are left.
  dropParts(files, place, Math.max(0, limits.maxFiles - 2));
  const first = firstOf(kept);
  if (limits.maxFiles > 1) {
    files.remove(place.unfinished);
    await copy(system, kept, first, end, signal);
    if (signal.aborted) return;
    files.rename(place.unfinished, partPath(place, first));
  } else {
    markEnd(files, place, end);
    dropParts(files, place, 0);
  }
  kept.partsEnd = end;
  kept.doubled = true;
}

async function makeHole(system: System, kept: Kept, signal: AbortSignal): Promise<void> {
  if (!kept.holes || !kept.doubled) return;
  const made = await punch(system, kept.place, kept.partsEnd - kept.base, signal);
  if (made === "made") kept.doubled = false;
  if (made === "impossible") kept.holes = false;
}

/**
 * Copies all there is and empties the file. Between the last look and the emptying a writer may have come in: those
 * bytes are counted. The last steps wait for nothing, so that the time for it is short.
 */
async function empty(system: System, kept: Kept, signal: AbortSignal, emptied: Emptied): Promise<void> {
  const { files } = system;
  const { place, limits } = kept;
  let copied = firstOf(kept);
  if (limits.maxFiles > 1) {
    dropParts(files, place, Math.max(0, limits.maxFiles - 2));
    files.remove(place.unfinished);
    const size = sizeOf(files, kept);
    await copy(system, kept, copied, size, signal);
    if (signal.aborted) return;
    const start = copied;
    copied = size;
    for (let tries = 0; tries < CATCH_UP && sizeOf(files, kept) > copied; tries++)
      for (const target = sizeOf(files, kept); copied < target; )
        copied += copyChunk(files, kept, copied, target);
    if (copied > start) files.rename(place.unfinished, partPath(place, start));
  } else copied = sizeOf(files, kept);
  const lost = sizeOf(files, kept) - copied;
  files.truncate(place.live);
  kept.partsEnd = copied;
  kept.base = copied + lost;
  kept.doubled = false;
  emptied(kept.base, lost);
}

async function copy(
  system: System,
  kept: Kept,
  from: number,
  end: number,
  signal: AbortSignal,
): Promise<void> {
  for (let at = from; at < end; ) {
    at += copyChunk(system.files, kept, at, end);
    // Everything else that a supervisor does goes on meanwhile.
    await pause(system.clock, 0, signal);
    if (signal.aborted) return;
  }
}

function copyChunk(files: Files, kept: Kept, at: number, end: number): number {
  const { live, unfinished } = kept.place;
  const read = files.readAt(live, at - kept.base, Math.min(CHUNK, end - at));
  if (read.is !== "read" || read.bytes.length === 0) throw new Error(`${live} went away while it was copied`);
  files.append(unfinished, read.bytes);
  return read.bytes.length;
}

/** After the last line that ends at or before an offset; the offset itself where no line ends near it. */
function lineEnd(files: Files, kept: Kept, offset: number): number {
  const from = Math.max(firstOf(kept), offset - LINE);
  const read = files.readAt(kept.place.live, from - kept.base, offset - from);
  const newline = read.is === "read" ? read.bytes.lastIndexOf(0x0a) : -1;
  return newline < 0 ? offset : from + newline + 1;
}

/** The first offset that is read from the live file. */
export function firstOf(kept: Kept): number {
  return Math.max(kept.partsEnd, kept.base);
}

function sizeOf(files: Files, kept: Kept): number {
  const facts = files.readAt(kept.place.live, 0, 0);
  return (facts.is === "read" ? facts.size : 0) + kept.base;
}

/** Whether the copy of an earlier keeper was left without its hole: a hole reads as zeros, and a log hardly does. */
export function leftDoubled(files: Files, place: StreamPlace, base: number, partsEnd: number): boolean {
  const from = Math.max(0, partsEnd - base - 64);
  if (partsEnd <= base) return false;
  const read = files.readAt(place.live, from, partsEnd - base - from);
  return read.is === "read" && read.bytes.some((byte) => byte !== 0);
}
