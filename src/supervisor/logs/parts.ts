import { err, ok, type Result } from "../../base/result.ts";
import type { LogFault } from "../../model/logs.ts";
import type { Files } from "../../model/system.ts";
import { partPath, partStart, type StreamPlace } from "./place.ts";

/** The rotated parts of a stream. They tell where the live file begins, whatever of it is still to be cut away. */
export interface Parts {
  /** Rising. */
  readonly starts: readonly number[];
  /** The first offset that stands in no part. */
  readonly end: number;
}

export function findParts(files: Files, place: StreamPlace): Result<Parts, LogFault> {
  for (;;) {
    const starts = files.list(place.folder).flatMap(({ name }) => partStart(place.stream, name) ?? []);
    const last = starts.at(-1);
    if (last === undefined) return ok({ starts, end: 0 });
    const path = partPath(place, last);
    const facts = files.readAt(path, 0, 0);
    if (facts.is === "refused") return err({ path, why: facts.why });
    // Gone since it was listed: another one stands after it now.
    if (facts.is === "read") return ok({ starts, end: last + facts.size });
  }
}

/** Takes away the oldest until so many are left that hold something. */
export function dropParts(files: Files, place: StreamPlace, keep: number): void {
  const found = findParts(files, place);
  if (!found.ok) return;
  const { starts, end } = found.value;
  const full = starts.filter((start, at) => (starts[at + 1] ?? end) > start);
  const kept = keep === 0 ? [] : full.slice(-keep);
  const staying = new Set(kept);
  // Without its last part nobody knew where the live file begins: an empty one says so.
  if (kept.at(-1) !== starts.at(-1)) {
    markEnd(files, place, end);
    staying.add(end);
  }
  for (const start of starts) if (!staying.has(start)) files.remove(partPath(place, start));
}

/** An empty part: the live file begins here, and what was before is in the parts before, or gone. */
export function markEnd(files: Files, place: StreamPlace, end: number): void {
  files.append(partPath(place, end), "");
}
