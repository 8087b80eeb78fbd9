import { describe, expect, test } from "vitest";
import { inbox, type SocketLike, twoWay } from "../../src/base/two-way.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function allOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += new TextDecoder().decode(piece);
  return text;
}

describe("bytes that come when they come", () => {
  test("are all taken in their order, whether they came before or while somebody waits", async () => {
    const box = inbox(() => undefined);
    box.put(bytes("a"));
    box.put(bytes("b"));
    const taken = allOf(box.bytes);
    await Promise.resolve();
    box.put(bytes("c"));
    await new Promise((resolve) => setImmediate(resolve));
    box.put(bytes("d"));
    box.end();
    box.put(bytes("too late"));
    expect(await taken).toBe("abcd");
    expect(await allOf(box.bytes)).toBe("");
  });

  test("are held back when too many wait, and come again when all of them were taken", async () => {
    const told: boolean[] = [];
    const box = inbox((isFull) => void told.push(isFull));
    const piece = new Uint8Array(64 * 1024);
    for (let i = 0; i < 5; i++) box.put(piece);
    expect(told).toEqual([true]);
    const taker = box.bytes[Symbol.asyncIterator]();
    for (let i = 0; i < 4; i++) await taker.next();
    expect(told).toEqual([true]);
    await taker.next();
    expect(told).toEqual([true, false]);
  });

  test("whoever stops taking them is sent nothing more", async () => {
    const box = inbox(() => undefined);
    box.put(bytes("a"));
    box.put(bytes("b"));
    for await (const piece of box.bytes) {
      expect(piece).toEqual(bytes("a"));
      break;
    }
    expect(await allOf(box.bytes)).toBe("");
  });
});

describe("a connection in both directions", () => {
  function socket() {
    const told: string[] = [];
    const heard = new Map<string, (chunk: Uint8Array) => void>();
    const like: SocketLike = {
      on: (event: string, run: (chunk: Uint8Array) => void) => heard.set(event, run),
      write(given, done) {
        told.push(`write ${new TextDecoder().decode(given)}`);
        done(told.length > 2 ? new Error("broken") : null);
      },
      end: () => told.push("end"),
      destroy: () => told.push("destroy"),
      pause: () => told.push("pause"),
      resume: () => told.push("resume"),
    };
    return { like, told, tell: (event: string, chunk = bytes("")) => heard.get(event)?.(chunk) };
  }

  test("what was read before it broke is not lost", async () => {
    const { like, tell } = socket();
    const line = twoWay(like);
    tell("data", bytes("last words"));
    tell("error");
    tell("close");
    expect(await allOf(line.bytes)).toBe("last words");
  });

  test("says whether what is written was taken", async () => {
    const { like, told, tell } = socket();
    const line = twoWay(like);
    expect(await line.write(bytes("a"))).toBe(true);
    line.end();
    expect(await line.write(bytes("b"))).toBe(false);
    tell("close");
    expect(await line.write(bytes("c"))).toBe(false);
    expect(told).toEqual(["write a", "end", "write b"]);
  });
});
