import { describe, expect, test } from "vitest";
import type { Change, Reason } from "../../../src/model/plan.ts";
import type { Observed, Resource } from "../../../src/model/resource.ts";
import type { Step } from "../../../src/model/step.ts";
import { plan } from "../../../src/plan/plan.ts";
import { kinds } from "../../../targets/kubernetes/kinds.ts";
import { steps } from "../../../targets/kubernetes/steps.ts";

const base = {
  agent: "desk",
  name: "desk",
  after: [],
  holdsData: false,
  protect: false,
  source: "agent.yaml",
  fields: {},
} as const;

const resourceOf = (kind: string): Resource => ({
  ...base,
  kind,
  id: `desk/${kind}/desk`,
  follows: [],
  exchange: "stop first",
  ...(kind === "Deployment" ? { rolls: "start first" } : {}),
  written: {},
});
const observedOf = (kind: string): Observed => ({
  ...base,
  kind,
  id: `desk/${kind}/desk`,
  origin: "here",
  identity: "u",
});

function changeOf(is: Change["is"], kind: string): Change {
  const id = `desk/${kind}/desk`;
  const before = observedOf(kind);
  const costs = { order: "in place", dependants: [], losesData: false } as const;
  switch (is) {
    case "create":
      return { is, id, resource: resourceOf(kind), because: [] };
    case "update":
    case "replace":
      return { is, id, resource: resourceOf(kind), before, because: [], fields: [], costs };
    case "delete":
      return { is, id, before, because: [], costs };
    case "keep":
      return { is, id, before };
  }
}

const words = (is: Change["is"], kind: string): readonly string[] =>
  steps(changeOf(is, kind)).map((step: Step) =>
    step.is === "call" ? step.does : `await ${step.until} ${step.timeoutMs}`,
  );

describe("what an apply does", () => {
  test.each(["ConfigMap", "Service"])("to a %s is one call", (kind) => {
    expect([words("create", kind), words("update", kind)]).toEqual([["apply"], ["apply"]]);
    expect([words("replace", kind), words("delete", kind)]).toEqual([["replace"], ["remove"]]);
  });

  test("to a Deployment ends with a wait for its pods", () => {
    expect([words("create", "Deployment"), words("update", "Deployment")]).toEqual([
      ["apply", "await ready 300000"],
      ["apply", "await ready 300000"],
    ]);
    expect(words("replace", "Deployment")).toEqual(["replace", "await ready 300000"]);
    expect(words("delete", "Deployment")).toEqual(["remove", "await gone 300000"]);
  });

  test("to pods that are wanted anew, though nothing about them changed, is a roll", () => {
    const update = changeOf("update", "Deployment");
    if (update.is !== "update") throw new Error("an update was asked for");
    const whatFor = (change: typeof update): readonly string[] =>
      steps(change).flatMap((step) => (step.is === "call" ? [step.does] : []));
    expect(whatFor({ ...update, because: [{ is: "asked for" }] })).toEqual(["apply", "roll"]);
    expect(whatFor({ ...update, because: [{ is: "follows", id: "store/Deployment/store" }] })).toEqual([
      "apply",
      "roll",
    ]);
    const field = { path: "code", secret: false, origin: "edit", rolls: "its pods are exchanged" } as const;
    expect(whatFor({ ...update, because: [{ is: "asked for" }], fields: [field] })).toEqual(["apply"]);
  });

  test.each(["PersistentVolumeClaim", "Namespace"])("never removes a %s", (kind) => {
    expect([words("create", kind), words("delete", kind)]).toEqual([["apply"], []]);
  });

  test.each(Object.keys(kinds))("to a %s that stays is nothing", (kind) => {
    expect(words("keep", kind)).toEqual([]);
  });
});

describe("how objects compare", () => {
  const decided = (kind: string, from: Resource["fields"], to: Resource["fields"]): Change | undefined =>
    plan({
      desired: [{ ...resourceOf(kind), fields: to }],
      observed: [{ ...observedOf(kind), fields: from }],
      rules: kinds,
      scope: { paths: ["."], origin: "here" },
      destroy: false,
      prune: false,
      replace: new Set(),
      release: false,
    }).changes[0];
  const told = (change: Change | undefined): unknown =>
    change === undefined || !("costs" in change) ? change?.is : [change.is, change.costs.order];

  test.each([
    ["the pods", { spec: { template: { a: 1 } } }, { spec: { template: { a: 2 } } }, "rolling"],
    ["the code", { code: "a" }, { code: "b" }, "rolling"],
    ["a secret", { secrets: { KEY: "k:1" } }, { secrets: { KEY: "k:2" } }, "rolling"],
    ["the config", { configDigest: "a" }, { configDigest: "b" }, "rolling"],
    ["how many there are", { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, "in place"],
  ] as const)("another wish for %s changes a Deployment in place", (_, from, to, order) => {
    expect(told(decided("Deployment", from, to))).toEqual(["update", order]);
  });

  test("which pods are its own cannot change", () => {
    const selector = (team: string): Resource["fields"] => ({
      spec: { selector: { matchLabels: { team } } },
    });
    expect(told(decided("Deployment", selector("a"), selector("b")))).toEqual(["replace", "stop first"]);
  });

  test("a secret of which nobody can tell is not said to be another", () => {
    expect(told(decided("Deployment", { secrets: { KEY: "k:1" } }, { secrets: { KEY: null } }))).toBe("keep");
  });

  test("a claim grows in place, and cannot become another", () => {
    const size = (storage: string): Resource["fields"] => ({
      spec: { resources: { requests: { storage } } },
    });
    expect(told(decided("PersistentVolumeClaim", size("1Gi"), size("2Gi")))).toEqual(["update", "in place"]);
    const access = (mode: string): Resource["fields"] => ({ spec: { accessModes: [mode] } });
    expect(told(decided("PersistentVolumeClaim", access("A"), access("B")))).toEqual([
      "replace",
      "stop first",
    ]);
  });
});

describe("a hold", () => {
  const hold = { by: "ana", since: "2026-01-31T02:14:00Z", what: "stopped" };
  const held = (kind: string, because: readonly Reason[]): Change => {
    const change = changeOf("update", kind);
    if (change.is !== "update") throw new Error("no update");
    return { ...change, before: { ...change.before, hold }, because };
  };
  const does = (change: Change): readonly string[] =>
    steps(change).map((step) => (step.is === "call" ? step.does : step.until));

  test("that is released goes when the agent has come up, and not before", () => {
    expect(does(held("Deployment", [{ is: "edited", path: "spec/replicas" }]))).toEqual([
      "apply",
      "ready",
      "release",
    ]);
  });

  test("stays where its agent is put back, and is the Deployment's alone", () => {
    expect(does(held("Deployment", [{ is: "rolled back" }]))).toEqual(["apply", "ready"]);
    expect(does(held("ConfigMap", [{ is: "edited", path: "config" }]))).toEqual(["apply"]);
  });
});
