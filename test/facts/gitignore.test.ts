import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitsRule, parseIgnore } from "../../src/facts/gitignore.ts";

/** Whether the last line that fits leaves a path out. A path that ends with a slash is a folder. */
function ignores(text: string, path: string, dialect: "git" | "builder" = "git"): boolean {
  const rule = parseIgnore(text, dialect).findLast((one) =>
    fitsRule(one, path.replace(/\/$/, "").split("/"), path.endsWith("/")),
  );
  return rule !== undefined && !rule.negated;
}

describe("patterns of ignore files", () => {
  test.each([
    ["*.tmp", "a.tmp", true],
    ["*.tmp", "deep/down/a.tmp", true],
    ["*.tmp", "a.tmp.py", false],
    ["/top.py", "top.py", true],
    ["/top.py", "in/top.py", false],
    ["in/top.py", "in/top.py", true],
    ["in/top.py", "more/in/top.py", false],
    ["out/", "out/", true],
    ["out/", "deep/out/", true],
    ["out/", "out", false],
    ["**/out", "a/b/out", true],
    ["**/out", "out", true],
    ["a/**", "a/", false],
    ["a/**", "a/b", true],
    ["a/**", "a/b/c", true],
    ["a/**/z", "a/z", true],
    ["a/**/z", "a/b/c/z", true],
    ["a/**/z", "b/a/z", false],
    ["a/*/z", "a/b/c/z", false],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[^a-c]x", "dx", true],
    ["[]x]y", "]y", true],
    ["[[:digit:]].py", "7.py", true],
    ["[a", "[a", false],
    ["\\#kept", "#kept", true],
    ["#comment", "#comment", false],
    ["\\!loud", "!loud", true],
    ["trailing  ", "trailing", true],
    ["trailing\\ ", "trailing ", true],
    ["*.py\n!main.py", "main.py", false],
    ["!main.py\n*.py", "main.py", true],
    ["\uFEFFfirst", "first", true],
    ["crlf\r\nother\r\n", "crlf", true],
    ["x\\", "x\\", false],
    ["", "x", false],
    ["/", "x", false],
    ["**", "a/b", true],
  ])("%j says of %s that it is left out: %s", (text, path, expected) => {
    expect(ignores(text, path)).toBe(expected);
  });

  test("a builder counts every pattern from its folder", () => {
    expect(ignores("*.py", "main.py", "builder")).toBe(true);
    expect(ignores("*.py", "in/main.py", "builder")).toBe(false);
    expect(ignores("**/*.py", "in/main.py", "builder")).toBe(true);
    expect(ignores("  docs/  ", "docs/", "builder")).toBe(true);
    expect(ignores("./docs", "docs/", "builder")).toBe(true);
  });

  test("a hostile pattern is answered at once", () => {
    const stars = `${"a*".repeat(2000)}b`;
    expect(ignores(stars, "a".repeat(5000))).toBe(false);
    const folders = `${"**/a/".repeat(2000)}b`;
    expect(ignores(folders, "a/".repeat(5000))).toBe(false);
  });

  test("no text breaks the reader, and a literal name always fits itself", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.stringMatching(/^[a-z0-9_.]{1,12}$/), (text, name) => {
        ignores(text, `a/${name}`);
        const escaped = name.replaceAll(/./g, "\\$&");
        expect(ignores(escaped, `in/${name}`)).toBe(true);
        expect(ignores(`/${escaped}`, `in/${name}`)).toBe(false);
      }),
    );
  });
});
