import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { fnv1a64 } from "../../src/base/fnv.ts";
import type { Code } from "../../src/model/codes.ts";
import { diagnostic, type Extra } from "../../src/model/diagnostic.ts";
import { frame, sources } from "../../src/ui/frame.ts";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";

interface Draw extends Extra {
  readonly code?: Code;
  /** What the carets stand under; its first occurrence in the text. */
  readonly under?: string;
  readonly start?: number;
  readonly end?: number;
  readonly width?: number;
  readonly paint?: typeof plainPaint;
}

function draw(text: string, options: Draw = {}): string {
  const start = options.start ?? (options.under === undefined ? 0 : text.indexOf(options.under));
  const end = options.end ?? start + (options.under?.length ?? 0);
  const at = { file: "agent.yaml", start, end };
  const one = diagnostic(options.code ?? "AAC1004", at, "unknown key", options);
  const texts = sources({ texts: new Map([["agent.yaml", text]]), diagnostics: [one] });
  return frame(one, texts, { paint: options.paint ?? plainPaint, width: options.width ?? 60 });
}

const lines = (...rows: string[]): string => rows.join("\n");

describe("a frame", () => {
  test("shows place, line, carets, label, related places in one column, and notes", () => {
    const text = `${"\n".repeat(21)}  healthcheck:\n    path: /\n`;
    const other = "a:\nb: 1\n";
    const one = diagnostic(
      "AAC1004",
      { file: "agents/chatbot/agent.yaml", start: 23, end: 34 },
      "unknown key `healthcheck`",
      {
        label: "did you mean `healthCheck`?",
        notes: ["without it the agent counts as ready as soon as it runs", "aac explain AAC1004"],
        related: [
          { at: { file: "b.yaml", start: 3, end: 4 }, message: "one" },
          { at: { file: "agents/chatbot/agent.yaml", start: 40, end: 44 }, message: "two" },
          { at: { file: "gone.yaml", start: 40, end: 44 }, message: "three" },
        ],
      },
    );
    const texts = new Map([
      ["agents/chatbot/agent.yaml", text],
      ["b.yaml", other],
    ]);
    expect(frame(one, sources({ texts, diagnostics: [one] }), { paint: plainPaint, width: 100 })).toBe(
      lines(
        "error AAC1004  unknown key `healthcheck`",
        "   ┌─ agents/chatbot/agent.yaml:22:3",
        "22 │   healthcheck:",
        "   │   ^^^^^^^^^^^ did you mean `healthCheck`?",
        "   ├─ b.yaml:2:1                      one",
        "   ├─ agents/chatbot/agent.yaml:23:5  two",
        "   ├─ gone.yaml                       three",
        "   = without it the agent counts as ready as soon as it runs",
        "   = aac explain AAC1004",
      ),
    );
  });

  test("is left out where no file is at fault", () => {
    const one = diagnostic("AAC1022", undefined, "no agent found", { notes: ["aac init NAME writes one"] });
    const nothing = sources({ texts: new Map(), diagnostics: [] });
    expect(frame(one, nothing, { paint: plainPaint, width: 100 })).toBe(
      lines("error AAC1022  no agent found", "   = aac init NAME writes one"),
    );
  });

  test("names the file alone where its text is not at hand", () => {
    const one = diagnostic("AAC1010", { file: "agent.yaml", start: 0, end: 0 }, "file cannot be read", {
      label: "permission denied",
    });
    const nothing = sources({ texts: new Map(), diagnostics: [one] });
    expect(frame(one, nothing, { paint: plainPaint, width: 100 })).toBe(
      lines("error AAC1010  file cannot be read", "   ┌─ agent.yaml", "   │ permission denied"),
    );
  });

  test("has a rail as wide as the line number, and calls an info advice", () => {
    expect(draw(`${"#\n".repeat(12344)}image: x`, { code: "AAC2404", under: "x" })).toBe(
      lines(
        "advice AAC2404  unknown key",
        "      ┌─ agent.yaml:12345:8",
        "12345 │ image: x",
        "      │        ^",
      ),
    );
  });

  test("aligns carets below tabs", () => {
    expect(draw("\tname:\tx", { under: "x" })).toBe(
      lines(
        "error AAC1004  unknown key",
        "   ┌─ agent.yaml:1:8",
        " 1 │     name:    x",
        "   │              ^",
      ),
    );
  });

  test("counts Chinese, Japanese, Korean and emoji as two cells, joined emoji as one picture", () => {
    expect(draw("日本語: 한국 key", { under: "한국" }).split("\n").slice(2)).toEqual([
      " 1 │ 日本語: 한국 key",
      "   │         ^^^^",
    ]);
    expect(draw("🚀👩‍🚀❤️👍🏽: x", { under: "x" }).split("\n").slice(2)).toEqual([
      " 1 │ 🚀👩‍🚀❤️👍🏽: x",
      "   │           ^",
    ]);
    expect(draw("cafe\u0301: x", { under: "x" }).split("\n").slice(2)).toEqual([
      " 1 │ cafe\u0301: x",
      "   │       ^",
    ]);
  });

  test("drops the carriage return of CRLF and counts lines as editors do", () => {
    expect(draw("a: 1\r\nbad: 2\r\nc: 3\r\n", { under: "bad: 2\r\nc" })).toBe(
      lines("error AAC1004  unknown key", "   ┌─ agent.yaml:2:1", " 2 │ bad: 2", "   │ ^^^^^^"),
    );
  });

  test("underlines a span of several lines on its first", () => {
    expect(draw("spec:\n  - a\n  - b\n", { start: 2, end: 15, label: "all of it" })).toBe(
      lines("error AAC1004  unknown key", "   ┌─ agent.yaml:1:3", " 1 │ spec:", "   │   ^^^ all of it"),
    );
  });

  test("has one caret at least: in an empty file, at the end of a line, past the end of the text", () => {
    expect(draw("")).toBe(lines("error AAC1004  unknown key", "   ┌─ agent.yaml:1:1", " 1 │", "   │ ^"));
    expect(draw("a:\nb:\n", { start: 2, end: 3 })).toBe(
      lines("error AAC1004  unknown key", "   ┌─ agent.yaml:1:3", " 1 │ a:", "   │   ^"),
    );
    expect(draw("a:", { start: 40, end: 50 })).toBe(
      lines("error AAC1004  unknown key", "   ┌─ agent.yaml:1:3", " 1 │ a:", "   │   ^"),
    );
  });

  test("shows what a terminal would obey or hide", () => {
    const drawn = draw("a\u001B[31m: \u202Eevil\u200B\uFEFF x", {
      under: "x",
      label: "a\nb",
      notes: ["c\u009B2J \uD800"],
    });
    expect(drawn).toBe(
      lines(
        "error AAC1004  unknown key",
        "   ┌─ agent.yaml:1:17",
        " 1 │ a␛[31m: <U+202E>evil<U+200B><U+FEFF> x",
        "   │                                      ^ a␊b",
        "   = c<U+009B>2J <U+D800>",
      ),
    );
  });

  test("never repeats a secret, nor lets another frame of its line do so", () => {
    const text = 'env: {TOKEN: "sk-live-1234", Bad: 1}';
    const texts = new Map([["agent.yaml", text]]);
    const secret = diagnostic("AAC2201", { file: "agent.yaml", start: 13, end: 27 }, "secret in the file");
    const other = diagnostic("AAC1004", { file: "agent.yaml", start: 29, end: 32 }, "unknown key");
    const shown = [secret, other].map((one) =>
      frame(one, sources({ texts, diagnostics: [secret, other] }), { paint: plainPaint, width: 80 }),
    );
    expect(shown).toEqual([
      lines(
        "error AAC2201  secret in the file",
        "   ┌─ agent.yaml:1:14",
        " 1 │ env: {TOKEN: ••••••••••••••, Bad: 1}",
        "   │              ^^^^^^^^^^^^^^",
      ),
      lines(
        "error AAC1004  unknown key",
        "   ┌─ agent.yaml:1:30",
        " 1 │ env: {TOKEN: ••••••••••••••, Bad: 1}",
        "   │                              ^^^",
      ),
    ]);
  });

  test("colours and still says the same words", () => {
    const coloured = draw("bad: 1", { under: "bad", label: "what?", paint: colourPaint });
    expect(coloured).toContain("\u001B[31m^^^ what?\u001B[39m");
    expect(stripVTControlCharacters(coloured)).toBe(draw("bad: 1", { under: "bad", label: "what?" }));
  });
});

