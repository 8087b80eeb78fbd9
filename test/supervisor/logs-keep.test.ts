import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogFault } from "../../src/model/logs.ts";
import type { LogLine, LogRequest } from "../../src/model/operates.ts";
import type { System } from "../../src/model/system.ts";
import { extend, NO_TIMELINE, readEntries, type Timeline } from "../../src/supervisor/logs/index-file.ts";
import { keepLogs } from "../../src/supervisor/logs/keep.ts";
import { readLogs } from "../../src/supervisor/logs/read.ts";
import { system } from "../../src/system/system.ts";
import { until } from "../helpers/until.ts";

const program = (name: string): string => new URL(name, import.meta.url).pathname;
const writer = program("./logs-writer.ts");
const keeper = program("./logs-keeper.ts");
/** A short form by default. */
const LINES = Math.max(20_000, Number(process.env["FIGURE_ROUNDS"] ?? 0));
const MANY = 100_000;
const DEADLINE = 120_000;

let root: string;
let live: string;
let children: ChildProcess[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "logs-"));
  mkdirSync(join(root, "desk", "0"), { recursive: true });
  live = join(root, "desk", "0", "stdout.log");
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

function start(
  path: string,
  ...args: readonly (string | number)[]
): { readonly ended: Promise<void>; kill(): void } {
  const child = spawn(process.execPath, [path, ...args.map(String)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  children.push(child);
  return {
    ended: new Promise((resolve) => child.on("exit", () => resolve())),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Reads lines as they come; the promise ends when the signal is given. */
function reading(follow: boolean, signal: AbortSignal, line: (line: LogLine) => void): Promise<unknown> {
  const request: LogRequest = {
    agents: ["desk"],
    follow,
    tail: "all",
    streams: ["stdout", "stderr"],
    previous: false,
    signal,
    line,
  };
  return readLogs(system, root, request, () => [0]);
}

async function readAll(): Promise<readonly string[]> {
  const lines: string[] = [];
  await reading(false, new AbortController().signal, ({ text }) => lines.push(text));
  return lines;
}

/** What does not come one after the other, each once. Empty is well; else the first few, with what was expected. */
function gaps(lines: readonly string[], total: number): readonly string[] {
  const faults: string[] = [];
  for (let number = 0; number < Math.max(total, lines.length) && faults.length < 5; number++) {
    const wanted = `${number} ${"x".repeat(number % 97)}`;
    if (lines[number] !== wanted) faults.push(`line ${number}: ${lines[number] ?? "none"}`);
  }
  return faults;
}

const partsOf = (): readonly string[] =>
  readdirSync(join(root, "desk", "0")).filter((name) => /^stdout\.log\.\d+$/.test(name));

function timeline(): Timeline {
  return extend(NO_TIMELINE, readEntries(readFileSync(`${live}.index`, "utf8")));
}

/** Where the live file begins, by its parts. */
function partsEnd(): number {
  const last = partsOf().at(-1);
  return last === undefined ? 0 : Number(last.slice(-15)) + statSync(join(root, "desk", "0", last)).size;
}

describe("rotation under a writer at full speed", () => {
  test("gives each line once, to a follower and to who reads afterwards", { timeout: DEADLINE }, async () => {
    const maxBytes = 65_536;
    // In a process of its own, so that it cuts in between any two steps of a reader.
    start(keeper, root, maxBytes, MANY);
    const stop = new AbortController();
    const followed: string[] = [];
    const follower = reading(true, stop.signal, ({ text }) => followed.push(text));
    await start(writer, live, LINES).ended;
    await until("all is followed", () => followed.length >= LINES, DEADLINE);
    await until("all is rotated", () => statSync(live).size - partsEnd() <= maxBytes, DEADLINE);
    stop.abort();
    await follower;
    expect(gaps(followed, LINES)).toEqual([]);
    expect(gaps(await readAll(), LINES)).toEqual([]);
    expect(partsOf().length).toBeGreaterThan(10);
    expect(
      Math.max(...partsOf().map((name) => statSync(join(root, "desk", "0", name)).size)),
    ).toBeLessThanOrEqual(maxBytes);
  });

  test("survives a keeper that is killed at any instant", { timeout: DEADLINE }, async () => {
    const maxBytes = 16_384;
    let seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
    const first = seed;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    const stop = new AbortController();
    const followed: string[] = [];
    const follower = reading(true, stop.signal, ({ text }) => followed.push(text));
    const lines = Math.min(LINES, 20_000);
    const agent = start(writer, live, lines, 100);
    const writing = { over: false };
    void agent.ended.then(() => (writing.over = true));
    let kills = 0;
    for (; !writing.over || statSync(live).size - partsEnd() > maxBytes; kills++) {
      const mortal = start(keeper, root, maxBytes, MANY, 40 + random(400));
      let killed = false;
      void mortal.ended.then(() => (killed = true));
      await until(
        "the keeper is killed or has nothing left to do",
        () => killed || (writing.over && statSync(live).size - partsEnd() <= maxBytes),
        DEADLINE,
      );
      mortal.kill();
      await mortal.ended;
    }
    await until(`all is followed (SEED=${first})`, () => followed.length >= lines, DEADLINE);
    stop.abort();
    await follower;
    expect({ seed: first, gaps: gaps(followed, lines) }).toEqual({ seed: first, gaps: [] });
    expect({ seed: first, gaps: gaps(await readAll(), lines) }).toEqual({ seed: first, gaps: [] });
    expect(kills).toBeGreaterThan(3);
    expect(partsOf().length).toBeGreaterThan(10);
  });

  test("keeps as many files as it may, and gives the blocks back", { timeout: DEADLINE }, async () => {
    const limits = { maxBytes: 65_536, maxFiles: 3 };
    start(keeper, root, limits.maxBytes, limits.maxFiles);
    await start(writer, live, LINES).ended;
    await until("the live file is small", () => statSync(live).blocks * 512 < 2 * limits.maxBytes, DEADLINE);
    await until("all is rotated", () => statSync(live).size - partsEnd() <= limits.maxBytes, DEADLINE);
    expect(partsOf().length).toBe(2);
    const lines = await readAll();
    expect(lines.at(-1)).toBe(`${LINES - 1} ${"x".repeat((LINES - 1) % 97)}`);
    const from = Number(lines[0]?.split(" ")[0]);
    expect(from).toBeGreaterThan(0);
    expect(
      gaps([...Array.from({ length: from }, (_, at) => `${at} ${"x".repeat(at % 97)}`), ...lines], LINES),
    ).toEqual([]);
  });

  test.each([1, 2])(
    "never reads a hole where few files are kept (%i)",
    { timeout: DEADLINE },
    async (maxFiles) => {
      start(keeper, root, 16_384, maxFiles);
      const stop = new AbortController();
      const followed: string[] = [];
      const follower = reading(true, stop.signal, ({ text }) => followed.push(text));
      await start(writer, live, LINES, 50).ended;
      const last = `${LINES - 1} ${"x".repeat((LINES - 1) % 97)}`;
      await until("the last line is followed", () => followed.at(-1) === last, DEADLINE);
      stop.abort();
      await follower;
      const numbers = followed.map((text) => Number(/^(\d+) x*$/.exec(text)?.[1] ?? Number.NaN));
      expect(numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))).toBe(true);
      expect(partsOf().length).toBeLessThanOrEqual(1);
    },
  );
});

describe("where no hole can be made", () => {
  /** A machine without the program for it. */
  const plain: System = {
    ...system,
    files: {
      ...system.files,
      kind: (path) => (path.endsWith("/fallocate") ? "absent" : system.files.kind(path)),
    },
  };

  test("the file is emptied, and nothing is doubled", { timeout: DEADLINE }, async () => {
    const maxBytes = 65_536;
    const keep = keepLogs(plain, root);
    keep.watch("desk", 0, { maxBytes, maxFiles: MANY });
    const stop = new AbortController();
    const followed: string[] = [];
    const follower = reading(true, stop.signal, ({ text }) => followed.push(text));
    await start(writer, live, LINES, 50).ended;
    const last = `${LINES - 1} ${"x".repeat((LINES - 1) % 97)}`;
    await until("the last line is followed", () => followed.at(-1) === last, DEADLINE);
    await until("the file is small", () => statSync(live).size <= maxBytes, DEADLINE);
    stop.abort();
    await follower;
    keep.close();
    const afterwards = await readAll();
    for (const lines of [followed, afterwards]) {
      const numbers = lines.map((text) => Number(/^(\d+) x*$/.exec(text)?.[1] ?? Number.NaN));
      expect(numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))).toBe(true);
    }
    expect(timeline().base).toBeGreaterThan(0);
    expect(partsOf().length).toBeGreaterThan(5);
  });

  test("what came between copy and emptying is counted, and later lines are read", async () => {
    let total = 0;
    const say = (text: string): void => {
      appendFileSync(live, text);
      total += text.length;
    };
    const busy: System = {
      ...plain,
      files: {
        ...plain.files,
        append(path, bytes) {
          plain.files.append(path, bytes);
          // An agent that is as fast as the copy.
          if (path.endsWith(".part")) say("meanwhile\n");
        },
      },
    };
    const keep = keepLogs(busy, root);
    for (let number = 0; number < 300; number++) say(`${number} ${"x".repeat(40)}\n`);
    keep.watch("desk", 0, { maxBytes: 8192, maxFiles: MANY });
    await until("the file is emptied", () => statSync(live).size === 0);
    say("after\n");
    await until("the line is indexed", () => timeline().seen.at(-1)?.size === total);
    keep.close();
    const lines = await readAll();
    expect(lines.slice(0, 300).map((text) => Number(text.split(" ")[0]))).toEqual([...Array(300).keys()]);
    expect(lines.at(-1)).toBe("after");
    const { lost, base } = timeline();
    expect(lost).toBeGreaterThan(0);
    expect(lines.reduce((sum, text) => sum + text.length + 1, 0) + lost).toBe(total);
    expect(base).toBe(total - "after\n".length);
  });

  test("a file system that refuses holes is one without them", async () => {
    const refusing: System = {
      ...system,
      processes: {
        ...system.processes,
        run: () => Promise.resolve({ is: "ended", code: 1, output: "fallocate: Operation not supported" }),
      },
    };
    const keep = keepLogs(refusing, root);
    for (let number = 0; number < 300; number++)
      appendFileSync(live, `${number} ${"x".repeat(number % 97)}\n`);
    keep.watch("desk", 0, { maxBytes: 4096, maxFiles: MANY });
    await until("the file is emptied", () => statSync(live).size === 0);
    keep.close();
    expect(gaps(await readAll(), 300)).toEqual([]);
    expect(timeline().lost).toBe(0);
  });
});

