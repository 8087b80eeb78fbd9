import { ok, type Result } from "../../base/result.ts";
import type { LogFault } from "../../model/logs.ts";
import type { Pieces } from "./pieces.ts";

const CHUNK = 65_536;
const NEWLINE = 0x0a;

/** Goes back from an offset until so many newlines are behind it: the offset after that newline, or the first there is. */
export function backUp(
  pieces: Pieces,
  from: number,
  oldest: number,
  newlines: number,
): Result<number, LogFault> {
  const memory = new Uint8Array(CHUNK);
  let left = newlines;
  for (let end = from; end > oldest; ) {
    const start = Math.max(oldest, end - CHUNK);
    const bytes = memory.subarray(0, end - start);
    const read = readAll(pieces, start, bytes);
    if (!read.ok) return read;
    for (let index = bytes.length; index > 0; ) {
      index = bytes.lastIndexOf(NEWLINE, index - 1);
      if (index < 0) break;
      left--;
      if (left === 0) return ok(start + index + 1);
    }
    end = start;
  }
  return ok(Math.min(from, oldest));
}

/** Fills memory with a range, across parts; zeros where it is gone. */
function readAll(pieces: Pieces, start: number, into: Uint8Array): Result<void, LogFault> {
  for (let done = 0; done < into.length; ) {
    const rest = into.subarray(done);
    const read = pieces.read(start + done, rest);
    if (!read.ok) return read;
    const { at, bytes } = read.value;
    const gap = Math.min(rest.length, at - start - done);
    rest.copyWithin(gap, 0, bytes.length);
    rest.fill(0, 0, gap);
    if (bytes.length === 0) rest.fill(0);
    done = bytes.length === 0 ? into.length : done + Math.min(rest.length, gap + bytes.length);
  }
  return ok(undefined);
}
