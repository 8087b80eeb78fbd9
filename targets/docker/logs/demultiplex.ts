import {
  decoder,
  EARLIEST,
  joined,
  lines,
  MESSAGE,
  NOTHING,
  type Printed,
  stampOf,
  type Stream,
} from "./lines.ts";

/** Makes lines of what an engine sends of a log with times in it. */
export interface Demultiplexer {
  take(chunk: Uint8Array): readonly Printed[];
  /** Nothing more comes: what has no end yet is told as it is. */
  end(): readonly Printed[];
  /** What an engine counts where it is asked for its last lines: a long line is several. */
  messages(): number;
  /** What the engine said went wrong while it read. */
  fault(): string | undefined;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;
const HEADER = 8;
/** No time is longer. */
const STAMP = 40;

/** With a terminal both streams are one, and nothing but newlines tells where a message ends. */
export function demultiplexer(isTerminal: boolean): Demultiplexer {
  return isTerminal ? plain() : framed();
}

/** Eight bytes say of which stream the next message is and how long; they may come in any pieces. */
function framed(): Demultiplexer {
  let told: Printed[] = [];
  const tell = (line: Printed): void => {
    told.push(line);
  };
  const streams = { stdout: lines("stdout", false, tell), stderr: lines("stderr", false, tell) };
  let held: Uint8Array = NOTHING;
  let messages = 0;
  let fault: string | undefined;
  let into: Stream | "fault" = "stdout";
  /** Bytes of the message that are still to come. */
  let left = 0;
  let isStamped = true;
  let isBroken = false;

  const header = (bytes: Uint8Array): boolean => {
    const [kind = 0] = bytes;
    left = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
    if (kind > 3) {
      fault = "what it sends is no log";
      isBroken = true;
      return false;
    }
    into = kind === 3 ? "fault" : kind === 2 ? "stderr" : "stdout";
    if (into === "fault") fault = "";
    else messages++;
    isStamped = into === "fault";
    return true;
  };
  const step = (): boolean => {
    if (left === 0) {
      if (held.length < HEADER) return false;
      const isKnown = header(held);
      held = isKnown ? held.subarray(HEADER) : NOTHING;
      return isKnown;
    }
    const bytes = held.subarray(0, left);
    if (into !== "fault" && !isStamped) {
      const stamp = stampIn(bytes, bytes.length === left);
      if (stamp === undefined) return false;
      streams[into].begin(stamp.at);
      isStamped = true;
      held = held.subarray(stamp.size);
      left -= stamp.size;
      return true;
    }
    if (into === "fault") fault = `${fault ?? ""}${decoder.decode(bytes)}`.slice(0, 1000);
    else streams[into].add(bytes);
    held = held.subarray(bytes.length);
    left -= bytes.length;
    return bytes.length > 0;
  };
  const given = (): readonly Printed[] => {
    const lines = told;
    told = [];
    return lines;
  };

  return {
    take(chunk) {
      // What is no log is not looked at any further.
      if (isBroken) return [];
      held = joined([held, chunk]);
      while (step());
      return given();
    },
    end() {
      streams.stdout.flush();
      streams.stderr.flush();
      return given();
    },
    messages: () => messages,
    fault: () => fault?.trim(),
  };
}

/** What a terminal showed: times stand at the beginnings of lines, and in the midst of very long ones. */
function plain(): Demultiplexer {
  let told: Printed[] = [];
  const stdout = lines("stdout", true, (line) => told.push(line));
  let held: Uint8Array = NOTHING;
  let messages = 0;
  /** The time of this message and the space behind it; nothing before it has come. */
  let prefix: Uint8Array | undefined;
  let size = 0;

  const step = (isEnd: boolean): boolean => {
    if (held.length === 0) return false;
    if (prefix === undefined) {
      const stamp = stampIn(held, isEnd);
      if (stamp === undefined) return false;
      prefix = held.slice(0, stamp.size);
      stdout.begin(stamp.at);
      held = held.subarray(stamp.size);
      messages++;
      size = 0;
      return true;
    }
    if (size === MESSAGE) {
      if (held.length < prefix.length && !isEnd) return false;
      // The next part of the same line repeats the time of the first.
      if (prefix.length > 0 && startsWith(held, prefix)) {
        held = held.subarray(prefix.length);
        messages++;
        size = 0;
        return true;
      }
      size++;
    }
    const newline = held.indexOf(NEWLINE);
    const room = size < MESSAGE ? MESSAGE - size : held.length;
    const length = Math.min(newline < 0 ? held.length : newline + 1, room);
    stdout.add(held.subarray(0, length));
    held = held.subarray(length);
    size += length;
    if (newline >= 0 && length === newline + 1) prefix = undefined;
    return true;
  };
  const given = (): readonly Printed[] => {
    const lines = told;
    told = [];
    return lines;
  };

  return {
    take(chunk) {
      held = joined([held, chunk]);
      while (step(false));
      return given();
    },
    end() {
      while (step(true));
      stdout.flush();
      return given();
    },
    messages: () => messages,
    fault: () => undefined,
  };
}

/** The time that a message begins with; undefined while it has not come whole. */
function stampIn(
  bytes: Uint8Array,
  isWhole: boolean,
): { readonly at: string; readonly size: number } | undefined {
  const space = bytes.subarray(0, STAMP).indexOf(SPACE);
  if (space < 0 && bytes.length < STAMP && !isWhole) return undefined;
  const at = space < 0 ? undefined : stampOf(decoder.decode(bytes.subarray(0, space)));
  // One without a time is told as it is.
  return at === undefined ? { at: EARLIEST, size: 0 } : { at, size: space + 1 };
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, at) => bytes[at] === byte);
}
