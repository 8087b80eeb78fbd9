import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ApplyEvent, Step } from "../../src/model/step.ts";
import {
  type Begun,
  carriedOut,
  foundWhole,
  interrupted,
  interruptedLine,
  type Journal,
  openJournal,
  unended,
  wentOnSince,
} from "../../src/state/journal.ts";
import { files } from "../../src/system/files.ts";

const AT = "2026-01-01T00:00:00.000Z";
const LIMIT = 4 * 1024 * 1024;

const all = mkdtempSync(join(tmpdir(), "aac-journal-"));
const place = (): string => mkdtempSync(join(all, "place-"));
afterAll(() => rmSync(all, { recursive: true }));

const pathIn = (folder: string): string => join(folder, "journal.jsonl");

const begin = (folder: string, apply: string, more: Partial<Begun> = {}): Journal =>
  openJournal(files, folder, { apply, at: AT, command: "aac apply", objects: 3, ...more });

const call = (id: string): Step => ({ is: "call", id, does: "make" });
const wait = (id: string): Step => ({ is: "await", id, until: "ready", timeoutMs: 1000 });

/** What a walk tells of one object that comes to its end. */
const whole = (id: string): ApplyEvent[] => [
  { is: "began", id, step: call(id) },
  { is: "ended", id, step: call(id) },
  { is: "began", id, step: wait(id) },
  { is: "ended", id, step: wait(id), last: true },
];

function tell(journal: Journal, ...events: readonly ApplyEvent[]): void {
  for (const event of events) journal.tell(event, AT);
}

