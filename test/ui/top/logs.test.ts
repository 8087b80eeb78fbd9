import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BOUNDS, LogBuffer } from "../../../src/ui/top/log-buffer.ts";
import { levelOf } from "../../../src/ui/top/log-level.ts";
import { printed as moved } from "../../../src/ui/top/update.ts";
import { desk, pressed, printed, screen, typing } from "./cases.ts";

const lines = (count: number, text: (i: number) => string): LogBuffer => {
  const buffer = new LogBuffer();
  for (let i = 0; i < count; i++) buffer.add(printed(i % 2 === 0 ? "ana" : "ben", text(i)));
  return buffer;
};

describe("the buffer of lines", () => {
  test("holds the last 5,000 and forgets the rest", () => {
    const buffer = lines(12_345, (i) => `line ${i}`);
    const all = buffer.chosen({ level: "all" });
    expect(all).toHaveLength(BOUNDS.lines);
    expect(all.at(0)?.text).toBe("line 7345");
    expect(all.at(-1)?.text).toBe("line 12344");
    expect(buffer.version).toBe(12_345);
  });

  test("holds no more characters than it may, however long lines are, and says where one is cut", () => {
    const buffer = lines(600, () => "x".repeat(BOUNDS.line + 10));
    expect(buffer.size.chars).toBeLessThanOrEqual(BOUNDS.chars);
    expect(buffer.size.lines).toBeLessThan(600);
    expect(buffer.chosen({ level: "all" }).at(-1)?.text.endsWith("x … (cut here)")).toBe(true);
  });

  test("finds the same going on line by line as at once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("error: no", "warning: slow", "well", "needle here"), { maxLength: 60 }),
        fc.constantFrom("all" as const, "warn" as const, "error" as const),
        fc.constantFrom(undefined, "ana"),
        fc.constantFrom("", "needle", "W"),
        (texts, level, agent, search) => {
          const choice = { level, ...(agent === undefined ? {} : { agent }) };
          const slowly = new LogBuffer();
          texts.forEach((text, i) => {
            slowly.add(printed(i % 2 === 0 ? "ana" : "ben", text));
            slowly.matches(choice, search);
          });
          const once = lines(texts.length, (i) => texts[i] ?? "");
          expect(slowly.chosen(choice)).toEqual(once.chosen(choice));
          expect(slowly.matches(choice, search)).toEqual(once.matches(choice, search));
        },
      ),
    );
  });

  test("lines are text, whatever bytes they are", () => {
    const buffer = new LogBuffer();
    buffer.add(printed("ana", "\u001B[2J\u001B]0;title\u0007\tand \u202Eback"));
    expect(buffer.chosen({ level: "all" })[0]?.text).toBe("\\x1b[2J\\x1b]0;title\\x07 and \\u202eback");
  });
});

describe("the level of a line", () => {
  test.each([
    ["ERROR could not reach shelf", "error"],
    ["TypeError: x is not a function", "error"],
    ["Traceback (most recent call last):", "error"],
    ["panic: runtime error", "error"],
    ["thread 'main' panicked", "other"],
    ["level=warn msg=slow", "warn"],
    ["WARNING: slow", "warn"],
    ['{"level":"info","msg":"0 errors"}', "other"],
    ['{"level":"error","msg":"no"}', "error"],
    ['{"msg":"no","level":50}', "error"],
    ['{"level":40}', "warn"],
    ["time=1 level=info msg='error count 0'", "other"],
    ["INFO no error here", "other"],
    ["2026-08-01 12:00:00 INFO error budget is fine", "other"],
    ["hello", "other"],
  ])("%s: %s", (text, level) => {
    expect(levelOf(text)).toBe(level);
  });
});

