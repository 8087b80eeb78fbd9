import { describe, expect, test } from "vitest";
import type { Fields, KindRules, Observed } from "../../src/model/resource.ts";
import type { Revision } from "../../src/model/revision.ts";
import type { ApplyLine, Plan } from "../../src/model/plan.ts";
import { again, differences, isOtherwise } from "../../src/plan/again.ts";
import { stood } from "../../src/plan/stood.ts";
import { lives, planWith, wants } from "./objects.ts";

const PLAIN: KindRules = { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} };
const RULES: Readonly<Record<string, KindRules>> = {
  process: {
    ...PLAIN,
    replaceOn: { command: "a running process cannot change its arguments" },
    ignore: ["pid"],
    secret: ["secrets"],
    volatile: ["running"],
  },
  volume: PLAIN,
};
const plan = planWith(RULES);

const NOTHING = { irVersion: 1, project: "p", agents: {} } as const;
const NO_FACTS = { agents: {}, target: null };

/** What is written down where things stand like this, after an apply that asked for it. */
const writtenDown = (observed: readonly Observed[]): Pick<Revision, "resources"> =>
  stood({
    observed,
    desired: [],
    plan: { changes: [], outside: 0, refusals: [] },
    lines: [],
    asked: { ir: NOTHING, facts: NO_FACTS },
  });

const store = (fields: Fields, more: Partial<Observed> = {}): Observed =>
  lives("store", "process", fields, more);

describe("going back to what was written down", () => {
  test("what is as it was then is left alone", () => {
    const observed = [store({ command: ["a"] }), lives("desk", "process", { command: ["b"] })];
    const { desired, secrets, emptied } = again(writtenDown(observed), observed, RULES);
    expect(plan(desired, observed).changes.map(({ is }) => is)).toEqual(["keep", "keep"]);
    expect({ secrets, emptied }).toEqual({ secrets: [], emptied: [] });
  });

  test("an edit since then is taken back, with the field and without a line of a file", () => {
    const then = writtenDown([store({ command: ["a"] })]);
    const now = [store({ command: ["b"] })];
    const [change] = plan(again(then, now, RULES).desired, now).changes;
    expect(change).toMatchObject({
      is: "replace",
      because: [{ is: "edited", path: "command/0" }],
      fields: [{ path: "command/0", from: "b", to: "a", origin: "edit" }],
      resource: { was: { identity: "store-1", asked: { command: ["a"] } } },
    });
    expect(JSON.stringify(change)).not.toContain('"at"');
  });

  test("a drift is no part of what was wanted then", () => {
    const then = writtenDown([store({ command: ["drifted"] }, { asked: { command: ["a"] } })]);
    expect(then.resources[0]?.fields).toEqual({ command: ["a"] });
  });

  test("an agent that is gone comes again, and one that was not there then goes", () => {
    const then = writtenDown([store({ command: ["a"] })]);
    const now = [lives("desk", "process", { command: ["b"] })];
    const changes = plan(again(then, now, RULES).desired, now).changes;
    expect(changes.map(({ is, id }) => [is, id])).toEqual([
      ["delete", "desk/process/main"],
      ["create", "store/process/main"],
    ]);
  });

  test("a secret that has another value by now keeps it, and that is told", () => {
    const then = writtenDown([
      store({ command: ["a"], secrets: { "TOKEN/x": "old", SAME: "same", GONE: "gone" } }),
    ]);
    const now = [store({ command: ["b"], secrets: { "TOKEN/x": "new", SAME: "same", LATER: "later" } })];
    const { desired, secrets } = again(then, now, RULES);
    expect(desired[0]?.fields).toEqual({
      command: ["a"],
      secrets: { "TOKEN/x": "new", SAME: "same", GONE: "gone" },
    });
    expect(secrets).toEqual([{ id: "store/process/main", path: "secrets/TOKEN/x" }]);
  });

  test("the value that an agent would be given today comes before the one that it has, also where it is gone", () => {
    const then = writtenDown([store({ secrets: { TOKEN: "old", OTHER: "other" } })]);
    const today = (agent: string, path: string): string | undefined =>
      agent === "store" && path === "secrets/TOKEN" ? "today" : undefined;
    for (const now of [[store({ secrets: { TOKEN: "live", OTHER: "other" } })], []]) {
      const { desired, secrets } = again(then, now, RULES, today);
      expect(desired[0]?.fields).toEqual({ secrets: { TOKEN: "today", OTHER: "other" } });
      expect(secrets).toEqual([{ id: "store/process/main", path: "secrets/TOKEN" }]);
    }
  });

  test("data that is gone is named, and what stays is not", () => {
    const [kept, lost] = [lives("desk", "volume", {}), lives("store", "volume", {})];
    expect(again(writtenDown([kept, lost]), [kept], RULES).emptied).toEqual(["store/volume/main"]);
  });

  test("what an interrupted exchange left beside is not wanted again", () => {
    expect(writtenDown([store({}, { leftOver: true })]).resources).toEqual([]);
  });
});

