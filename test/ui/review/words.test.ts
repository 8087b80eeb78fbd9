import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineParts, type Part, wordParts } from "../../../src/ui/review/words.ts";

const shown = (parts: readonly Part[] | undefined): string =>
  (parts ?? [])
    .map(({ is, text }) => (is === "same" ? text : is === "removed" ? `[-${text}-]` : `{+${text}+}`))
    .join("");
const joined = (parts: readonly Part[]): string => parts.map(({ text }) => text).join("");

describe("words that differ", () => {
  test.each([
    ["--model=gpt-4", "--model=gpt-4o", "--model=gpt-[-4-]", "--model=gpt-{+4o+}"],
    ["chat:1.4.1", "chat:1.5.0", "chat:1.[-4-].[-1-]", "chat:1.{+5+}.{+0+}"],
    ["be kind", "be very kind", "be kind", "be {+very +}kind"],
    ["Grüße an alle", "Grüße an viele", "Grüße an [-alle-]", "Grüße an {+viele+}"],
  ])("%s → %s", (from, to, left, right) => {
    const parts = wordParts(from, to);
    expect(shown(parts?.from)).toBe(left);
    expect(shown(parts?.to)).toBe(right);
  });

  test("are not marked where little is alike, or where it would take long", () => {
    expect(wordParts("INFO", "DEBUG")).toBeUndefined();
    expect(wordParts("96Mi", "128Mi")).toBeUndefined();
    expect(wordParts("a - b", "c - d")).toBeUndefined();
    expect(wordParts("word ".repeat(2000), "word ".repeat(2001))).toBeUndefined();
  });

  test("are all of both values and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (from, to) => {
        const parts = wordParts(from, to);
        if (parts === undefined) return;
        expect(joined(parts.from)).toBe(from);
        expect(joined(parts.to)).toBe(to);
      }),
    );
  });

  test("in texts of several lines are whole lines first", () => {
    expect(lineParts("a\nb\nc\n", "a\nB\nc\n")).toEqual([
      { is: "same", text: "a\n" },
      { is: "removed", text: "b\n" },
      { is: "added", text: "B\n" },
      { is: "same", text: "c\n" },
    ]);
  });
});
