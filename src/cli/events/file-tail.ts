import type { Files } from "../../model/system.ts";
import { eventsIn, type Noted, readEvents } from "../../state/events.ts";

/** What is added to a file of events from here on, each time it is asked. */
export function tailOf(files: Files, path: string): () => readonly Noted[] {
  const begin = files.stat(path);
  let identity = begin?.identity;
  let offset = begin?.size ?? 0;
  let lastAt = readEvents(files, path, { limit: 1 }).events.at(-1)?.at ?? "";
  const whole = (): readonly Noted[] => {
    const stat = files.stat(path);
    if (stat === undefined) return [];
    if (stat.identity === identity && stat.size >= offset) return added(stat.size);
    // It was written anew without its oldest lines: what was told already stands in it once more.
    identity = stat.identity;
    offset = stat.size;
    return readEvents(files, path).events.filter(({ at }) => at > lastAt);
  };
  const added = (size: number): readonly Noted[] => {
    if (size === offset) return [];
    const read = files.readAt(path, offset, size - offset);
    if (read.is !== "read") return [];
    // Half a line is on its way: it is read when it is whole.
    const end = read.bytes.lastIndexOf(NEWLINE) + 1;
    offset += end;
    return eventsIn(new TextDecoder().decode(read.bytes.subarray(0, end))).events;
  };
  return () => {
    const events = whole();
    for (const { at } of events) if (at > lastAt) lastAt = at;
    return events;
  };
}

const NEWLINE = 10;
