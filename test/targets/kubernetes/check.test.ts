import { describe, expect, test } from "vitest";
import { positionAt } from "../../../src/model/source.ts";
import { compileFiles } from "../../helpers/compile-text.ts";

interface Said {
  readonly text: string;
  readonly notes: readonly string[];
}

/** What the target says of an agent, each with its line. */
async function saidOf(text: string): Promise<readonly Said[]> {
  const { diagnostics } = await compileFiles({ "agent.yaml": text }, { target: "kubernetes" });
  return diagnostics
    .filter(({ code }) => code.startsWith("AAC23"))
    .map(({ code, message, at, notes }) => {
      if (at === undefined) throw new Error(`${message} has no place`);
      const line = text.split("\n")[positionAt(text, at.start).line - 1]?.trim() ?? "";
      return { text: `${code} ${line}: ${message}`, notes };
    });
}

const agent = (metadata: string, ...lines: readonly string[]): string =>
  [
    "apiVersion: agent.dev/v1",
    "kind: Agent",
    `metadata: ${metadata}`,
    "spec:",
    ...lines.map((line) => `  ${line}`),
    "",
  ].join("\n");

/** Of an agent with these lines in its spec. */
const said = async (...lines: readonly string[]): Promise<readonly string[]> =>
  (await saidOf(agent("{name: probe}", ...lines))).map(({ text }) => text);

const PYTHON = "runtime: python";

describe("an image that a pod could run", () => {
  test.each(["go", "rust", "java:21"])("is not made for the runtime %s yet", async (runtime) => {
    const name = runtime.split(":")[0] ?? "";
    expect(await said(`runtime: ${runtime}`)).toEqual([
      `AAC2303 runtime: ${runtime}: an image for the runtime ${name} is not built for pods yet`,
    ]);
    expect(await said(`runtime: ${runtime}`, "image: desk:1")).toEqual([]);
    expect(await said(`runtime: ${runtime}`, "build: {dockerfile: Dockerfile}")).toEqual([]);
  });

  test.each(["command: [./desk]", "runtime: exec"])("is asked for where there is only %s", async (line) => {
    const lines = line.startsWith("command") ? [line] : [line, "command: [./desk]"];
    expect(await said(...lines)).toEqual([`AAC2306 ${line}: there is no image here that a pod could run`]);
  });

  test("brings its packages and its code, if it is there already", async () => {
    expect(await said("image: desk:1", "dependencies: [left]", "code: {exclude: [docs/**]}")).toEqual([
      expect.stringMatching(/^AAC2304 dependencies: .*the image brings its packages$/),
      expect.stringMatching(/^AAC2304 code: .*the image brings its code$/),
    ]);
  });
});

describe("a secret of this machine is refused with the line that puts it into the cluster", () => {
  const noted = async (...lines: readonly string[]): Promise<readonly (readonly string[])[]> =>
    (await saidOf(agent("{name: desk}", PYTHON, ...lines))).map(({ text, notes }) => [
      text.slice(0, 7),
      ...notes,
    ]);

  test.each([
    [
      "environment: [{name: API_KEY, from: env}]",
      'kubectl create secret generic desk-secrets --from-literal=API_KEY="$API_KEY"',
      "write `from: secret`",
    ],
    [
      "environment: [{name: KEY, from: env, envKey: PROD_KEY}]",
      'kubectl create secret generic desk-secrets --from-literal=KEY="$PROD_KEY"',
      "write `from: secret`",
    ],
    [
      "environment: [{name: LICENSE, from: file, path: ./my license}]",
      "kubectl create secret generic desk-secrets --from-file=LICENSE='./my license'",
      "write `from: secret`",
    ],
    [
      "secrets: [{name: api-key, from: env}]",
      'kubectl create secret generic desk-secrets --from-literal=api-key="$API_KEY"',
      "leave `from` out",
    ],
    [
      "secrets: [{name: API_KEY, from: file, path: ./key}]",
      "kubectl create secret generic desk-secrets --from-file=API_KEY=./key",
      "leave `from` out",
    ],
    [
      "secrets: [{name: API_KEY, from: docker-secret, secretName: key}]",
      "kubectl create secret generic desk-secrets --from-file=API_KEY=PATH",
      "leave `from` out",
    ],
  ])("%s", async (line, command, then) => {
    expect(await noted(line)).toEqual([["AAC2306", `put it there: ${command}`, `and ${then}`]]);
  });

  test.each([
    "environment: [{name: REGION, from: env}]",
    "environment: [{name: API_KEY, from: secret}]",
    "secrets: [{name: API_KEY}]",
    "secrets: [{name: API_KEY, from: kubernetes-secret, secretName: keys, secretKey: api}]",
  ])("and %s is none", async (line) => {
    expect(await noted(line)).toEqual([]);
  });
});

