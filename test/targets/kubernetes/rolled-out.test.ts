import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { Observed } from "../../../src/model/resource.ts";
import { isRolledOut, withRollout } from "../../../targets/kubernetes/live/rolled-out.ts";
import type { Manifest } from "../../../targets/kubernetes/shapes.ts";

const condition = (type: string, status: string, reason: string): Json => ({ type, status, reason });
const DONE = condition("Progressing", "True", "NewReplicaSetAvailable");
const COMING = condition("Progressing", "True", "ReplicaSetUpdated");

interface Live {
  readonly conditions: readonly Json[];
  readonly seen?: number;
  readonly ready?: number;
}

const live = ({ conditions, seen = 3, ready = 0 }: Live): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "desk", generation: 3 },
  spec: { replicas: 1 },
  status: {
    observedGeneration: seen,
    replicas: 1,
    updatedReplicas: 1,
    availableReplicas: ready,
    conditions: [...conditions],
  },
});

describe("a Deployment has come up", () => {
  test("once its controller says so of what is written now", () => {
    expect(isRolledOut(live({ conditions: [DONE] }))).toBe(true);
    expect(isRolledOut(live({ conditions: [DONE], seen: 2 }))).toBe(false);
  });

  test("where all its pods can be used, whatever its controller calls that", () => {
    expect(isRolledOut(live({ conditions: [COMING], ready: 1 }))).toBe(true);
    expect(isRolledOut(live({ conditions: [COMING] }))).toBe(false);
    expect(isRolledOut(live({ conditions: [] }))).toBe(false);
  });

  test("not while its pods cannot be made", () => {
    const failure = condition("ReplicaFailure", "True", "FailedCreate");
    expect(isRolledOut(live({ conditions: [DONE, failure] }))).toBe(false);
    // Its controller is slow to take that back where another template came in between.
    expect(isRolledOut(live({ conditions: [DONE, failure], ready: 1 }))).toBe(true);
  });
});

describe("whether it has come up is told", () => {
  const observed = (fields: Observed["fields"]): Observed => ({
    id: "desk/Deployment/desk",
    agent: "desk",
    kind: "Deployment",
    name: "desk",
    after: [],
    fields,
    asked: { size: 1 },
    holdsData: false,
    protect: false,
    source: "agent.yaml",
    origin: "here",
    identity: "uid",
  });
  const waits = live({ conditions: [COMING] });

  test("where nothing else of it differs", () => {
    const told = withRollout(observed({ size: 1 }), waits, { size: 1, rolledOut: true });
    expect(told.fields).toEqual({ size: 1, rolledOut: false });
    expect(told.asked).toEqual({ size: 1, rolledOut: true });
    expect(told.others).toEqual({ rolledOut: "the cluster" });
  });

  test("not beside another difference: an apply waits for it anyway", () => {
    const told = withRollout(observed({ size: 2 }), waits, { size: 1, rolledOut: true });
    expect(told.fields).toEqual({ size: 2, rolledOut: true });
    expect(told.others).toBeUndefined();
  });

  test("by what the server would make of it, where that was asked", () => {
    const becomes = { ...observed({ size: 2 }), becomes: { size: 2 } };
    const told = withRollout(becomes, waits, { size: 1, rolledOut: true });
    expect(told.fields).toEqual({ size: 2, rolledOut: false });
    expect(told.becomes).toEqual({ size: 2, rolledOut: true });
  });

  test("of no other kind", () => {
    const map = observed({ size: 1 });
    expect(withRollout(map, waits, { size: 1 })).toBe(map);
  });
});
