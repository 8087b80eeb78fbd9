/** A piece of what a command printed, by where it printed it. */
export interface Piece {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

const HEADER = 8;
const STDERR = 2;

/** Takes apart what an engine sends of both streams in one: eight bytes say of which the next ones are, and how many. */
export function pieces(): (chunk: Uint8Array) => readonly Piece[] {
  const header = new Uint8Array(HEADER);
  let known = 0;
  let left = 0;
  let stream: Piece["stream"] = "stdout";
  return (chunk) => {
    const found: Piece[] = [];
    for (let at = 0; at < chunk.length; ) {
      if (left === 0) {
        const part = chunk.subarray(at, at + HEADER - known);
        header.set(part, known);
        known += part.length;
        at += part.length;
        if (known < HEADER) break;
        known = 0;
        left = new DataView(header.buffer).getUint32(4);
        stream = header[0] === STDERR ? "stderr" : "stdout";
        continue;
      }
      const bytes = chunk.subarray(at, at + left);
      at += bytes.length;
      left -= bytes.length;
      found.push({ stream, bytes });
    }
    return found;
  };
}
