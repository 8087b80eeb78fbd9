import { describe, expect, test } from "vitest";
import type { Fields } from "../../../src/model/resource.ts";
import { toFields } from "../../../targets/kubernetes/manifest/fields.ts";
import {
  changedBy,
  ownedPaths,
  pathsOf,
  project,
  writersOf,
} from "../../../targets/kubernetes/manifest/owned.ts";
import type { Manifest } from "../../../targets/kubernetes/shapes.ts";
import recorded from "./recorded-owners.json" with { type: "json" };

/**
 * As a server kept them: applied by this tool, then edited with kubectl (GREETING, EXTRA), scaled, a limit and an
 * annotation taken over by a tuner with force, and held.
 */
const { untouched, edited, service, config } = recorded as unknown as Readonly<Record<string, Manifest>>;

function given(manifest: Manifest | undefined): Manifest {
  if (manifest === undefined) throw new Error("it was not recorded");
  return manifest;
}

const DESK = "spec/template/spec/containers/desk";
const ours = (manifest: Manifest | undefined): Fields =>
  project(toFields(given(manifest)), ownedPaths(given(manifest)));

describe("what is this tool's own", () => {
  test("of an object that nobody touched is all that was asked for, and nothing that the server added", () => {
    const fields = ours(untouched);
    expect(Object.keys(fields)).toEqual(["configDigest", "metadata", "secrets", "spec"]);
    expect(fields["metadata"]).toEqual({ labels: { team: "search" } });
    expect(fields["secrets"]).toEqual({ KEY: "0a1b2c:33" });
    const { template, ...spec } = fields["spec"] as Record<string, Record<string, unknown>>;
    expect(spec).toEqual({
      progressDeadlineSeconds: 600,
      replicas: 1,
      revisionHistoryLimit: 10,
      selector: { matchLabels: { "agent.dev/agent": "desk", "agent.dev/project": "shop" } },
      strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 }, type: "RollingUpdate" },
    });
    expect(template).toEqual({
      metadata: { labels: { team: "search" } },
      spec: {
        automountServiceAccountToken: false,
        containers: {
          desk: {
            command: ["sleep", "infinity"],
            env: {
              AAC_CONFIG: { value: "/etc/aac/config.json" },
              EMPTY: { value: "" },
              GREETING: { value: "hello" },
              KEY: { valueFrom: { secretKeyRef: { key: "KEY", name: "desk-secrets", optional: true } } },
              PORT: { value: "8080" },
              PORT_HTTP: { value: "8080" },
            },
            image: "busybox:1.36",
            imagePullPolicy: "IfNotPresent",
            livenessProbe: PROBE,
            ports: { "8080/TCP": { name: "http" } },
            readinessProbe: PROBE,
            resources: { limits: { cpu: "500m", memory: "64Mi" } },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            startupProbe: { ...PROBE, failureThreshold: 95, periodSeconds: 1 },
            volumeMounts: { "/etc/aac": { name: "aac-config", readOnly: true } },
          },
        },
        dnsPolicy: "ClusterFirst",
        enableServiceLinks: false,
        securityContext: {
          fsGroup: 1000,
          runAsGroup: 1000,
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: "RuntimeDefault" },
        },
        serviceAccountName: "default",
        terminationGracePeriodSeconds: 10,
        volumes: { "aac-config": { configMap: { name: "desk-config" } } },
      },
    });
  });

  test("of a Service has neither an address nor a node's port", () => {
    expect(ours(service)).toEqual({
      metadata: { labels: { team: "search" } },
      spec: {
        ports: { "8080/TCP": { name: "http", targetPort: 8080 } },
        selector: { "agent.dev/agent": "desk", "agent.dev/project": "shop" },
        type: "ClusterIP",
      },
    });
  });

  test("of a ConfigMap is the config", () => {
    expect(ours(config)).toEqual({
      metadata: { labels: { team: "search" } },
      config: { greeting: "hello" },
    });
  });

  test("is without what somebody else took over", () => {
    const [before, after] = [ownedPaths(given(untouched)), ownedPaths(given(edited))];
    expect([...before].filter((path) => !after.has(path)).sort()).toEqual([
      "spec/replicas",
      `${DESK}/env/GREETING/value`,
      `${DESK}/resources/limits/memory`,
    ]);
    expect([...after].filter((path) => !before.has(path))).toEqual([]);
  });
});

