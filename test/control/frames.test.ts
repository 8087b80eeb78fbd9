import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical.ts";
import { encode, frameReader, readAsked, readSpeaker, readTold } from "../../src/control/frames.ts";
import type { Told } from "../../src/model/control.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hello = { protocol: 1, version: "0.1.0", pid: 7, since: "2026-01-01T00:00:00Z" };

describe("a stream of bytes", () => {
  test("gives the same frames however it was torn", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (values, cuts) => {
          const whole = bytes(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
          const read = frameReader();
          const found: Json[] = [];
          for (let at = 0, i = 0; at < whole.length; i++) {
            const size = cuts[i % cuts.length] ?? 1;
            for (const one of read(whole.slice(at, at + size))) {
              expect(one.is).toBe("frame");
              if (one.is === "frame") found.push(one.value);
            }
            at += size;
          }
          expect(JSON.stringify(found)).toBe(JSON.stringify(values));
        },
      ),
    );
  });

  test("that is no JSON, or no UTF-8, spoils its own line alone", () => {
    const read = frameReader();
    const line = new Uint8Array([0x22, 0xff, 0x22, 10]);
    expect([...read(bytes("{no\n\n")), ...read(line), ...read(bytes("[1]\n"))]).toEqual([
      { is: "not JSON" },
      { is: "not JSON" },
      { is: "not JSON" },
      { is: "frame", value: [1] },
    ]);
  });

  test("is refused where a line is larger than allowed, said once, and nothing is read after it", () => {
    const read = frameReader(10);
    expect(read(bytes('"12345678"\n'))).toEqual([{ is: "frame", value: "12345678" }]);
    expect(read(bytes('"12345'))).toEqual([]);
    expect(read(bytes("67890"))).toEqual([{ is: "too large" }]);
    expect(read(bytes('"\n[1]\n'))).toEqual([]);
    expect(frameReader(10)(bytes('"123456789"\n'))).toEqual([{ is: "too large" }]);
  });
});

describe("a frame", () => {
  test("is one line, whatever stands in it", () => {
    const frame = encode({ id: 1, event: "a\nb\u2028\ud800" });
    expect(frame.ok && new TextDecoder().decode(frame.value)).toBe('{"id":1,"event":"a\\nb\u2028\\ud800"}\n');
  });

  test("that is too large or nested too deep is not sent", () => {
    expect(encode({ id: 1, done: "x".repeat(90) }, 100).ok).toBe(false);
    expect(encode({ id: 1, done: "x".repeat(70) }, 100).ok).toBe(true);
    let deep: Json = null;
    for (let i = 0; i < 200_000; i++) deep = [deep];
    expect(encode({ id: 1, done: deep })).toEqual({ ok: false, error: "it is nested too deep or too large" });
  });
});

describe("what a client says", () => {
  test("is a hello, a request or a cancel", () => {
    for (const asked of [
      { hello: { protocol: 1, version: "0.1.0" } },
      { id: 0, verb: "status", body: null },
      { id: 3, cancel: true },
    ]) {
      expect(readAsked(asked)).toEqual({ ok: true, value: asked });
    }
  });

  test("in a wrong shape is named with its id, and never quoted", () => {
    const wrong: readonly (readonly [Json, number | null])[] = [
      [null, null],
      [[], null],
      ["sk-secret", null],
      [{}, null],
      [{ id: -1, verb: "status", body: 1 }, null],
      [{ id: 1.5, verb: "status", body: 1 }, null],
      [{ id: "1", verb: "status", body: 1 }, null],
      [{ id: 1, verb: 2, body: "sk-secret" }, 1],
      [{ id: 1, verb: "status" }, 1],
      [{ id: 1, cancel: "sk-secret" }, 1],
      [{ hello: { protocol: "sk-secret", version: "1" } }, null],
    ];
    for (const [value, id] of wrong) {
      const read = readAsked(value);
      expect(read).toMatchObject({ ok: false, error: { id } });
      expect(JSON.stringify(read)).not.toContain("sk-secret");
    }
  });
});

describe("what a supervisor says", () => {
  test("is read as it was sent", () => {
    const all: readonly Told[] = [
      { hello: { ...hello, home: { path: "/state", identity: "1:2" } } },
      { id: 1, event: null },
      { id: 1, done: { a: [1] } },
      { id: null, error: { message: "no", lines: ["a"], passing: false } },
      { cut: "too far behind" },
    ];
    for (const told of all) {
      const frame = encode(told);
      const read = frame.ok ? frameReader()(frame.value) : [];
      expect(read.map((one) => (one.is === "frame" ? readTold(one.value) : one))).toEqual([told]);
    }
  });

  test("is nothing where a part is missing or of another kind", () => {
    for (const value of [
      null,
      {},
      { id: 1 },
      { id: "1", done: 1 },
      { hello },
      { id: 1, error: { message: "no", lines: [1], passing: false } },
      { id: null, done: 1 },
    ]) {
      expect(readTold(value)).toBeUndefined();
    }
  });

  test("of another protocol still tells who it is", () => {
    expect(readSpeaker({ hello: { protocol: 9, version: "3.0.0", pid: 4, anything: [] } })).toEqual({
      protocol: 9,
      version: "3.0.0",
      pid: 4,
    });
    expect(readSpeaker({ hello: { protocol: 9 } })).toBeUndefined();
  });
});
