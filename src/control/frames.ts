import type { Json } from "../base/canonical.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { Asked, Hello, Speaker, Told } from "../model/control.ts";
import type { Failure } from "../model/target.ts";

/** A frame is one line of JSON of at most so many bytes, its newline not counted. */
export const FRAME_LIMIT = 8 * 1024 * 1024;
const NEWLINE = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes of a frame, or why it cannot be sent. */
export function encode(frame: Asked | Told, limit = FRAME_LIMIT): Result<Uint8Array, string> {
  let text: string;
  try {
    text = JSON.stringify(frame);
  } catch (error) {
    // Nesting deeper than the stack can be read, but not written.
    if (error instanceof RangeError) return err("it is nested too deep or too large");
    throw error;
  }
  const bytes = encoder.encode(`${text}\n`);
  return bytes.length - 1 > limit ? err(tooLarge(limit)) : ok(bytes);
}

export const tooLarge = (limit = FRAME_LIMIT): string => `it is larger than ${limit} bytes`;

export type Read =
  | { readonly is: "frame"; readonly value: Json }
  | { readonly is: "not JSON" }
  /** Nothing is read after it: where the next frame begins is unknown. */
  | { readonly is: "too large" };

/** Cuts a stream of bytes into frames, however it was torn on its way. */
export function frameReader(limit = FRAME_LIMIT): (chunk: Uint8Array) => readonly Read[] {
  // One buffer that doubles: a list of chunks would cost a hundred times as much where they come byte by byte.
  let kept = new Uint8Array(0);
  let length = 0;
  let broken = false;
  const keep = (part: Uint8Array): void => {
    if (length + part.length > kept.length) {
      const wider = new Uint8Array(Math.max(length + part.length, Math.min(2 * kept.length, limit)));
      wider.set(kept.subarray(0, length));
      kept = wider;
    }
    kept.set(part, length);
    length += part.length;
  };
  return (chunk) => {
    const found: Read[] = [];
    let at = 0;
    while (!broken && at < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, at);
      const part = chunk.subarray(at, newline < 0 ? chunk.length : newline);
      if (length + part.length > limit) {
        broken = true;
        found.push({ is: "too large" });
        break;
      }
      if (newline < 0) {
        keep(part);
        return found;
      }
      // Most frames come whole and are read where they are.
      if (length > 0) keep(part);
      found.push(parse(length > 0 ? kept.subarray(0, length) : part));
      length = 0;
      at = newline + 1;
    }
    // A connection that sent one large frame does not keep its size for ever.
    if (broken || kept.length > 65_536) kept = new Uint8Array(0);
    return found;
  };
}

function parse(bytes: Uint8Array): Read {
  try {
    return { is: "frame", value: JSON.parse(decoder.decode(bytes)) };
  } catch {
    return { is: "not JSON" };
  }
}

export interface WrongShape {
  /** The call that it belongs to, as far as it says so. */
  readonly id: number | null;
  /** Never quotes the frame: it may hold secrets. */
  readonly why: string;
}

/** What a client says, looked at before anybody believes it. */
export function readAsked(value: Json): Result<Asked, WrongShape> {
  if (!isMap(value)) return err({ id: null, why: "a frame is a map" });
  const { id, verb, body, cancel, hello } = value;
  if (hello !== undefined) {
    return isSpeaker(hello) ? ok({ hello }) : err({ id: null, why: "a hello has `protocol` and `version`" });
  }
  if (!isId(id)) return err({ id: null, why: "a frame has a whole number as `id`, or is a hello" });
  if (cancel === true) return ok({ id, cancel });
  if (typeof verb !== "string") return err({ id, why: "a request has a text as `verb`" });
  if (body === undefined) return err({ id, why: "a request has a `body`, which may be null" });
  return ok({ id, verb, body });
}

/** What a supervisor says; undefined where it is nothing that one of this protocol says. */
export function readTold(value: Json): Told | undefined {
  if (!isMap(value)) return undefined;
  const { id, event, done, error, cut, hello } = value;
  if (typeof cut === "string") return { cut };
  if (isHello(hello)) return { hello };
  if (isFailure(error) && (id === null || isId(id))) return { id, error };
  if (!isId(id)) return undefined;
  if (event !== undefined) return { id, event };
  return done === undefined ? undefined : { id, done };
}

/** Who says hello, also in a protocol of which nothing else is known. */
export function readSpeaker(value: Json): (Speaker & { readonly pid?: number }) | undefined {
  if (!isMap(value) || !isSpeaker(value["hello"])) return undefined;
  const { protocol, version } = value["hello"];
  const pid = isMap(value["hello"]) ? value["hello"]["pid"] : undefined;
  return { protocol, version, ...(isId(pid) ? { pid } : {}) };
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isSpeaker(value: Json | undefined): value is Json & Speaker {
  return isMap(value) && isId(value["protocol"]) && typeof value["version"] === "string";
}

function isHello(value: Json | undefined): value is Json & Hello {
  if (!isMap(value) || !isSpeaker(value)) return false;
  const { pid, since, home } = value;
  if (!isId(pid) || typeof since !== "string" || !isMap(home)) return false;
  return typeof home["path"] === "string" && typeof home["identity"] === "string";
}

function isFailure(value: Json | undefined): value is Json & Failure {
  if (!isMap(value)) return false;
  const { message, lines, passing } = value;
  if (typeof message !== "string" || typeof passing !== "boolean" || !Array.isArray(lines)) return false;
  return lines.every((line) => typeof line === "string");
}
