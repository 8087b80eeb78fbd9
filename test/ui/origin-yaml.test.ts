import { expect, test } from "vitest";
import { parse } from "yaml";
import { originYaml } from "../../src/ui/origin-yaml.ts";

test("YAML of a configuration has the same values, and no byte that does anything to a terminal", () => {
  const value = {
    escape: "\u001B]52;c;aGVsbG8=\u0007",
    c1: "\u009B31m\u0085",
    bidi: ["\u202Eevil\u202C", "\u2066x\u2069\u061C"],
    lines: "one\ntwo\u2028three\rfour",
    "key\u202E": "✓ fine",
  };
  const text = originYaml(value, () => "a\u001B[2Jb\n.yaml:1");
  expect(text).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
  expect(parse(text)).toEqual(value);
  expect(text).toContain("✓ fine");
  expect(text).toContain("# a\\x1b[2Jb\\n.yaml:1");
});
