import { describe, expect, test } from "vitest";
import type { AgentFacts, Facts, SecretFact } from "../../src/model/facts.ts";
import type { Change, Moved } from "../../src/model/plan.ts";
import type { Fields, KindRules, Observed, Resource } from "../../src/model/resource.ts";
import { moved, movedFacts, movedWishes } from "../../src/plan/stale.ts";
import { ORIGIN, own } from "../helpers/fake-target.ts";

const RULES: Readonly<Record<string, KindRules>> = {
  box: {
    replaceOn: {},
    ignore: ["seen"],
    secret: ["secrets"],
    code: ["code"],
    volatile: ["restarts"],
    rolls: {},
  },
};
const COST = { order: "in place", dependants: [], losesData: false } as const;
const ID = "web/box/main";

const wanted = own({ id: ID, agent: "web", kind: "box", name: "main", fields: {} });
const live = (fields: Fields, more: Partial<Observed> = {}): Observed => ({
  ...wanted,
  fields,
  origin: ORIGIN,
  identity: "one",
  ...more,
});

function changeOf(is: Change["is"], fields: Fields): Change {
  const before = live(fields);
  if (is === "create") return { is, id: ID, resource: wanted, because: [{ is: "new" }] };
  if (is === "keep") return { is, id: ID, before };
  const told = { id: ID, before, because: [{ is: "asked for" }], costs: COST } as const;
  return is === "delete" ? { ...told, is } : { ...told, is, resource: wanted, fields: [] };
}

const since = (is: Change["is"], fields: Fields, now: readonly Observed[]): readonly Moved[] =>
  moved([changeOf(is, fields)], now, RULES);

describe("what moved since a plan was made", () => {
  const touching = ["update", "replace", "delete"] as const;

  test.each(touching)("nothing, for what is to %s and still is as it was", (is) => {
    expect(since(is, { limit: 1 }, [live({ limit: 1 })])).toEqual([]);
  });

  test.each(touching)("a field that another value is in by now, for what is to %s", (is) => {
    expect(since(is, { deep: { limit: 1 }, same: 1 }, [live({ deep: { limit: 2 }, same: 1 })])).toEqual([
      { is: "changed", id: ID, path: "deep/limit", planned: 1, now: 2, secret: false },
    ]);
  });

  test("a field that came, and one that is no more", () => {
    expect(since("update", { a: 1 }, [live({ b: 2 })])).toEqual([
      { is: "changed", id: ID, path: "a", planned: 1, secret: false },
      { is: "changed", id: ID, path: "b", now: 2, secret: false },
    ]);
  });

  test("another object in the place of the one that was meant: its fields are not even compared", () => {
    expect(since("delete", { limit: 1 }, [live({ limit: 2 }, { identity: "two" })])).toEqual([
      { is: "another", id: ID, planned: "one", now: "two" },
    ]);
  });

  test("one that appeared where it was to come, and one that is gone", () => {
    expect(since("create", {}, [live({})])).toEqual([{ is: "appeared", id: ID }]);
    expect(since("create", {}, [])).toEqual([]);
    for (const is of touching) expect(since(is, {}, [])).toEqual([{ is: "gone", id: ID }]);
  });

  test("what stays may do what it likes, and so may what the plan does not know", () => {
    expect(since("keep", { limit: 1 }, [])).toEqual([]);
    expect(since("keep", { limit: 1 }, [live({ limit: 2 }, { identity: "two" })])).toEqual([]);
    const stranger = live({ limit: 9 }, { id: "other/box/main" });
    expect(since("update", {}, [live({}), stranger])).toEqual([]);
  });

  test("what comes and goes by itself, and what is somebody else's, is no reason", () => {
    expect(since("update", { restarts: 1, seen: 1 }, [live({ restarts: 7, seen: 8 })])).toEqual([]);
  });

  test("a secret is told to have changed without what it was or is", () => {
    const found = since("update", { secrets: { KEY: "k:old" } }, [live({ secrets: { KEY: "k:new" } })]);
    expect(found).toEqual([{ is: "changed", id: ID, path: "secrets/KEY", secret: true }]);
    expect(JSON.stringify(found)).not.toMatch(/old|new/);
  });

  test("a secret that nobody can compare is not told to have changed", () => {
    expect(since("update", { secrets: { KEY: "k:old" } }, [live({ secrets: { KEY: null } })])).toEqual([]);
    expect(since("update", { secrets: { KEY: null } }, [live({ secrets: { KEY: "k:new" } })])).toEqual([]);
  });

  test("each thing is told, of each object that is touched", () => {
    const second = own({ ...wanted, id: "api/box/main", agent: "api" });
    const both: Change[] = [
      changeOf("update", { a: 1 }),
      { is: "create", id: second.id, resource: second, because: [{ is: "new" }] },
    ];
    const now = [live({ a: 2 }), { ...live({}), id: second.id }];
    expect(moved(both, now, RULES).map(({ is }) => is)).toEqual(["changed", "appeared"]);
  });
});

