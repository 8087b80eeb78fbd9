import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut, cutPair, textWidth, wrap } from "../../src/ui/plan/columns.ts";
import { flat, jsonText, visible, visibleLines } from "../../src/ui/visible.ts";

// oxlint-disable-next-line no-control-regex
const DOES_SOMETHING =
  /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/;

describe("text from outside", () => {
  test.each([
    ["colour", "\u001B[31mred\u001B[0m", "\\x1b[31mred\\x1b[0m"],
    ["clipboard", "\u001B]52;c;aGk=\u0007", "\\x1b]52;c;aGk=\\x07"],
    ["link", "\u001B]8;;https://x\u001B\\y", "\\x1b]8;;https://x\\x1b\\y"],
    ["title that never ends", "\u001B]0;title", "\\x1b]0;title"],
    ["device control", "\u001BP1$r\u001B\\", "\\x1bP1$r\\x1b\\"],
    ["controls of eight bits", "\u009B2J\u009D0;x\u009C", "\\x9b2J\\x9d0;x\\x9c"],
    ["a line written over", "good\rbad", "good\\rbad"],
    ["backspace, bell, null, delete", "a\b\u0007\u0000\u007F", "a\\b\\x07\\x00\\x7f"],
    ["another direction", "a\u202Eb\u2066c", "a\\u202eb\\u2066c"],
    ["nothing to be seen", "a\u200Bb\uFEFFc\u2060", "a\\u200bb\\ufeffc\\u2060"],
    ["hidden tags", "a\u{E0041}", "a\\u{e0041}"],
    ["half a pair", "a\uD800b", "a\\ud800b"],
    ["a break", "a\nb", "a\\nb"],
  ])("%s is made visible", (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test("keeps tabs, letters of all languages, accents and pictures of several parts", () => {
    const text = "a\tgrüße नमस्ते 日本語 e\u0301 👩🏽\u200D🚀 ❤\uFE0F";
    expect(visible(text)).toBe(text);
    expect(visible("a\u200Db")).toBe("a\\u200db");
    expect(flat("a\tb")).toBe("a b");
    expect(visibleLines("a\r\n\u0007b\n")).toEqual(["a", "\\x07b"]);
  });

  test("does nothing, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        expect(visible(text)).not.toMatch(DOES_SOMETHING);
        const written = jsonText({ [text]: [text] });
        expect(written).not.toMatch(DOES_SOMETHING);
        expect(JSON.parse(written)).toEqual({ [text]: [text] });
      }),
      { numRuns: 500 },
    );
  });
});

describe("what is made to fit", () => {
  const anything = fc.string({ unit: "grapheme", maxLength: 60 }).map(flat);

  test("counts wide letters twice and accents not at all", () => {
    expect(textWidth("日本 e\u0301 👩🏽\u200D🚀")).toBe(9);
  });

  test("is no wider than asked for, and a wrapped text loses no letter", () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 4, max: 30 }), (text, width) => {
        expect(textWidth(cut(text, width))).toBeLessThanOrEqual(width);
        const lines = wrap(text, width);
        expect(Math.max(0, ...lines.map(textWidth))).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
    );
  });

  test("two values that differ within sight of where they part are never shown alike", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 0, maxLength: 80 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 8, max: 40 }), (from, to, width) => {
        fc.pre(from !== to && !from.startsWith(to) && !to.startsWith(from));
        const [a, b] = cutPair(from, to, width, width);
        expect(a).not.toBe(b);
        expect(Math.max(textWidth(a), textWidth(b))).toBeLessThanOrEqual(width);
      }),
    );
  });
});
