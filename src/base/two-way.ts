/** Bytes as they come, taken one piece after the other by one reader. */
export interface Inbox {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly put: (piece: Uint8Array) => void;
  /** Nothing more comes; what waits is still taken. */
  readonly end: () => void;
}

/** So much may wait before whoever sends is told to. */
const FULL = 256 * 1024;

/** `hold` is told when too much waits, and again when all of it was taken. */
export function inbox(hold: (isFull: boolean) => void): Inbox {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let isFull = false;
  let isOver = false;
  let taker: ((step: IteratorResult<Uint8Array>) => void) | undefined;
  const DONE = { done: true, value: undefined } as const;
  const end = (): void => {
    isOver = true;
    if (waiting.length === 0) taker?.(DONE);
  };
  const next = (): Promise<IteratorResult<Uint8Array>> => {
    const [first, ...rest] = waiting;
    if (first !== undefined) {
      waiting = rest;
      size -= first.length;
      if (isFull && size === 0) {
        isFull = false;
        hold(false);
      }
      return Promise.resolve({ done: false, value: first });
    }
    if (isOver) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      taker = (step) => {
        taker = undefined;
        resolve(step);
      };
    });
  };
  return {
    bytes: {
      [Symbol.asyncIterator]: () => ({
        next,
        return: () => {
          waiting = [];
          isOver = true;
          return Promise.resolve(DONE);
        },
      }),
    },
    put(piece) {
      if (isOver || piece.length === 0) return;
      if (taker !== undefined) {
        taker({ done: false, value: piece });
        return;
      }
      waiting.push(piece);
      size += piece.length;
      if (!isFull && size >= FULL) {
        isFull = true;
        hold(true);
      }
    },
    end,
  };
}

/** A connection that carries bytes in both directions, each of which ends by itself. */
export interface TwoWay {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** When they were taken; false where nobody takes them any more. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Says that nothing more follows, and still hears what comes. */
  end(): void;
  destroy(): void;
}

/** As much of a socket as that needs. */
export interface SocketLike {
  on(event: "data", run: (chunk: Uint8Array) => void): unknown;
  on(event: "end" | "error" | "close", run: () => void): unknown;
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown;
  end(): unknown;
  destroy(): unknown;
  pause(): unknown;
  resume(): unknown;
}

/**
 * All that comes is taken at once: a connection that breaks while something is written to it takes along what nobody
 * had read, and the last words of a program that is done with its input come at that very moment.
 */
export function twoWay(socket: SocketLike): TwoWay {
  const { bytes, put, end } = inbox((isFull) => void (isFull ? socket.pause() : socket.resume()));
  let isGone = false;
  socket.on("data", put);
  socket.on("end", end);
  // An error is always followed by the close.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    isGone = true;
    end();
  });
  return {
    bytes,
    write: (piece) =>
      new Promise((resolve) => {
        if (isGone) resolve(false);
        else socket.write(piece, (error) => resolve(error === undefined || error === null));
      }),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}
