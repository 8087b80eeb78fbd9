import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogLine, LogRequest } from "../../src/model/operates.ts";
import { type IndexEntry, writeEntry } from "../../src/supervisor/logs/index-file.ts";
import { readLogs } from "../../src/supervisor/logs/read.ts";
import { system } from "../../src/system/system.ts";
import { until } from "../helpers/until.ts";

const reader = new URL("./logs-reader.ts", import.meta.url).pathname;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "logs-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const second = (number: number): string => new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();

/** Writes one stream as agent and supervisor would have: each text at its second, `run` before it where it says so. */
function write(
  agent: string,
  stream: "stdout" | "stderr",
  texts: readonly (readonly [number, string, "run"?])[],
  replica = 0,
): string {
  const folder = join(root, agent, String(replica));
  mkdirSync(folder, { recursive: true });
  const live = join(folder, `${stream}.log`);
  const index: IndexEntry[] = [];
  let size = 0;
  for (const [number, text, run] of texts) {
    if (run !== undefined) index.push({ is: "run", run: `r${number}`, at: second(number), size });
    size += Buffer.byteLength(text);
    index.push({ is: "seen", at: second(number), size });
  }
  writeFileSync(live, texts.map(([, text]) => text).join(""));
  writeFileSync(`${live}.index`, index.map(writeEntry).join(""));
  return live;
}

type Asked = Partial<Omit<LogRequest, "line" | "signal">>;

async function read(asked: Asked = {}, replicas: readonly number[] = [0]): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  const done = await readLogs(
    system,
    root,
    {
      agents: [],
      follow: false,
      tail: "all",
      streams: ["stdout", "stderr"],
      previous: false,
      ...asked,
      signal: new AbortController().signal,
      line: (line) => lines.push(line),
    },
    () => replicas,
  );
  expect(done).toEqual({ ok: true, value: undefined });
  return lines;
}

const texts = async (asked: Asked = {}, replicas: readonly number[] = [0]): Promise<readonly string[]> =>
  (await read(asked, replicas)).map(({ text }) => text);

/** Follows until enough lines came, while `act` is done to the files. */
async function following(
  asked: Asked,
  act: (lines: readonly LogLine[]) => Promise<void>,
): Promise<readonly LogLine[]> {
  const stop = new AbortController();
  const lines: LogLine[] = [];
  const request: LogRequest = {
    agents: [],
    follow: true,
    tail: "all",
    streams: ["stdout", "stderr"],
    previous: false,
    ...asked,
    signal: stop.signal,
    line: (line) => lines.push(line),
  };
  const done = readLogs(system, root, request, () => [0]);
  try {
    await act(lines);
  } finally {
    stop.abort();
  }
  expect(await done).toEqual({ ok: true, value: undefined });
  return lines;
}

