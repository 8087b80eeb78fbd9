import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { eventsPath, noteEvents, type Noted, readEvents } from "../../src/state/events.ts";
import { files } from "../../src/system/files.ts";

const all = mkdtempSync(join(tmpdir(), "aac-events-"));
const path = (): string => eventsPath(mkdtempSync(join(all, "place-")));
afterAll(() => rmSync(all, { recursive: true }));

const minute = (n: number): string => new Date(Date.UTC(2026, 0, 31, 3, n)).toISOString();
const stopped = (n: number, more: Partial<Noted> = {}): Noted => ({
  at: minute(n),
  agent: "store",
  what: "held",
  why: "stopped",
  by: "ana",
  ...more,
});

describe("what happened in a place", () => {
  test("is read back as it was noted, in that order", () => {
    const file = path();
    expect(readEvents(files, file)).toEqual({ events: [], damaged: 0 });
    const first = [stopped(1), stopped(2, { agent: "", apply: "a1", what: "apply began" })];
    expect(noteEvents(files, file, first)).toEqual({ ok: true, value: undefined });
    noteEvents(files, file, [stopped(3, { replica: 1 })]);
    expect(readEvents(files, file)).toEqual({ events: [...first, stopped(3, { replica: 1 })], damaged: 0 });
  });

  test("is read from a moment on, or only the newest", () => {
    const file = path();
    noteEvents(files, file, [stopped(1), stopped(2), stopped(3)]);
    const at = (read: { readonly events: readonly Noted[] }): readonly string[] =>
      read.events.map((event) => event.at);
    expect(at(readEvents(files, file, { since: minute(2) }))).toEqual([minute(2), minute(3)]);
    expect(at(readEvents(files, file, { limit: 1 }))).toEqual([minute(3)]);
    expect(at(readEvents(files, file, { limit: 0 }))).toEqual([]);
  });

  test("stands in a file that only its owner can read, and only where something happened", () => {
    const file = path();
    noteEvents(files, file, []);
    expect(files.stat(file)).toBeUndefined();
    noteEvents(files, file, [stopped(1)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("is noted where the folder of the place is not there yet", () => {
    const file = join(path(), "..", "new", "events.jsonl");
    expect(noteEvents(files, file, [stopped(1)]).ok).toBe(true);
    expect(readEvents(files, file).events).toEqual([stopped(1)]);
  });

  test("is kept to ten thousand, the newest of them, and the file to four MiB", () => {
    const many = path();
    const events = Array.from({ length: 11_500 }, (_, i) => stopped(i));
    noteEvents(files, many, events.slice(0, 10_900));
    noteEvents(files, many, events.slice(10_900));
    const kept = readEvents(files, many);
    expect(kept.events).toEqual(events.slice(1500));
    expect(readFileSync(many, "utf8").split("\n").length - 1).toBe(10_000);
    const large = path();
    for (let round = 0; round < 5; round++)
      noteEvents(
        files,
        large,
        Array.from({ length: 500 }, (_, i) => stopped(round * 500 + i, { why: "y".repeat(5000) })),
      );
    expect(statSync(large).size).toBeLessThan(4 * 1024 * 1024);
    expect(readEvents(files, large).events.at(-1)?.at).toBe(minute(2499));
    expect(readEvents(files, large).events.length).toBeGreaterThan(1500);
  });

  test("that was written half, or is not ours, is passed over and counted, and swallows nothing", () => {
    const file = path();
    noteEvents(files, file, [stopped(1)]);
    appendFileSync(file, 'null\n[]\n{"at":"yesterday","agent":"a","what":"b"}\n{"at":"2026-01-31T03:0');
    noteEvents(files, file, [stopped(2)]);
    expect(readEvents(files, file)).toEqual({ events: [stopped(1), stopped(2)], damaged: 4 });
  });

  test("fails nobody where it cannot be written: why not comes back", () => {
    const place = mkdtempSync(join(all, "place-"));
    writeFileSync(join(place, "theirs"), "precious");
    symlinkSync(join(place, "theirs"), join(place, "link"));
    const linked = noteEvents(files, join(place, "link"), [stopped(1)]);
    expect(linked.ok ? "" : linked.error).not.toBe("");
    expect(readFileSync(join(place, "theirs"), "utf8")).toBe("precious");
    expect(readEvents(files, join(place, "link"))).toEqual({ events: [], damaged: 0, why: "it is a link" });
    expect(noteEvents(files, join(place, "theirs", "events.jsonl"), [stopped(1)]).ok).toBe(false);
    const full = {
      ...files,
      append: () => {
        throw new Error("ENOSPC: no space left on device");
      },
    };
    expect(noteEvents(full, eventsPath(place), [stopped(1)])).toEqual({
      ok: false,
      error: "ENOSPC: no space left on device",
    });
  });

  test("comes back the same whatever words are in it", () => {
    const seed = Number(process.env["AAC_TEST_SEED"] ?? 7);
    const words = fc.string({ unit: "binary", maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ agent: words, what: words, why: words, by: words, n: fc.nat(500) }), {
          maxLength: 20,
        }),
        (list) => {
          const file = path();
          const events = list.map(({ n, ...event }): Noted => ({ at: minute(n), ...event }));
          noteEvents(files, file, events);
          expect(readEvents(files, file)).toEqual({ events, damaged: 0 });
        },
      ),
      { seed, numRuns: 50 },
    );
  });
});
