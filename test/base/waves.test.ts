import { describe, expect, test } from "vitest";
import { wavesAgainst } from "../../src/base/waves.ts";

describe("the order of a stop", () => {
  const needs = (map: Readonly<Record<string, readonly string[]>>) =>
    new Map(Object.entries(map).map(([name, needed]) => [name, new Set(needed)]));
  const all = needs({ page: ["desk", "store"], desk: ["store"], store: [], alone: [] });

  test("ends who needs another one before that one", () => {
    expect(wavesAgainst(all, ["alone", "desk", "page", "store"])).toEqual([
      ["alone", "page"],
      ["desk"],
      ["store"],
    ]);
  });

  test("looks at those only that are to be stopped, and names each once", () => {
    expect(wavesAgainst(all, ["store", "page"])).toEqual([["page"], ["store"]]);
    expect(wavesAgainst(all, ["store", "desk", "store"])).toEqual([["desk"], ["store"]]);
    expect(wavesAgainst(all, ["nobody"])).toEqual([["nobody"]]);
  });

  test("comes to an end in a circle too", () => {
    expect(wavesAgainst(needs({ a: ["b"], b: ["a"] }), ["a", "b", "c"])).toEqual([["c"], ["a", "b"]]);
    expect(wavesAgainst(needs({ a: ["b"], b: ["a"] }), ["a", "b"])).toEqual([["a", "b"]]);
  });
});