describe("an apply that never came to its end", () => {
  test("is known by how many of its objects are done, wherever it was killed", () => {
    const events = ["a", "b", "c"].flatMap(whole);
    for (let killedAfter = 0; killedAfter < events.length; killedAfter++) {
      const folder = place();
      tell(begin(folder, "one"), ...events.slice(0, killedAfter));
      expect(interrupted(files, folder), `after ${killedAfter} events`).toEqual({
        apply: "one",
        at: AT,
        done: Math.floor(killedAfter / 4),
        of: 3,
        phase: "apply",
        isLast: true,
      });
    }
  });

  test("has nothing left to be told once all of its objects are done", () => {
    const folder = place();
    tell(begin(folder, "one"), ...["a", "b", "c"].flatMap(whole));
    expect(interrupted(files, folder)).toBeUndefined();
  });

  test("an object between two of its steps is not done, nor is one that failed or was left out", () => {
    const folder = place();
    tell(
      begin(folder, "one"),
      ...whole("a").slice(0, 2),
      { is: "began", id: "b", step: call("b") },
      { is: "again", id: "b", step: call("b"), cause: "busy", tries: 1 },
      { is: "failed", id: "b", step: call("b"), cause: "busy", lines: [] },
      { is: "left out", id: "c", because: { is: "failed", id: "b" } },
    );
    expect(interrupted(files, folder)?.done).toBe(0);
  });

  test("is told whether it was killed or stopped, and not where it came to another end", () => {
    const told = ["applied", "failed", "rolledBack", "rollbackFailed", "interrupted"].map((outcome) => {
      const folder = place();
      const journal = begin(folder, "one");
      tell(journal, ...whole("a"));
      journal.end(outcome, AT);
      return interrupted(files, folder)?.done;
    });
    expect(told).toEqual([undefined, undefined, undefined, undefined, 1]);
  });

  test("is told until a later one ended well, and no longer is it the last then", () => {
    for (const how of ["killed", "stopped"]) {
      const folder = place();
      const first = begin(folder, "one");
      tell(first, ...whole("a"));
      if (how === "stopped") first.end("interrupted", AT);
      expect(interrupted(files, folder)).toMatchObject({ apply: "one", isLast: true });
      begin(folder, "two").end("failed", AT);
      const back = begin(folder, "two");
      back.end("rolledBack", AT);
      expect(interrupted(files, folder)).toMatchObject({ apply: "one", done: 1, isLast: false });
      begin(folder, "three").end("applied", AT);
      expect(interrupted(files, folder)).toBeUndefined();
      tell(begin(folder, "four", { objects: 9 }), ...whole("a"));
      expect(interrupted(files, folder)).toMatchObject({ apply: "four", done: 1, of: 9, isLast: true });
    }
  });

  test("is over once an apply found nothing left to do, which writes no more than that", () => {
    const folder = place();
    tell(begin(folder, "one"), ...whole("a"));
    foundWhole(files, folder, { apply: "two", at: AT, command: "aac apply" });
    expect(interrupted(files, folder)).toBeUndefined();
    const size = statSync(pathIn(folder)).size;
    foundWhole(files, folder, { apply: "three", at: AT, command: "aac apply" });
    expect(statSync(pathIn(folder)).size).toBe(size);
    foundWhole(files, place(), { apply: "four", at: AT, command: "aac apply" });
  });

  test("on its way back from a failure is told as that, with what it had put back by then", () => {
    for (const how of ["killed", "stopped"]) {
      const folder = place();
      const journal = begin(folder, "one");
      tell(journal, ...whole("a"), ...whole("b"));
      journal.end("failed", AT);
      const back = begin(folder, "one", { objects: 2 });
      tell(back, ...whole("b"));
      if (how === "stopped") back.end("interrupted", AT);
      const found = interrupted(files, folder);
      expect(found).toMatchObject({ apply: "one", phase: "going back", done: 1, of: 2 });
      expect(found && interruptedLine(found)).toBe(
        "the last apply failed and was interrupted on its way back, 1 of 2 put back: this plan goes on from what is live",
      );
    }
  });

  test("is put into one line, which says if it was long before the last", () => {
    const one = { apply: "one", at: AT, done: 3, of: 7, phase: "apply", isLast: true } as const;
    expect(interruptedLine(one)).toBe(
      "the last apply was interrupted, 3 of 7 done: this plan goes on from what is live",
    );
    expect(interruptedLine({ ...one, isLast: false })).toBe(
      `an earlier apply was interrupted at ${AT}, 3 of 7 done, and none has ended well since: this plan goes on from what is live`,
    );
  });

  test("is at work or dead: its name is known as long as it never said how it ended", () => {
    const folder = place();
    expect(unended(files, folder)).toBeUndefined();
    const journal = begin(folder, "one");
    expect(unended(files, folder)).toBe("one");
    journal.end("failed", AT);
    expect(unended(files, folder)).toBeUndefined();
    begin(folder, "one");
    expect(unended(files, folder)).toBe("one");
  });

  test("went on since a time where anything of it was written down then or later", () => {
    const folder = place();
    expect(wentOnSince(files, folder, AT)).toBe(false);
    const journal = begin(folder, "one", { at: "2026-01-01T00:00:01.000Z" });
    expect(wentOnSince(files, folder, "2026-01-01T00:00:01.000Z")).toBe(true);
    expect(wentOnSince(files, folder, "2026-01-01T00:00:01.001Z")).toBe(false);
    journal.end("applied", "2026-01-01T00:00:03.000Z");
    expect(wentOnSince(files, folder, "2026-01-01T00:00:02.000Z")).toBe(true);
    expect(wentOnSince(files, folder, "2026-01-01T00:00:03.001Z")).toBe(false);
  });

  test("is unknown where there is no journal, an empty one, or one that is none", () => {
    expect(interrupted(files, place())).toBeUndefined();
    for (const text of ["", "\n\n", "not a journal\n", '[1]\n"two"\nnull\n', "\u0000".repeat(100)]) {
      const folder = place();
      writeFileSync(pathIn(folder), text);
      expect(interrupted(files, folder)).toBeUndefined();
    }
  });
});

describe("a line that was half written when its writer was killed", () => {
  const torn = (): string => {
    const folder = place();
    const journal = begin(folder, "one");
    tell(journal, ...whole("a"), { is: "began", id: "b", step: call("b") });
    return folder;
  };

  test("is no line, at whatever byte it was torn", () => {
    const text = readFileSync(pathIn(torn()));
    const end = text.lastIndexOf("\n", text.length - 2) + 1;
    for (let length = end; length < text.length; length++) {
      const folder = place();
      writeFileSync(pathIn(folder), text.subarray(0, length), { mode: 0o600 });
      expect(interrupted(files, folder)).toMatchObject({ apply: "one", done: 1 });
    }
  });

  test("does not swallow the apply that comes next", () => {
    const folder = torn();
    appendFileSync(pathIn(folder), '{"apply":"one","is":"en');
    begin(folder, "two").end("applied", AT);
    expect(interrupted(files, folder)).toBeUndefined();
    begin(folder, "three");
    expect(interrupted(files, folder)?.apply).toBe("three");
  });
});

