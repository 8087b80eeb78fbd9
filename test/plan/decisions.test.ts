import { describe, expect, test } from "vitest";
import type { Fields, Observed, Resource } from "../../src/model/resource.ts";
import { type PlanRequest, plan } from "../../src/plan/plan.ts";
import { fakeClock } from "../helpers/fake-clock.ts";
import { fakeTarget, fakeWorld, ORIGIN, own } from "../helpers/fake-target.ts";
import { printPlan } from "../helpers/print-plan.ts";

const { kinds: rules } = fakeTarget(fakeWorld(), fakeClock());

const box = (agent: string, fields: Fields = {}, more: Partial<Resource> = {}): Resource =>
  own({
    id: `${agent}/box/main`,
    agent,
    kind: "box",
    name: "main",
    fields,
    source: `${agent}/agent.yaml`,
    ...more,
  });

const note = (agent: string, text: string): Resource =>
  own({ id: `${agent}/note/main`, agent, kind: "note", name: "main", fields: { text } });

const live = (resource: Resource, more: Partial<Observed> = {}): Observed => ({
  ...resource,
  asked: resource.fields,
  origin: ORIGIN,
  identity: `${resource.id}-1`,
  ...more,
});

function planned(
  desired: readonly Resource[],
  observed: readonly Observed[],
  more: Partial<PlanRequest> = {},
): string[] {
  return printPlan(
    plan({
      desired,
      observed,
      rules,
      scope: { paths: ["."], origin: ORIGIN },
      destroy: false,
      prune: false,
      replace: new Set(),
      release: false,
      ...more,
    }),
  )
    .split("\n")
    .filter((line) => !line.startsWith(" "));
}

describe("what follows another object", () => {
  const store = (command: string, limit = 1): Resource => box("store", { command: [command], limit });
  const web = (limit: number): Resource => box("web", { limit }, { follows: ["store/box/main"] });

  test("of another agent is replaced with it, also where it would have been changed in place", () => {
    expect(planned([store("b"), web(2)], [live(store("a")), live(web(1))])).toEqual([
      "-/+ store/box/main  (edited command/0) stop first",
      "-/+ web/box/main  (edited limit, follows store/box/main) stop first",
    ]);
  });

  test("of another agent is left alone where that is changed in place and runs on", () => {
    expect(planned([store("a", 2), web(1)], [live(store("a", 1)), live(web(1))])).toEqual([
      "~ store/box/main  (edited limit) in place",
      "= web/box/main",
    ]);
  });

  test("of another agent is started anew when that has to be made again", () => {
    expect(planned([store("a"), web(1)], [live(web(1))])).toEqual([
      "-/+ web/box/main  (follows store/box/main) stop first",
      "+ store/box/main  (new)",
    ]);
  });

  test("of its own agent is made anew with each change of it", () => {
    const own = box("web", {}, { follows: ["web/note/main"] });
    expect(planned([note("web", "new"), own], [live(note("web", "old")), live(own)])).toEqual([
      "-/+ web/box/main  (follows web/note/main) stop first",
      "~ web/note/main  (edited text) in place",
    ]);
  });

  test("in a chain reaches everybody, whatever the order in which they are named", () => {
    const chain = ["d", "c", "b"].map((name) =>
      box(name, {}, { follows: [`${String.fromCharCode(name.charCodeAt(0) - 1)}/box/main`] }),
    );
    const first = (command: string): Resource => box("a", { command: [command] });
    expect(
      planned([...chain, first("b")], [...chain.map((one) => live(one)), live(first("a"))]).map(
        (line) => line.split(" stop")[0],
      ),
    ).toEqual([
      "-/+ a/box/main  (edited command/0)",
      "-/+ b/box/main  (follows a/box/main)",
      "-/+ c/box/main  (follows b/box/main)",
      "-/+ d/box/main  (follows c/box/main)",
    ]);
  });

  test("in a circle comes to an end", () => {
    const [a, b] = [
      box("a", {}, { follows: ["b/box/main"] }),
      box("b", { command: ["new"] }, { follows: ["a/box/main"] }),
    ];
    expect(planned([a, b], [live(a), live(box("b", { command: ["old"] }))])).toHaveLength(2);
  });

  test("is left alone while somebody holds it, and protected against it where it is protected", () => {
    const hold = { by: "ana", since: "02:14", what: "stopped" };
    expect(planned([store("b"), web(1)], [live(store("a")), live(web(1), { hold })])).toEqual([
      "-/+ store/box/main  (edited command/0) stop first",
      "= web/box/main held by ana: stopped",
    ]);
    const guarded = { ...web(1), protect: true };
    expect(planned([store("b"), guarded], [live(store("a")), live(guarded)])).toContain(
      "refused: web/box/main is protected against replace",
    );
  });
});

