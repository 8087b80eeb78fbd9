import { ok, type Result } from "../../base/result.ts";
import type { LogFault, LogLimits } from "../../model/logs.ts";
import type { System } from "../../model/system.ts";
import { extend, type IndexEntry, NO_TIMELINE, readEntries, thin, writeEntry } from "./index-file.ts";
import { dropParts, findParts } from "./parts.ts";
import { partStart, type StreamPlace } from "./place.ts";
import { firstOf, type Kept, leftDoubled, needsRotation, rotate } from "./rotate.ts";

/** One stream of one replica. */
export interface StreamKeeper {
  /** Writes down how long the log has become, and rotates it where that is too long. */
  look(): void;
  started(runId: string): void;
  limit(limits: LogLimits): void;
  /** Looks once more; what is being rotated is left as it is. */
  close(): void;
}

/** An index is read whole by each reader, so it stays short. */
const INDEX_BYTES = 262_144;

export function keepStream(
  system: System,
  place: StreamPlace,
  limits: LogLimits,
  tell: (fault: LogFault) => void,
): StreamKeeper {
  const { files, clock } = system;
  const ending = new AbortController();
  let rotating = false;
  let lastTold = "";
  /** How far the index says the log was seen; absent until the index could be read. */
  let seen: number | undefined;
  let indexBytes = 0;
  const kept: Kept = { place, limits, base: 0, partsEnd: 0, doubled: false, holes: true };

  /** A full disk, or a file that somebody planted, must not end a supervisor: it is told once and tried again. */
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      report({ path: place.live, why: error instanceof Error ? error.message : String(error) });
    }
  };

  const report = (fault: LogFault): undefined => {
    const text = `${fault.path} ${fault.why}`;
    if (text !== lastTold) tell(fault);
    lastTold = text;
    return undefined;
  };

  const write = (entry: IndexEntry): void => {
    const line = writeEntry(entry);
    files.append(place.index, line);
    indexBytes += line.length;
    if (indexBytes <= INDEX_BYTES) return;
    const text = thin(readEntries(indexText()), oldest(), INDEX_BYTES / 2);
    files.replace(place.index, text, 0o600);
    indexBytes = text.length;
  };

  const indexText = (): string => {
    const read = files.readAt(place.index, 0, 4 * INDEX_BYTES);
    return read.is === "read" ? new TextDecoder().decode(read.bytes) : "";
  };

  const oldest = (): number => {
    const starts = files.list(place.folder).flatMap(({ name }) => partStart(place.stream, name) ?? []);
    return starts[0] ?? firstOf(kept);
  };

  /** What an earlier keeper left: half a copy, a copy without its hole, half a line of the index. */
  const open = (): Result<number, LogFault> => {
    const parts = findParts(files, place);
    if (!parts.ok) return parts;
    files.remove(place.unfinished);
    const text = indexText();
    if (text !== "" && !text.endsWith("\n")) files.append(place.index, "\n");
    indexBytes = text.length;
    const timeline = extend(NO_TIMELINE, readEntries(text));
    kept.base = timeline.base;
    kept.partsEnd = parts.value.end;
    kept.doubled = leftDoubled(files, place, kept.base, kept.partsEnd);
    dropParts(files, place, Math.max(0, kept.limits.maxFiles - 1));
    return ok(Math.max(timeline.seen.at(-1)?.size ?? 0, firstOf(kept)));
  };

  /** Whether the files are what they should be, and how long the log is. */
  const measure = (): number | undefined => {
    const index = files.readAt(place.index, 0, 0);
    if (index.is === "refused") return report({ path: place.index, why: index.why });
    if (seen === undefined) {
      const opened = open();
      if (!opened.ok) return report(opened.error);
      seen = opened.value;
    }
    const live = files.readAt(place.live, 0, 0);
    if (live.is === "refused") return report({ path: place.live, why: live.why });
    const size = live.is === "read" ? live.size : 0;
    if (size + kept.base < seen) {
      // Shorter than before: somebody emptied or removed it, or a keeper was killed before it wrote that it did.
      kept.base = seen;
      kept.doubled = false;
      write({ is: "base", base: seen, lost: 0, at: clock.wall() });
    }
    return size + kept.base;
  };

  const look = (): void => {
    const size = measure();
    if (size === undefined) return;
    if (size > (seen ?? 0)) {
      seen = size;
      write({ is: "seen", at: clock.wall(), size });
    }
    if (!rotating && !ending.signal.aborted && needsRotation(kept, size)) void turn();
  };

  const turn = async (): Promise<void> => {
    rotating = true;
    try {
      await rotate(system, kept, ending.signal, (base, lost) => {
        write({ is: "base", base, lost, at: clock.wall() });
        seen = Math.max(seen ?? 0, base);
      });
    } catch (error) {
      attempt(() => files.remove(place.unfinished));
      report({ path: place.live, why: error instanceof Error ? error.message : String(error) });
    }
    rotating = false;
  };

  return {
    look: () => attempt(look),
    started(runId): void {
      attempt(() => {
        const size = measure();
        if (size === undefined) return;
        seen = Math.max(seen ?? 0, size);
        write({ is: "run", run: runId, at: clock.wall(), size });
      });
    },
    limit(next): void {
      kept.limits = next;
      attempt(() => dropParts(files, place, Math.max(0, next.maxFiles - 1)));
    },
    close(): void {
      // First, so that no rotation begins by the last look.
      ending.abort();
      attempt(look);
    },
  };
}
