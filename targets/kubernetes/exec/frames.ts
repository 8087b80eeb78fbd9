/** The frames of a WebSocket, as a client writes and reads them. Pure. */

export const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

const LAST = 0x80;
const MASKED = 0x80;
const NONE = new Uint8Array();

/** A client covers what it writes with four bytes that nobody can foresee. */
export function frameOf(opcode: number, bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  const size = bytes.length;
  const extra = size < 126 ? 0 : size < 65_536 ? 2 : 8;
  const frame = new Uint8Array(2 + extra + 4 + size);
  const view = new DataView(frame.buffer);
  frame[0] = LAST | opcode;
  frame[1] = MASKED | (extra === 0 ? size : extra === 2 ? 126 : 127);
  if (extra === 2) view.setUint16(2, size);
  if (extra === 8) view.setBigUint64(2, BigInt(size));
  frame.set(mask.subarray(0, 4), 2 + extra);
  const start = 2 + extra + 4;
  for (let i = 0; i < size; i++) frame[start + i] = (bytes[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return frame;
}

export interface FrameReader {
  /** Every frame that is whole by now. */
  take(chunk: Uint8Array): readonly Frame[];
  /** Why nothing of it can be read any more. */
  fault(): string | undefined;
}

/** Nobody who is asked to run a command sends more at once. */
const LONGEST = 64 * 1024 * 1024;

export function frameReader(): FrameReader {
  let held: Uint8Array = NONE;
  let wrong: string | undefined;
  const next = (): Frame | undefined => {
    const [first = 0, second = 0] = held;
    if (held.length < 2) return undefined;
    if ((second & MASKED) !== 0 || (first & 0x70) !== 0) {
      wrong = "what it sends is no WebSocket";
      return undefined;
    }
    const short = second & 0x7f;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (held.length < start) return undefined;
    const view = new DataView(held.buffer, held.byteOffset);
    const size = short === 126 ? view.getUint16(2) : short === 127 ? Number(view.getBigUint64(2)) : short;
    if (size > LONGEST) {
      wrong = `it sends ${size} bytes at once`;
      return undefined;
    }
    if (held.length < start + size) return undefined;
    const bytes = held.slice(start, start + size);
    held = held.subarray(start + size);
    return { opcode: first & 0x0f, isLast: (first & LAST) !== 0, bytes };
  };
  return {
    take(chunk) {
      if (wrong !== undefined) return [];
      held = held.length === 0 ? chunk : joined([held, chunk]);
      const found: Frame[] = [];
      for (let frame = next(); frame !== undefined; frame = next()) found.push(frame);
      return found;
    },
    fault: () => wrong,
  };
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
