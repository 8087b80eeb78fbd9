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

/** An apply that never came to its end. */
export interface Interrupted {
  readonly apply: string;
  readonly at: string;
  readonly done: number;
  readonly of: number;
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
  const write = (line: string): void => {
    const bytes = new TextEncoder().encode(line);
    if (size + bytes.length > LIMIT) {
      // What is done is counted from here on; what runs is kept line by line.
      const text = [pastOf(files, path, begun.apply), first, lineOf({ is: "so far", done })].join("");
      files.replace(path, `${text}${[...running.values()].join("")}`, 0o600);
      size = files.stat(path)?.size ?? 0;
    }
    files.append(path, bytes);
    size += bytes.length;
  };
  // A line that a killed writer left half written must not swallow the one that follows it.
  write(before > 0 ? `\n${first}` : first);
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

/** The last apply, if it was killed before it could say how it ended. */
export function interrupted(files: Files, folder: string): Interrupted | undefined {
  const lines = readLines(files, `${folder}/${NAME}`);
  const begun = lines.findLast((one) => one["is"] === "apply");
  if (begun === undefined) return undefined;
  const own = lines.filter((one) => one["apply"] === begun["apply"]);
  if (own.some((one) => one["is"] === "end")) return undefined;
  const counted = own.findLast((one) => one["is"] === "so far")?.["done"];
  const done = own.filter((one) => one["is"] === "done").length + (Number(counted) || 0);
  return { apply: String(begun["apply"]), at: String(begun["at"]), done, of: Number(begun["objects"]) };
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

/** How the applies before this one began and ended, the newest that there is room for. */
function pastOf(files: Files, path: string, apply: string): string {
  const kept: string[] = [];
  let room = PAST;
  for (const line of readLines(files, path).toReversed()) {
    if (line["apply"] === apply || (line["is"] !== "apply" && line["is"] !== "end")) continue;
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
