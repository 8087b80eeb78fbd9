import { expect, test } from "vitest";
import { pieces } from "../../../targets/docker/exec/frames.ts";

const frame = (kind: number, text: string): number[] => {
  const bytes = [...new TextEncoder().encode(text)];
  return [kind, 0, 0, 0, 0, 0, bytes.length >> 8, bytes.length & 0xff, ...bytes];
};

test("both streams come apart again, wherever the pieces are cut", () => {
  const long = "x".repeat(300);
  const sent = Uint8Array.from([
    ...frame(1, "out"),
    ...frame(2, "wrong ü"),
    ...frame(1, long),
    ...frame(1, ""),
  ]);
  for (let size = 1; size <= sent.length; size++) {
    const take = pieces();
    const heard = { stdout: "", stderr: "" };
    const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
    for (let at = 0; at < sent.length; at += size)
      for (const { stream, bytes } of take(sent.subarray(at, at + size)))
        heard[stream] += decoders[stream].decode(bytes, { stream: true });
    expect(heard).toEqual({ stdout: `out${long}`, stderr: "wrong ü" });
  }
});