describe("whether things are as they were", () => {
  const then = writtenDown([store({ command: ["a"], pid: 1, running: true })]);
  const is = (...now: readonly Observed[]): boolean => isOtherwise(then, now, RULES);

  test("what comes and goes by itself, and what somebody changed by hand, is no other revision", () => {
    expect(is(store({ command: ["a"], pid: 2, running: false }))).toBe(false);
    expect(is(store({ command: ["x"], pid: 1, running: true }, { asked: { command: ["a"], pid: 1 } }))).toBe(
      false,
    );
  });

  test("another value, a missing object and one more are", () => {
    expect(is(store({ command: ["b"], pid: 1, running: true }))).toBe(true);
    expect(is()).toBe(true);
    expect(is(store({ command: ["a"] }), lives("desk", "process", {}))).toBe(true);
  });
});

describe("two revisions side by side", () => {
  test("each field that differs is told once, by object and path, and no value of a secret", () => {
    const before = [
      wants("store", "process", { command: ["a"], secrets: { TOKEN: "1" }, pid: 1 }),
      wants("old", "process", {}),
    ];
    const after = [
      wants("store", "process", { command: ["b"], secrets: { TOKEN: "2" }, pid: 2 }),
      wants("new", "process", {}),
    ];
    expect(differences(before, after, RULES)).toEqual([
      { id: "new/process/main", is: "new", fields: [] },
      { id: "old/process/main", is: "gone", fields: [] },
      {
        id: "store/process/main",
        is: "changed",
        fields: [
          { path: "command/0", from: "a", to: "b", secret: false, origin: "edit" },
          { path: "secrets/TOKEN", secret: true, origin: "edit" },
        ],
      },
    ]);
    expect(differences(before, before, RULES)).toEqual([]);
  });
});

describe("what stood after an apply", () => {
  const agents = (...names: readonly string[]): Revision["ir"] =>
    ({
      irVersion: 1,
      project: "p",
      agents: Object.fromEntries(names.map((name) => [name, { name }])),
    }) as never;
  const facts = (mark: string, ...names: readonly string[]): Revision["facts"] => ({
    agents: Object.fromEntries(
      names.map((name) => [name, { folder: mark, code: {}, secrets: {}, texts: {}, absent: [], locks: {} }]),
    ),
    target: mark,
  });
  const former = { ir: agents("store", "desk"), facts: facts("then", "store", "desk"), resources: [] };
  const request = (changes: Plan["changes"], lines: readonly ApplyLine[]) => ({
    observed: [store({}), lives("desk", "process", {})],
    desired: [wants("store", "process", {}, { exchange: "start first", follows: ["store/config/main"] })],
    plan: { changes, outside: 0, refusals: [] },
    lines,
    asked: { ir: agents("store", "desk"), facts: facts("now", "store", "desk") },
    former,
  });
  const line = (id: string, more: Partial<ApplyLine> = {}): ApplyLine => ({
    id,
    does: "update",
    came: "changed",
    ...more,
  });
  const foldersOf = (
    changes: Plan["changes"],
    lines: readonly ApplyLine[],
  ): readonly (string | undefined)[] => {
    const found = stood(request(changes, lines)).facts.agents;
    return [found["store"]?.folder, found["desk"]?.folder];
  };

  test("how an object is exchanged is known from who asked for it, or from the revision before", () => {
    const [first] = stood(request([], [])).resources;
    expect(first).toMatchObject({ exchange: "start first", follows: ["store/config/main"] });
    const resources = [wants("desk", "process", {}, { exchange: "start first", rolls: "start first" })];
    const [, second] = stood({ ...request([], []), former: { ...former, resources } }).resources;
    expect(second).toMatchObject({ exchange: "start first", rolls: "start first" });
    expect(stood({ ...request([], []), desired: [] }).resources[0]).toMatchObject({
      exchange: "stop first",
      follows: [],
    });
  });

  test("an agent that this apply brought about, or found as asked, is as the files say by now", () => {
    const kept = { is: "keep", id: "desk/process/main", before: lives("desk", "process", {}) } as const;
    expect(foldersOf([kept], [line("store/process/main")])).toEqual(["now", "now"]);
  });

  test("one that was left out, is held, failed or went back is as it was asked for before", () => {
    const hold = { by: "ana", since: "2026-11-21T02:14:00Z", what: "stopped" };
    const held = {
      is: "keep",
      id: "desk/process/main",
      before: lives("desk", "process", {}),
      held: hold,
    } as const;
    expect(foldersOf([held], [line("store/process/main")])).toEqual(["now", "then"]);
    expect(foldersOf([], [line("store/process/main")])).toEqual(["now", "then"]);
    expect(foldersOf([], [line("store/process/main", { came: "failed" })])).toEqual(["then", "then"]);
    const back = line("store/process/main", { back: { came: "rolled back" } });
    expect(foldersOf([], [back, line("store/config/main")])).toEqual(["then", "then"]);
  });

  test("an agent that does not live any more is not written down", () => {
    const found = stood({ ...request([], []), observed: [store({})] });
    expect(Object.keys(found.ir.agents)).toEqual(["store"]);
    expect(Object.keys(found.facts.agents)).toEqual(["store"]);
  });
});