describe("lines", () => {
  test("come in the order of their times, over agents, replicas and streams", async () => {
    write("b", "stdout", [
      [1, "b1\n"],
      [4, "b4\n"],
    ]);
    write("a", "stdout", [
      [2, "a2\n"],
      [4, "a4\n"],
    ]);
    write("a", "stderr", [
      [1, "e1\n"],
      [3, "e3\n"],
    ]);
    write("a", "stdout", [[3, "second replica\n"]], 1);
    const lines = await read({}, [1, 0]);
    expect(lines.map(({ text }) => text)).toEqual(["e1", "b1", "a2", "e3", "second replica", "a4", "b4"]);
    expect(lines[3]).toEqual({
      agent: "a",
      replica: 0,
      stream: "stderr",
      at: second(3),
      text: "e3",
      partial: false,
    });
  });

  test("of one stream never change places, though the clock was set back", async () => {
    write("a", "stdout", [
      [9, "first\n"],
      [2, "second\n"],
    ]);
    write("b", "stdout", [[5, "other\n"]]);
    expect(await texts()).toEqual(["other", "first", "second"]);
  });

  test("of one agent and one stream can be asked for", async () => {
    write("a", "stdout", [[1, "out\n"]]);
    write("a", "stderr", [[2, "err\n"]]);
    write("b", "stderr", [[3, "other\n"]]);
    expect(await texts({ agents: ["a"] })).toEqual(["out", "err"]);
    expect(await texts({ streams: ["stderr"] })).toEqual(["err", "other"]);
  });

  test("have the time at which somebody looked next, else that of the file", async () => {
    const live = write("a", "stdout", [[1, "one\ntwo\n"]]);
    appendFileSync(live, "three\nfour");
    utimesSync(live, Date.parse(second(7)) / 1000, Date.parse(second(7)) / 1000);
    expect((await read()).map(({ text, at }) => [text, at])).toEqual([
      ["one", second(1)],
      ["two", second(1)],
      ["three", second(7)],
      ["four", second(7)],
    ]);
  });

  test("pass raw, whatever they hold, and what is no UTF-8 becomes U+FFFD", async () => {
    const folder = join(root, "a", "0");
    mkdirSync(folder, { recursive: true });
    const hostile = "\ufeff\u001b[31m\u001b]52;c;aGk=\u0007 \r back\b \u0000 \u009b <script>";
    writeFileSync(
      join(folder, "stdout.log"),
      Buffer.concat([Buffer.from(`${hostile}\n\n`), Buffer.from([0x61, 0xff, 0xc3, 0x0a])]),
    );
    expect(await texts()).toEqual([hostile, "", "a\ufffd\ufffd"]);
  });

  test("of more than 64 KiB are split where no character is, and marked", async () => {
    const long = `${"x".repeat(65_535)}${"é".repeat(10)}`;
    write("a", "stdout", [[1, `${long}\n${"y".repeat(65_536)}\nz\n`]]);
    const lines = await read();
    expect(lines.map(({ text, partial }) => [text.length, partial])).toEqual([
      [65_535, true],
      [10, false],
      [65_536, false],
      [1, false],
    ]);
    expect(`${lines[0]?.text}${lines[1]?.text}`).toBe(long);
  });

  test("that a run could not end are not continued by the next one", async () => {
    write("a", "stdout", [
      [1, "half", "run"],
      [2, "whole\n", "run"],
    ]);
    expect(await texts()).toEqual(["half", "whole"]);
  });
});

describe("what is asked for", () => {
  test("a tail counts over both streams, and for each agent on its own", async () => {
    write("a", "stdout", [
      [1, "a1\n"],
      [3, "a3\n"],
      [5, "a5\n"],
    ]);
    write("a", "stderr", [
      [2, "a2\n"],
      [4, "a4"],
    ]);
    write("b", "stdout", [[1, "b1\nb1\nb1\n"]]);
    expect(await texts({ tail: 2 })).toEqual(["b1", "b1", "a4", "a5"]);
    expect(await texts({ tail: 3, agents: ["a"] })).toEqual(["a3", "a4", "a5"]);
    expect(await texts({ tail: 0 })).toEqual([]);
    expect(await texts({ tail: 100, agents: ["a"] })).toEqual(["a1", "a2", "a3", "a4", "a5"]);
  });

  test("a tail of any length is the end of all lines", async () => {
    write(
      "a",
      "stdout",
      Array.from(
        { length: 300 },
        (_, number) => [number, `${number} ${"x".repeat((number * 37) % 900)}\n`] as const,
      ),
    );
    const all = await texts();
    expect(all.length).toBe(300);
    for (let tail = 0; tail <= 310; tail += 7)
      expect(await texts({ tail })).toEqual(tail === 0 ? [] : all.slice(-tail));
  });

  test("since gives lines of that time and later, whole", async () => {
    write("a", "stdout", [
      [1, "one\nbegun "],
      [2, "later\n"],
      [3, "three\n"],
    ]);
    expect(await texts({ since: "2026-01-01T00:00:02Z" })).toEqual(["begun later", "three"]);
    expect(await texts({ since: "2026-01-01T01:00:02.001+01:00" })).toEqual(["three"]);
    expect(await texts({ since: second(2), tail: 1 })).toEqual(["three"]);
    expect(await texts({ since: "2099-01-01T00:00:00Z" })).toEqual([]);
  });

  test("previous gives the run before the newest, and nothing where there was none", async () => {
    write("a", "stdout", [
      [1, "first\n", "run"],
      [2, "second\nits end", "run"],
      [3, "third\n", "run"],
    ]);
    write("b", "stdout", [[1, "only\n", "run"]]);
    expect(await texts({ previous: true })).toEqual(["second", "its end"]);
    expect(await texts({ previous: true, follow: true, tail: 1 })).toEqual(["its end"]);
  });
});