describe("volumes", () => {
  const volume = (text: string): Promise<readonly string[]> => said(PYTHON, "volumes:", `  - {${text}}`);

  test.each([
    "source: data, target: /data",
    "source: data, target: /data, size: 2Gi, storageClass: fast, accessMode: ReadWriteMany, readOnly: true",
    "target: /tmp, type: tmpfs, size: 64Mi",
    "source: site, target: /site, type: configmap",
  ])("are carried: %s", async (text) => {
    expect(await volume(text)).toEqual([]);
  });

  test.each([
    ["source: ./data, target: /data", "no node has the folders of this machine"],
    ["source: ., target: /app", "no node has the folders of this machine"],
    ["source: My_Data, target: /data", "no claim can be named `My_Data`"],
    ["source: Site, target: /site, type: configmap", "no ConfigMap can be named `Site`"],
    ["name: conf, source: site, target: /site, type: configmap", "a ConfigMap has one name"],
    ["source: data, target: /", "a container has its own root"],
    ["source: data, target: '/a:b'", "no path of a mount holds a colon"],
  ])("are refused: %s", async (text, why) => {
    expect(await volume(text)).toEqual([expect.stringMatching(/^AAC2306 /)]);
    expect((await volume(text))[0]).toContain(`this volume cannot be mounted: ${why}`);
  });

  test("what means nothing for memory gets a note", async () => {
    expect(await volume("target: /tmp, type: tmpfs, storageClass: fast")).toEqual([
      expect.stringMatching(/^AAC2304 .*`storageClass` has no meaning for a pod: memory is no storage$/),
    ]);
  });

  test("nothing is mounted where the agent finds its config", async () => {
    const lines = [PYTHON, "config: {a: 1}", "volumes: [{source: data, target: /etc/aac/more}]"];
    expect(await said(...lines)).toEqual([expect.stringMatching(/^AAC2306 .*finds its `config`$/)]);
  });
});