describe("what is protected", () => {
  const guarded = (limit: number, command = "run"): Resource =>
    box("vault", { limit, command: [command] }, { protect: true });

  test("may be changed in place, and is neither replaced nor taken away, not even by a destroy", () => {
    expect(planned([guarded(2)], [live(guarded(1))])).toEqual(["~ vault/box/main  (edited limit) in place"]);
    expect(planned([guarded(1, "b")], [live(guarded(1, "a"))])).toContain(
      "refused: vault/box/main is protected against replace",
    );
    expect(planned([], [live(guarded(1))], { destroy: true })).toContain(
      "refused: vault/box/main is protected against delete",
    );
  });

  test("is what the files of today say, where all is taken down", () => {
    const free = live(box("vault", { limit: 1, command: ["run"] }));
    const destroyed = (one: Observed, protects: readonly (readonly [string, boolean])[]): string =>
      planned([], [one], { destroy: true, protects: new Map(protects) }).join();
    const refused = "refused: vault/box/main is protected against delete";
    expect(destroyed(free, [["vault", true]])).toContain(refused);
    expect(destroyed(free, [["other", true]])).not.toContain("refused");
    expect(destroyed(live(guarded(1)), [["vault", false]])).not.toContain("refused");
    expect(destroyed(live(guarded(1)), [])).toContain(refused);
  });

  test("may be replaced by files that protect it no more, and not by being asked for", () => {
    const free = box("vault", { limit: 1, command: ["b"] });
    expect(planned([free], [live(guarded(1, "a"))]).filter((line) => line.startsWith("refused"))).toEqual([]);
    expect(planned([guarded(1)], [live(guarded(1))], { replace: new Set(["vault/box/main"]) })).toEqual([
      "-/+ vault/box/main  (asked for) stop first",
      "refused: vault/box/main is protected against replace",
    ]);
  });
});

describe("more than half of the agents", () => {
  const all = ["a", "b", "c", "d"].map((name) => box(name));
  const lives = all.map((one) => live(one));
  const refused = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith("refused"));

  test("may not go, and half of them may", () => {
    expect(refused(planned(all.slice(2), lives))).toEqual([]);
    expect(refused(planned(all.slice(3), lives))).toEqual(["refused: 3 of 4 agents would go"]);
  });

  test("counts those that lose all, not those that lose a part", () => {
    const notes = ["a", "b", "c"].map((name) => live(note(name, "text")));
    expect(refused(planned(all, [...lives, ...notes]))).toEqual([]);
  });

  test("counts what is outside too, for it stays", () => {
    const outside = ["e", "f"].map((name) => live(box(name), { origin: "another checkout" }));
    expect(refused(planned(all.slice(3), [...lives, ...outside]))).toEqual([]);
  });

  test("may go by a destroy", () => {
    expect(refused(planned([], lives, { destroy: true }))).toEqual([]);
  });
});

describe("what is outside of the scope", () => {
  const inside = box("web");
  const elsewhere = live(box("old", {}, { source: "far/agent.yaml" }));
  const scope = { paths: ["web"], origin: ORIGIN };

  test("is left alone and counted, by a destroy as well, until prune is asked for", () => {
    expect(planned([inside], [live(inside), elsewhere], { scope })).toEqual(["= web/box/main", "outside: 1"]);
    expect(planned([], [live(inside), elsewhere], { scope, destroy: true })).toEqual([
      "- web/box/main  (destroy) gone",
      "outside: 1",
    ]);
    expect(planned([inside], [live(inside), elsewhere], { scope, prune: true })).toEqual([
      "- old/box/main  (no longer in the files) gone",
      "= web/box/main",
    ]);
  });
});

describe("what somebody holds", () => {
  const hold = { by: "ana", since: "02:14", what: "stopped" };

  test("is replaced neither by an edit nor by being asked for, and goes by a destroy", () => {
    const held = live(box("web", { command: ["a"] }), { hold });
    const asked = { replace: new Set(["web/box/main"]) };
    expect(planned([box("web", { command: ["b"] })], [held], asked)).toEqual([
      "= web/box/main held by ana: stopped",
    ]);
    expect(planned([], [held], { destroy: true })).toEqual(["- web/box/main  (destroy) gone"]);
  });

  test("is nobody's any more once it is released: it changes, goes, and follows", () => {
    const held = live(box("web", { command: ["a"] }), { hold });
    expect(planned([], [held], { release: true })).toContain("- web/box/main  (no longer in the files) gone");
    const store = (command: string): Resource => box("store", { command: [command] });
    const web = box("web", {}, { follows: ["store/box/main"] });
    expect(planned([store("b"), web], [live(store("a")), live(web, { hold })], { release: true })).toContain(
      "-/+ web/box/main  (follows store/box/main) stop first",
    );
  });
});