describe("following", () => {
  test("goes on after what is written, also for agents that come later", async () => {
    const live = write("a", "stdout", [[1, "one\ntwo\n"]]);
    const lines = await following({ tail: 1 }, async (lines) => {
      await until("what is written is told", () => lines.length === 1);
      appendFileSync(live, "three\n");
      await until("a new line is told", () => lines.length === 2);
      write("b", "stdout", [[1, "hello\n"]]);
      await until("a new agent is heard", () => lines.length === 3);
    });
    expect(lines.map(({ text }) => text)).toEqual(["two", "three", "hello"]);
  });

  test("tells a line without its end once it has been still, and its end then is no line", async () => {
    const live = write("a", "stdout", [[1, "Password: "]]);
    const lines = await following({}, async (lines) => {
      await until("the question is told", () => lines.length === 1);
      appendFileSync(live, "\n");
      appendFileSync(live, "thanks\n");
      await until("the answer is told", () => lines.length === 2);
    });
    expect(lines.map(({ text }) => text)).toEqual(["Password: ", "thanks"]);
  });

  test("ends at once when the signal came before", async () => {
    write("a", "stdout", [[1, "one\n"]]);
    const signal = AbortSignal.abort();
    const lines: string[] = [];
    const request = { agents: [], follow: true, tail: "all", streams: ["stdout"], previous: false } as const;
    const line = ({ text }: LogLine): void => void lines.push(text);
    await readLogs(system, root, { ...request, signal, line }, () => [0]);
    expect(lines).toEqual([]);
  });
});

describe("a planted", () => {
  const fault = async (name: string): Promise<unknown> => {
    const lines: LogLine[] = [];
    const done = await readLogs(
      system,
      root,
      {
        agents: ["a"],
        follow: false,
        tail: 10,
        streams: ["stdout"],
        previous: false,
        signal: new AbortController().signal,
        line: (line) => lines.push(line),
      },
      () => [0],
    );
    expect(lines).toEqual([]);
    if (done.ok) throw new Error(`${name} was read`);
    expect(done.error.path).toBe(join(root, "a", "0", name));
    return done.error.why;
  };

  test("link, pipe, folder or second name at a log's path is refused", async () => {
    const folder = join(root, "a", "0");
    const live = join(folder, "stdout.log");
    const secret = join(root, "secret");
    writeFileSync(secret, "secret\n");
    mkdirSync(folder, { recursive: true });
    const planted: readonly (readonly [(path: string) => void, string])[] = [
      [(path) => symlinkSync(secret, path), "it is a link"],
      [(path) => linkSync(secret, path), "it has another name elsewhere (a hard link)"],
      [(path) => void spawnSync("mkfifo", [path]), "it is no file"],
      [(path) => mkdirSync(path), "it is no file"],
    ];
    for (const [plant, why] of planted)
      for (const name of ["stdout.log", "stdout.log.index"]) {
        writeFileSync(live, "line\n");
        rmSync(join(folder, name), { force: true });
        plant(join(folder, name));
        expect(await fault(name)).toBe(why);
        rmSync(join(folder, name), { recursive: true });
      }
  });

  test("link at a part's path is refused", async () => {
    write("a", "stdout", [[1, "line\n"]]);
    const name = "stdout.log.000000000000000";
    symlinkSync("/etc/hostname", join(root, "a", "0", name));
    expect(await fault(name)).toBe("it is a link");
  });
});

test.each(["all", "100"])("a stream of 50 MB without a line is read in flat memory (tail %s)", (tail) => {
  const live = write("a", "stdout", [[1, ""]]);
  for (let count = 0; count < 50; count++) appendFileSync(live, Buffer.alloc(1_000_000, "x"));
  const ran = spawnSync(process.execPath, [reader, root, tail], { encoding: "utf8" });
  expect(ran.stderr).toBe("");
  const { characters, lines, longest, grown } = JSON.parse(ran.stdout) as Record<string, number>;
  expect({ characters, lines, longest }).toEqual(
    tail === "all"
      ? { characters: 50_000_000, lines: 763, longest: 65_536 }
      : { characters: 99 * 65_536 + 50_000_000 - 762 * 65_536, lines: 100, longest: 65_536 },
  );
  expect(grown).toBeLessThan(50);
});
