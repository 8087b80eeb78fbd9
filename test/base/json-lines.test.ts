import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical.ts";
import { jsonLines } from "../../src/base/json-lines.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a stream of documents, a line each", () => {
  test("is taken apart wherever its pieces were cut, also in the midst of a letter", () => {
    const texts = fc.array(fc.record({ text: fc.string({ unit: "grapheme" }), n: fc.nat() }));
    fc.assert(
      fc.property(texts, fc.array(fc.nat({ max: 40 })), (documents, sizes) => {
        const all = bytes(documents.map((one) => `${JSON.stringify(one)}\n`).join(""));
        const read = jsonLines();
        const found: Json[] = [];
        let from = 0;
        for (const size of [...sizes, all.length]) {
          found.push(...read(all.subarray(from, from + size)));
          from += size;
        }
        expect(found).toEqual(documents);
      }),
    );
  });

  test("tells a line when it has ended, and leaves out what is no JSON", () => {
    const read = jsonLines();
    expect(read(bytes('{"a":1}\nnot this\n\r\n{"b"'))).toEqual([{ a: 1 }]);
    expect(read(bytes(":2}"))).toEqual([]);
    expect(read(bytes("\n"))).toEqual([{ b: 2 }]);
  });
});
