import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { AgentStatus, Status } from "../../../src/model/operates.ts";
import { statusOf } from "../../../targets/kubernetes/verbs/status.ts";
import recorded from "./recorded-status.json" with { type: "json" };

/** As a server of version 1.34 told it, without what is not read. */
const deployments: readonly Json[] = recorded.deployments;
const pods: readonly Json[] = recorded.pods;
const NOW = "2026-11-21T14:00:00Z";

const look = (seen: { readonly deployments?: readonly Json[]; readonly pods?: readonly Json[] }): Status =>
  statusOf({ deployments, pods, namespace: "desk", now: NOW, ...seen });

const all = look({});
const linesOf = (agent: string, status = all): readonly AgentStatus[] =>
  status.agents.filter((one) => one.agent === agent);
const lineOf = (agent: string, status = all): AgentStatus | undefined => linesOf(agent, status)[0];

/** A pod as it is listed, with these parts of its own. */
const podOf = (agent: string, name: string, metadata: Json, status: Json): Json => ({
  metadata: {
    name,
    creationTimestamp: "2026-11-21T13:00:00Z",
    labels: { "agent.dev/agent": agent, "agent.dev/project": "office" },
    ...(metadata as object),
  },
  spec: { containers: [{ name: agent, image: "desk:1" }] },
  status,
});
const deploymentOf = (agent: string, spec: Json, status: Json, annotations: Json = {}): Json => ({
  metadata: {
    name: agent,
    generation: 1,
    creationTimestamp: "2026-11-21T12:00:00Z",
    labels: { "agent.dev/agent": agent, "agent.dev/project": "office" },
    annotations,
  },
  spec,
  status,
});
const running = {
  phase: "Running",
  containerStatuses: [{ name: "desk", state: { running: { startedAt: NOW } } }],
};

