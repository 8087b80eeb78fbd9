/** Bytes as a Secret has them. */

/** More than any revision comes to: a text that unfolds without end is refused. */
const LONGEST = 256 * 1024 * 1024;

type Format = "gzip" | "deflate-raw";

export async function packed(text: string, format: Format = "gzip"): Promise<Uint8Array> {
  return gathered(through(new TextEncoder().encode(text), new CompressionStream(format)), LONGEST);
}

/** Undefined where it is nothing that was packed here. */
export async function unpacked(
  bytes: Uint8Array,
  format: Format = "gzip",
  longest = LONGEST,
): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      await gathered(through(bytes, new DecompressionStream(format)), longest),
    );
  } catch {
    return undefined;
  }
}

function through(bytes: Uint8Array, by: CompressionStream | DecompressionStream): AsyncIterable<Uint8Array> {
  return new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(by);
}

async function gathered(chunks: AsyncIterable<Uint8Array>, longest: number): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > longest) throw new Error("it is longer than anything that is kept");
    found.push(chunk);
  }
  return joined(found);
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** So many of them become text at a time: more are too many arguments. */
const BLOCK = 0x8000;

export function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += BLOCK)
    text += String.fromCharCode(...bytes.subarray(at, at + BLOCK));
  return btoa(text);
}

export function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0);
  } catch {
    return new Uint8Array();
  }
}
