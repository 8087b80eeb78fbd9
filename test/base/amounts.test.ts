import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDuration } from "../../src/base/duration.ts";
import { parseBytes, parseCpu } from "../../src/base/quantity.ts";

const value = (result: { ok: true; value: number } | { ok: false; error: string }): number | string =>
  result.ok ? result.value : result.error;

describe("amounts are exact", () => {
  test.each([
    ["2", 2000],
    ["0.5", 500],
    ["500m", 500],
    ["0.125", 125],
    ["1.10", 1100],
  ])("%s cores are %i thousandths", (text, millis) => {
    expect(value(parseCpu(text))).toBe(millis);
  });

  test.each(["", "m", "0.5m", "0.1234", "-1", "1e3", "1,5", "2 "])("%j is no amount of cores", (text) => {
    expect(parseCpu(text).ok).toBe(false);
  });

  test.each([
    ["512Mi", 536_870_912],
    ["0.5Gi", 536_870_912],
    ["2GB", 2_000_000_000],
    ["1.5k", 1500],
    ["1024", 1024],
    ["0.1Mi", "an amount in whole bytes"],
    ["9999999Ti", "an amount below 8 PiB"],
  ])("%s is %s", (text, bytes) => {
    expect(value(parseBytes(text))).toBe(bytes);
  });

  test("any decimals of a mebibyte come out as the fraction says, or are refused", () => {
    fc.assert(
      fc.property(fc.nat(4096), fc.nat(999), (whole, thousandths) => {
        const parsed = parseBytes(`${whole}.${String(thousandths).padStart(3, "0")}Mi`);
        const exact = (BigInt(whole) * 1000n + BigInt(thousandths)) * 1_048_576n;
        expect(parsed.ok).toBe(exact % 1000n === 0n);
        if (parsed.ok) expect(BigInt(parsed.value) * 1000n).toBe(exact);
      }),
    );
  });

  test.each([
    ["30s", 30_000],
    ["1m30s", 90_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
    ["1d", 86_400_000],
    ["0s", 0],
  ])("%s is %i ms", (text, millis) => {
    expect(value(parseDuration(text))).toBe(millis);
  });

  test.each(["", "30", "-5s", "1s1m", "1m1m", "s", "1.2345678s", "0.0001s", "400d", "1 s"])(
    "%j is no duration",
    (text) => {
      expect(parseDuration(text).ok).toBe(false);
    },
  );
});
