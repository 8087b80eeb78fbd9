export type Stream = "stdout" | "stderr";

/** One line as an engine kept it. */
export interface Printed {
  readonly stream: Stream;
  /** UTC, always with nine digits behind the second: as texts they stand in the order of their times. */
  readonly at: string;
  readonly text: string;
  /** Cut at 64 KiB: more of it follows. */
  readonly partial: boolean;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const LONGEST = 65_536;
/** An engine writes a longer line as several messages, each of them with the same time. */
export const MESSAGE = 16_384;
export const EARLIEST = "1970-01-01T00:00:00.000000000Z";
export const NOTHING: Uint8Array = new Uint8Array(0);

/** A byte order mark is a character like others: nothing of a line is left out. */
export const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export interface Lines {
  /** A message of that time begins. */
  begin(at: string): void;
  add(bytes: Uint8Array): void;
  flush(): void;
}

/** The lines of one stream, put together from messages and parts of messages. */
export function lines(stream: Stream, isTerminal: boolean, tell: (line: Printed) => void): Lines {
  let at = EARLIEST;
  let held: Uint8Array[] = [];
  let length = 0;
  /** Bytes of the message that is being read. */
  let size = 0;

  const emit = (bytes: Uint8Array, partial: boolean): void => {
    const shown = isTerminal && bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
    tell({ stream, at, text: decoder.decode(shown), partial });
  };
  const flush = (): void => {
    if (length > 0) emit(joined(held), false);
    [held, length] = [[], 0];
  };
  const hold = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    held.push(bytes);
    length += bytes.length;
    if (length <= LONGEST) return;
    let all = joined(held);
    while (all.length > LONGEST) {
      const end = cut(all, LONGEST);
      emit(all.subarray(0, end), true);
      all = all.subarray(end);
    }
    [held, length] = [[all], all.length];
  };

  return {
    begin(stamp) {
      // A run that died in the middle of a line: what the next one prints does not go on with it.
      if (stamp !== at && size < MESSAGE) flush();
      // Without an end so far, it is one line with what follows, and began when it began.
      if (length === 0) at = stamp;
      size = 0;
    },
    add(bytes) {
      size += bytes.length;
      let rest = bytes;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        hold(rest.subarray(0, end));
        emit(joined(held), false);
        [held, length] = [[], 0];
        rest = rest.subarray(end + 1);
      }
      hold(rest);
    },
    flush,
  };
}

/** A time as all times are written here; undefined where it is none. */
export function stampOf(text: string): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (parts === null) return undefined;
  const [, second = "", fraction = "", zone = ""] = parts;
  const millis = Date.parse(`${second}${zone}`);
  if (Number.isNaN(millis)) return undefined;
  return `${new Date(millis).toISOString().slice(0, 19)}.${fraction.padEnd(9, "0")}Z`;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const full = parts.filter(({ length }) => length > 0);
  if (full.length < 2) return full[0] ?? NOTHING;
  const all = new Uint8Array(full.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of full) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Where to cut so that no character is cut: at most three bytes earlier. */
function cut(bytes: Uint8Array, at: number): number {
  for (let back = 0; back < 4; back++) if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  return at;
}
