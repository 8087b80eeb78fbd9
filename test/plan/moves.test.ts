import { describe, expect, test } from "vitest";
import type { KindRules } from "../../src/model/resource.ts";
import { back } from "../../src/plan/back.ts";
import { moved } from "../../src/plan/stale.ts";
import { printPlan } from "../helpers/print-plan.ts";
import { lives, planWith, wants } from "./objects.ts";

const PLAIN: KindRules = { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} };
const RULES = {
  process: { ...PLAIN, replaceOn: { command: "a running process cannot change its arguments" } },
  config: PLAIN,
  volume: PLAIN,
};
const planned = planWith(RULES);
const renamed = { from: new Map([["desk", "ana"]]), runs: "process" };

describe("an agent under another name", () => {
  const observed = [
    lives("ana", "process", { command: ["a"] }, { after: ["ana/config/main"] }),
    lives("ana", "config", { x: 1 }),
    lives("ana", "volume", {}),
  ];
  const desired = [
    wants("desk", "process", { command: ["b"] }, { after: ["desk/config/main"] }),
    wants("desk", "config", { x: 1 }),
    wants("desk", "volume", {}),
  ];

  test("is moved: one exchange of what runs, data that is told whose it is, and no agent less", () => {
    const plan = planned(desired, observed, { renamed });
    expect(printPlan(plan)).toMatchInlineSnapshot(`
      "- ana/config/main  (renamed) gone
      -/+ desk/process/main  (renamed, edited command/0) stop first
          command/0: "a" → "b" [edit] forces: a running process cannot change its arguments
      ~ desk/volume/main  (renamed) in place
      + desk/config/main  (renamed)"
    `);
    expect(plan.refusals).toEqual([]);
  });

  test("is another agent where nobody says that it was renamed", () => {
    const { changes, refusals } = planned(desired, observed);
    expect(changes.map(({ is, id }) => `${is} ${id}`).sort()).toEqual([
      "create desk/config/main",
      "create desk/process/main",
      "create desk/volume/main",
      "delete ana/config/main",
      "delete ana/process/main",
      "delete ana/volume/main",
    ]);
    expect(refusals).toEqual([{ is: "more than half", agents: 1, of: 1 }]);
  });

  test("is an agent like any other once it has moved", () => {
    const there = [lives("desk", "process", { command: ["b"] }), lives("desk", "config", { x: 1 })];
    const { changes } = planned(desired.slice(0, 2), there, { renamed });
    expect(changes.map(({ is }) => is)).toEqual(["keep", "keep"]);
  });

  test("stays as it is while somebody holds it", () => {
    const hold = { by: "ana", since: "2026-01-01T02:14:00Z", what: "stopped" };
    const held = observed.map((one) => (one.kind === "process" ? { ...one, hold } : one));
    const { changes } = planned(desired.slice(0, 1), held.slice(0, 1), { renamed });
    expect(changes).toMatchObject([{ is: "keep", id: "ana/process/main", held: hold }]);
  });

  test("makes a saved plan stale where the former one changed meanwhile", () => {
    const { changes } = planned(desired, observed, { renamed });
    expect(moved(changes, observed, RULES)).toEqual([]);
    const another = observed.map((one) => ({ ...one, identity: "ana-2" }));
    expect(moved(changes, another, RULES).map(({ is }) => is)).toContain("another");
  });

  test("goes back to its former name after an apply that failed", () => {
    const { changes } = planned(desired, observed, { renamed });
    const half = [
      lives("desk", "process", { command: ["b"] }),
      lives("desk", "config", { x: 1 }),
      lives("ana", "config", { x: 1 }),
      lives("desk", "volume", {}),
    ];
    const begun = new Set(changes.map(({ id }) => id));
    expect(printPlan(back({ changes, begun, observed: half, rules: RULES }).plan)).toMatchInlineSnapshot(`
      "-/+ ana/process/main  (rolled back) stop first
          command/0: "b" → "a" [edit] forces: a running process cannot change its arguments
      ~ ana/volume/main  (rolled back) in place
      = ana/config/main
      - desk/config/main  (rolled back) gone"
    `);
  });
});
