import { describe, expect, test } from "vitest";
import type { FieldSupport } from "../../src/model/target.ts";
import { carried } from "../../src/ui/carried.ts";

const one: FieldSupport = {
  ports: { is: "enforced" },
  "limits.memory": { is: "emulated", how: "by a watch" },
  "limits.gpu": { is: "not for this target", why: "it has none" },
  scaling: { is: "refused", why: "not built yet", instead: "one replica" },
};
const another: FieldSupport = { "scaling.metrics": { is: "enforced" } };

const said = (path: string): readonly string[] =>
  carried(path, [
    ["one", one],
    ["another", another],
  ]);

describe("how targets carry a field", () => {
  test("is said by the nearest that is named above it", () => {
    expect(said("ports.hostIP")).toEqual(["Targets:", "  one      enforced"]);
    expect(said("limits.memory")).toEqual(["Targets:", "  one      emulated: by a watch"]);
  });

  test("of a block is said for each field in it that is named", () => {
    expect(said("limits")).toEqual([
      "Targets:",
      "  one      each of its fields by itself:",
      "    memory  emulated: by a watch",
      "    gpu     not for this target: it has none",
    ]);
    expect(said("scaling")).toEqual([
      "Targets:",
      "  one      refused: not built yet (one replica)",
      "  another  each of its fields by itself:",
      "    metrics  enforced",
    ]);
  });

  test("is nothing where no target says anything", () => {
    expect(said("strange")).toEqual([]);
    expect(said("limit")).toEqual([]);
  });
});
