import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { System } from "../../src/model/system.ts";
import { writeEntry } from "../../src/supervisor/logs/index-file.ts";
import { partPath, placeOf } from "../../src/supervisor/logs/place.ts";
import { readLogs } from "../../src/supervisor/logs/read.ts";
import { system } from "../../src/system/system.ts";

const AT = "2026-01-01T00:00:00.000Z";
const WRITTEN = 400;

/** A log and the smallest steps by which a keeper rotates it, each of which another process may see. */
class Rotated {
  readonly place = placeOf(join(mkdtempSync(join(tmpdir(), "logs-")), "desk", "0"), "stdout");
  readonly root = join(this.place.folder, "..", "..");
  number = 0;
  base = 0;
  partsEnd = 0;
  next: readonly (() => void)[] = [];

  constructor() {
    mkdirSync(this.place.folder, { recursive: true });
    writeFileSync(this.place.live, "");
    for (let count = 0; count < WRITTEN; count++) this.append();
    this.see();
  }

  append(): void {
    appendFileSync(this.place.live, `${this.number} ${"x".repeat(this.number++ % 97)}\n`);
  }

  see(): void {
    const size = readFileSync(this.place.live).length + this.base;
    appendFileSync(this.place.index, writeEntry({ is: "seen", at: AT, size }));
  }

  /** One step on: of what was begun, or of something new. */
  step(how: "append" | "see" | "punch" | "empty", share: number): void {
    const [first, ...rest] = this.next;
    if (first !== undefined) {
      this.next = rest;
      first();
    } else if (how === "append") this.append();
    else if (how === "see") this.see();
    else this.rotate(how, share);
  }

  rotate(how: "punch" | "empty", share: number): void {
    const { live, unfinished, index } = this.place;
    const bytes = readFileSync(live);
    const first = Math.max(this.partsEnd, this.base) - this.base;
    const end = how === "empty" ? bytes.length : first + Math.ceil((bytes.length - first) * share);
    if (end <= first) return;
    const start = first + this.base;
    writeFileSync(unfinished, bytes.subarray(first, end));
    const name = (): void => {
      renameSync(unfinished, partPath(this.place, start));
      this.partsEnd = this.base + end;
    };
    const punch = (): void => {
      // Zeros, as a hole reads.
      const file = openSync(live, "r+");
      writeSync(file, Buffer.alloc(end), 0, end, 0);
      closeSync(file);
    };
    const base = (): void => {
      this.base = this.partsEnd;
      appendFileSync(index, writeEntry({ is: "base", base: this.base, lost: 0, at: AT }));
    };
    this.next = how === "punch" ? [name, punch] : [name, () => truncateSync(live), base];
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const steps = fc.array(
  fc.record({
    /** How many calls of the reader come before it. */
    after: fc.nat(6),
    how: fc.constantFrom("append", "see", "punch", "punch", "empty"),
    share: fc.double({ min: 0.05, max: 1, noNaN: true }),
  }),
  { maxLength: 60 },
);

test("whatever a keeper does between any two calls of a reader, each line is read once", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom<"all" | number>("all", 50, 399), async (steps, tail) => {
      const log = new Rotated();
      const left = [...steps];
      let calls = 0;
      const between = <T>(act: () => T): T => {
        calls++;
        while ((left[0]?.after ?? Infinity) <= calls) {
          const step = left.shift();
          if (step !== undefined) log.step(step.how, step.share);
          calls = 0;
        }
        return act();
      };
      const world: System = {
        ...system,
        files: {
          ...system.files,
          list: (folder) => between(() => system.files.list(folder)),
          // Short reads, so that there are many.
          readAt: (path, offset, length, into) =>
            between(() => system.files.readAt(path, offset, Math.min(length, 1500), into)),
        },
      };
      const numbers: number[] = [];
      try {
        const done = await readLogs(
          world,
          log.root,
          {
            agents: ["desk"],
            follow: false,
            tail,
            streams: ["stdout"],
            previous: false,
            signal: new AbortController().signal,
            line: ({ text }) => numbers.push(Number(/^(\d+) x*$/.exec(text)?.[1] ?? Number.NaN)),
          },
          () => [0],
        );
        expect(done.ok).toBe(true);
        const first = numbers[0] ?? -1;
        expect(numbers).toEqual(numbers.map((_, at) => first + at));
        expect(numbers.at(-1)).toBeGreaterThanOrEqual(WRITTEN - 1);
        if (tail === "all") expect(first).toBe(0);
        else expect(numbers.length).toBe(tail);
      } finally {
        log.remove();
      }
    }),
    { numRuns: Math.min(5000, Number(process.env["FIGURE_ROUNDS"] ?? 150)) },
  );
});
