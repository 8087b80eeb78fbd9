import { describe, expect, test } from "vitest";
import { check } from "../../../targets/docker/check.ts";
import { notBuiltYet, support } from "../../../targets/docker/support.ts";
import { describeSupport } from "../../helpers/target-support.ts";

/** What has to stand beside a field so that it asks for something. */
const BESIDE: Readonly<Record<string, (value: unknown) => object>> = {
  "volumes.size": (size) => ({ volumes: [{ target: "/tmp", type: "tmpfs", size }] }),
  "volumes.storageClass": (storageClass) => ({
    volumes: [{ source: "data", target: "/data", storageClass }],
  }),
  "volumes.accessMode": (accessMode) => ({ volumes: [{ source: "data", target: "/data", accessMode }] }),
  "network.name": (name) => ({ network: { mode: "custom", name } }),
  "isolation.writable": (writable) => ({ isolation: { filesystem: "readonly", writable } }),
};

/** Of fields whose first example is nothing, or more than there is: what is asked for in its place. */
const ASKED: Readonly<Record<string, readonly unknown[]>> = {
  runtime: ["python", "python:3.12", "nodejs"],
  "security.seccomp": ["default", "unconfined"],
  "isolation.level": ["none", "resource-limits", "process", "container"],
  "isolation.network": ["full", "none"],
  "supervision.maxRestarts": [0, "unlimited"],
  "supervision.successCodes": [[0, 143]],
  "logging.destination": ["/var/log/chatbot.log"],
};

describeSupport("a container", {
  support,
  check,
  asked: ASKED,
  specOf: (path, value) => BESIDE[path]?.(value),
  // One note tells what becomes of a plain check, and has a test of its own.
  isTold: ({ message }) => message.includes("restarts nobody"),
});

describe("the table of what a container carries", () => {
  test("what is still to come stands in one list", () => {
    expect(notBuiltYet()).toMatchInlineSnapshot(`
      [
        "autoscaling",
        "build.push",
        "build: a build context or a Dockerfile outside the agent's own folder",
        "configReload",
        "dependsOn: waiting until an agent has ended",
        "healthCheck.liveness",
        "healthCheck: a check of the start that asks something else than that of readiness",
        "inheritEnv",
        "isolation.level: a sandbox",
        "isolation.network: a network that reaches only some",
        "isolation.writable",
        "lifecycle",
        "network.security",
        "overrides: overrides of docker",
        "priority",
        "resources.limits.connections",
        "resources.limits.ephemeral-storage",
        "resources.limits.gpu",
        "resources.limits.io",
        "runtime: the runtimes go, rust and java without a \`build\` or an \`image\`",
        "scaling.maxReplicas",
        "scaling.metrics",
        "scaling: several replicas with a port of the machine",
        "security.seccomp: a seccomp profile of your own",
        "supervision.backoff",
        "supervision.circuitBreaker",
        "supervision.maxRestarts: a limit of restarts where every end is followed by one",
        "supervision.successCodes",
        "update.maxSurge",
        "update.maxUnavailable",
        "update: a rolling update of an agent that holds a port of the machine",
        "volumes: volumes of type configmap",
      ]
    `);
  });
});
