import { describe, expect, test } from "vitest";
import { demultiplexer } from "../../../targets/docker/logs/demultiplex.ts";
import { type Printed, stampOf } from "../../../targets/docker/logs/lines.ts";
import { chances, seed } from "../../helpers/figure.ts";

const encoder = new TextEncoder();
const T1 = "2026-01-31T09:00:00.000000001Z";
const T2 = "2026-01-31T09:00:00.000000002Z";
const T3 = "2026-01-31T09:00:01.500000000Z";

/** A message as an engine frames it: which stream, how long, then what it is. */
function frame(kind: number, payload: string | Uint8Array): Uint8Array {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const framed = new Uint8Array(8 + bytes.length);
  framed[0] = kind;
  new DataView(framed.buffer).setUint32(4, bytes.length);
  framed.set(bytes, 8);
  return framed;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** All lines of one input that comes in pieces of these sizes. */
function read(input: Uint8Array, isTerminal = false, size: () => number = () => input.length): Printed[] {
  const reader = demultiplexer(isTerminal);
  const told: Printed[] = [];
  for (let at = 0; at < input.length; ) {
    const to = at + Math.max(1, size());
    told.push(...reader.take(input.slice(at, to)));
    at = to;
  }
  return [...told, ...reader.end()];
}

const texts = (lines: readonly Printed[]): readonly string[] => lines.map(({ text }) => text);

describe("the log of a container without a terminal", () => {
  test("is lines of both streams, each with its time", () => {
    const input = joined(frame(1, `${T1} out\n`), frame(2, `${T2} err\n`), frame(1, `${T3} \n`));
    expect(read(input)).toEqual([
      { stream: "stdout", at: T1, text: "out", partial: false },
      { stream: "stderr", at: T2, text: "err", partial: false },
      { stream: "stdout", at: T3, text: "", partial: false },
    ]);
  });

  test("puts the parts of a long line together, though another stream speaks between them", () => {
    const part = "x".repeat(16_384);
    const input = joined(
      frame(1, `${T1} ${part}`),
      frame(2, `${T2} err\n`),
      frame(1, `${T1} ${part}`),
      frame(1, `${T1} end\n`),
    );
    expect(read(input)).toEqual([
      { stream: "stderr", at: T2, text: "err", partial: false },
      { stream: "stdout", at: T1, text: `${part}${part}end`, partial: false },
    ]);
  });

  test("does not go on with a line in which a run died when the next run prints", () => {
    const input = joined(frame(1, `${T1} half a li`), frame(1, `${T3} hello\n`));
    expect(texts(read(input))).toEqual(["half a li", "hello"]);
  });

  test("tells a line without an end when nothing more comes", () => {
    const reader = demultiplexer(false);
    expect(reader.take(frame(1, `${T1} password: `))).toEqual([]);
    expect(reader.end()).toEqual([{ stream: "stdout", at: T1, text: "password: ", partial: false }]);
  });

  test("cuts a line of more than 64 KiB, and no character of it", () => {
    // Two bytes each, beginning at an odd place: one of them stands across the limit.
    const text = `x${"ä".repeat(40_000)}`;
    const lines = read(frame(1, `${T1} ${text}\n`));
    expect(lines.map(({ partial }) => partial)).toEqual([true, false]);
    expect(encoder.encode(lines[0]?.text).length).toBe(65_535);
    expect(texts(lines).join("")).toBe(text);
  });

  test("leaves a line of exactly 64 KiB whole", () => {
    const lines = read(frame(1, `${T1} ${"x".repeat(65_536)}\n`));
    expect(lines.map(({ text, partial }) => [text.length, partial])).toEqual([[65_536, false]]);
  });

  test("keeps a byte order mark, and shows what is no text as such", () => {
    const bytes = joined(encoder.encode(`${T1} \uFEFF`), new Uint8Array([0xff, 0x0a]));
    expect(texts(read(frame(1, bytes)))).toEqual(["\uFEFF\uFFFD"]);
  });

  test("counts messages as an engine does: each part of a long line is one", () => {
    const reader = demultiplexer(false);
    reader.take(
      joined(frame(1, `${T1} ${"x".repeat(16_384)}`), frame(1, `${T1} y\n`), frame(2, `${T2} z\n`)),
    );
    expect(reader.messages()).toBe(3);
  });

  test("says what the engine says went wrong, and goes on", () => {
    const reader = demultiplexer(false);
    const lines = reader.take(
      joined(frame(3, "Error grabbing logs: invalid character"), frame(1, `${T1} a\n`)),
    );
    expect(reader.fault()).toBe("Error grabbing logs: invalid character");
    expect(texts(lines)).toEqual(["a"]);
  });

  test("does not take what is no log for lines", () => {
    const reader = demultiplexer(false);
    expect(reader.take(encoder.encode("<html>what a proxy says</html>"))).toEqual([]);
    expect(reader.fault()).toBe("what it sends is no log");
    expect(reader.take(frame(1, `${T1} a\n`))).toEqual([]);
  });

  test("is the same in whatever pieces it comes", () => {
    const from = seed();
    const input = joined(
      frame(1, `${T1} grüße 🙂\n`),
      frame(2, `${T2} ${"ü".repeat(9000)}`),
      frame(1, `${T2} zwei\n`),
      frame(2, `${T2} Ende\n`),
      frame(1, `${T3} \n`),
      frame(1, `${T3} ohne`),
    );
    const whole = read(input);
    expect(texts(whole)).toEqual(["grüße 🙂", "zwei", `${"ü".repeat(9000)}Ende`, "", "ohne"]);
    for (const size of sizes(from))
      expect({ from, lines: read(input, false, size) }).toEqual({ from, lines: whole });
  });
});

describe("the log of a container with a terminal", () => {
  test("is lines of one stream, without the terminal's own ends", () => {
    const input = encoder.encode(`${T1} one\r\n${T2} \r\n${T3} three\r\n`);
    expect(read(input, true)).toEqual([
      { stream: "stdout", at: T1, text: "one", partial: false },
      { stream: "stdout", at: T2, text: "", partial: false },
      { stream: "stdout", at: T3, text: "three", partial: false },
    ]);
  });

  test("has no times in the midst of a long line", () => {
    const part = "x".repeat(16_384);
    const input = encoder.encode(`${T1} ${part}${T1} ${part}${T1} end\r\n${T2} next\r\n`);
    expect(texts(read(input, true))).toEqual([`${part}${part}end`, "next"]);
  });

  test("keeps a time that the program itself printed", () => {
    const text = `${"x".repeat(100)}${T1} y`;
    expect(texts(read(encoder.encode(`${T1} ${text}\r\n`), true))).toEqual([text]);
  });

  test("is the same in whatever pieces it comes", () => {
    const from = seed();
    const input = encoder.encode(
      `${T1} grüße 🙂\r\n${T2} ${"x".repeat(16_384)}${T2} rest\r\n${T3} \r\n${T3} ohne`,
    );
    const whole = read(input, true);
    expect(texts(whole)).toEqual(["grüße 🙂", `${"x".repeat(16_384)}rest`, "", "ohne"]);
    for (const size of sizes(from))
      expect({ from, lines: read(input, true, size) }).toEqual({ from, lines: whole });
  });
});

describe("a time", () => {
  test.each([
    ["2026-01-31T09:00:00Z", "2026-01-31T09:00:00.000000000Z"],
    ["2026-01-31T09:00:00.123Z", "2026-01-31T09:00:00.123000000Z"],
    ["2026-01-31T10:30:00.000000001+01:30", "2026-01-31T09:00:00.000000001Z"],
  ])("is spelled one way: %s", (text, at) => {
    expect(stampOf(text)).toBe(at);
  });

  test.each(["", "soon", "2026-01-31", "2026-13-31T09:00:00Z"])("is none: %s", (text) => {
    expect(stampOf(text)).toBeUndefined();
  });
});

/** Ways to cut an input: into pieces of one byte, into small ones, into large ones. */
function sizes(from: number): readonly (() => number)[] {
  const next = chances(from);
  return [
    () => 1,
    ...[3, 40, 400, 9000].flatMap((most) => Array(20).fill(() => 1 + Math.floor(next() * most))),
  ];
}
