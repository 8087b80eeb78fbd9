import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { keepTimings, readTimings, type Timed } from "../../src/state/timings.ts";
import { files } from "../../src/system/files.ts";

const all = mkdtempSync(join(tmpdir(), "aac-timings-"));
const folder = (): string => mkdtempSync(join(all, "place-"));
afterAll(() => rmSync(all, { recursive: true }));

const fileIn = (home: string): string => join(home, "timings.json");
const took = (id: string, millis: number, does: Timed["does"] = "create"): Timed => ({ id, does, millis });

describe("times of former applies", () => {
  test("are kept by object and by what was done, the last five of each", () => {
    const home = folder();
    expect(readTimings(files, home)).toEqual(new Map());
    for (const millis of [1, 2, 3, 4, 5.4, 6]) keepTimings(files, home, [took("a/process/0", millis)]);
    keepTimings(files, home, [took("a/process/0", 70, "delete"), took("b/config/main", 8, "update")]);
    expect(Object.fromEntries(readTimings(files, home))).toEqual({
      "a/process/0": { create: [2, 3, 4, 5, 6], delete: [70] },
      "b/config/main": { update: [8] },
    });
  });

  test("stand in a file that only its owner can read, and only where there is something to keep", () => {
    const home = folder();
    keepTimings(files, home, []);
    expect(files.stat(fileIn(home))).toBeUndefined();
    keepTimings(files, home, [took("a/process/0", 1)]);
    expect(statSync(fileIn(home)).mode & 0o777).toBe(0o600);
  });

  test("of objects that were not seen for long give way to others", () => {
    const home = folder();
    const ids = (from: number): readonly Timed[] =>
      Array.from({ length: 1500 }, (_, i) => took(`a${from + i}/process/0`, i));
    keepTimings(files, home, ids(0));
    keepTimings(files, home, [took("a0/process/0", 5)]);
    keepTimings(files, home, ids(1500));
    const kept = readTimings(files, home);
    expect(kept.size).toBe(2000);
    expect(kept.get("a0/process/0")).toEqual({ create: [0, 5] });
    expect(kept.has("a1/process/0")).toBe(false);
    expect(statSync(fileIn(home)).size).toBeLessThan(1024 * 1024);
  });

  test("that are broken, another's or a link are as good as none, and are written anew", () => {
    for (const text of ["", "{", "null", "[]", '{"version":2,"objects":[["a/b/c",{"create":[1]}]]}']) {
      const home = folder();
      writeFileSync(fileIn(home), text);
      expect(readTimings(files, home).size).toBe(0);
      keepTimings(files, home, [took("a/process/0", 3)]);
      expect(Object.fromEntries(readTimings(files, home))).toEqual({ "a/process/0": { create: [3] } });
    }
    const home = folder();
    const theirs = join(folder(), "theirs");
    writeFileSync(theirs, '{"version":1,"objects":[["a/b/c",{"create":[1]}]]}');
    symlinkSync(theirs, fileIn(home));
    expect(readTimings(files, home).size).toBe(0);
    keepTimings(files, home, [took("a/process/0", 3)]);
    expect(readTimings(files, home).size).toBe(1);
    expect(readFileSync(theirs, "utf8")).toContain("a/b/c");
  });

  test("are read from whatever stands there without a fault", () => {
    const home = folder();
    const entry = fc.tuple(
      fc.string(),
      fc.dictionary(fc.constantFrom("create", "delete", "x"), fc.jsonValue()),
    );
    const text = fc.oneof(
      fc.json(),
      fc.array(fc.oneof(entry, fc.jsonValue())).map((objects) => JSON.stringify({ version: 1, objects })),
    );
    fc.assert(
      fc.property(text, (written) => {
        writeFileSync(fileIn(home), written);
        for (const times of readTimings(files, home).values())
          for (const list of Object.values(times)) {
            expect(list.length).toBeGreaterThan(0);
            for (const one of list) expect(one).toBeGreaterThanOrEqual(0);
          }
      }),
    );
  });
});
