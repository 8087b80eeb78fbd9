import type { ApplyEvent } from "../model/step.ts";
import type { Files } from "../model/system.ts";

/**
 * What an apply was about to do, written before it does it. It is a help: for the report of an apply that was
 * killed, and to refuse a plan file that was carried out already. What is live decides everything.
 */
export interface Journal {
  tell(event: ApplyEvent, at: string): void;
  end(outcome: string, at: string): void;
}

export interface Begun {
  readonly apply: string;
  readonly at: string;
  readonly command: string;
  /** How many objects it was to change. */
  readonly objects: number;
  /** Of the plan file that it carries out. */
  readonly planDigest?: string;
}

/** An apply that did not come to its end: killed, or stopped by a person. */
export interface Interrupted {
  readonly apply: string;
  readonly at: string;
  readonly done: number;
  readonly of: number;
  /** What it was at: what was planned, or the way back from a failure. */
  readonly phase: "apply" | "going back";
  /** Whether an apply came after it, none of which ended well. */
  readonly isLast: boolean;
}

type Line = Readonly<Record<string, unknown>>;

const NAME = "journal.jsonl";
/** A file is never longer, however many objects an apply has. */
const LIMIT = 4 * 1024 * 1024;
/** What is kept of former applies: how they began and ended. */
const PAST = LIMIT / 8;

export function openJournal(files: Files, folder: string, begun: Begun): Journal {
  const path = `${folder}/${NAME}`;
  const before = files.stat(path)?.size ?? 0;
  const lineOf = (line: object): string => `${JSON.stringify({ apply: begun.apply, ...line })}\n`;
  const first = lineOf({ is: "apply", ...begun });
  let size = before;
  let done = 0;
  const running = new Map<string, string>();
  let isBegun = false;
  const write = (line: string): void => {
    const bytes = new TextEncoder().encode(line);
    if (size + bytes.length > LIMIT) {
      const past = pastOf(files, path, isBegun ? begun.apply : undefined);
      // What is done is counted from here on; what runs is kept line by line.
      const own = isBegun ? [first, lineOf({ is: "so far", done }), ...running.values()] : [];
      files.replace(path, [past, ...own].join(""), 0o600);
      size = files.stat(path)?.size ?? 0;
    }
    files.append(path, bytes);
    size += bytes.length;
  };
  // A line that a killed writer left half written must not swallow the one that follows it.
  write(before > 0 ? `\n${first}` : first);
  isBegun = true;
  return {
    tell(event, at) {
      if (event.is === "progress") return;
      const last = event.is === "ended" && event.last === true;
      const line = lineOf({
        at,
        is: last ? "done" : event.is,
        id: event.id,
        ...("step" in event ? { step: event.step.is === "call" ? event.step.does : event.step.until } : {}),
        ...("cause" in event ? { cause: event.cause } : {}),
      });
      write(line);
      if (last) done++;
      if (last || event.is === "failed" || event.is === "left out") running.delete(event.id);
      else running.set(event.id, line);
    },
    end: (outcome, at) => write(lineOf({ at, is: "end", outcome })),
  };
}

/**
 * The last apply that was killed or stopped, if none ended well after it. One that went back to what was there before
 * it left the half-done thing as it found it.
 */
export function interrupted(files: Files, folder: string): Interrupted | undefined {
  const phases = phasesOf(readLines(files, `${folder}/${NAME}`));
  for (const [i, { begun, own, outcome, phase }] of phases.toReversed().entries()) {
    if (outcome === "applied" || outcome === "unchanged") return undefined;
    if (outcome !== undefined && outcome !== "interrupted") continue;
    const counted = own.findLast((one) => one["is"] === "so far")?.["done"];
    const done = own.filter((one) => one["is"] === "done").length + (Number(counted) || 0);
    const of = Number(begun["objects"]);
    // Nothing of it is left but the word that it ended.
    if (done >= of && phase === "apply") return undefined;
    return { apply: String(begun["apply"]), at: String(begun["at"]), done, of, phase, isLast: i === 0 };
  }
  return undefined;
}