describe("facts that moved since a plan was made", () => {
  const facts = (agent: Partial<AgentFacts>): Facts => ({
    agents: {
      web: { folder: "/web", code: {}, secrets: {}, texts: {}, absent: [], locks: {}, ...agent },
    },
    target: {},
  });
  const said = (then: Partial<AgentFacts>, now: Partial<AgentFacts>): string[] =>
    movedFacts(facts(then), facts(now), new Set(["web"])).map((one) =>
      one.is === "fact" ? `${one.agent}: ${one.what}` : one.is,
    );
  const known = (digest?: string): Record<string, SecretFact> => ({
    KEY: {
      is: "known",
      origin: { from: "variable", name: "KEY" },
      ...(digest === undefined ? {} : { digest }),
    },
  });

  test("code that was edited, that is new, and that is gone, file by file", () => {
    expect(said({ code: { "a.py": "1", "b.py": "1" } }, { code: { "a.py": "2", "c.py": "1" } })).toEqual([
      "web: a.py was edited",
      "web: b.py is gone",
      "web: c.py is new",
    ]);
  });

  test("what says what to install, once, whether it is part of the code or not", () => {
    expect(said({ locks: { "uv.lock": "1" } }, { locks: { "uv.lock": "2" } })).toEqual([
      "web: uv.lock was edited",
    ]);
    const lock = (digest: string): Partial<AgentFacts> => ({
      locks: { "uv.lock": digest },
      code: { "uv.lock": digest },
    });
    expect(said(lock("1"), lock("2"))).toEqual(["web: uv.lock was edited"]);
  });

  test("a secret with another value, without either value", () => {
    const found = said({ secrets: known("k:old") }, { secrets: known("k:new") });
    expect(found).toEqual(["web: the secret KEY has another value"]);
  });

  test("a secret that is there no more, and one that is there by now", () => {
    const absent: Record<string, SecretFact> = { KEY: { is: "absent", optional: true } };
    const missing: Record<string, SecretFact> = { KEY: { is: "missing", looked: ["the environment"] } };
    expect(said({ secrets: known("k:old") }, { secrets: absent })).toEqual(["web: the secret KEY is gone"]);
    expect(said({ secrets: known() }, { secrets: missing })).toEqual(["web: the secret KEY is gone"]);
    expect(said({ secrets: absent }, { secrets: known("k:new") })).toEqual([
      "web: the secret KEY has a value by now",
    ]);
  });

  test("before there is a key nothing can be compared, and nothing is told", () => {
    expect(said({ secrets: known() }, { secrets: known("k:new") })).toEqual([]);
    expect(said({ secrets: known("k:old") }, { secrets: known() })).toEqual([]);
  });

  test("the files of an agent that is touched are gone; of others nothing is asked", () => {
    const none: Facts = { agents: {}, target: {} };
    expect(movedFacts(facts({}), none, new Set(["web"]))).toEqual([
      { is: "fact", agent: "web", what: "its files are gone" },
    ]);
    expect(movedFacts(facts({}), none, new Set())).toEqual([]);
    expect(movedFacts(none, facts({}), new Set(["web"]))).toEqual([]);
  });

  test("what a plan carries itself may change outside: texts are applied as they were planned", () => {
    expect(said({ texts: { A: "1" }, absent: [] }, { texts: { A: "2" }, absent: ["B"] })).toEqual([]);
  });
});

describe("what the same files would ask for by now", () => {
  const resource = (fields: Resource["fields"]): Resource => ({
    id: "writer/process/main",
    agent: "writer",
    kind: "process",
    name: "main",
    after: [],
    follows: [],
    fields,
    exchange: "stop first",
    holdsData: false,
    protect: false,
    source: "agent.yaml",
    written: {},
  });
  const change = (fields: Resource["fields"]): Change => ({
    is: "create",
    id: "writer/process/main",
    resource: resource(fields),
    because: [{ is: "new" }],
  });

  test("is said where a port or an image is another one by now", () => {
    expect(movedWishes([change({ port: 8080 })], [resource({ port: 8081 })], RULES)).toEqual([
      { is: "fact", agent: "writer", what: "port would be 8081 by now" },
    ]);
    expect(movedWishes([change({ port: 8080 })], [resource({ port: 8080 })], RULES)).toEqual([]);
  });

  test("is said where it would not be asked for at all", () => {
    expect(movedWishes([change({})], [], RULES)).toEqual([
      { is: "fact", agent: "writer", what: "writer/process/main would not be made any more" },
    ]);
  });
});
