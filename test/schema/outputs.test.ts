import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical.ts";
import type { ApplyReport, Change, PlanReport } from "../../src/model/plan.ts";
import type { Status } from "../../src/model/operates.ts";
import type { Files } from "../../src/model/system.ts";
import { type SavedPlan, writePlan } from "../../src/state/plan-file.ts";
import { jsonReport } from "../../src/ui/apply/report.ts";
import { json } from "../../src/ui/plan/json.ts";
import { statsJson } from "../../src/ui/stats/json.ts";
import type { ReplicaUse } from "../../src/ui/stats/rates.ts";
import { statusJson } from "../../src/ui/status/json.ts";
import { cases } from "../helpers/load-fixture.ts";
import { planFixture } from "../helpers/plan-fixture.ts";
import { faultsOf, type Node, PUBLISHED, publishedSchema } from "../helpers/published-schemas.ts";
import { CASES, sample } from "../ui/plan-cases.ts";

/** Every place of a schema that says what may stand there. */
function places(node: unknown, pointer = ""): readonly (readonly [string, Node])[] {
  if (typeof node !== "object" || node === null) return [];
  const record = node as Node;
  const below = (word: string): readonly (readonly [string, Node])[] =>
    Object.entries((record[word] ?? {}) as Node).flatMap(([key, one]) =>
      places(one, `${pointer}/${word}/${key}`),
    );
  return [
    [pointer, record],
    ...below("properties"),
    ...below("definitions"),
    ...below("oneOf"),
    ...["items", "additionalProperties"].flatMap((word) => places(record[word], `${pointer}/${word}`)),
  ];
}

const REPORT: ApplyReport = {
  project: "desk",
  target: "local-process",
  outcome: "failed",
  objects: [
    {
      id: "a/process/0",
      does: "replace",
      came: "failed",
      cause: "it ended with exit 1",
      lines: ["Traceback"],
    },
    { id: "b/process/0", does: "create", came: "changed" },
    { id: "c/process/0", does: "delete", came: "untouched" },
  ],
  millis: 14_000,
  urls: { b: ["http://127.0.0.1:8080"], c: [] },
  notes: ["one"],
};

const STATUS: Status = {
  agents: [
    { agent: "a", replica: 0, state: "ready", health: "none", restarts: 0, ports: [], source: "agent.yaml" },
    {
      agent: "b",
      replica: 1,
      state: "backoff",
      detail: "waits",
      health: "unhealthy",
      restarts: 12,
      since: "2026-08-01T11:59:48.5Z",
      ports: ["http://127.0.0.1:8080"],
      id: "4121",
      image: "b:1",
      memory: 96,
      cpu: 250,
      lastExit: "exit 1 after 6 s",
      lastProbe: "GET /health on 8080: 503",
      nextTry: "2026-08-01T12:00:07Z",
      breaker: "half-open",
      held: "held by ana",
      source: "agent.yaml",
    },
  ],
  notes: [],
};

const USES: readonly ReplicaUse[] = [
  { agent: "a", replica: 0, id: "4121", at: "2026-08-01T12:00:00Z", from: "operating system" },
  {
    agent: "b",
    replica: 1,
    id: "0123456789ab",
    at: "2026-08-01T12:00:00Z",
    cpu: 250,
    cpuLimit: 1000,
    memory: 96,
    memoryLimit: 128,
    processes: 3,
    processesLimit: 50,
    network: { received: 1, sent: 2 },
    disk: { read: 3, written: 4 },
    from: "engine",
  },
];

function savedText(report: PlanReport, rest: Partial<SavedPlan> = {}): string {
  let text = "";
  const files = { replace: (_: string, written: string) => void (text = written) } as unknown as Files;
  const { project, target, where, destroy } = report;
  writePlan(files, "plan.json", {
    apiVersion: "agent.dev/v1",
    kind: "SavedPlan",
    version: 1,
    madeBy: "0.0.0",
    madeAt: "2026-08-01T12:00:00Z",
    place: {
      project,
      target,
      where,
      key: "0123456789ab",
      origin: "box:/project",
      root: "/project",
      portRange: [20_000, 29_999],
      chosen: {},
    },
    destroy,
    ir: { irVersion: 1, project, agents: {} },
    facts: { agents: {}, target: {} },
    desired: [],
    plan: { ...report.plan, changes: report.plan.changes.map(apart), refusals: [] },
    ...rest,
  });
  return text;
}

