import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../src/base/canonical.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { named, wanted } from "./wanted.ts";

const USUAL = `apiVersion: agent.dev/v1
kind: Agent
metadata:
  name: desk
  version: 1.2.0
  labels: {team: search}
  annotations: {example.com/owner: search team}
spec:
  runtime: python
  environment:
    - {name: LOG_STYLE, value: short}
    - {name: OPENAI_API_KEY, from: secret}
  config: {greeting: hello, topics: [a, b]}
  ports:
    - {container: 8080, name: http}
  healthCheck: {path: /health, interval: 10s, startPeriod: 5s}
  resources:
    limits: {cpu: 1500m, memory: 1024Mi}
    requests: {cpu: 0.25}
  volumes:
    - {target: /tmp, type: tmpfs, size: 64Mi}
  lifecycle:
    onStop: {command: [python, bye.py], timeout: 5s}
  supervision: {stopGracePeriod: 30s}
  observability: {metrics: {enabled: true}}
  scaling: {replicas: 2}
`;

describe("a usual agent", () => {
  const all = (): Promise<readonly Resource[]> =>
    wanted(
      { "agent.yaml": USUAL },
      {
        facts: { desk: { code: { "main.py": "aa" } } },
        cluster: { secrets: { "desk-secrets/OPENAI_API_KEY": "k1:bb" } },
      },
    );

  test("is a ConfigMap, a Service and a Deployment that comes after them", async () => {
    const found = await all();
    expect(found.map(({ id, after, rolls }) => [id, after, rolls])).toEqual([
      ["desk/ConfigMap/desk-config", [], undefined],
      ["desk/Deployment/desk", ["desk/ConfigMap/desk-config", "desk/Service/desk"], "start first"],
      ["desk/Service/desk", [], undefined],
    ]);
    expect(named(found, "desk/ConfigMap/desk-config").fields).toEqual({
      config: { greeting: "hello", topics: ["a", "b"] },
      metadata: { labels: { team: "search" } },
    });
    expect(named(found, "desk/Service/desk").fields).toEqual({
      metadata: { labels: { team: "search" } },
      spec: {
        ports: { "8080/TCP": { name: "http", targetPort: 8080 } },
        selector: { "agent.dev/agent": "desk", "agent.dev/project": "shop" },
        type: "ClusterIP",
      },
    });
  });

  test("has this Deployment", async () => {
    const { fields } = named(await all(), "desk/Deployment/desk");
    expect(JSON.parse(canonicalJson(fields))).toMatchInlineSnapshot(`
      {
        "code": "007f8cd6c6fec73a",
        "configDigest": "4b68304f330fc26f",
        "metadata": {
          "annotations": {
            "example.com/owner": "search team",
          },
          "labels": {
            "team": "search",
          },
        },
        "rolledOut": true,
        "secrets": {
          "OPENAI_API_KEY": "k1:bb",
        },
        "spec": {
          "progressDeadlineSeconds": 600,
          "replicas": 2,
          "revisionHistoryLimit": 10,
          "selector": {
            "matchLabels": {
              "agent.dev/agent": "desk",
              "agent.dev/project": "shop",
            },
          },
          "strategy": {
            "rollingUpdate": {
              "maxSurge": "25%",
              "maxUnavailable": 0,
            },
            "type": "RollingUpdate",
          },
          "template": {
            "metadata": {
              "annotations": {
                "example.com/owner": "search team",
                "prometheus.io/path": "/metrics",
                "prometheus.io/port": "8080",
                "prometheus.io/scrape": "true",
              },
              "labels": {
                "team": "search",
              },
            },
            "spec": {
              "automountServiceAccountToken": false,
              "containers": {
                "desk": {
                  "env": {
                    "AAC_CONFIG": {
                      "value": "/etc/aac/config.json",
                    },
                    "LOG_STYLE": {
                      "value": "short",
                    },
                    "OPENAI_API_KEY": {
                      "valueFrom": {
                        "secretKeyRef": {
                          "key": "OPENAI_API_KEY",
                          "name": "desk-secrets",
                        },
                      },
                    },
                    "PORT": {
                      "value": "8080",
                    },
                    "PORT_HTTP": {
                      "value": "8080",
                    },
                  },
                  "image": "desk:1.2.0",
                  "imagePullPolicy": "IfNotPresent",
                  "lifecycle": {
                    "preStop": {
                      "exec": {
                        "command": [
                          "python",
                          "bye.py",
                        ],
                      },
                    },
                  },
                  "livenessProbe": {
                    "failureThreshold": 3,
                    "httpGet": {
                      "path": "/health",
                      "port": 8080,
                      "scheme": "HTTP",
                    },
                    "periodSeconds": 10,
                    "timeoutSeconds": 10,
                  },
                  "ports": {
                    "8080/TCP": {
                      "name": "http",
                    },
                  },
                  "readinessProbe": {
                    "failureThreshold": 3,
                    "httpGet": {
                      "path": "/health",
                      "port": 8080,
                      "scheme": "HTTP",
                    },
                    "periodSeconds": 10,
                    "timeoutSeconds": 10,
                  },
                  "resources": {
                    "limits": {
                      "cpu": "1500m",
                      "memory": "1Gi",
                    },
                    "requests": {
                      "cpu": "250m",
                    },
                  },
                  "securityContext": {
                    "allowPrivilegeEscalation": false,
                    "capabilities": {
                      "drop": [
                        "ALL",
                      ],
                    },
                  },
                  "startupProbe": {
                    "failureThreshold": 35,
                    "httpGet": {
                      "path": "/health",
                      "port": 8080,
                      "scheme": "HTTP",
                    },
                    "periodSeconds": 1,
                    "timeoutSeconds": 10,
                  },
                  "volumeMounts": {
                    "/etc/aac": {
                      "name": "aac-config",
                      "readOnly": true,
                    },
                    "/tmp": {
                      "name": "tmp",
                    },
                  },
                },
              },
              "dnsPolicy": "ClusterFirst",
              "enableServiceLinks": false,
              "securityContext": {
                "fsGroup": 1000,
                "runAsGroup": 1000,
                "runAsNonRoot": true,
                "runAsUser": 1000,
                "seccompProfile": {
                  "type": "RuntimeDefault",
                },
              },
              "serviceAccountName": "default",
              "terminationGracePeriodSeconds": 35,
              "volumes": {
                "aac-config": {
                  "configMap": {
                    "name": "desk-config",
                  },
                },
                "tmp": {
                  "emptyDir": {
                    "medium": "Memory",
                    "sizeLimit": "64Mi",
                  },
                },
              },
            },
          },
        },
      }
    `);
  });

  test("knows where each field was written", async () => {
    const { written } = named(await all(), "desk/Deployment/desk");
    const lines = Object.fromEntries(Object.entries(written).map(([path, { line }]) => [path, line]));
    expect(lines).toMatchInlineSnapshot(`
      {
        "configDigest": 13,
        "metadata": 3,
        "metadata/annotations": 7,
        "metadata/annotations/example.com/owner": 7,
        "metadata/labels": 6,
        "metadata/labels/team": 6,
        "secrets/OPENAI_API_KEY": 12,
        "spec/replicas": 26,
        "spec/template/metadata/annotations": 7,
        "spec/template/metadata/annotations/example.com/owner": 7,
        "spec/template/metadata/annotations/prometheus.io": 25,
        "spec/template/metadata/labels": 6,
        "spec/template/metadata/labels/team": 6,
        "spec/template/spec/containers/desk/env": 10,
        "spec/template/spec/containers/desk/env/LOG_STYLE": 11,
        "spec/template/spec/containers/desk/env/OPENAI_API_KEY": 12,
        "spec/template/spec/containers/desk/env/PORT": 15,
        "spec/template/spec/containers/desk/env/PORT_HTTP": 15,
        "spec/template/spec/containers/desk/image": 5,
        "spec/template/spec/containers/desk/lifecycle/preStop": 23,
        "spec/template/spec/containers/desk/livenessProbe": 16,
        "spec/template/spec/containers/desk/livenessProbe/httpGet/path": 16,
        "spec/template/spec/containers/desk/livenessProbe/periodSeconds": 16,
        "spec/template/spec/containers/desk/ports/8080/TCP": 15,
        "spec/template/spec/containers/desk/ports/8080/TCP/name": 15,
        "spec/template/spec/containers/desk/readinessProbe": 16,
        "spec/template/spec/containers/desk/readinessProbe/httpGet/path": 16,
        "spec/template/spec/containers/desk/readinessProbe/periodSeconds": 16,
        "spec/template/spec/containers/desk/resources": 17,
        "spec/template/spec/containers/desk/resources/limits": 18,
        "spec/template/spec/containers/desk/resources/limits/cpu": 18,
        "spec/template/spec/containers/desk/resources/limits/memory": 18,
        "spec/template/spec/containers/desk/resources/requests": 19,
        "spec/template/spec/containers/desk/resources/requests/cpu": 19,
        "spec/template/spec/containers/desk/startupProbe": 16,
        "spec/template/spec/containers/desk/startupProbe/httpGet/path": 16,
        "spec/template/spec/containers/desk/volumeMounts//etc/aac": 13,
        "spec/template/spec/containers/desk/volumeMounts//tmp": 21,
        "spec/template/spec/terminationGracePeriodSeconds": 24,
        "spec/template/spec/volumes/aac-config": 13,
        "spec/template/spec/volumes/tmp": 21,
        "spec/template/spec/volumes/tmp/emptyDir/sizeLimit": 21,
      }
    `);
  });
});
