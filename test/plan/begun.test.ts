import { describe, expect, test } from "vitest";
import type { ApplyLine } from "../../src/model/plan.ts";
import { begunOf } from "../../src/plan/begun.ts";
import { planWith, wants } from "./objects.ts";

const changes = planWith({
  process: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
  config: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
  network: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
})(
  [
    wants("", "network", {}),
    wants("ana", "config", {}),
    wants("ana", "process", {}, { after: ["ana/config/main", "/network/main"] }),
    wants("bob", "process", {}, { after: ["ana/process/main", "/network/main"] }),
    wants("cid", "process", {}, { after: ["bob/process/main"] }),
    wants("dora", "process", {}, { after: ["/network/main"] }),
  ],
  [],
).changes;

const came = (each: Readonly<Record<string, ApplyLine["came"]>>): readonly ApplyLine[] =>
  changes.map(({ id }) => ({ id, does: "create", came: each[id] ?? "changed" }));

describe("what of a failed apply goes back", () => {
  test("is all that it had begun with, and nothing that it had not", () => {
    const lines = came({ "bob/process/main": "failed", "cid/process/main": "untouched" });
    expect([...begunOf(changes, lines, false)].sort()).toEqual([
      "/network/main",
      "ana/config/main",
      "ana/process/main",
      "bob/process/main",
      "dora/process/main",
    ]);
  });

  test("is only the agent that failed and those that stand on it, where the others were to go on", () => {
    const lines = came({ "bob/process/main": "failed", "cid/process/main": "untouched" });
    expect([...begunOf(changes, lines, true)]).toEqual(["bob/process/main"]);
    const late = came({ "ana/process/main": "failed" });
    expect([...begunOf(changes, late, true)].sort()).toEqual([
      "ana/config/main",
      "ana/process/main",
      "bob/process/main",
      "cid/process/main",
    ]);
  });

  test("is what all share only where that itself failed", () => {
    const lines = came({ "/network/main": "failed" });
    expect([...begunOf(changes, lines, true)]).toEqual(["/network/main"]);
  });
});
