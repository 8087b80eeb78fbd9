import { describe, expect, test } from "vitest";
import type { Change, Plan, Reason, Refusal } from "../../src/model/plan.ts";
import type { Observed } from "../../src/model/resource.ts";
import { choose } from "../../src/plan/choose.ts";
import { ORIGIN, own } from "../helpers/fake-target.ts";

const COST = { order: "gone", dependants: [], losesData: false } as const;

const idOf = (name: string): string => (name.includes("/") ? name : `${name}/box/main`);

/** `+ web store`: web comes and stands on store. `-` goes, `~` changes in place, `-/+` is replaced, `=` stays. */
function change(line: string, because: Reason = { is: "new" }): Change {
  const [sign, name = "", ...others] = line.split(" ");
  const id = idOf(name);
  const after = others.map(idOf);
  const resource = own({ id, agent: id.split("/")[0] ?? "", kind: "box", name: "main", fields: {}, after });
  const before: Observed = { ...resource, origin: ORIGIN, identity: id };
  switch (sign) {
    case "+":
      return { is: "create", id, resource, because: [because] };
    case "~":
      return { is: "update", id, resource, before, because: [because], fields: [], costs: COST };
    case "-/+":
      return { is: "replace", id, resource, before, because: [because], fields: [], costs: COST };
    case "-":
      return { is: "delete", id, before, because: [because], costs: COST };
    default:
      return { is: "keep", id, before };
  }
}

const planOf = (lines: readonly (string | Change)[], refusals: readonly Refusal[] = []): Plan => ({
  changes: lines.map((line) => (typeof line === "string" ? change(line) : line)),
  outside: 0,
  refusals,
});

const short = (id: string): string => id.replace(/\/box\/main$/, "");

function chosen(plan: Plan, only: readonly string[], without: readonly string[] = []): string[] {
  const { plan: part, left } = choose(plan, { only: new Set(only), without: new Set(without) });
  return [
    ...part.changes.map(({ is, id }) => `${is} ${short(id)}`),
    ...left.map(({ id, because }) =>
      id === because ? `left ${short(id)}` : `left ${short(id)} with ${short(because)}`,
    ),
    ...part.refusals.map((one) =>
      one.is === "protected" ? `refused ${short(one.id)}` : `refused ${one.agents} of ${one.of}`,
    ),
  ];
}

describe("only some agents", () => {
  test("bring along what they stand on, and what that stands on", () => {
    const plan = planOf(["+ web api", "+ api store", "+ store", "+ other"]);
    expect(chosen(plan, ["web"])).toEqual(["create web", "create api", "create store", "left other"]);
    expect(chosen(plan, ["store"])).toEqual(["create store", "left web", "left api", "left other"]);
  });

  test("may be named by one object of theirs", () => {
    const plan = planOf(["+ web/note/main", "+ web web/note/main", "+ other"]);
    expect(chosen(plan, ["web/note/main"])).toEqual(["create web/note/main", "left web", "left other"]);
  });

  test("that go bring along what stands on them, for it could not stay without", () => {
    const plan = planOf(["- web store", "- store", "- other"]);
    expect(chosen(plan, ["store"])).toEqual(["delete web", "delete store", "left other"]);
    expect(chosen(plan, ["web"])).toEqual(["delete web", "left store", "left other"]);
  });

  test("leave what stays where it is", () => {
    expect(chosen(planOf(["+ web", "= other"]), ["web"])).toEqual(["create web", "keep other"]);
  });

  test("that nothing is done to leave nothing to do", () => {
    expect(chosen(planOf(["= web", "+ other"]), ["web"])).toEqual(["keep web", "left other"]);
  });
});

describe("without some agents", () => {
  test("what stands on one that would have come is left out with it, and says why", () => {
    const plan = planOf(["+ web api", "+ api store", "+ store", "+ other"]);
    expect(chosen(plan, [], ["store"])).toEqual([
      "create other",
      "left store",
      "left api with store",
      "left web with store",
    ]);
  });

  test("what stands on one that would have been replaced is left out, on one changed in place it is not", () => {
    expect(chosen(planOf(["+ web store", "-/+ store"]), [], ["store"])).toEqual([
      "left store",
      "left web with store",
    ]);
    expect(chosen(planOf(["+ web store", "~ store"]), [], ["store"])).toEqual(["create web", "left store"]);
  });

  test("what one that stays stands on does not go either", () => {
    expect(chosen(planOf(["- web store", "- store", "- other"]), [], ["web"])).toEqual([
      "delete other",
      "left web",
      "left store with web",
    ]);
  });

  test("what would only follow one that is left out is left out", () => {
    const follows = change("-/+ web", { is: "follows", id: "store/box/main" });
    expect(chosen(planOf([follows, "~ store"]), [], ["store"])).toEqual([
      "left store",
      "left web with store",
    ]);
    const also = change("-/+ web", { is: "asked for" });
    expect(chosen(planOf([also, "~ store"]), [], ["store"])).toEqual(["replace web", "left store"]);
  });

  test("one object alone is left out by its whole name", () => {
    expect(chosen(planOf(["+ web/note/main", "+ web"]), [], ["web/note/main"])).toEqual([
      "create web",
      "left web/note/main",
    ]);
  });

  test("it wins over only, and so does what stands on it", () => {
    expect(chosen(planOf(["+ web store", "+ store", "+ other"]), ["web"], ["store"])).toEqual([
      "left other",
      "left store",
      "left web with store",
    ]);
  });
});

describe("a refusal", () => {
  const isProtected: Refusal = { is: "protected", id: "store/box/main", wanted: "delete" };

  test("of what is left out does not hold for the rest", () => {
    const plan = planOf(["- store", "+ web"], [isProtected]);
    expect(chosen(plan, [])).toEqual(["delete store", "create web", "refused store"]);
    expect(chosen(plan, ["web"])).toEqual(["create web", "left store"]);
    expect(chosen(plan, ["store"])).toEqual(["delete store", "left web", "refused store"]);
  });

  test("because of more than half counts those that still go", () => {
    const half: Refusal = { is: "more than half", agents: 3, of: 4 };
    const plan = planOf(["- a", "- b", "- c", "= d"], [half]);
    expect(chosen(plan, [], ["a"])).toEqual(["delete b", "delete c", "keep d", "left a"]);
    expect(chosen(planOf(["- a", "- b", "- c", "+ e"], [half]), [], ["e"])).toEqual([
      "delete a",
      "delete b",
      "delete c",
      "left e",
      "refused 3 of 4",
    ]);
  });
});
