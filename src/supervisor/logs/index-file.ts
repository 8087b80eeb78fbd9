/**
 * The index beside a log: an agent's lines have no time of their own, so this says how long the log was when somebody
 * looked. Offsets count from the first byte that was ever written, whatever has been rotated away since.
 */
export type IndexEntry =
  | { readonly is: "seen"; readonly at: string; readonly size: number }
  /** A run of the program began here. */
  | { readonly is: "run"; readonly run: string; readonly at: string; readonly size: number }
  /** The file was emptied: its first byte is this one now, and so many before it were never copied. */
  | { readonly is: "base"; readonly base: number; readonly lost: number; readonly at: string };

/** What a reader needs of an index, in the order of the log. */
export interface Timeline {
  readonly seen: readonly { readonly size: number; readonly at: string }[];
  readonly runs: readonly { readonly size: number; readonly run: string }[];
  readonly base: number;
  /** Bytes that nobody can read any more, all together. */
  readonly lost: number;
}

export const NO_TIMELINE: Timeline = { seen: [], runs: [], base: 0, lost: 0 };

/** An agent that crashes all day must not make its index grow for ever. */
const MOST_RUNS = 200;

export function writeEntry(entry: IndexEntry): string {
  const { is: _, ...fields } = entry;
  return `${JSON.stringify(fields)}\n`;
}

/** Lines that are no entries are passed over: a kill or a full disk may have torn one. */
export function readEntries(text: string): readonly IndexEntry[] {
  return text.split("\n").flatMap((line) => readEntry(line) ?? []);
}

function readEntry(line: string): IndexEntry | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null || !("at" in read) || !isTime(read.at)) return undefined;
  const at = read.at;
  if ("base" in read && "lost" in read && isOffset(read.base) && isOffset(read.lost))
    return { is: "base", base: read.base, lost: read.lost, at };
  if (!("size" in read) || !isOffset(read.size)) return undefined;
  const size = read.size;
  if (!("run" in read)) return { is: "seen", at, size };
  return typeof read.run === "string" ? { is: "run", run: read.run, at, size } : undefined;
}

function isOffset(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** One spelling only, so that times compare as texts. */
function isTime(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}

export function extend(timeline: Timeline, entries: readonly IndexEntry[]): Timeline {
  if (entries.length === 0) return timeline;
  const seen = [...timeline.seen];
  const runs = [...timeline.runs];
  let { base, lost } = timeline;
  for (const entry of entries) {
    if (entry.is === "base") {
      base = Math.max(base, entry.base);
      lost += entry.lost;
      continue;
    }
    // Where the file went back against our will, what was said of those offsets first stays.
    if (entry.size > (seen.at(-1)?.size ?? -1)) seen.push({ size: entry.size, at: entry.at });
    if (entry.is === "run") runs.push({ size: entry.size, run: entry.run });
  }
  return { seen, runs, base, lost };
}

/** When everything up to this offset was there; undefined where nobody has looked since. */
export function timeAt(timeline: Timeline, offset: number): string | undefined {
  return timeline.seen[firstFrom(timeline.seen, offset)]?.at;
}

/** From where on lines may be as young as that. A clock that was set back makes it earlier, never later. */
export function offsetSince(timeline: Timeline, since: string): number {
  const young = timeline.seen.findIndex(({ at }) => at >= since);
  const before = young < 0 ? timeline.seen.length - 1 : young - 1;
  return timeline.seen[before]?.size ?? 0;
}

/** Where the run that holds this offset ends because another one began. */
export function nextRun(timeline: Timeline, offset: number): number | undefined {
  return timeline.runs[firstFrom(timeline.runs, offset + 1)]?.size;
}

/** The run before the newest. */
export function previousRun(timeline: Timeline): { readonly from: number; readonly to: number } | undefined {
  const [before, newest] = timeline.runs.slice(-2);
  return before === undefined || newest === undefined ? undefined : { from: before.size, to: newest.size };
}

/** Index of the first whose size is not below; they rise. */
function firstFrom(marks: readonly { readonly size: number }[], size: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.size ?? 0) < size) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The same index, short: without what speaks of bytes that are gone, and the older half of it with every second
 * time only, until it has at most `most` characters. Old lines get coarser times; none gets a time before its own.
 */
export function thin(entries: readonly IndexEntry[], oldest: number, most: number): string {
  const runs = entries.filter((entry) => entry.is === "run");
  const recent = new Set(
    runs.filter(({ size }, at) => size >= oldest || at >= runs.length - 2).slice(-MOST_RUNS),
  );
  const bases = entries.filter((entry) => entry.is === "base");
  const lost = bases.reduce((sum, one) => sum + one.lost, 0);
  const last = bases.at(-1);
  let kept = entries.flatMap((entry): readonly IndexEntry[] => {
    switch (entry.is) {
      case "seen":
        return entry.size > oldest ? [entry] : [];
      case "run":
        return recent.has(entry) ? [entry] : [];
      case "base":
        return entry === last ? [{ ...entry, lost }] : [];
    }
  });
  for (;;) {
    const text = kept.map(writeEntry).join("");
    const half = kept.length >> 1;
    const fewer = kept.filter((entry, at) => entry.is !== "seen" || at >= half || at % 2 === 1);
    if (text.length <= most || fewer.length === kept.length) return text;
    kept = fewer;
  }
}
