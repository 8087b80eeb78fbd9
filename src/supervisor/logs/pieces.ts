import { err, ok, type Result } from "../../base/result.ts";
import type { LogFault } from "../../model/logs.ts";
import type { Files } from "../../model/system.ts";
import { extend, NO_TIMELINE, readEntries, type Timeline } from "./index-file.ts";
import { findParts, type Parts } from "./parts.ts";
import { partPath, type StreamPlace } from "./place.ts";

/** One stream as if it were one file: parts, the live file and what is gone, by logical offsets. */
export interface Pieces {
  /** The newest that is known; `read` may make it newer. */
  look(): Result<Layout, LogFault>;
  /** Bytes from an offset on, or from the first later one that still exists; none: the end for now. As many as fit. */
  read(at: number, into: Uint8Array): Result<Piece, LogFault>;
}

export interface Layout {
  readonly parts: Parts;
  readonly timeline: Timeline;
  /** The logical offset of the live file's first byte, be it still there or a hole. */
  readonly base: number;
  /** The first offset that can still be read. */
  readonly oldest: number;
  /** The first that is read from the live file. */
  readonly first: number;
  readonly end: number;
  /** When something was last written; UTC. */
  readonly modified: string;
}

export interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly layout: Layout;
}

/** Where nothing is left that could tell. */
const NEVER = "1970-01-01T00:00:00.000Z";
/** More than an index ever has. */
const INDEX_BYTES = 1_048_576;
/** Each new try means that a part came or went meanwhile. */
const TRIES = 1000;

export function openPieces(files: Files, place: StreamPlace): Pieces {
  const index = openIndex(files, place.index);
  let layout: Layout | undefined;

  const look = (): Result<Layout, LogFault> => {
    for (let before: Layout | undefined; ; before = layout) {
      const looked = lookOnce();
      if (!looked.ok) return looked;
      layout = looked.value;
      const { parts, timeline, base } = layout;
      // Emptied, and whoever did it has not written that yet, or was killed. Or it was done between the looks at the
      // index and at the file: then the next look sees another index or other parts.
      if (base === timeline.base) return ok(layout);
      if (before?.parts.end === parts.end && before.timeline === timeline) return ok(layout);
    }
  };

  const lookOnce = (): Result<Layout, LogFault> => {
    const timeline = index();
    if (!timeline.ok) return timeline;
    const parts = findParts(files, place);
    if (!parts.ok) return parts;
    const live = files.readAt(place.live, 0, 0);
    if (live.is === "refused") return err({ path: place.live, why: live.why });
    const size = live.is === "read" ? live.size : 0;
    const known = Math.max(parts.value.end, timeline.value.seen.at(-1)?.size ?? 0);
    const base = size + timeline.value.base < known ? known : timeline.value.base;
    const first = Math.max(parts.value.end, base);
    return ok({
      parts: parts.value,
      timeline: timeline.value,
      base,
      oldest: parts.value.starts[0] ?? first,
      first,
      end: Math.max(first, base + size),
      modified: live.is === "read" ? live.modified : (timeline.value.seen.at(-1)?.at ?? NEVER),
    });
  };

  const read = (at: number, into: Uint8Array): Result<Piece, LogFault> => {
    const length = into.length;
    for (let tries = 0; tries < TRIES; tries++) {
      if (layout === undefined) {
        const looked = look();
        if (!looked.ok) return looked;
      }
      const used: Layout | undefined = layout;
      if (used === undefined) break;
      const from = Math.max(at, used.oldest);
      if (from < used.first) {
        const { starts } = used.parts;
        const which = starts.findLastIndex((start) => start <= from);
        const start = starts[which] ?? from;
        const next = starts[which + 1] ?? used.first;
        const path = partPath(place, start);
        const part = files.readAt(path, from - start, Math.min(length, next - from), into);
        if (part.is === "refused") return err({ path, why: part.why });
        if (part.is === "read" && part.bytes.length > 0)
          return ok({ at: from, bytes: part.bytes, layout: used });
        // At the end of a part that others do not follow at once, what was between is lost.
        if (part.is === "read") at = next;
        // It was deleted since it was listed: a newer look knows what is the oldest now.
        else layout = undefined;
        continue;
      }
      const live = files.readAt(place.live, from - used.base, length, into);
      if (live.is === "refused") return err({ path: place.live, why: live.why });
      // A hole is made, or the file emptied, only after the part has its name: if no part reaches over here even
      // now, then what was read was still there.
      const after = look();
      if (!after.ok) return after;
      if (after.value.first > from || after.value.base !== used.base) continue;
      const bytes = live.is === "read" ? live.bytes : new Uint8Array(0);
      return ok({ at: from, bytes, layout: after.value });
    }
    return err({ path: place.live, why: "it changes faster than it can be read" });
  };

  return { look, read };
}

/** Reads what is new in an index, and all of it where it is another file than before. */
function openIndex(files: Files, path: string): () => Result<Timeline, LogFault> {
  let timeline = NO_TIMELINE;
  let offset = 0;
  /** The last line that was read: while it stands where it stood, this is the same index. */
  let last = "";
  return () => {
    for (;;) {
      const from = offset - last.length;
      const read = files.readAt(path, from, INDEX_BYTES);
      if (read.is === "refused") return err({ path, why: read.why });
      if (read.is === "absent") {
        if (last === "") return ok(timeline);
        [timeline, offset, last] = [NO_TIMELINE, 0, ""];
        continue;
      }
      // One character a byte, whatever somebody wrote there.
      const text = new TextDecoder("latin1").decode(read.bytes);
      if (!text.startsWith(last)) {
        [timeline, offset, last] = [NO_TIMELINE, 0, ""];
        continue;
      }
      const whole = text.slice(last.length, text.lastIndexOf("\n") + 1);
      if (whole === "") return ok(timeline);
      timeline = extend(timeline, readEntries(whole));
      offset += whole.length;
      last = whole.slice(whole.lastIndexOf("\n", whole.length - 2) + 1);
    }
  };
}
