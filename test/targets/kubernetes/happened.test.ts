import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { AgentEvent } from "../../../src/model/operates.ts";
import { type Known, toldBy } from "../../../targets/kubernetes/verbs/happened.ts";
import { podsOf } from "../../../targets/kubernetes/verbs/pods.ts";

const DAY = "2026-01-31T";

const event = (kind: string, name: string, reason: string, time: string, more: object = {}): Json => ({
  involvedObject: { kind, name },
  reason,
  message: "",
  lastTimestamp: `${DAY}${time}Z`,
  source: { component: "kubelet" },
  ...more,
});

const pod = (name: string, status: Json, restartCount = 0): Json => ({
  metadata: { name, labels: { "agent.dev/agent": "desk" }, creationTimestamp: `${DAY}03:00:00Z` },
  spec: { containers: [{ name: "desk" }] },
  status: {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: `${DAY}03:12:09Z` }],
    containerStatuses: [{ name: "desk", restartCount, ...(status as object) }],
  },
});

const known = (...pods: readonly Json[]): Known => ({
  agents: new Set(["desk", "store-front"]),
  pods: new Map(podsOf(pods).map((one, replica) => [one.name, { pod: one, replica }])),
});

const lines = (events: readonly AgentEvent[]): readonly string[] =>
  events.map(({ at, agent, replica, what, why, by }) =>
    [at.slice(11, 19), agent, replica ?? "", what, why ?? "", by ?? ""].join(" | "),
  );

const RUNS = { state: { running: { startedAt: `${DAY}03:12:08Z` } } };

describe("what happened in a cluster", () => {
  test("is told in order, of each agent that is ours, with who did it", () => {
    const events = [
      event("Pod", "desk-5d8f-abcde", "Scheduled", "03:12:05", {
        source: { component: "default-scheduler" },
      }),
      event("ReplicaSet", "desk-5d8f", "SuccessfulCreate", "03:12:04", {
        message: "Created pod: desk-5d8f-abcde",
        source: { component: "replicaset-controller" },
      }),
      event("Deployment", "store-front", "ScalingReplicaSet", "03:12:03", {
        message: "Scaled up replica set store-front-77 from 0 to 2",
        reportingComponent: "deployment-controller",
      }),
      event("Pod", "desk-5d8f-abcde", "Pulling", "03:12:06"),
      event("Pod", "theirs-5d8f-abcde", "Killing", "03:12:06"),
      event("Node", "desk", "Rebooted", "03:12:06"),
    ];
    expect(lines(toldBy(events, known(pod("desk-5d8f-abcde", RUNS))))).toEqual([
      "03:12:03 | store-front |  | scaled | Scaled up replica set store-front-77 from 0 to 2 | deployment-controller",
      "03:12:04 | desk |  | pod made | Created pod: desk-5d8f-abcde | replicaset-controller",
      "03:12:05 | desk | 0 | placed |  | scheduler",
      "03:12:08 | desk | 0 | started |  | kubelet",
      "03:12:09 | desk | 0 | became ready |  | kubelet",
    ]);
  });

  test("is one line of what happened again and again, with how often", () => {
    const told = toldBy(
      [
        event("Pod", "desk-5d8f-abcde", "Unhealthy", "03:12:20", {
          message: "Readiness probe failed: HTTP probe failed with statuscode: 500",
          count: 4,
        }),
        event("Pod", "desk-5d8f-abcde", "SomethingNewHere", "03:12:21", {
          lastTimestamp: null,
          series: { count: 3, lastObservedTime: `${DAY}03:12:21.123456Z` },
        }),
      ],
      known(),
    );
    expect(lines(told)).toEqual([
      "03:12:20 | desk |  | check failed | Readiness probe failed: HTTP probe failed with statuscode: 500 (4 times) | kubelet",
      "03:12:21 | desk |  | something new here | (3 times) | kubelet",
    ]);
  });

  test("says how an agent ended, and that it runs again", () => {
    const ended = {
      lastState: {
        terminated: {
          exitCode: 137,
          reason: "OOMKilled",
          startedAt: `${DAY}03:10:00Z`,
          finishedAt: `${DAY}03:12:00Z`,
        },
      },
    };
    const told = toldBy(
      [event("Pod", "desk-5d8f-abcde", "Started", "03:12:08", { count: 3 })],
      known(pod("desk-5d8f-abcde", { ...RUNS, ...ended }, 2)),
    );
    expect(lines(told)).toEqual([
      "03:10:00 | desk | 0 | started | restart 1 | kubelet",
      "03:12:00 | desk | 0 | exited | OOMKilled after 120 s | kubelet",
      "03:12:08 | desk | 0 | started | restart 2 | kubelet",
      "03:12:09 | desk | 0 | became ready |  | kubelet",
    ]);
    // The same end is the same event, also before it was started again.
    const waiting = { ...ended, state: { waiting: { reason: "CrashLoopBackOff" } } };
    const before = toldBy([], known(pod("desk-5d8f-abcde", waiting, 1)));
    for (const one of before.filter(({ what }) => what !== "became ready")) expect(told).toContainEqual(one);
  });
});
