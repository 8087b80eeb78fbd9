import { expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { LABEL } from "../../../targets/kubernetes/names.ts";
import { type Pod, podsOf } from "../../../targets/kubernetes/verbs/pods.ts";
import {
  type Memory,
  troubleOf,
  troubleOfDeployment,
  unfinished,
} from "../../../targets/kubernetes/does/troubles.ts";

const long: Memory = { lasted: () => 60_000, restartsBefore: () => 0 };
const short: Memory = { lasted: () => 0, restartsBefore: () => 0 };

interface Told {
  readonly state?: Json;
  readonly lastState?: Json;
  readonly restarts?: number;
  readonly conditions?: readonly Json[];
}

function pod({ state, lastState = {}, restarts = 0, conditions = [] }: Told): Pod {
  const status = {
    name: "desk",
    restartCount: restarts,
    lastState,
    ...(state === undefined ? {} : { state }),
  };
  const [found] = podsOf([
    {
      metadata: { name: "desk-1", labels: { [LABEL.agent]: "desk" } },
      spec: { containers: [{ name: "desk", image: "busybox" }] },
      status: {
        phase: "Pending",
        conditions: [...conditions],
        containerStatuses: state === undefined ? [] : [status],
      },
    },
  ]);
  if (found === undefined) throw new Error("this is no pod");
  return found;
}

const waiting = (reason: string, message?: string): Json => ({
  waiting: { reason, ...(message === undefined ? {} : { message }) },
});
const ended = (exitCode: number, reason = "Error", message?: string): Json => ({
  terminated: {
    exitCode,
    reason,
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: "2026-01-01T00:00:02Z",
    ...(message === undefined ? {} : { message }),
  },
});
const unscheduled = {
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "0/1 nodes are available: 1 Insufficient memory.",
};

test("a pod that is ready is in no trouble, whatever happened before", () => {
  const ready = pod({
    state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
    restarts: 7,
    lastState: ended(1),
    conditions: [{ type: "Ready", status: "True" }],
  });
  expect(troubleOf(ready, long)).toBeUndefined();
});

test.each([
  ["ImagePullBackOff", "Back-off pulling image", short],
  ["ErrImagePull", "not found", long],
  ["InvalidImageName", "invalid reference", short],
  ["CreateContainerConfigError", 'secret "desk-secrets" not found', short],
  ["CreateContainerError", "no command specified", long],
])("%s is told as what cannot come up", (reason, message, memory) => {
  expect(troubleOf(pod({ state: waiting(reason, message) }), memory)).toEqual({
    is: "stuck",
    text: `${reason}: ${message}`,
  });
});

test.each([
  ["ErrImagePull", "not found"],
  ["ImagePullBackOff", "ErrImagePull: dial tcp: i/o timeout"],
  ["CreateContainerConfigError", "failed to sync configmap cache: timed out"],
  ["CreateContainerError", "name is reserved"],
])("%s may pass a moment later: %s", (reason, message) => {
  expect(troubleOf(pod({ state: waiting(reason, message) }), short)?.is).toBe("waits");
});

test("one end is tried again; the second one is told with its status", () => {
  const first = pod({ state: ended(3) });
  expect(troubleOf(first, short)).toEqual({
    is: "waits",
    text: "exit 3 after 2 s, it is started again",
    asks: "nothing",
  });
  const second = pod({ state: waiting("CrashLoopBackOff"), lastState: ended(3), restarts: 1 });
  expect(troubleOf(second, short)).toEqual({
    is: "stuck",
    text: "exit 3 after 2 s, 2 times; the cluster goes on trying",
    crashed: { pod: "desk-1", container: "desk", isPast: true },
  });
});

test("ends from before the wait are not counted", () => {
  const running = pod({
    state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
    lastState: ended(1),
    restarts: 5,
  });
  expect(troubleOf(running, short)?.is).toBe("stuck");
  expect(troubleOf(running, { ...short, restartsBefore: () => 5 })).toEqual({
    is: "waits",
    text: "runs, and is not ready yet",
    asks: "events",
  });
});

test.each([
  [ended(137, "OOMKilled"), "ended by the kernel: out of memory"],
  [ended(143), "exit 143 (signal 15) after 2 s"],
  [ended(128, "StartError", 'exec: "nowhere": stat nowhere: no such file'), /^could not start: exec/],
])("an end is told as what it was", (lastState, words) => {
  const trouble = troubleOf(pod({ state: waiting("CrashLoopBackOff"), lastState, restarts: 1 }), short);
  expect(trouble?.text).toMatch(words);
});

test("a program that is not in the image is no reason to try twice", () => {
  const message = 'exec: "/nowhere": stat /nowhere: no such file or directory';
  expect(troubleOf(pod({ state: waiting("RunContainerError", message) }), short)).toEqual({
    is: "stuck",
    text: `could not start: ${message}`,
  });
});

test("a node may make room for some seconds, and then it is said that none does", () => {
  const one = pod({ conditions: [unscheduled] });
  const text = "Unschedulable: 0/1 nodes are available: 1 Insufficient memory.";
  expect(troubleOf(one, short)).toEqual({ is: "waits", text, asks: "nothing" });
  expect(troubleOf(one, long)).toEqual({ is: "stuck", text });
});

test("a claim that nothing is bound to is looked at by itself", () => {
  const message = "pod has unbound immediate PersistentVolumeClaims";
  expect(troubleOf(pod({ conditions: [{ ...unscheduled, message }] }), long)).toMatchObject({
    is: "stuck",
    unbound: true,
  });
});

const deployment = (status: Json, replicas = 2): Json => ({
  metadata: { generation: 3 },
  spec: { replicas },
  status,
});

test.each([
  [{ observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, "not begun yet"],
  [{ observedGeneration: 3 }, "0 of 2 new pods ready"],
  [{ observedGeneration: 3, replicas: 3, updatedReplicas: 1, availableReplicas: 2 }, "0 of 2 new pods ready"],
  [{ observedGeneration: 3, replicas: 3, updatedReplicas: 2, availableReplicas: 2 }, "1 of 2 new pods ready"],
  [
    { observedGeneration: 3, replicas: 3, updatedReplicas: 2, availableReplicas: 3 },
    "ready; 1 of the former pods is about to end",
  ],
  [{ observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, undefined],
])("a rollout is as far as its numbers say: %j", (status, text) => {
  expect(unfinished(deployment(status))).toBe(text);
});

test("an agent with no replicas has nothing to wait for once its pods are gone", () => {
  expect(unfinished(deployment({ observedGeneration: 3 }, 0))).toBeUndefined();
  expect(unfinished(deployment({ observedGeneration: 3, replicas: 1 }, 0))).toContain("about to end");
});

test("a quota that leaves no room for pods is told in the words of the cluster", () => {
  const message = 'pods "desk-1" is forbidden: exceeded quota: small';
  const full = deployment({ conditions: [{ type: "ReplicaFailure", status: "True", message }] });
  expect(troubleOfDeployment(full, short)?.is).toBe("waits");
  expect(troubleOfDeployment(full, long)).toEqual({ is: "stuck", text: message });
  const late = {
    type: "Progressing",
    status: "False",
    reason: "ProgressDeadlineExceeded",
    message: "timed out",
  };
  expect(troubleOfDeployment(deployment({ conditions: [late] }), short)).toEqual({
    is: "stuck",
    text: "timed out",
  });
  expect(troubleOfDeployment(deployment({}), long)).toBeUndefined();
});

test("a rollout that somebody paused is told at once: it goes on by no waiting", () => {
  const paused = { metadata: { generation: 1 }, spec: { paused: true }, status: {} };
  expect(troubleOfDeployment(paused, short)).toEqual({
    is: "stuck",
    text: "somebody paused its rollout: kubectl rollout resume goes on with it",
  });
});
