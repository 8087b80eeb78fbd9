import { ok, type Result } from "../../base/result.ts";
import type { LogFault } from "../../model/logs.ts";
import { nextRun, timeAt } from "./index-file.ts";
import type { Layout, Piece, Pieces } from "./pieces.ts";

/** A line with its place in the stream. */
export interface Line {
  readonly at: string;
  readonly start: number;
  /** A view of what is held: decoded only when somebody is told. */
  readonly bytes: Uint8Array;
  readonly partial: boolean;
}

/** A byte order mark is a character like others: nothing of a line is left out. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function textOf(line: Line): string {
  return decoder.decode(line.bytes);
}

/** Reads a stream line by line in memory of a fixed size. A line is to be used before the next one is asked for. */
export interface Lines {
  /** Nothing: no whole line is there (now). `all`: also one that is not ended yet. */
  next(all: boolean): Result<Line | undefined, LogFault>;
  /** The offset up to which a line without an end has come; undefined where there is none. */
  unended(): number | undefined;
  /** From now on also what comes after the end that was given. */
  goOn(): void;
}

const CHUNK = 65_536;
const LONGEST = 65_536;
const NEWLINE = 0x0a;

export function readLines(pieces: Pieces, layout: Layout, from: number, to: number): Lines {
  // What is not told yet is never more than the longest line when the next chunk is read.
  const memory = new Uint8Array(LONGEST + CHUNK);
  let known = layout;
  let until = to;
  /** What is held and not told yet: these indices of the memory, and the offset of the first of them. */
  let begin = 0;
  let end = 0;
  let offset = from;
  /** What was read behind a gap: it waits until what stands before the gap is told. */
  let behind: Piece | undefined;
  /** Where a line ended that was told before its newline came. */
  let told = -1;

  const fill = (): Result<boolean, LogFault> => {
    const next = offset + end - begin;
    if (behind !== undefined || next >= until) return ok(false);
    memory.copyWithin(0, begin, end);
    [begin, end] = [0, end - begin];
    const read = pieces.read(next, memory.subarray(end, end + Math.min(CHUNK, until - next)));
    if (!read.ok) return read;
    const { at, bytes } = read.value;
    known = read.value.layout;
    if (bytes.length === 0 || at >= until) return ok(false);
    if (at === next) end += bytes.length;
    else behind = read.value;
    return ok(true);
  };

  /** Takes what is held up to an index; `skip` bytes after it belong to no line. */
  const take = (to: number, skip: number, partial: boolean): Line => {
    const start = offset;
    const bytes = memory.subarray(begin, to);
    offset += to + skip - begin;
    begin = to + skip;
    return { at: timeAt(known.timeline, offset) ?? known.modified, start, bytes, partial };
  };

  const lineHeld = (all: boolean): Line | undefined => {
    const run = nextRun(known.timeline, offset) ?? Infinity;
    const limit = Math.min(end, begin + run - offset);
    const newline = memory.subarray(begin, limit).indexOf(NEWLINE);
    const stop = newline < 0 ? limit : begin + newline;
    if (stop - begin > LONGEST) return take(cut(memory, begin + LONGEST), 0, true);
    if (newline >= 0) return take(stop, 1, false);
    // A run that died in the middle of a line: the next one does not go on with it.
    const over = limit === begin + run - offset || behind !== undefined;
    return (all || over) && stop > begin ? take(stop, 0, false) : undefined;
  };

  const next = (all: boolean): Result<Line | undefined, LogFault> => {
    for (;;) {
      const line = lineHeld(false);
      if (line !== undefined) {
        if (line.bytes.length === 0 && line.start === told) continue;
        return ok(line);
      }
      if (behind !== undefined) {
        // It stands in the memory where it was read to, after what was held then.
        begin = end;
        end += behind.bytes.length;
        offset = behind.at;
        behind = undefined;
        continue;
      }
      const filled = fill();
      if (!filled.ok) return filled;
      if (filled.value) continue;
      const rest = all ? lineHeld(true) : undefined;
      if (rest !== undefined) told = offset;
      return ok(rest);
    }
  };

  return {
    next,
    unended: () => (begin < end ? offset + end - begin : undefined),
    goOn(): void {
      until = Infinity;
    },
  };
}

/** Where to cut so that no character is cut: at most three bytes earlier. */
function cut(bytes: Uint8Array, at: number): number {
  for (let back = 0; back < 4; back++) if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  return at;
}