describe("who wrote what is asked for", () => {
  const namesOf = (...given: Parameters<typeof writersOf>): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(writersOf(...given)).map(([path, { manager }]) => [path, manager]));
  const asked = pathsOf(ours(untouched));

  test("is nobody else at first", () => {
    expect(namesOf(given(untouched), asked)).toEqual({});
    expect(changedBy(given(untouched))).toBeUndefined();
  });

  test("is told by field; a change of the scale leaves no name", () => {
    expect(namesOf(given(edited), asked)).toEqual({
      [`${DESK}/env/GREETING/value`]: "kubectl-edit",
      [`${DESK}/resources/limits/memory`]: "tuner",
    });
  });

  test("is told with the time at which they wrote to the object last", () => {
    expect(writersOf(given(edited), new Set([`${DESK}/resources/limits/memory`]))).toEqual({
      [`${DESK}/resources/limits/memory`]: { manager: "tuner", time: "2026-11-21T14:09:18Z" },
    });
  });

  test("and not where nothing is asked for", () => {
    expect(namesOf(given(edited), new Set(["spec/replicas", `${DESK}/image`]))).toEqual({});
    expect(namesOf(given(edited), new Set([`${DESK}/env/EXTRA/value`]))).toEqual({
      [`${DESK}/env/EXTRA/value`]: "kubectl-edit",
    });
  });

  test("the newest of them changed it; a hold of ours is no change, nor is a report", () => {
    expect(changedBy(given(edited))).toBe("tuner");
  });

  test("an owner of a whole holds what is below it, and one of a part what is above", () => {
    const manifest: Manifest = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "desk",
        managedFields: [
          {
            manager: "other",
            operation: "Apply",
            time: "2026-01-01T00:00:00Z",
            fieldsV1: { "f:spec": { "f:selector": {}, "f:strategy": { "f:type": {} } } },
          },
          {
            manager: "scaler",
            operation: "Update",
            subresource: "scale",
            time: "2026-01-02T00:00:00Z",
            fieldsV1: { "f:spec": { "f:replicas": {} } },
          },
        ],
      },
    };
    expect(
      namesOf(manifest, new Set(["spec/selector/matchLabels/a", "spec/strategy", "spec/replicas"])),
    ).toEqual({
      "spec/replicas": "scaler",
      "spec/selector/matchLabels/a": "other",
      "spec/strategy": "other",
    });
    expect(changedBy(manifest)).toBe("scaler");
  });
});

describe("a part of some fields", () => {
  const fields: Fields = {
    spec: {
      ports: { "53/UDP": {}, "8080/TCP": { name: "http", nodePort: 30_000 } },
      args: ["a", "b"],
      strategy: { type: "Recreate" },
    },
  };

  test("has the leaves that are asked for, whole lists among them", () => {
    expect(project(fields, new Set(["spec/args", "spec/ports/8080/TCP/name"]))).toEqual({
      spec: { args: ["a", "b"], ports: { "8080/TCP": { name: "http" } } },
    });
  });

  test("knows that something is there without knowing what", () => {
    expect(project(fields, new Set(["spec/ports/53/UDP/.", "spec/ports/8080/TCP/."]))).toEqual({
      spec: { ports: { "53/UDP": {}, "8080/TCP": {} } },
    });
  });

  test("is all of it by all of its paths, and nothing by those of something else", () => {
    expect(project(fields, pathsOf(fields))).toEqual(fields);
    expect(project(fields, new Set(["metadata", "spec/replicas", "spec/strategy/type/x"]))).toEqual({});
  });
});

const PROBE = {
  failureThreshold: 3,
  httpGet: { path: "/health", port: 8080, scheme: "HTTP" },
  periodSeconds: 30,
  timeoutSeconds: 10,
};
