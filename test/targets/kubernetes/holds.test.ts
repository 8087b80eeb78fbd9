import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { wavesAgainst } from "../../../src/base/waves.ts";
import {
  givingBack,
  heldIn,
  holdOf,
  startPatch,
  stopPatch,
} from "../../../targets/kubernetes/verbs/holds.ts";
import { needsOf } from "../../../targets/kubernetes/verbs/waves.ts";

const SINCE = "2026-01-31T02:14:00Z";

const deploymentOf = (replicas: number, hold?: string): Json => ({
  metadata: {
    name: "desk",
    creationTimestamp: "2026-01-01T00:00:00Z",
    ...(hold === undefined ? {} : { annotations: { "agent.dev/hold": hold } }),
  },
  spec: { replicas },
});

/** What the annotation is after a stop. */
function annotationOf(patch: Json): string {
  const match = /"agent.dev\/hold":("(?:\\.|[^"\\])*")/.exec(JSON.stringify(patch));
  const text: unknown = JSON.parse(match?.[1] ?? "null");
  return String(text);
}

const manifestOf = (hold: string | undefined): Parameters<typeof holdOf>[0] => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "desk",
    creationTimestamp: "2026-01-01T00:00:00Z",
    annotations: hold === undefined ? {} : { "agent.dev/hold": hold },
  },
});

describe("a hold", () => {
  test("stands on the object with who, when, why, and how many replicas there were", () => {
    const patch = stopPatch(deploymentOf(3), { by: "ana", reason: "too many" }, SINCE);
    expect(patch).toMatchObject({ spec: { replicas: 0 } });
    const text = annotationOf(patch);
    expect(holdOf(manifestOf(text))).toEqual({
      by: "ana",
      since: SINCE,
      what: "stopped",
      reason: "too many",
    });
    expect(heldIn(deploymentOf(0, text))?.replicas).toBe(3);
  });

  test("of one that is held already keeps the number of replicas", () => {
    const first = annotationOf(stopPatch(deploymentOf(3), { by: "ana" }, SINCE));
    const second = annotationOf(stopPatch(deploymentOf(0, first), { by: "ben" }, SINCE));
    expect(heldIn(deploymentOf(0, second))).toEqual({
      by: "ben",
      since: SINCE,
      what: "stopped",
      replicas: 3,
    });
  });

  test("of one that has no replicas does not invent their number", () => {
    const text = annotationOf(stopPatch(deploymentOf(0), { by: "ana" }, SINCE));
    expect(heldIn(deploymentOf(0, text))).not.toHaveProperty("replicas");
  });

  test("that cannot be read is one all the same, and an empty one is none", () => {
    expect(holdOf(manifestOf("by hand"))).toEqual({
      by: "somebody",
      since: "2026-01-01T00:00:00Z",
      what: "stopped",
    });
    expect(holdOf(manifestOf(undefined))).toBeUndefined();
    expect(holdOf(manifestOf(""))).toBeUndefined();
  });

  test("ends with the replicas that there were", () => {
    expect(startPatch(3)).toEqual({
      metadata: { annotations: { "agent.dev/hold": null } },
      spec: { replicas: 3 },
    });
  });
});

describe("giving the replicas back", () => {
  const applied = { "f:spec": { "f:selector": {} } };
  const entry = (manager: string, operation: string, fieldsV1: Json, subresource?: string): Json => ({
    manager,
    operation,
    fieldsV1,
    ...(subresource === undefined ? {} : { subresource }),
  });
  const of = (...managedFields: readonly Json[]): readonly Json[] | undefined =>
    givingBack({ metadata: { managedFields } });
  const held = { "f:spec": { "f:replicas": {} } };

  test("takes them from the hold, whose entry goes where nothing else is in it", () => {
    const patch = of(
      entry("kubectl", "Update", {}),
      entry("aac", "Apply", applied),
      entry("aac-hold", "Update", held),
    );
    expect(patch?.slice(-2)).toEqual([
      {
        op: "replace",
        path: "/metadata/managedFields/1/fieldsV1",
        value: { "f:spec": { "f:selector": {}, "f:replicas": {} } },
      },
      { op: "remove", path: "/metadata/managedFields/2" },
    ]);
  });

  test("leaves the hold what else it wrote, such as the mark of a restart", () => {
    const mark = {
      "f:template": { "f:metadata": { "f:annotations": { ".": {}, "f:agent.dev/restartedAt": {} } } },
    };
    const both = { "f:metadata": { ".": {} }, "f:spec": { ...mark, "f:replicas": {} } };
    const patch = of(entry("aac-hold", "Update", both), entry("aac", "Apply", applied));
    expect(patch?.at(-1)).toEqual({
      op: "replace",
      path: "/metadata/managedFields/0/fieldsV1",
      value: { "f:metadata": { ".": {} }, "f:spec": mark },
    });
  });

  test("asks first whether the list is still what was seen", () => {
    const patch = of(entry("aac", "Apply", applied), entry("aac-hold", "Update", held));
    expect(patch?.slice(0, 4)).toEqual([
      { op: "test", path: "/metadata/managedFields/1/manager", value: "aac-hold" },
      { op: "test", path: "/metadata/managedFields/1/fieldsV1", value: held },
      { op: "test", path: "/metadata/managedFields/0/manager", value: "aac" },
      { op: "test", path: "/metadata/managedFields/0/fieldsV1", value: applied },
    ]);
  });

  test("is not done where nobody applied it, or nothing was taken", () => {
    expect(of(entry("kubectl", "Apply", applied), entry("aac-hold", "Update", held))).toBeUndefined();
    expect(of(entry("aac", "Apply", applied), entry("aac-hold", "Update", {}))).toBeUndefined();
    expect(of(entry("aac", "Apply", applied), entry("aac-hold", "Update", held, "scale"))).toBeUndefined();
    expect(givingBack({ metadata: {} })).toBeUndefined();
  });
});

describe("who needs whom", () => {
  const live = (agent: string, after: string): Json => ({
    metadata: { labels: { "agent.dev/agent": agent }, annotations: { "agent.dev/after": after } },
  });
  const needs = needsOf([
    live("desk", '["desk/ConfigMap/desk-config","page/Deployment/page","store/Deployment/store"]'),
    live("page", '["store/Deployment/store"]'),
    live("store", "[]"),
    live("alone", ""),
  ]);

  test("is what stands on the live objects", () => {
    expect([...needs]).toEqual([
      ["desk", ["page", "store"]],
      ["page", ["store"]],
      ["store", []],
      ["alone", []],
    ]);
  });

  test("is the order of a stop", () => {
    expect(wavesAgainst(needs, ["alone", "desk", "page", "store"])).toEqual([
      ["alone", "desk"],
      ["page"],
      ["store"],
    ]);
  });

  test("keeps nobody from stopping where the objects tell of a circle", () => {
    const circle = needsOf([live("a", "b/Deployment/b"), live("b", "a/Deployment/a")]);
    expect(wavesAgainst(circle, ["a", "b"])).toEqual([["a", "b"]]);
  });
});