describe("ports of a machine", () => {
  test("have no meaning, which is said once", async () => {
    expect(
      await said(
        PYTHON,
        "ports:",
        "  - {container: 8080, host: 80, hostIP: 0.0.0.0}",
        "  - {container: 9090, host: 9090}",
        "network: {ports: [{container: 9091, host: 9091}]}",
      ),
    ).toEqual([expect.stringMatching(/^AAC2304 - \{container: 8080.*`host` has no meaning .*3 times more/)]);
  });

  test("and are no question where none was asked for", async () => {
    expect(await said(PYTHON, "ports: [{container: 8080, host: none}]")).toEqual([]);
  });
});

describe("names", () => {
  const metadata = async (text: string, ...lines: readonly string[]): Promise<readonly string[]> =>
    (await saidOf(agent(text, PYTHON, ...lines))).map((one) => one.text);

  test("an agent with ports begins with a letter", async () => {
    expect(await metadata("{name: 7seas}", "ports: [{container: 8080}]")).toEqual([
      expect.stringMatching(/^AAC2306 .*no Service can be named `7seas`/),
    ]);
    expect(await metadata("{name: 7seas}")).toEqual([]);
  });

  test.each([
    ["labels: {agent.dev/project: mine}", "`agent.dev/` begins the marks by which aac knows its own objects"],
    ["labels: {team: search team}", "`search team` is no value that a label can have"],
    ["labels: {my team: a}", "`my team` is no name that a cluster knows"],
    ["annotations: {a b/c: d}", "`a b/c` is no name that a cluster knows"],
  ])("%s is refused", async (text, why) => {
    const found = await metadata(`{name: probe, ${text}}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^AAC2306 /);
    expect(found[0]).toContain(why);
  });

  test("any text may be annotated, and labels may have domains", async () => {
    const text =
      "{name: probe, annotations: {example.com/owner: search team}, labels: {example.com/a: b.c_d, e: ''}}";
    expect(await metadata(text)).toEqual([]);
  });

  test("what is not set yet may become a good one", async () => {
    const lines = ["volumes: [{source: '${DISK}', target: /data}]", "serviceAccount: '${WHO}'"];
    expect(await metadata("{name: probe, labels: {line: '${LINE}'}}", ...lines)).toEqual([]);
  });

  test.each([
    "environment: [{name: KEY, from: secret, secretName: My_Keys, secretKey: k}]",
    "environment: [{name: SITE, from: configmap, configMapName: Site, configMapKey: k}]",
    "secrets: [{name: KEY, from: kubernetes-secret, secretName: My_Keys, secretKey: k}]",
    "imagePullSecrets: [Login]",
    "serviceAccount: My Account",
  ])("no object has such a name: %s", async (line) => {
    expect(await said(PYTHON, line)).toEqual([
      expect.stringMatching(/^AAC2306 .*nothing in a cluster can be named/),
    ]);
  });
});

describe("what a pod has anyway is no question", () => {
  test.each([
    "network: {mode: bridge}",
    "network: {security: {allowExternalConnections: true}}",
    "scaling: {replicas: 3}",
    "scaling: {minReplicas: 2}",
    "autoscaling: {enabled: false}",
    "update: {strategy: rolling, maxSurge: 1}",
    "security: {seccomp: default}",
    "isolation: {level: container}",
    "isolation: {filesystem: readonly, writable: [/tmp]}",
    "isolation: {network: full}",
    "supervision: {restart: always, maxRestarts: unlimited, stopSignal: SIGTERM}",
    "supervision: {restart: unless-stopped}",
    "configReload: restart",
    "priority: normal",
    "logging: {level: debug, destination: stdout}",
    "overrides: {}",
  ])("%s", async (line) => {
    expect(await said(PYTHON, line)).toEqual([]);
  });
});

describe("what asks for more is refused", () => {
  test.each([
    ["network: {mode: none}", "AAC2306"],
    ["network: {security: {allowedHosts: [api.example.com]}}", "AAC2303"],
    ["scaling: {maxReplicas: 2}", "AAC2303"],
    ["autoscaling: {maxReplicas: 3, targetCPUUtilizationPercentage: 70}", "AAC2303"],
    ["autoscaling: {enabled: false, vertical: {maxCPU: '2'}}", "AAC2303"],
    ["isolation: {level: sandbox}", "AAC2303"],
    ["isolation: {network: restricted}", "AAC2303"],
    ["supervision: {restart: 'no'}", "AAC2303"],
    ["supervision: {restart: on-failure}", "AAC2303"],
    ["security: {seccomp: ./profile.json}", "AAC2306"],
    ["configReload: SIGHUP", "AAC2306"],
    ["inheritEnv: [AWS_PROFILE]", "AAC2306"],
    ["lifecycle: {onError: {command: [x]}}", "AAC2306"],
    ["priority: high", "AAC2303"],
    ["overrides: {kubernetes: [{kind: Deployment, patch: {}}]}", "AAC2303"],
  ])("%s: %s", async (line, code) => {
    const errors = (await said(PYTHON, line)).filter((one) => !one.startsWith("AAC2304"));
    expect(errors).toEqual([expect.stringMatching(`^${code} `)]);
  });

  test("waiting for an agent that is to end needs a Job", async () => {
    const files = {
      "a.agent.yaml": agent("{name: probe}", PYTHON, "dependsOn: {once: {condition: completed}}"),
      "b.agent.yaml": agent("{name: once}", PYTHON, "supervision: {restart: 'no'}"),
      ".aac.yaml": "project: p\n",
    };
    const { diagnostics } = await compileFiles(files, { target: "kubernetes" });
    expect(diagnostics.filter(({ code }) => code === "AAC2303").map(({ message }) => message)).toEqual([
      "waiting until another agent has completed is not built for pods yet",
      "`supervision.restart` is not built for pods yet",
    ]);
  });

  test("isolation that may be less is one note", async () => {
    expect(await said(PYTHON, "isolation: {level: sandbox, network: none, degraded: allow}")).toEqual([
      expect.stringMatching(/^AAC2304 isolation.*as apart as containers are/),
    ]);
  });

  test("a loopback address does not lead out of a pod", async () => {
    expect(await said(PYTHON, "environment: [{name: URL, value: 'http://localhost:11434'}]")).toEqual([
      expect.stringMatching(/^AAC2301 /),
    ]);
  });
});
