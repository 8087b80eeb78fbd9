import { describe, expect, test } from "vitest";
import { parseArguments, parseEnvironment, parseStat, parseStatus } from "../../src/system/proc.ts";

const numbers =
  "1 4711 4700 34816 4711 4194304 12 0 0 0 7 5 0 0 20 0 1 0 98765 4096 128 18446744073709551615";

describe("a process as the kernel tells it", () => {
  test("is read whatever its name is", () => {
    for (const name of ["node", "a b", "a) R 1 2 3", "((", "))", "", ") ", "x\ny"])
      expect(parseStat(`4712 (${name}) S ${numbers}\n`)).toEqual({
        pid: 4712,
        name,
        state: "S",
        parent: 1,
        group: 4711,
        session: 4700,
        cpuMs: 120,
        started: "98765",
      });
  });

  test("that is half told is none", () => {
    for (const text of ["", "4712", "4712 (x", "4712 (x)", "4712 (x) S 1 2 3", `x (x) S ${numbers}`])
      expect(parseStat(text)).toBeUndefined();
  });

  test("has its memory in bytes and its real user", () => {
    const text = "Name:\tUid: 7\nUid:\t1000\t0\t0\t0\nVmPeak:\t  9 kB\nVmRSS:\t   2048 kB\n";
    expect(parseStatus(text)).toEqual({ memory: 2_097_152, uid: 1000 });
    expect(parseStatus("")).toEqual({ memory: 0, uid: -1 });
  });

  test("keeps empty arguments and lines within them", () => {
    expect(parseArguments("")).toEqual([]);
    expect(parseArguments("a\0\0b c\0d\ne\0")).toEqual(["a", "", "b c", "d\ne"]);
    expect(parseArguments("a title")).toEqual(["a title"]);
    expect(parseArguments("a\0\0")).toEqual(["a", ""]);
  });

  test("has the first of two variables of one name, and nothing that is no variable", () => {
    expect(parseEnvironment("A=1\0B=x=y\n\0A=2\0nothing\0=odd\0C=\0__proto__=p\0")).toEqual(
      Object.fromEntries([
        ["A", "1"],
        ["B", "x=y\n"],
        ["C", ""],
        ["__proto__", "p"],
      ]),
    );
  });
});
