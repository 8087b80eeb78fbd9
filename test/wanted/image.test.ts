import { createHash } from "node:crypto";
import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { tagged } from "../../src/wanted/image.ts";
import { sha256 } from "../../src/wanted/sha256.ts";

const real = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

test("a digest that is worked out here is the one that the machine gives", () => {
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length).fill(length);
    expect(sha256(bytes)).toBe(real(bytes));
  }
  assert(
    property(string({ unit: "grapheme", maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(real(text));
    }),
  );
});

test("a name without a tag means the latest, and a port in it is no tag", () => {
  expect(tagged("desk")).toBe("desk:latest");
  expect(tagged("desk:1")).toBe("desk:1");
  expect(tagged("registry.example.com:5000/desk")).toBe("registry.example.com:5000/desk:latest");
  expect(tagged("desk@sha256:11")).toBe("desk@sha256:11");
  expect(tagged("desk:1@sha256:11")).toBe("desk:1@sha256:11");
});
