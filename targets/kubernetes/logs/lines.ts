/** A line of a pod's log. The server writes the time before each. */
export interface PodLine {
  /** UTC with nine digits after the second, so that times compare as texts; undefined: no line of the agent's. */
  readonly at: string | undefined;
  readonly text: string;
  /** Cut at 64 KiB: more of it follows. */
  readonly partial: boolean;
  /** False: the log ended without a newline, or was cut there. */
  readonly ended: boolean;
}

const LONGEST = 65_536;
const NEWLINE = 0x0a;
/** `2026-01-31T09:00:00.123456789Z ` is longer than no time of a server. */
const LONGEST_TIME = 64;
const SPACE = 0x20;

/** A byte order mark is a character like others: nothing of a line is left out. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Takes chunks apart into lines, wherever they were cut; holds never much more than the longest line. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<PodLine> {
  let held: Uint8Array = new Uint8Array(0);
  /** Of the line whose first pieces were told already. */
  let begun: Timed | undefined;
  for await (const chunk of chunks) {
    let rest: Uint8Array = joined(held, chunk);
    for (;;) {
      const newline = rest.indexOf(NEWLINE);
      const line: Uint8Array = newline < 0 ? rest : rest.subarray(0, newline);
      const timed: Timed = begun ?? timeOf(line);
      const { at, start } = timed;
      if (line.length - start > LONGEST) {
        const end = cut(line, start + LONGEST);
        yield { at, text: decoder.decode(line.subarray(start, end)), partial: true, ended: true };
        begun = { at, start: 0 };
        rest = rest.subarray(end);
        continue;
      }
      if (newline < 0) break;
      yield { at, text: decoder.decode(line.subarray(start)), partial: false, ended: true };
      begun = undefined;
      rest = rest.subarray(newline + 1);
    }
    // A copy: the chunk is the sender's memory.
    held = rest.slice();
  }
  if (held.length === 0) return;
  const { at, start } = begun ?? timeOf(held);
  yield { at, text: decoder.decode(held.subarray(start)), partial: false, ended: false };
}

function joined(held: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (held.length === 0) return chunk;
  const all = new Uint8Array(held.length + chunk.length);
  all.set(held);
  all.set(chunk, held.length);
  return all;
}

interface Timed {
  readonly at: string | undefined;
  /** Where the line itself begins. */
  readonly start: number;
}

function timeOf(line: Uint8Array): Timed {
  const space = line.subarray(0, LONGEST_TIME).indexOf(SPACE);
  const at = space < 0 ? undefined : plainTime(decoder.decode(line.subarray(0, space)));
  return { at, start: at === undefined ? 0 : space + 1 };
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** In UTC and with nine digits after the second; nodes write as many as they like, and in their own zone. */
export function plainTime(text: string): string | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, second = "", fraction = "", zone = "Z"] = match;
  const utc = zone === "Z" ? second : new Date(Date.parse(`${second}${zone}`)).toISOString().slice(0, 19);
  return `${utc}.${fraction.padEnd(9, "0")}Z`;
}

/** Where to cut so that no character is cut: at most three bytes earlier. */
function cut(bytes: Uint8Array, at: number): number {
  for (let back = 0; back < 4; back++) if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  return at;
}
