import { expect, test } from "vitest";
import type { KindRules } from "../../src/model/resource.ts";
import { leaveHeld } from "../../src/plan/held.ts";
import { lives, planWith, wants } from "./objects.ts";

const PLAIN: KindRules = { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} };
const plan = planWith({ process: PLAIN, config: PLAIN });
const hold = { by: "ana", since: "2026-11-21T02:14:00Z", what: "rolled back to revision 3" };
const held = lives("desk", "process", { command: "then" }, { hold });

test("an agent that somebody holds keeps its configuration too, and does not get another one", () => {
  const observed = [
    held,
    lives("desk", "config", { topic: "rain" }),
    lives("store", "config", { topic: "rain" }),
  ];
  const every = plan(
    [
      wants("desk", "process", { command: "now" }),
      wants("desk", "config", { topic: "snow" }),
      { ...wants("desk", "config", { topic: "snow" }), id: "desk/config/more", name: "more" },
      wants("store", "config", { topic: "snow" }),
    ],
    observed,
  );
  expect(leaveHeld(every, observed).changes).toEqual([
    expect.objectContaining({ is: "update", id: "store/config/main" }),
    { is: "keep", id: "desk/config/main", before: observed[1], held: hold },
    { is: "keep", id: "desk/process/main", before: held, held: hold },
  ]);
});

test("what of it is as asked is kept as ever, and where nobody holds anything the plan is the same", () => {
  const observed = [held, lives("desk", "config", { topic: "rain" })];
  const every = plan([wants("desk", "process", {}), wants("desk", "config", { topic: "rain" })], observed);
  expect(leaveHeld(every, observed)).toBe(every);
  const free = [lives("desk", "config", { topic: "rain" })];
  const other = plan([wants("desk", "config", { topic: "snow" })], free);
  expect(leaveHeld(other, free)).toBe(other);
});

test("one that was protected and would go is no reason to refuse the rest", () => {
  const observed = [
    held,
    lives("desk", "config", {}, { protect: true }),
    lives("store", "process", {}),
    lives("shop", "process", {}),
  ];
  const every = plan([wants("store", "process", {}), wants("shop", "process", {})], observed);
  expect(every.refusals).toEqual([{ is: "protected", id: "desk/config/main", wanted: "delete" }]);
  expect(leaveHeld(every, observed).refusals).toEqual([]);
});
