import { describe, expect, test } from "vitest";
import type { Fields, KindRules, Observed, Resource } from "../../src/model/resource.ts";
import { printPlan } from "../helpers/print-plan.ts";
import { lives, planWith, wants } from "./objects.ts";

/** What only a platform can say: the engine believes it, and shows whose word it was. */

const RULES: Readonly<Record<string, KindRules>> = {
  network: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
  box: {
    replaceOn: { image: "a box keeps its image" },
    ignore: [],
    secret: [],
    code: [],
    volatile: [],
    rolls: { template: "its pods are exchanged" },
  },
};

const planned = planWith(RULES);

describe("what belongs to the project", () => {
  const network = lives("", "network", {});
  const writer = lives("writer", "box", { image: "a" }, { after: [network.id] });
  const reader = lives("reader", "box", { image: "a" }, { after: [network.id] });

  test("goes with the last agent", () => {
    const { changes } = planned([], [network, writer], { destroy: true });
    expect(changes.map(({ is, id }) => `${is} ${id}`)).toEqual([
      "delete /network/main",
      "delete writer/box/main",
    ]);
  });

  test("stays while an agent of another file or another checkout needs it", () => {
    const scope = { paths: ["writer"], origin: "here" };
    expect(
      planned([], [network, writer, reader], { destroy: true, scope }).changes.map(({ id }) => id),
    ).toEqual(["writer/box/main"]);
    const elsewhere = { ...reader, origin: "there" };
    expect(planned([], [network, writer, elsewhere], { destroy: true }).changes.map(({ id }) => id)).toEqual([
      "writer/box/main",
    ]);
  });

  test("is no agent, so that one of two is half and not less", () => {
    expect(planned([wants("reader", "box", { image: "a" })], [network, writer, reader]).refusals).toEqual([]);
    expect(planned([], [network, writer, reader]).refusals).toEqual([
      { is: "more than half", agents: 2, of: 2 },
    ]);
  });
});

describe("what an interrupted apply left beside the one that counts", () => {
  test("is deleted, and says so", () => {
    const twin = lives("writer", "box", { image: "a" }, { id: "writer/box/main~2", leftOver: true });
    const { changes } = planned(
      [wants("writer", "box", { image: "a" })],
      [lives("writer", "box", { image: "a" }), twin],
    );
    expect(changes.map(({ is, id }) => `${is} ${id}`)).toEqual([
      "delete writer/box/main~2",
      "keep writer/box/main",
    ]);
    expect(changes[0]).toMatchObject({ because: [{ is: "left over" }], costs: { losesData: false } });
  });
});

describe("the platform's own word", () => {
  const at = (fields: Fields, more: Partial<Observed>, now: Fields = { size: 2 }) =>
    planned([wants("writer", "box", now)], [lives("writer", "box", fields, more)]).changes[0];

  test("of what an object would become counts for more than what was written", () => {
    expect(at({ size: 1 }, { becomes: { size: 1 } })?.is).toBe("keep");
    expect(at({ size: 1 }, { becomes: { size: 3 } })).toMatchObject({
      fields: [{ path: "size", from: 1, to: 3 }],
    });
  });

  test("of what it will not change in place makes a replace, in its words", () => {
    expect(at({ size: 1 }, { fixed: { size: "field is immutable" } })).toMatchObject({
      is: "replace",
      fields: [{ path: "size", forces: "field is immutable" }],
    });
  });

  test("of who else wrote a field stands beside it", () => {
    const change = at(
      { size: 9 },
      { asked: { size: 2 }, others: { size: "kubectl-edit" }, changedBy: "someone" },
    );
    expect(change).toMatchObject({
      because: [{ is: "drifted", path: "size", by: "kubectl-edit" }],
      fields: [{ path: "size", origin: "drift", by: "kubectl-edit" }],
    });
  });
});

describe("what runs in an object that is changed in place", () => {
  const change = (rolls: Resource["exchange"]) =>
    planned(
      [wants("writer", "box", { template: "b" }, { rolls })],
      [lives("writer", "box", { template: "a" }), lives("reader", "box", {}, { after: ["writer/box/main"] })],
    ).changes.find(({ id }) => id === "writer/box/main");

  test("is exchanged one after the other where the new one can come first", () => {
    expect(change("start first")).toMatchObject({
      is: "update",
      costs: { order: "rolling", dependants: [] },
      fields: [{ path: "template", rolls: "its pods are exchanged" }],
    });
  });

  test("leaves a gap where it cannot, and others feel it", () => {
    expect(change("stop first")).toMatchObject({
      is: "update",
      costs: { order: "stop first", dependants: ["reader"] },
    });
  });
});

test("what is asked for anew is rolled where the object can stay, and made anew where it cannot", () => {
  const again = (more: Partial<Resource>) =>
    planned([wants("writer", "box", {}, more)], [lives("writer", "box", {})], {
      replace: new Set(["writer/box/main"]),
    }).changes[0];
  expect(again({ rolls: "start first" })).toMatchObject({ is: "update", costs: { order: "rolling" } });
  expect(again({})).toMatchObject({ is: "replace", costs: { order: "stop first" } });
});

test("a plan with all of that prints in order", () => {
  const text = printPlan(
    planned(
      [wants("writer", "box", { template: "b" }, { rolls: "start first" })],
      [lives("", "network", {}), lives("writer", "box", { template: "a" })],
    ),
  );
  expect(text).toContain("~ writer/box/main");
  expect(text).not.toContain("network");
});

describe("what follows an object that stays", () => {
  const both = (template: string, more: Partial<Resource> = {}): readonly Resource[] => [
    wants("store", "box", { template }, { rolls: "start first" }),
    wants("web", "box", {}, { rolls: "start first", follows: ["store/box/main"], ...more }),
  ];
  const live = [lives("store", "box", { template: "old" }), lives("web", "box", {})];
  const told = (desired: readonly Resource[], observed: readonly Observed[]) =>
    planned(desired, observed)
      .changes.map((change) =>
        [change.is, change.id, ...("because" in change ? change.because.map(({ is }) => is) : [])].join(" "),
      )
      .sort();

  test("is rolled once when what runs in it is", () => {
    expect(told(both("new"), live)).toEqual(["update store/box/main edited", "update web/box/main follows"]);
  });

  test("is rolled once when it is made anew", () => {
    expect(told(both("old"), live.slice(1))).toEqual([
      "create store/box/main new",
      "update web/box/main follows",
    ]);
  });

  test("is left alone where the object changes and what runs in it does not", () => {
    const grown = both("old").map((one) => ({ ...one, fields: { ...one.fields, size: 2 } }));
    const web = { ...lives("web", "box", { size: 2 }) };
    expect(told(grown, [lives("store", "box", { template: "old", size: 1 }), web])).toEqual([
      "keep web/box/main",
      "update store/box/main edited",
    ]);
  });
});
