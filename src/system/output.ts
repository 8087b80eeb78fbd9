import { fstatSync, writeSync } from "node:fs";

/**
 * Standard output and error. Into a pipe or a file they are written directly: asking for `process.stdout` loads
 * all of Node's streams and sockets, which costs a short command a tenth of its time. A terminal gets the stream.
 */
export interface Output {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
  /** Called once nobody reads any more: `aac logs -f | head`. */
  whenLeft(run: () => void): void;
}

const LEFT: Record<1 | 2, (() => void)[]> = { 1: [], 2: [] };

export function output(fd: 1 | 2): Output {
  const terminal = mayBeTerminal(fd) ? streamOf(fd) : undefined;
  return {
    isTTY: terminal?.isTTY === true,
    columns: terminal?.columns ?? 0,
    write: terminal === undefined ? (text) => writeAll(fd, text) : (text) => void terminal.write(text),
    whenLeft: (run) => void LEFT[fd].push(run),
  };
}

function mayBeTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

function writeAll(fd: 1 | 2, text: string): void {
  let rest: Uint8Array = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
  } catch (error) {
    // `aac … | head` closes the pipe early: that is no error of ours. A full pipe that may not wait is left to the stream.
    if (isCode(error, "EAGAIN")) streamOf(fd).write(rest);
    else if (isCode(error, "EPIPE")) for (const run of LEFT[fd].splice(0)) run();
    else lost(error);
  }
}

function streamOf(fd: 1 | 2): NodeJS.WriteStream {
  const stream = fd === 1 ? process.stdout : process.stderr;
  if (stream.listenerCount("error") === 0) {
    stream.on("error", (error) => {
      if (isCode(error, "EPIPE")) for (const run of LEFT[fd].splice(0)) run();
      else if (stream.isTTY) unseen(error);
      else lost(error);
    });
  }
  return stream;
}

/** A terminal that was cut off: nobody looks any more, and what was asked for is done all the same. */
function unseen(error: unknown): void {
  if (!isCode(error, "EIO")) lost(error);
}

/** A full disk under `aac … > file`: what was asked for did not arrive, and that is told. */
function lost(error: unknown): void {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  process.once("exit", () => {
    process.exitCode = 1;
  });
  try {
    writeSync(2, `error: the output could not be written: ${code}\n`);
  } catch {
    // Nowhere is left to say it.
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