describe("a plan file that was carried out", () => {
  test("is known by when that was", () => {
    const folder = place();
    begin(folder, "one", { planDigest: "d1" }).end("applied", AT);
    expect(carriedOut(files, folder, "d1")).toBe(AT);
    expect(carriedOut(files, folder, "d2")).toBeUndefined();
  });

  test("may be tried again after it failed or was killed, and not after the try that did it", () => {
    const folder = place();
    begin(folder, "one", { planDigest: "d1" }).end("failed", AT);
    expect(carriedOut(files, folder, "d1")).toBeUndefined();
    begin(folder, "two", { planDigest: "d1" });
    expect(carriedOut(files, folder, "d1")).toBeUndefined();
    begin(folder, "three", { planDigest: "d1" }).end("applied", AT);
    begin(folder, "four").end("applied", AT);
    expect(carriedOut(files, folder, "d1")).toBe(AT);
  });
});

describe("a journal", () => {
  test("of so many objects that it would grow for ever stays below 4 MB, and counts on", () => {
    const folder = place();
    begin(folder, "before", { planDigest: "d1" }).end("applied", AT);
    const objects = 14_000;
    const journal = begin(folder, "large", { objects });
    let most = 0;
    for (let one = 0; one < objects; one++) {
      const events = whole(`agent-${one}/process/0`);
      // The last object is still on its way.
      tell(journal, ...(one === objects - 1 ? events.slice(0, 3) : events));
      if (one % 500 === 0) most = Math.max(most, statSync(pathIn(folder)).size);
    }
    expect(most).toBeGreaterThan(LIMIT / 2);
    expect(most).toBeLessThanOrEqual(LIMIT);
    expect(interrupted(files, folder)).toMatchObject({ apply: "large", done: objects - 1, of: objects });
    expect(carriedOut(files, folder, "d1")).toBe(AT);
    journal.end("applied", AT);
    expect(interrupted(files, folder)).toBeUndefined();
  }, 60_000);

  test("that grows too long on the way back is still known to be that of the way back", () => {
    const folder = place();
    begin(folder, "one").end("failed", AT);
    const back = begin(folder, "one", { objects: 14_000 });
    for (let one = 0; one < 13_999; one++) tell(back, ...whole(`agent-${one}/process/0`));
    expect(statSync(pathIn(folder)).size).toBeLessThan(LIMIT);
    expect(interrupted(files, folder)).toMatchObject({ phase: "going back", done: 13_999, of: 14_000 });
  }, 60_000);

  test("that is full when an apply begins is none of a way back", () => {
    const folder = place();
    begin(folder, "one").end("failed", AT);
    appendFileSync(pathIn(folder), `${"x".repeat(99)}\n`.repeat(LIMIT / 100));
    begin(folder, "two");
    expect(interrupted(files, folder)).toMatchObject({ apply: "two", phase: "apply" });
  });

  test("that is too long already is read from its end and gets short again", () => {
    const folder = place();
    writeFileSync(pathIn(folder), `${"x".repeat(99)}\n`.repeat(200_000), { mode: 0o600 });
    begin(folder, "one").end("applied", AT);
    begin(folder, "two");
    expect(statSync(pathIn(folder)).size).toBeLessThan(LIMIT);
    expect(interrupted(files, folder)?.apply).toBe("two");
  }, 60_000);

  test("is nobody else's to read, also after it was shortened", () => {
    const folder = place();
    begin(folder, "one");
    expect(statSync(pathIn(folder)).mode & 0o777).toBe(0o600);
    writeFileSync(pathIn(folder), "x".repeat(LIMIT));
    begin(folder, "two");
    expect(statSync(pathIn(folder)).mode & 0o777).toBe(0o600);
  });

  test("says before each step what it is, and nothing of how far it is", () => {
    const folder = place();
    const journal = begin(folder, "one");
    tell(journal, { is: "began", id: "a", step: call("a") });
    const [, line = ""] = readFileSync(pathIn(folder), "utf8").split("\n");
    expect(JSON.parse(line)).toEqual({ apply: "one", at: AT, is: "began", id: "a", step: "make" });
    const size = statSync(pathIn(folder)).size;
    tell(journal, { is: "progress", id: "a", step: call("a"), text: "half of it" });
    expect(statSync(pathIn(folder)).size).toBe(size);
  });
});