describe("a line longer than the screen", () => {
  const source = (drawn: string): readonly string[] => drawn.split("\n").slice(2);

  test("is cut at its end where the span stands near its start", () => {
    expect(source(draw(`key: [${"abcdefghi ".repeat(9)}]`, { under: "key", width: 45 }))).toEqual([
      " 1 │ key: [abcdefghi abcdefghi abcdefghi abc…",
      "   │ ^^^",
    ]);
  });

  test("is cut on both sides of a span in its middle", () => {
    const text = `${"abcdefghi ".repeat(9)}HERE ${"abcdefghi ".repeat(9)}`;
    expect(source(draw(text, { under: "HERE", width: 45 }))).toEqual([
      " 1 │ …hi abcdefghi HERE abcdefghi abcdefghi …",
      "   │               ^^^^",
    ]);
  });

  test("is cut at its start where the span stands at its end", () => {
    expect(source(draw(`${"abcdefghi ".repeat(9)}HERE`, { under: "HERE", width: 45 }))).toEqual([
      " 1 │ …fghi abcdefghi abcdefghi abcdefghi HERE",
      "   │                                     ^^^^",
    ]);
  });

  test("has carets no further than what is shown of it", () => {
    const text = `a: ${"x".repeat(500)}`;
    expect(source(draw(text, { start: 3, end: 503, width: 45, label: "long" }))).toEqual([
      ` 1 │ a: ${"x".repeat(36)}…`,
      `   │    ${"^".repeat(36)} long`,
    ]);
  });

  test("never exceeds the width, whatever it holds and wherever the span is", () => {
    const text = "a日🚀\t\u001B👩‍🚀".repeat(400);
    for (let start = 0; start < text.length; start += 7) {
      const [row = "", carets = ""] = source(draw(text, { start, end: start + 5, width: 50 }));
      const width = Array.from(row.replaceAll("👩‍🚀", "🚀")).reduce(
        (sum, char) => sum + (/[日🚀👩]/u.test(char) ? 2 : 1),
        0,
      );
      expect(width).toBeLessThanOrEqual(50);
      expect(carets.length).toBeLessThanOrEqual(50);
    }
  });

  test("costs no more for being megabytes long, however many faults it has", () => {
    const text = "x".repeat(8_000_000);
    const at = Array.from({ length: 500 }, (_, i) => ({ file: "f", start: i * 9000, end: i * 9000 + 1 }));
    const all = at.map((span) => diagnostic("AAC1004", span, "m"));
    const texts = sources({ texts: new Map([["f", text]]), diagnostics: all });
    const drawn = all.map((one) => frame(one, texts, { paint: plainPaint, width: 80 }));
    expect(drawn.every((one) => one.length < 300)).toBe(true);
  });
});

test("the hash of nothing and of known texts is that of FNV-1a", () => {
  expect(fnv1a64("")).toBe("cbf29ce484222325");
  expect(fnv1a64("a")).toBe("af63dc4c8601ec8c");
  expect(fnv1a64("foobar")).toBe("85944171f73967e8");
});
