import type { LogStream } from "../../model/logs.ts";

/** Where the files of one stream of one replica are. */
export interface StreamPlace {
  readonly folder: string;
  readonly stream: LogStream;
  /** What the agent itself appends to. */
  readonly live: string;
  readonly index: string;
  /** A part that is being copied: no reader looks at it. */
  readonly unfinished: string;
}

export const STREAMS: readonly LogStream[] = ["stdout", "stderr"];

const DIGITS = 15;

export function folderOf(folder: string, agent: string, replica: number): string {
  return `${folder}/${agent}/${replica}`;
}

export function placeOf(folder: string, stream: LogStream): StreamPlace {
  const live = `${folder}/${stream}.log`;
  return { folder, stream, live, index: `${live}.index`, unfinished: `${folder}/.${stream}.log.part` };
}

/** A rotated part is named for the offset of its first byte, so that names sort as the log runs. */
export function partPath(place: StreamPlace, start: number): string {
  return `${place.live}.${String(start).padStart(DIGITS, "0")}`;
}

/** The offset in the name of a part; undefined where the name is none of this stream's parts. */
export function partStart(stream: LogStream, name: string): number | undefined {
  const prefix = `${stream}.log.`;
  const digits = name.slice(prefix.length);
  return name.startsWith(prefix) && digits.length === DIGITS && /^\d+$/.test(digits)
    ? Number(digits)
    : undefined;
}
