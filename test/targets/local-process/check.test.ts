import { describe, expect, test } from "vitest";
import { positionAt } from "../../../src/model/source.ts";
import { agentText } from "../../helpers/agent-text.ts";
import { compileFiles } from "../../helpers/compile-text.ts";

/** What the target says of an agent with these lines in its spec, each with its line. */
async function said(...lines: readonly string[]): Promise<readonly string[]> {
  const text = agentText("probe", lines);
  const { diagnostics } = await compileFiles({ "agent.yaml": text }, { target: "local-process" });
  return diagnostics
    .filter(({ code }) => code.startsWith("AAC23"))
    .map(({ code, message, at }) => {
      if (at === undefined) throw new Error(`${message} has no place`);
      return `${code} ${text.split("\n")[positionAt(text, at.start).line - 1]?.trim() ?? ""}: ${message}`;
    });
}

const PYTHON = "runtime: python";

describe("what a process of this machine cannot be", () => {
  test.each(["go", "rust", "java:21"])("the runtime %s is not built without a command", async (runtime) => {
    const name = runtime.split(":")[0] ?? "";
    expect(await said(`runtime: ${runtime}`)).toEqual([
      `AAC2303 runtime: ${runtime}: the runtime ${name} is not built for processes yet`,
    ]);
    expect(await said(`runtime: ${runtime}`, "command: [./app]")).toEqual([]);
  });

  test("an image alone is refused, and with a program it is left aside with one note", async () => {
    expect(await said("image: desk:1")).toEqual([
      "AAC2305 image: desk:1: there is no program here that could run as a process",
    ]);
    expect(await said("runtime: container", "image: desk:1")).toHaveLength(1);
    const [note, ...more] = await said("image: desk:1", "build: {context: .}", "command: [./desk]");
    expect([note, more]).toEqual([expect.stringMatching(/^AAC2304 image: desk:1/), []]);
  });

  test("a build alone has no program either", async () => {
    expect(await said("build: {context: .}")).toEqual([
      "AAC2305 build: {context: .}: there is no program here that could run as a process",
    ]);
  });

  test("packages that nothing would install are refused", async () => {
    expect(await said("command: [./desk]", "dependencies: [left]")).toEqual([
      "AAC2303 dependencies: [left]: installing packages without a runtime is not built for processes yet",
    ]);
    expect(await said("runtime: go", "command: [./desk]", "dependencies: [left]")).toHaveLength(1);
    expect(await said("runtime: nodejs", "dependencies: [left]")).toEqual([]);
  });

  test("a secret of a swarm is refused where it is written", async () => {
    expect(await said(PYTHON, "secrets: [{name: KEY, from: docker-secret, secretName: key}]")).toEqual([
      expect.stringMatching(/^AAC2306 secrets: .*: `from: docker-secret` works in a swarm alone$/),
    ]);
  });

  test("an override of a process is refused, and those of others are noted", async () => {
    expect(await said(PYTHON, "overrides: {local-process: [{kind: process, patch: {}}]}")).toEqual([
      expect.stringMatching(/^AAC2303 /),
    ]);
    expect(await said(PYTHON, "overrides: {docker: [{kind: container, patch: {}}]}")).toEqual([
      expect.stringMatching(/^AAC2304 /),
    ]);
  });
});

describe("volumes", () => {
  const volume = (text: string): Promise<readonly string[]> => said(PYTHON, "volumes:", `  - {${text}}`);

  test.each([
    "source: ., target: /app",
    "source: ./data, target: /app/data/",
    "source: data/x, target: /app/data/x",
  ])("what is in place is satisfied: %s", async (text) => {
    expect(await volume(text)).toEqual([]);
  });

  test.each([
    "source: ./data, target: /data",
    "source: ./data, target: /app/other",
    "source: ./data, target: /application",
    "source: data, target: /app/data, type: volume",
    "target: /app/tmp, type: tmpfs",
    "source: site, target: /app/site, type: configmap",
  ])("what would have to be mounted is refused: %s", async (text) => {
    expect(await volume(text)).toEqual([expect.stringMatching(/^AAC2303 .*a volume at .* is not built/)]);
  });

  test("one that may only be read is not held to that, and said so", async () => {
    expect(await volume("source: ./data, target: /app/data, readOnly: true")).toEqual([
      expect.stringMatching(/^AAC2304 .*`readOnly` has no meaning/),
    ]);
  });
});

describe("what a process has anyway is no question", () => {
  test.each([
    "network: {mode: bridge}",
    "network: {mode: host}",
    "network: {security: {allowExternalConnections: true}}",
    "scaling: {replicas: 1}",
    "scaling: {minReplicas: 1}",
    "autoscaling: {enabled: false}",
    "update: {strategy: recreate}",
    "security: {readOnlyRootFilesystem: false, noNewPrivileges: false}",
    "security: {capabilities: {drop: []}}",
    "security: {seccomp: unconfined}",
    "isolation: {level: none}",
    "isolation: {level: process, filesystem: readwrite, network: full}",
    "logging: {destination: stdout}",
    "observability: {metrics: {enabled: false}}",
    "overrides: {}",
    "imagePullSecrets: []",
  ])("%s", async (line) => {
    expect(await said(PYTHON, line)).toEqual([]);
  });
});

describe("what asks for more is refused", () => {
  test.each([
    ["network: {mode: none}", "AAC2306"],
    ["network: {mode: custom, name: backend}", "AAC2306"],
    ["network: {security: {allowedHosts: [api.example.com]}}", "AAC2306"],
    ["scaling: {replicas: 2}", "AAC2303"],
    ["scaling: {minReplicas: 2}", "AAC2303"],
    ["scaling: {maxReplicas: 2}", "AAC2303"],
    ["autoscaling: {maxReplicas: 3, targetCPUUtilizationPercentage: 70}", "AAC2303"],
    ["autoscaling: {enabled: false, vertical: {maxCPU: '2'}}", "AAC2303"],
    ["update: {strategy: rolling}", "AAC2303"],
    ["security: {runAsUser: 1000}", "AAC2303"],
    ["security: {runAsGroup: 0}", "AAC2303"],
    ["security: {capabilities: {drop: [ALL]}}", "AAC2303"],
    ["isolation: {level: sandbox}", "AAC2303"],
    ["isolation: {level: container}", "AAC2303"],
    ["isolation: {level: resource-limits}", "AAC2303"],
    ["isolation: {filesystem: readonly}", "AAC2303"],
    ["isolation: {network: loopback}", "AAC2303"],
  ])("%s: %s", async (line, code) => {
    const errors = (await said(PYTHON, line)).filter((one) => !one.startsWith("AAC2304"));
    expect(errors).toEqual([expect.stringMatching(`^${code} `)]);
  });

  test("isolation that may be less is one note", async () => {
    expect(await said(PYTHON, "isolation: {level: sandbox, degraded: allow}")).toEqual([
      expect.stringMatching(/^AAC2304 isolation.*with the rights of its user/),
    ]);
  });

  test("two blocks that ask for the same are both named once", async () => {
    const found = await said(PYTHON, "scaling: {replicas: 2}", "autoscaling: {maxReplicas: 5}");
    expect(found.map((one) => one.slice(0, 20)).sort()).toEqual([
      "AAC2303 autoscaling:",
      "AAC2303 scaling: {re",
    ]);
  });
});