describe("the status of agents on a cluster", () => {
  test("has a line for each pod, in the words of every target", () => {
    expect(
      all.agents.map(({ agent, replica, state, health, restarts }) => [
        agent,
        replica,
        state,
        health,
        restarts,
      ]),
    ).toEqual([
      ["badname", 0, "failed", "none", 0],
      ["before", 0, "backoff", "none", 3],
      ["crash", 0, "backoff", "none", 5],
      ["desk", 0, "stopped", "none", 0],
      ["evicted", 0, "ready", "none", 0],
      ["hungry", 0, "backoff", "none", 5],
      ["idle", 0, "stopped", "none", 0],
      ["image", 0, "backoff", "none", 0],
      ["keyless", 0, "backoff", "none", 0],
      ["large", 0, "starting", "none", 0],
      ["noprogram", 0, "backoff", "none", 4],
      ["refused", 0, "failed", "none", 0],
      ["sick", 0, "running", "unhealthy", 0],
      ["slow", 0, "running", "starting", 0],
      ["store", 0, "ready", "none", 0],
      ["store", 1, "ready", "none", 0],
      ["stubborn", 0, "stopping", "none", 0],
      ["stubborn", 1, "stopping", "none", 0],
    ]);
  });

  test("says of one that keeps ending how it ended, since when it waits and when it is tried again", () => {
    expect(lineOf("crash")).toEqual({
      agent: "crash",
      replica: 0,
      state: "backoff",
      detail: "CrashLoopBackOff",
      health: "none",
      restarts: 5,
      since: "2026-11-21T13:59:21Z",
      nextTry: "2026-11-21T14:02:01Z",
      lastExit: "exit 3 after 0 s, 2026-11-21T13:59:21Z",
      ports: [],
      id: "crash-64cc574677-h8kdm",
      image: "busybox:latest",
      source: "",
    });
    expect(lineOf("hungry")?.lastExit).toBe("OOMKilled after 2 s, 2026-11-21T13:59:37Z");
    expect(lineOf("noprogram")?.lastExit).toMatch(/^StartError: .* no such file or directory: unknown, /);
  });

  test("says what keeps one from starting, in the words of the platform", () => {
    expect(lineOf("image")?.detail).toMatch(/^ImagePullBackOff: .*no such host$/);
    expect(lineOf("keyless")?.detail).toBe('CreateContainerConfigError: secret "none" not found');
    expect(lineOf("badname")?.detail).toMatch(/^InvalidImageName: .*"NOT OK"/);
    expect(lineOf("large")?.detail).toBe("0/1 nodes are available: 1 Insufficient memory");
    expect(lineOf("before")?.detail).toBe("fetch: CrashLoopBackOff, exit 7 after 0 s");
    expect(lineOf("refused")?.detail).toMatch(/forbidden: .*serviceaccount "nobody" not found$/);
  });

  test("says of one that ended a moment ago that it is started again; what comes first is meant to end", () => {
    const ending = (exitCode: number): Json => ({
      name: "fetch",
      state: { terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error" } },
    });
    const detail = (first: Json, main: Json): readonly unknown[] => {
      const pod = {
        ...(podOf(
          "desk",
          "desk-a",
          {},
          {
            phase: "Running",
            initContainerStatuses: [first],
            containerStatuses: [{ ...(main as object), name: "desk" }],
          },
        ) as object),
        spec: { initContainers: [{ name: "fetch" }], containers: [{ name: "desk" }] },
      };
      const line = lineOf("desk", look({ deployments: [], pods: [pod] }));
      return [line?.state, line?.detail];
    };
    const waits = { state: { waiting: { reason: "PodInitializing" } } };
    expect(detail(ending(0), waits)).toEqual(["starting", undefined]);
    expect(detail(ending(7), waits)).toEqual(["backoff", "fetch: exit 7, is started again"]);
    expect(detail(ending(0), ending(0))).toEqual(["backoff", "exit 0, is started again"]);
  });

  test("has a line for a pod that is missing beside those that are there", () => {
    const refused = deployments.find((one) => JSON.stringify(one).includes("serviceaccount"));
    const seen = { deployments: [refused ?? null], pods: [podOf("refused", "refused-a", {}, running)] };
    expect(linesOf("refused", look(seen)).map(({ replica, state }) => [replica, state])).toEqual([
      [0, "starting"],
      [1, "failed"],
    ]);
  });

  test("says that one has none of its pods yet, or that they did not come in time", () => {
    const wanted = { replicas: 1 };
    const late = {
      observedGeneration: 1,
      conditions: [{ type: "Progressing", status: "False", message: "has timed out progressing" }],
    };
    const state = (status: Json): readonly unknown[] => {
      const line = lineOf("desk", look({ deployments: [deploymentOf("desk", wanted, status)], pods: [] }));
      return [line?.state, line?.detail];
    };
    expect(state({ observedGeneration: 1 })).toEqual(["starting", "none of its pods is there yet"]);
    expect(state(late)).toEqual(["failed", "has timed out progressing"]);
    // It was changed since: what its controller says of the former state counts no more.
    expect(state({ ...late, observedGeneration: 0 })).toEqual(["starting", "none of its pods is there yet"]);
  });

  test("names who stopped one, when and why, and counts from then", () => {
    expect(lineOf("desk")).toMatchObject({
      state: "stopped",
      since: "2026-11-21T13:59:18.328Z",
      held: "held by ana since 2026-11-21T13:59:18.328Z: stopped (too many)",
      source: "desk/agent.yaml",
      image: "busybox:latest",
    });
    expect(lineOf("idle")).not.toHaveProperty("held");
    expect(lineOf("idle")).not.toHaveProperty("since");
  });

  test("counts a pod that is asked to end from when it was asked, not from when its time is up", () => {
    expect(linesOf("stubborn").map(({ since }) => since)).toEqual([
      "2026-11-21T13:59:16Z",
      "2026-11-21T13:59:17Z",
    ]);
  });

  test("numbers replicas by age, then by name, however the server lists them", () => {
    const ids = linesOf("store").map(({ id }) => id);
    expect(linesOf("store", look({ pods: pods.toReversed() })).map(({ id }) => id)).toEqual(ids);
    const pod = (name: string, creationTimestamp: string): Json =>
      podOf("desk", name, { creationTimestamp }, running);
    const [early, late] = ["2026-11-21T13:00:00Z", "2026-11-21T13:00:01Z"];
    const seen = { deployments: [], pods: [pod("a", late), pod("c", early), pod("b", early)] };
    expect(look(seen).agents.map(({ id, replica }) => [id, replica])).toEqual([
      ["b", 0],
      ["c", 1],
      ["a", 2],
    ]);
  });

  test("leaves out pods whose place another one has taken, and says so; the last one of an agent it shows", () => {
    expect(all.notes).toContain(
      "evicted: others took the place of pods that ended (Evicted): evicted-5db6c5b6cf-psxr2",
    );
    const over = podOf(
      "desk",
      "desk-a",
      {},
      { phase: "Failed", reason: "Evicted", message: "low on memory" },
    );
    const one = lineOf("desk", look({ deployments: [], pods: [over] }));
    expect([one?.state, one?.detail]).toEqual(["failed", "Evicted: low on memory"]);
    const done = podOf("desk", "desk-a", {}, { phase: "Succeeded" });
    expect(lineOf("desk", look({ deployments: [], pods: [done] }))?.state).toBe("completed");
  });

  test("leaves out a pod that has ended and is about to be removed", () => {
    const asked = { deletionTimestamp: "2026-11-21T13:00:31Z", deletionGracePeriodSeconds: 30 };
    const seen = (status: Json): Status =>
      look({ deployments: [], pods: [podOf("desk", "desk-a", asked, status)] });
    expect(lineOf("desk", seen(running))).toMatchObject({ state: "stopping", since: "2026-11-21T13:00:01Z" });
    expect(seen({ phase: "Succeeded" })).toEqual({ agents: [], notes: [] });
  });

  test("gives addresses as other agents use them, and says once how one gets there from outside", () => {
    expect(lineOf("desk")?.ports).toEqual(["http://desk.desk.svc:8080"]);
    expect(lineOf("store")?.ports).toEqual(["tcp://store.desk.svc:8080"]);
    expect(lineOf("sick")?.ports).toEqual(["udp://sick.desk.svc:53"]);
    const notes = all.notes.filter((note) => note.includes(".svc"));
    expect(notes).toEqual([
      "addresses below .svc answer inside the cluster only; from here: kubectl -n desk port-forward deployment/store 8080",
    ]);
  });

  test("says nothing of ways in where nothing has a port", () => {
    expect(look({ deployments: [], pods: [podOf("desk", "desk-a", {}, running)] }).notes).toEqual([]);
    expect(look({ deployments: [], pods: [] })).toEqual({ agents: [], notes: [] });
  });
});

describe("the health of a pod that runs and is not ready", () => {
  const probe = { periodSeconds: 10, failureThreshold: 3 };
  const health = (
    unready: string,
    now: string,
    probes: Json = { readinessProbe: probe },
  ): string | undefined => {
    const pod = {
      ...(podOf(
        "desk",
        "desk-a",
        {},
        {
          phase: "Running",
          conditions: [{ type: "Ready", status: "False", lastTransitionTime: unready }],
          containerStatuses: [{ name: "desk", state: { running: { startedAt: "2026-11-21T13:00:10Z" } } }],
        },
      ) as object),
      spec: { containers: [{ name: "desk", ...(probes as object) }] },
    };
    return statusOf({ deployments: [], pods: [pod], namespace: "desk", now }).agents[0]?.health;
  };

  test("is `starting` as long as its checks have patience", () => {
    expect(health("2026-11-21T13:00:00Z", "2026-11-21T13:00:40Z")).toBe("starting");
    expect(health("2026-11-21T13:00:00Z", "2026-11-21T13:00:41Z")).toBe("unhealthy");
    const both = { readinessProbe: probe, startupProbe: { ...probe, initialDelaySeconds: 5 } };
    expect(health("2026-11-21T13:00:00Z", "2026-11-21T13:01:15Z", both)).toBe("starting");
    expect(health("2026-11-21T13:00:00Z", "2026-11-21T13:01:16Z", both)).toBe("unhealthy");
  });

  test("is `unhealthy` at once where it was ready before", () => {
    expect(health("2026-11-21T13:00:20Z", "2026-11-21T13:00:21Z")).toBe("unhealthy");
  });

  test("is `none` where nothing checks it", () => {
    expect(health("2026-11-21T13:00:20Z", "2026-11-21T13:00:21Z", {})).toBe("none");
  });
});
