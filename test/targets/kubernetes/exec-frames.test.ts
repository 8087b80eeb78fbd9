import { describe, expect, test } from "vitest";
import { canEndInput, endingIn, message, sizeMessage } from "../../../targets/kubernetes/exec/channels.ts";
import { frameOf, frameReader, OPCODE } from "../../../targets/kubernetes/exec/frames.ts";

const MASK = Uint8Array.of(1, 2, 3, 4);

/** As a server writes: with no mask. */
function served(opcode: number, bytes: Uint8Array, isLast = true): Uint8Array {
  const frame = frameOf(opcode, bytes, new Uint8Array(4));
  const start = frame.length - bytes.length - 4;
  const bare = new Uint8Array([...frame.subarray(0, start), ...bytes]);
  bare[1] = (bare[1] ?? 0) & 0x7f;
  if (!isLast) bare[0] = opcode;
  return bare;
}

describe("frames", () => {
  test("of every length come back as they were, wherever they are cut", () => {
    const lengths = [0, 1, 125, 126, 127, 65_535, 65_536];
    const sent = lengths.map((length) => new Uint8Array(length).fill(length % 251));
    const wire = Buffer.concat(sent.map((bytes) => served(OPCODE.binary, bytes)));
    for (const cut of [1, 2, 3, 7, 1000, 65_536, wire.length]) {
      const reader = frameReader();
      const found: Uint8Array[] = [];
      // One byte at a time through all of it would copy it a hundred thousand times.
      const small = cut < 1000 ? wire.subarray(0, 600) : wire;
      for (let at = 0; at < small.length; at += cut)
        for (const { bytes } of reader.take(small.subarray(at, at + cut))) found.push(bytes);
      expect(found.map((bytes) => [...bytes.subarray(0, 3), bytes.length])).toEqual(
        sent.slice(0, found.length).map((bytes) => [...bytes.subarray(0, 3), bytes.length]),
      );
      expect(found.length).toBe(cut < 1000 ? 5 : lengths.length);
    }
  });

  test("a client covers what it writes", () => {
    expect([...frameOf(OPCODE.binary, Uint8Array.of(0, 0, 0, 0, 9), MASK)]).toEqual([
      0x82, 0x85, 1, 2, 3, 4, 1, 2, 3, 4, 8,
    ]);
    expect([...frameOf(OPCODE.binary, new Uint8Array(126), MASK).subarray(0, 4)]).toEqual([
      0x82, 0xfe, 0, 126,
    ]);
    expect([...frameOf(OPCODE.binary, new Uint8Array(65_536), MASK).subarray(0, 10)]).toEqual([
      0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0,
    ]);
  });

  test("what is no frame of a server is a fault, and nothing of it is believed", () => {
    for (const wrong of [
      frameOf(OPCODE.binary, Uint8Array.of(1), MASK),
      Uint8Array.of(0xf2, 0x01, 0x00),
      Uint8Array.of(0x82, 0x7f, 0xff, 0, 0, 0, 0, 0, 0, 0),
    ]) {
      const reader = frameReader();
      expect(reader.take(wrong)).toEqual([]);
      expect(reader.fault()).toBeDefined();
      expect(reader.take(served(OPCODE.binary, Uint8Array.of(7)))).toEqual([]);
    }
  });
});

describe("channels", () => {
  test("have a byte each before what is said", () => {
    expect([...message(0, Uint8Array.of(7, 8))]).toEqual([0, 7, 8]);
    const [channel, ...size] = sizeMessage({ columns: 91, rows: 33 });
    expect(channel).toBe(4);
    expect(JSON.parse(Buffer.from(size).toString())).toEqual({ Width: 91, Height: 33 });
    expect([canEndInput("v5.channel.k8s.io"), canEndInput("v4.channel.k8s.io")]).toEqual([true, false]);
  });

  test("the last one says how a command ended", () => {
    expect(endingIn({ metadata: {}, status: "Success" })).toEqual({ code: 0 });
    expect(
      endingIn({
        metadata: {},
        status: "Failure",
        message: "command terminated with non-zero exit code: exit status 3",
        reason: "NonZeroExitCode",
        details: { causes: [{ reason: "ExitCode", message: "3" }] },
      }),
    ).toEqual({ code: 3 });
    expect(
      endingIn({
        status: "Failure",
        reason: "InternalError",
        message:
          'Internal error occurred: error executing command in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown',
      }),
    ).toEqual({ code: 127, why: '"nope": executable file not found in $PATH' });
    expect(endingIn({ status: "Failure", message: "container not found" })).toBeUndefined();
  });
});