describe("the pane of logs", () => {
  const LARGE = { columns: 80, rows: 30 };
  const full = () =>
    desk(
      {},
      Array.from({ length: 200 }, (_, i) => printed(i % 2 === 0 ? "chatbot" : "ill", `line ${i}`)),
    );
  const shown = (keys: readonly string[]): readonly string[] =>
    screen(pressed(full(), ["tab", ...keys], LARGE).state, LARGE)
      .split("\n")
      .flatMap((line) => /line (\d+)/.exec(line)?.[1] ?? []);

  test("follows, stands still while somebody reads, and follows again at the end", () => {
    expect(shown([]).at(-1)).toBe("199");
    expect(shown(["k", "k"]).at(-1)).toBe("197");
    expect(shown(["pageup", "end"]).at(-1)).toBe("199");
    expect(shown(["home"])[0]).toBe("0");
    const { state } = pressed(full(), ["tab", "k"], LARGE);
    expect(screen(state, LARGE)).toContain("standing still: f follows");
    state.logs.buffer.add(printed("ill", "line 200"));
    expect(screen(moved(state), LARGE)).not.toContain("line 200");
    expect(screen(pressed(moved(state), ["f"], LARGE).state, LARGE)).toContain("line 200");
    // f where it follows stands still.
    expect(pressed(full(), ["tab", "f"], LARGE).state.logs.at).toBe(199);
  });

  test("/ searches in it, and . and , go round the matches", () => {
    const found = (keys: readonly string[]): string =>
      /“line 11” ([^·─]*[^·─ ])/.exec(
        screen(pressed(full(), ["tab", "/", ...typing("line 11"), ...keys], LARGE).state, LARGE),
      )?.[1] ?? "";
    expect(found([])).toBe("11 of 11");
    expect(found(["enter", ","])).toBe("10 of 11");
    expect(found(["enter", ",", "."])).toBe("11 of 11");
    expect(found(["enter", "."])).toBe("1 of 11");
    const { state } = pressed(full(), ["tab", "/", ...typing("x"), "esc"], LARGE);
    expect(state.logs).toMatchObject({ search: "" });
    expect(state.logs.at).toBeUndefined();
    expect(screen(pressed(full(), ["tab", "/", ...typing("zzz")]).state)).toContain("“zzz” is nowhere");
  });

  test("v, a, w, + and - change what is shown and how much", () => {
    const levels = (keys: readonly string[]): string =>
      screen(pressed(desk(), ["tab", ...keys], LARGE).state, LARGE);
    expect(levels(["v"])).toContain("warnings and errors");
    expect(levels(["v"])).not.toContain("0 errors");
    expect(levels(["v", "v"])).not.toContain("slow answer");
    expect(levels(["v", "v"])).toContain("Traceback");
    expect(levels(["v", "v", "v"])).toContain("0 errors");
    expect(levels(["a"])).toContain("logs · chatbot");
    expect(levels(["a"])).not.toContain("Traceback");
    const long = desk({}, [printed("chatbot", "word ".repeat(40))]);
    expect(screen(pressed(long, ["tab"]).state).split("word")).toHaveLength(13 + 1);
    expect(screen(pressed(long, ["tab", "w"]).state).split("word")).toHaveLength(41);
    const rows = (keys: readonly string[]): number => {
      const all = screen(pressed(full(), ["tab", ...keys], LARGE).state, LARGE).split("\n");
      return all.length - all.findIndex((line) => line.includes("logs ·"));
    };
    expect(rows(["+", "+"])).toBeGreaterThanOrEqual(rows([]));
    expect(levels(["+", "+", "+"])).not.toContain("AGENT");
    expect(levels(["+", "+", "+", "-"])).toContain("AGENT");
  });

  test("l closes it, tab and esc give keys back to the agents", () => {
    expect(screen(pressed(desk(), ["tab", "l"]).state)).not.toContain("logs ·");
    expect(pressed(desk(), ["tab", "esc"]).state.focus).toBe("agents");
    expect(pressed(desk(), ["tab", "tab"]).state.focus).toBe("agents");
    // First what was searched is given up, then the logs.
    const searched = pressed(desk(), ["tab", "/", "o", "enter", "esc"]).state;
    expect({ focus: searched.focus, search: searched.logs.search }).toEqual({ focus: "logs", search: "" });
  });

  test("a line of 64 KiB of wide characters is drawn, wrapped or not", () => {
    const wide = desk({}, [printed("chatbot", "界".repeat(20_000))]);
    for (const keys of [["tab"], ["tab", "w"]])
      expect(screen(pressed(wide, keys).state).split("\n")).toHaveLength(24);
  });
});