/** An apply that found nothing to do: whatever was interrupted before it is whole by now. */
export function foundWhole(files: Files, folder: string, begun: Omit<Begun, "objects">): void {
  if (interrupted(files, folder) === undefined) return;
  openJournal(files, folder, { ...begun, objects: 0 }).end("unchanged", begun.at);
}

/** Whether an apply was at work at that time or after it: what was looked at before may be another by now. */
export function wentOnSince(files: Files, folder: string, time: string): boolean {
  return readLines(files, `${folder}/${NAME}`).some(({ at }) => typeof at === "string" && at >= time);
}

/** Which apply was begun last and never said how it ended: it is still at it, or was killed. */
export function unended(files: Files, folder: string): string | undefined {
  const last = phasesOf(readLines(files, `${folder}/${NAME}`)).at(-1);
  return last === undefined || last.outcome !== undefined ? undefined : String(last.begun["apply"]);
}

/** As a plan tells it. */
export function interruptedLine({ at, done, of, phase, isLast }: Interrupted): string {
  const live = "this plan goes on from what is live";
  const one = isLast ? "the last apply" : "an earlier apply";
  const when = isLast ? "" : ` at ${at}`;
  const since = isLast ? "" : ", and none has ended well since";
  return phase === "apply"
    ? `${one} was interrupted${when}, ${done} of ${of} done${since}: ${live}`
    : `${one} failed and was interrupted${when} on its way back, ${done} of ${of} put back${since}: ${live}`;
}

interface PhaseOf {
  readonly begun: Line;
  readonly own: Line[];
  readonly phase: Interrupted["phase"];
}

interface Ended extends PhaseOf {
  /** Absent where it never said. */
  readonly outcome: string | undefined;
}

/** The oldest first. An apply that begins a second time is on its way back. */
function phasesOf(lines: readonly Line[]): readonly Ended[] {
  const found = new Map<unknown, PhaseOf>();
  const all: PhaseOf[] = [];
  for (const line of lines) {
    const name = line["apply"];
    if (line["is"] === "apply") {
      const phase: PhaseOf = { begun: line, own: [], phase: found.has(name) ? "going back" : "apply" };
      found.set(name, phase);
      all.push(phase);
    } else found.get(name)?.own.push(line);
  }
  return all.map(({ begun, own, phase }) => {
    const end = own.findLast((one) => one["is"] === "end");
    return { begun, own, phase, outcome: end === undefined ? undefined : String(end["outcome"]) };
  });
}

/** When a plan file was carried out before. */
export function carriedOut(files: Files, folder: string, planDigest: string): string | undefined {
  const lines = readLines(files, `${folder}/${NAME}`);
  const applies = new Set(
    lines
      .filter((one) => one["is"] === "apply" && one["planDigest"] === planDigest)
      .map((one) => one["apply"]),
  );
  const ended = lines.find(
    (one) => applies.has(one["apply"]) && one["is"] === "end" && one["outcome"] === "applied",
  );
  return ended === undefined ? undefined : String(ended["at"]);
}

/** How the applies before the one that writes began and ended, the newest that there is room for. */
function pastOf(files: Files, path: string, writing: string | undefined): string {
  const kept: string[] = [];
  let room = PAST;
  const lines = readLines(files, path);
  const own = lines.findLastIndex((one) => one["is"] === "apply" && one["apply"] === writing);
  for (const line of lines.slice(0, own < 0 ? lines.length : own).toReversed()) {
    if (line["is"] !== "apply" && line["is"] !== "end") continue;
    const text = `${JSON.stringify(line)}\n`;
    room -= text.length;
    if (room < 0) break;
    kept.push(text);
  }
  return kept.toReversed().join("");
}

/** The end of the file, where it is longer than it should be. */
function readLines(files: Files, path: string): readonly Line[] {
  const size = files.stat(path)?.size ?? 0;
  const read = files.readAt(path, Math.max(0, size - LIMIT), LIMIT);
  if (read.is !== "read") return [];
  return new TextDecoder()
    .decode(read.bytes)
    .split("\n")
    .flatMap((line): readonly Line[] => {
      try {
        const value: unknown = JSON.parse(line);
        return isLine(value) ? [value] : [];
      } catch {
        // A line that was being written when its writer was killed.
        return [];
      }
    });
}

function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