/** The cases make what is wanted and what is live of one object that has the fields of both. */
function apart(change: Change): Change {
  const wished = ["exchange", "follows", "written"];
  const seen = ["asked", "origin", "identity", "changedBy", "hold", "readyMs"];
  const without = <T extends object>(one: T, keys: readonly string[]): T =>
    Object.fromEntries(Object.entries(one).filter(([key]) => !keys.includes(key))) as T;
  return {
    ...change,
    ...("resource" in change ? { resource: without(change.resource, seen) } : {}),
    ...("before" in change ? { before: without(change.before, wished) } : {}),
  };
}

describe("the published schemas of what is printed", () => {
  test.each(PUBLISHED)("%s says of every node what it is, and takes no other keys than it lists", (name) => {
    const all = places(publishedSchema(name));
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter(([, node]) => typeof node["description"] !== "string").map(([at]) => at)).toEqual([]);
    expect(
      all
        .filter(([, node]) => node["properties"] !== undefined && node["additionalProperties"] !== false)
        .map(([at]) => at),
    ).toEqual([]);
  });

  test.each([
    ...Object.entries(CASES),
    ["sample, saved", { ...sample, saved: { file: "p.json", objects: 3 } }] as const,
  ])("the plan `%s` is as its schemas say", (_, report) => {
    expect(faultsOf("plan", json(report))).toEqual([]);
    expect(faultsOf("saved-plan", savedText(report))).toEqual([]);
  });

  test("so is the first plan of each case that can be planned", async () => {
    let seen = 0;
    for (const name of cases()) {
      const planned = await planFixture(name, "local-process");
      if (planned === undefined) continue;
      seen++;
      const { report, desired, facts, loaded } = planned;
      expect([name, faultsOf("plan", json(report, loaded.texts))]).toEqual([name, []]);
      const ir = { ...loaded.compiled.ir, project: report.project };
      expect([name, faultsOf("saved-plan", savedText(report, { ir, desired, facts }))]).toEqual([name, []]);
    }
    expect(seen).toBeGreaterThan(20);
  });

  test("the report of an apply is as its schema says, however it ended", () => {
    const outcomes = [
      "unchanged",
      "applied",
      "declined",
      "failed",
      "interrupted",
      "stale",
      "locked",
    ] as const;
    for (const outcome of outcomes)
      expect([outcome, faultsOf("apply-report", jsonReport({ ...REPORT, outcome }))]).toEqual([outcome, []]);
  });

  test("a status is as its schema says", () => {
    expect(faultsOf("status", statusJson(STATUS))).toEqual([]);
    expect(faultsOf("status", statusJson({ agents: [], notes: ["no supervisor runs here"] }))).toEqual([]);
  });

  test("stats are as their schema says, on a line too", () => {
    for (const indent of [0, 2]) expect(faultsOf("stats", statsJson(USES, ["one"], indent))).toEqual([]);
    expect(faultsOf("stats", statsJson([], []))).toEqual([]);
  });

  test.each([
    ["plan", json(sample)],
    ["saved-plan", savedText(sample)],
    ["apply-report", jsonReport(REPORT)],
    ["status", statusJson(STATUS)],
    ["stats", statsJson(USES, [])],
  ] as const)("%s refuses what it does not know, and misses what is left out", (name, text) => {
    const document = JSON.parse(text) as { readonly [key: string]: Json };
    expect(faultsOf(name, text)).toEqual([]);
    expect(faultsOf(name, JSON.stringify({ ...document, more: 1 }))).toEqual([
      " must NOT have additional properties",
    ]);
    for (const key of Object.keys(document)) {
      const { [key]: _, ...rest } = document;
      expect(faultsOf(name, JSON.stringify(rest))).toEqual([` must have required property '${key}'`]);
      expect(
        faultsOf(name, JSON.stringify({ ...document, [key]: { is: "strange" } })).length,
        key,
      ).toBeGreaterThan(0);
    }
  });
});
