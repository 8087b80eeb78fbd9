import type { ApplyLine } from "../model/plan.ts";
import type { Id } from "../model/resource.ts";
import type { Files } from "../model/system.ts";

/**
 * How long each object took, by what was done to it: what an apply says of the time that is left. It is a help: a
 * file that is lost, broken or somebody else's is as good as none, and the next apply writes a new one.
 */
export type Timings = ReadonlyMap<Id, ObjectTimes>;
export type ObjectTimes = Readonly<Partial<Record<Does, readonly number[]>>>;
type Does = ApplyLine["does"];

export interface Timed {
  readonly id: Id;
  readonly does: Does;
  readonly millis: number;
}

const NAME = "timings.json";
/** Of each object and each thing done to it. */
const KEPT = 5;
/** Those that were changed last: a place may see many come and go. */
const OBJECTS = 2000;
const LIMIT = 1024 * 1024;
const ALL: readonly Does[] = ["create", "update", "replace", "delete"];

export function readTimings(files: Files, folder: string): Timings {
  const read = files.readAt(`${folder}/${NAME}`, 0, LIMIT);
  if (read.is !== "read" || read.size > LIMIT) return new Map();
  try {
    return timingsIn(JSON.parse(new TextDecoder().decode(read.bytes)));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

/** Those that took their time just now come last, so that the oldest are the first to go. */
export function keepTimings(files: Files, folder: string, timed: readonly Timed[]): void {
  if (timed.length === 0) return;
  const all = new Map(readTimings(files, folder));
  for (const { id, does, millis } of timed) {
    const before = all.get(id) ?? {};
    all.delete(id);
    all.set(id, { ...before, [does]: [...(before[does] ?? []), Math.round(millis)].slice(-KEPT) });
  }
  const objects = [...all].slice(-OBJECTS);
  files.replace(`${folder}/${NAME}`, `${JSON.stringify({ version: 1, objects })}\n`, 0o600);
}

function timingsIn(value: unknown): Timings {
  const objects: unknown = isTable(value) && value["version"] === 1 ? value["objects"] : undefined;
  if (!Array.isArray(objects)) return new Map();
  return new Map(
    objects.slice(-OBJECTS).flatMap((entry: unknown): readonly (readonly [Id, ObjectTimes])[] => {
      if (!Array.isArray(entry)) return [];
      const [id, times]: readonly unknown[] = entry;
      return typeof id === "string" && isTable(times) ? [[id, timesIn(times)]] : [];
    }),
  );
}

function timesIn(times: Readonly<Record<string, unknown>>): ObjectTimes {
  return Object.fromEntries(
    ALL.flatMap((does) => {
      const list = times[does];
      const good = Array.isArray(list) ? list.filter(isTime).slice(-KEPT) : [];
      return good.length === 0 ? [] : [[does, good]];
    }),
  );
}

const isTime = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0;

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
