import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  extend,
  type IndexEntry,
  NO_TIMELINE,
  nextRun,
  offsetSince,
  previousRun,
  readEntries,
  thin,
  timeAt,
  writeEntry,
} from "../../src/supervisor/logs/index-file.ts";
import { partPath, partStart, placeOf } from "../../src/supervisor/logs/place.ts";

const second = (number: number): string => new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();
const seen = (number: number, size: number): IndexEntry => ({ is: "seen", at: second(number), size });
const run = (number: number, size: number): IndexEntry => ({
  is: "run",
  run: `r${number}`,
  at: second(number),
  size,
});

/** Indexes as they come to be: times and sizes rise. */
const indexes = fc
  .array(
    fc.record({
      by: fc.nat(500),
      kind: fc.constantFrom("seen", "seen", "seen", "run", "base"),
      lost: fc.nat(9),
    }),
    { maxLength: 300 },
  )
  .map((steps) => {
    let size = 0;
    return steps.map(({ by, kind, lost }, number): IndexEntry => {
      size += by;
      if (kind === "base") return { is: "base", base: size, lost, at: second(number) };
      return kind === "run" ? run(number, size) : seen(number, size);
    });
  });

describe("an index", () => {
  test("is read back as it was written", () => {
    fc.assert(
      fc.property(indexes, (entries) => {
        expect(readEntries(entries.map(writeEntry).join(""))).toEqual(entries);
      }),
    );
  });

  test("has one line an entry, in the published form", () => {
    expect([seen(1, 10), run(2, 20)].map(writeEntry)).toEqual([
      '{"at":"2026-01-01T00:00:01.000Z","size":10}\n',
      '{"run":"r2","at":"2026-01-01T00:00:02.000Z","size":20}\n',
    ]);
    expect(writeEntry({ is: "base", base: 30, lost: 4, at: second(3) })).toBe(
      '{"base":30,"lost":4,"at":"2026-01-01T00:00:03.000Z"}\n',
    );
  });

  test("loses only the lines that are torn or foreign", () => {
    const whole = writeEntry(seen(1, 10));
    for (const bad of [
      "",
      "{",
      "null",
      "7",
      '"x"',
      '{"at":"now","size":1}',
      '{"at":1,"size":1}',
      whole.slice(0, -5),
    ])
      expect(readEntries(`${bad}\n${whole}`)).toEqual([seen(1, 10)]);
    for (const size of ["-1", "1.5", "1e300", '"1"', "null"])
      expect(readEntries(`{"at":"${second(1)}","size":${size}}\n`)).toEqual([]);
  });

  test("gives an offset the time at which somebody first saw that it was there", () => {
    const timeline = extend(NO_TIMELINE, [seen(1, 10), run(2, 10), seen(3, 25)]);
    expect([1, 10, 11, 25, 26].map((offset) => timeAt(timeline, offset))).toEqual([
      second(1),
      second(1),
      second(3),
      second(3),
      undefined,
    ]);
  });

  test("knows where a run begins, and which was the one before the newest", () => {
    const timeline = extend(NO_TIMELINE, [run(1, 0), seen(2, 10), run(3, 10), seen(4, 30), run(5, 30)]);
    expect([0, 9, 10, 29, 30].map((offset) => nextRun(timeline, offset))).toEqual([
      10,
      10,
      30,
      30,
      undefined,
    ]);
    expect(previousRun(timeline)).toEqual({ from: 10, to: 30 });
    expect(previousRun(extend(NO_TIMELINE, [run(1, 0)]))).toBeUndefined();
  });

  test("finds from where on lines may be young enough", () => {
    const timeline = extend(NO_TIMELINE, [seen(1, 10), seen(3, 30), seen(5, 50)]);
    expect([0, 1, 2, 3, 4, 5, 6].map((number) => offsetSince(timeline, second(number)))).toEqual([
      0, 0, 10, 10, 30, 30, 50,
    ]);
    expect(offsetSince(NO_TIMELINE, second(1))).toBe(0);
  });

  test("read in pieces is the same as read at once", () => {
    fc.assert(
      fc.property(indexes, fc.nat(300), (entries, at) => {
        const once = extend(NO_TIMELINE, entries);
        expect(extend(extend(NO_TIMELINE, entries.slice(0, at)), entries.slice(at))).toEqual(once);
      }),
    );
  });

  test("made short keeps its base, what was lost and its last runs, and no line gets a time before its own", () => {
    fc.assert(
      fc.property(indexes, fc.nat(20_000), fc.integer({ min: 300, max: 6000 }), (entries, oldest, most) => {
        const before = extend(NO_TIMELINE, entries);
        const after = extend(NO_TIMELINE, readEntries(thin(entries, oldest, most)));
        expect([after.base, after.lost]).toEqual([before.base, before.lost]);
        expect(previousRun(after)).toEqual(previousRun(before));
        for (const { size } of before.seen.filter(({ size }) => size > oldest)) {
          const then = timeAt(before, size) ?? "";
          expect((timeAt(after, size) ?? "9") >= then).toBe(true);
        }
      }),
    );
  });

  test("made short stays as exact as it was where it is new", () => {
    const entries = Array.from({ length: 5000 }, (_, number) => seen(number, number + 1));
    const text = thin(entries, 0, 50_000);
    expect(text.length).toBeLessThanOrEqual(50_000);
    expect(readEntries(text).slice(-100)).toEqual(entries.slice(-100));
  });
});

test("a part is named for its first offset, and nothing else is taken for a part", () => {
  const place = placeOf("/logs/desk/0", "stdout");
  expect(partPath(place, 1234)).toBe("/logs/desk/0/stdout.log.000000000001234");
  expect(partStart("stdout", "stdout.log.000000000001234")).toBe(1234);
  for (const name of ["stdout.log", "stdout.log.index", "stdout.log.12", "stderr.log.000000000001234"])
    expect(partStart("stdout", name)).toBeUndefined();
});