describe("a keeper", () => {
  test("writes down when the log grew and when a run began", async () => {
    const keep = keepLogs(system, root);
    keep.watch("desk", 0, { maxBytes: 1_000_000, maxFiles: 2 });
    keep.started("desk", 0, "r1");
    appendFileSync(live, "one\nhalf");
    await until("it is seen", () => timeline().seen.at(-1)?.size === 8);
    keep.started("desk", 0, "r2");
    appendFileSync(live, "two\n");
    keep.forget("desk", 0);
    expect(timeline().runs).toEqual([
      { size: 0, run: "r1" },
      { size: 8, run: "r2" },
    ]);
    expect(timeline().seen.at(-1)?.size).toBe(12);
    appendFileSync(live, "nobody looks\n");
    keep.close();
    expect(timeline().seen.at(-1)?.size).toBe(12);
    expect(await readAll()).toEqual(["one", "half", "two", "nobody looks"]);
  });

  test("goes on where an earlier one ended, over a torn line of its index", async () => {
    writeFileSync(live, "one\n");
    const first = keepLogs(system, root);
    first.watch("desk", 0, { maxBytes: 1_000_000, maxFiles: 2 });
    first.close();
    appendFileSync(`${live}.index`, '{"at":"2026-');
    appendFileSync(live, "two\n");
    const next = keepLogs(system, root);
    next.watch("desk", 0, { maxBytes: 1_000_000, maxFiles: 2 });
    next.close();
    expect(timeline().seen.map(({ size }) => size)).toEqual([4, 8]);
  });

  test("makes the hole that a killed one left unmade, and doubles nothing", async () => {
    const text = Array.from({ length: 3000 }, (_, number) => `${number} ${"x".repeat(number % 97)}\n`).join(
      "",
    );
    const cut = text.lastIndexOf("\n", 120_000) + 1;
    writeFileSync(live, text);
    writeFileSync(`${live}.000000000000000`, text.slice(0, cut));
    expect(statSync(live).blocks * 512).toBeGreaterThan(120_000);
    expect(gaps(await readAll(), 3000)).toEqual([]);
    const keep = keepLogs(system, root);
    keep.watch("desk", 0, { maxBytes: 1_000_000, maxFiles: 5 });
    await until("the blocks are given back", () => statSync(live).blocks * 512 < text.length - 100_000);
    keep.close();
    expect(gaps(await readAll(), 3000)).toEqual([]);
  });

  test("that may keep one file only leaves what the live file holds, and no hole is read", async () => {
    const limits = { maxBytes: 20_000, maxFiles: 5 };
    for (let number = 0; number < 1000; number++)
      appendFileSync(live, `${number} ${"x".repeat(number % 97)}\n`);
    const keep = keepLogs(system, root);
    keep.watch("desk", 0, limits);
    await until("all is rotated", () => statSync(live).size - partsEnd() <= limits.maxBytes);
    await until("the blocks are given back", () => statSync(live).blocks * 512 <= 28_672);
    expect(gaps(await readAll(), 1000)).toEqual([]);
    const rest = statSync(live).size - partsEnd();
    keep.watch("desk", 0, { ...limits, maxFiles: 1 });
    keep.close();
    const lines = await readAll();
    expect(lines.reduce((sum, text) => sum + text.length + 1, 0)).toBe(rest);
    expect(lines.at(-1)).toBe(`999 ${"x".repeat(999 % 97)}`);
    expect(lines.filter((text) => !/^\d+ x*$/.test(text))).toEqual([]);
  });

  test("goes on with offsets when somebody empties the file", async () => {
    const keep = keepLogs(system, root);
    appendFileSync(live, "one\ntwo\n");
    keep.watch("desk", 0, { maxBytes: 1_000_000, maxFiles: 2 });
    truncateSync(live);
    keep.started("desk", 0, "r2");
    appendFileSync(live, "three\n");
    keep.close();
    expect(timeline()).toMatchObject({ base: 8, runs: [{ size: 8 }] });
    expect(await readAll()).toEqual(["three"]);
  });

  test("keeps its index short, and what it says of the newest lines exact", async () => {
    writeFileSync(live, "x\n".repeat(9000));
    const entries = Array.from({ length: 9000 }, (_, number) => {
      const at = new Date(Date.UTC(2026, 0, 1) + number * 100).toISOString();
      return `${JSON.stringify({ at, size: (number + 1) * 2 })}\n`;
    });
    writeFileSync(`${live}.index`, entries.join(""));
    const keep = keepLogs(system, root);
    keep.watch("desk", 0, { maxBytes: 1_000_000, maxFiles: 2 });
    appendFileSync(live, "last\n");
    keep.close();
    expect(statSync(`${live}.index`).size).toBeLessThan(262_144);
    expect(readFileSync(`${live}.index`, "utf8")).toContain(entries.slice(-100).join(""));
    expect(timeline().seen.at(-1)?.size).toBe(18_005);
  });

  test("leaves a planted file alone, and says so once", async () => {
    const other = join(root, "other");
    writeFileSync(other, "not a log\n".repeat(1000));
    for (const plant of [symlinkSync, linkSync])
      for (const path of [live, `${live}.index`]) {
        const faults: LogFault[] = [];
        plant(other, path);
        const keep = keepLogs(system, root, (fault) => faults.push(fault));
        keep.watch("desk", 0, { maxBytes: 100, maxFiles: 2 });
        keep.started("desk", 0, "r1");
        keep.close();
        expect(faults.map((fault) => fault.path)).toEqual([path]);
        expect(readFileSync(other, "utf8")).toBe("not a log\n".repeat(1000));
        expect(partsOf()).toEqual([]);
        rmSync(path);
      }
  });

  test("leaves no timer and no rotation after its end", async () => {
    const timers = new Set<number>();
    let last = 0;
    const counted: System = {
      ...system,
      clock: {
        ...system.clock,
        after(millis, run) {
          const number = ++last;
          timers.add(number);
          const cancel = system.clock.after(millis, () => {
            timers.delete(number);
            run();
          });
          return () => {
            timers.delete(number);
            cancel();
          };
        },
      },
    };
    writeFileSync(live, "line\n".repeat(200_000));
    const keep = keepLogs(counted, root);
    keep.watch("desk", 0, { maxBytes: 300_000, maxFiles: 9 });
    expect(timers.size).toBeGreaterThan(0);
    keep.close();
    expect(timers.size).toBe(0);
    keep.watch("desk", 0, { maxBytes: 300_000, maxFiles: 9 });
    expect(timers.size).toBe(0);
    expect((await readAll()).length).toBe(200_000);
  });
});
