import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../src/base/canonical.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Revision } from "../../../src/model/revision.ts";
import { base64Of, bytesOf, packed, unpacked } from "../../../targets/kubernetes/revisions/pack.ts";
import {
  headIn,
  headOf,
  headText,
  partsOf,
  revisionOf,
} from "../../../targets/kubernetes/revisions/parts.ts";

const facts: AgentFacts = { folder: "/x", code: { a: "1" }, secrets: {}, texts: {}, absent: [], locks: {} };
const resource = (agent: string, text: string): Resource => ({
  id: `${agent}/Deployment/${agent}`,
  agent,
  kind: "Deployment",
  name: agent,
  after: [],
  follows: [],
  fields: { text },
  exchange: "stop first",
  holdsData: false,
  protect: false,
  source: "agent.yaml",
  written: {},
});

const agents = Array.from({ length: 40 }, (_, i) => `agent-${i}`);

const revisionWith = (edited: string | undefined): Revision => ({
  version: 1,
  number: 1,
  apply: "a",
  does: "apply",
  began: "2026-01-31T02:14:00.000Z",
  outcome: "applied",
  by: { user: "ana", host: "h", command: "aac apply", madeBy: "aac" },
  objects: [],
  versions: {},
  needs: [],
  ir: { irVersion: 1, project: "desk", agents: {} },
  facts: { agents: Object.fromEntries(agents.map((name) => [name, facts])), target: null },
  resources: agents
    .map((name) => resource(name, name === edited ? "new" : "old"))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
});

describe("a revision in parts", () => {
  test("is whole again when its parts are put together", () => {
    const revision = { ...revisionWith(undefined), facts: { agents: {}, target: { namespace: "x" } } };
    expect(revisionOf(headOf(revision), partsOf(revision))).toEqual(revision);
  });

  test("has one other part where one agent of many changed, and few parts however many they are", () => {
    const [before, after] = [partsOf(revisionWith(undefined)), partsOf(revisionWith("agent-7"))];
    expect(before.size).toBeLessThanOrEqual(33);
    const other = [...after].filter(
      ([name, part]) => canonicalJson(part) !== canonicalJson(before.get(name) ?? null),
    );
    expect(other).toHaveLength(1);
    expect(other[0]?.[0]).toMatch(/^stood-/);
  });

  test("is none where something of it is of another version, or broken", () => {
    const head = { head: headOf(revisionWith(undefined)), parts: { rest: { digest: "x", pieces: 1 } } };
    const text = canonicalJson(headText(head));
    expect(headIn(text)).toEqual(head);
    expect(headIn(text.replace('"version":1', '"version":2'))).toBeUndefined();
    expect(headIn(text.slice(1))).toBeUndefined();
    expect(headIn(undefined)).toBeUndefined();
    expect(revisionOf(head.head, new Map())).toBeUndefined();
    expect(
      revisionOf(head.head, new Map([...partsOf(revisionWith(undefined)), ["stood-1", [{}]]])),
    ).toBeUndefined();
  });

  test("is packed into the same bytes each time, and what is no packed text is told apart", async () => {
    const text = "è".repeat(100_000);
    const [one, two] = [await packed(text), await packed(text)];
    expect(base64Of(one)).toBe(base64Of(two));
    expect(one.length).toBeLessThan(2000);
    expect(await unpacked(bytesOf(base64Of(one)))).toBe(text);
    expect(await unpacked(one.subarray(0, 100))).toBeUndefined();
    expect(await unpacked(new Uint8Array([1, 2, 3]))).toBeUndefined();
    expect(bytesOf("no base64 *")).toHaveLength(0);
  });
});
