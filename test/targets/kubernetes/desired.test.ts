import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { agent, at, containerAt, deploymentOf, named, podAt, wanted } from "./wanted.ts";

describe("the same wish gives the same bytes", () => {
  const before = [
    "environment: [{name: B, value: b}, {name: A, value: a}]",
    "ports: [{container: 8081, name: admin}, {container: 8080}]",
    "volumes: [{source: b, target: /b}, {source: a, target: /a}]",
    "dependsOn: [other, another]",
    "imagePullSecrets: [two, one]",
    "security: {capabilities: {drop: [NET_RAW, CHOWN]}}",
    "resources: {limits: {memory: 1Gi, cpu: 1}}",
    "supervision: {stopGracePeriod: 60s}",
  ];
  const after = [
    "supervision: {stopGracePeriod: 1m}",
    "resources: {limits: {cpu: 1000m, memory: 1024Mi}}",
    "security: {capabilities: {drop: [CHOWN, NET_RAW]}}",
    "imagePullSecrets: [one, two]",
    "dependsOn: {another: {condition: started}, other: {condition: started}}",
    "volumes: [{source: a, target: /a}, {source: b, target: /b}]",
    "ports: [{container: 8080}, {container: 8081, name: admin}]",
    "environment: [{name: A, value: a}, {name: B, value: b}]",
  ];
  const others = {
    "a/agent.yaml": agent("another"),
    "o/agent.yaml": agent("other"),
    ".aac.yaml": "project: shop\n",
  };
  const bytes = (all: readonly Resource[]): string =>
    canonicalJson(all.map(({ written: _, ...rest }) => rest));

  test("whatever the order of lists and the unit of an amount", async () => {
    const one = await wanted({ "agent.yaml": agent("desk", ...before), ...others });
    const two = await wanted({ "agent.yaml": agent("desk", ...after), ...others });
    expect(bytes(one)).toBe(bytes(two));
    const ids = one.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
  });
});

describe("what comes first", () => {
  test("is the namespace, where it is not there yet", async () => {
    const files = { "agent.yaml": agent("desk", "ports: [{container: 80}]") };
    const all = await wanted(files, { cluster: { namespace: "prod", hasNamespace: false } });
    expect(all.map(({ id, after }) => [id, after])).toEqual([
      ["/Namespace/prod", []],
      ["desk/Deployment/desk", ["/Namespace/prod", "desk/Service/desk"]],
      ["desk/Service/desk", ["/Namespace/prod"]],
    ]);
    expect(all[0]).toMatchObject({ agent: "", source: "", fields: {} });
    const unasked = await wanted(files, { cluster: null });
    expect(unasked.map(({ id }) => id)).toEqual(["desk/Deployment/desk", "desk/Service/desk"]);
  });

  test("is what an agent depends on, which it follows where it is to be started anew with that", async () => {
    const files = {
      "a.agent.yaml": agent("desk", "dependsOn: {one: {restart: true}, two: {condition: healthy}}"),
      "b.agent.yaml": agent("one"),
      "c.agent.yaml": agent("two"),
    };
    const { after, follows } = named(await wanted(files), "desk/Deployment/desk");
    expect([after, follows]).toEqual([["one/Deployment/one", "two/Deployment/two"], ["one/Deployment/one"]]);
    const part = await wanted(files, { only: ["desk"] });
    expect(part.map(({ id }) => id)).toEqual(["desk/Deployment/desk"]);
  });
});

describe("the program", () => {
  const program = async (text: string): Promise<Json> => {
    const file = `apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: desk, version: 1.0.0}\nspec: {${text}}\n`;
    const all = await wanted({ "agent.yaml": file }, { facts: { desk: { code: { Dockerfile: "aa" } } } });
    const one = named(all, "desk/Deployment/desk");
    const { args, command, image, workingDir } = containerAt(one) as Readonly<Record<string, Json>>;
    return { args, command, image, workingDir };
  };

  test.each([
    ["image: 'desk:1'", { image: "desk:1" }],
    ["image: desk", { image: "desk:latest" }],
    ["image: 'desk:1', args: [-v]", { image: "desk:1", args: ["-v"] }],
    ["image: 'desk:1', command: [run], args: [-v]", { image: "desk:1", command: ["run"], args: ["-v"] }],
    [
      "image: 'desk:1', shell: true, command: 'run | tee log'",
      { image: "desk:1", command: ["sh", "-c", "run | tee log"] },
    ],
    ["runtime: python", { image: "desk:1.0.0" }],
    ["runtime: python, args: [-v]", { image: "desk:1.0.0", args: ["python", "main.py", "-v"] }],
    ["runtime: python, build: {}, args: [-v]", { image: "desk:1.0.0", args: ["-v"] }],
    [
      "runtime: python, build: {baseImage: 'python:3'}, args: [-v]",
      { image: "desk:1.0.0", args: ["python", "main.py", "-v"] },
    ],
    ["runtime: go, build: {}, args: [-v]", { image: "desk:1.0.0", args: ["-v"] }],
    ["image: 'desk:1', command: [echo, '$(HOME)']", { image: "desk:1", command: ["echo", "$$(HOME)"] }],
    ["image: 'desk:1', workingDir: src", { image: "desk:1", workingDir: "/app/src" }],
    ["image: 'desk:1', workingDir: /srv", { image: "desk:1", workingDir: "/srv" }],
  ])("of {%s}", async (text, expected) => {
    expect(await program(text)).toEqual(expected);
  });

  test("the code counts where an image is built of it, with all that goes in", async () => {
    const code = async (lines: string, facts: object = {}): Promise<Json | undefined> => {
      const file = `apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: desk, version: 1.0.0}\nspec: {${lines}}\n`;
      const own = { code: { "main.py": "aa" }, ...facts };
      const all = await wanted({ "agent.yaml": file }, { facts: { desk: own } });
      return named(all, "desk/Deployment/desk").fields["code"];
    };
    expect(await code("image: 'desk:1'")).toBeUndefined();
    const codes = [
      await code("runtime: python"),
      await code("runtime: python, dependencies: [left]"),
      await code("runtime: python", { code: { "main.py": "bb" } }),
      await code("runtime: python", { locks: { "uv.lock": "cc" } }),
    ];
    expect(new Set(codes).size).toBe(4);
    for (const one of codes) expect(one).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("an exchange of pods", () => {
  const update = async (...lines: readonly string[]): Promise<unknown> => {
    const { fields, rolls } = await deploymentOf(lines);
    return [at(fields, "spec", "strategy"), rolls];
  };
  const rolling = (maxSurge: Json, maxUnavailable: Json): Json => ({
    rollingUpdate: { maxSurge, maxUnavailable },
    type: "RollingUpdate",
  });
  const recreate = [{ type: "Recreate" }, "stop first"];

  test("starts first, though the agent has a port: none of a machine is held", async () => {
    expect(await update("ports: [{container: 8080}]")).toEqual([rolling("25%", 0), "start first"]);
  });

  test("stops first where two cannot have the same disk, or the same port of a node", async () => {
    expect(await update("volumes: [{source: data, target: /data}]")).toEqual(recreate);
    expect(
      await update(
        "network: {mode: host}",
        "security: {dangerous: [host-network]}",
        "ports: [{container: 1}]",
      ),
    ).toEqual(recreate);
    expect(await update("volumes: [{source: data, target: /data, accessMode: ReadWriteMany}]")).toEqual([
      rolling("25%", 0),
      "start first",
    ]);
  });

  test("is as its author writes it", async () => {
    const data = "volumes: [{source: data, target: /data}]";
    expect(await update("update: {strategy: recreate}")).toEqual(recreate);
    expect(await update(data, "update: {strategy: rolling}")).toEqual([rolling("25%", 0), "start first"]);
    expect(await update("update: {maxSurge: 2, maxUnavailable: 10%}")).toEqual([
      rolling(2, "10%"),
      "start first",
    ]);
    expect(await update("update: {maxSurge: 0}")).toEqual([rolling(0, 1), "stop first"]);
  });
});

describe("volumes", () => {
  test("that are kept are claims of the agent, protected from being made anew", async () => {
    const files = {
      "agent.yaml": agent(
        "desk",
        "volumes:",
        "  - {source: data, target: /data, size: 2048Mi, storageClass: fast}",
        "  - {source: data, target: /again, readOnly: true}",
        "  - {source: more, target: /more, accessMode: ReadWriteMany}",
      ),
    };
    const all = await wanted(files);
    expect(all.map(({ id }) => id)).toEqual([
      "desk/Deployment/desk",
      "desk/PersistentVolumeClaim/desk-data",
      "desk/PersistentVolumeClaim/desk-more",
    ]);
    const [deployment, data, more] = all;
    expect(data).toMatchObject({ holdsData: true, protect: true });
    // Of two entries for one volume that counts which says something.
    expect(data?.fields).toEqual({
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "2Gi" } },
        storageClassName: "fast",
      },
    });
    expect(data?.written["spec/storageClassName"]?.line).toBe(7);
    expect(more?.fields).toEqual({
      spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } },
    });
    if (deployment === undefined) throw new Error("it is there");
    expect(podAt(deployment, "volumes")).toEqual({
      data: { persistentVolumeClaim: { claimName: "desk-data" } },
      more: { persistentVolumeClaim: { claimName: "desk-more" } },
    });
    expect(containerAt(deployment, "volumeMounts")).toEqual({
      "/again": { name: "data", readOnly: true },
      "/data": { name: "data" },
      "/more": { name: "more" },
    });
  });

  test("of memory, of a ConfigMap, and where a read-only agent may write", async () => {
    const one = await deploymentOf([
      "isolation: {filesystem: readonly, writable: [/var/cache, /tmp, /a-b, /a/b]}",
      "volumes:",
      "  - {target: /tmp, type: tmpfs, size: 64Mi}",
      "  - {source: site, target: /etc/site, type: configmap}",
    ]);
    expect(podAt(one, "volumes")).toEqual({
      "a-b": { emptyDir: {} },
      "a-b-2": { emptyDir: {} },
      site: { configMap: { name: "site" } },
      tmp: { emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
      "var-cache": { emptyDir: {} },
    });
    expect(containerAt(one, "volumeMounts")).toEqual({
      "/a-b": { name: "a-b" },
      "/a/b": { name: "a-b-2" },
      "/etc/site": { name: "site" },
      "/tmp": { name: "tmp" },
      "/var/cache": { name: "var-cache" },
    });
    expect(containerAt(one, "securityContext", "readOnlyRootFilesystem")).toBe(true);
  });
});

describe("rights", () => {
  const rights = async (...lines: readonly string[]): Promise<unknown> => {
    const one = await deploymentOf(lines);
    return { pod: podAt(one, "securityContext"), container: containerAt(one, "securityContext") };
  };
  const pod = { fsGroup: 1000, runAsGroup: 1000, runAsNonRoot: true, runAsUser: 1000 };
  const usual = { ...pod, seccompProfile: { type: "RuntimeDefault" } };
  const dropped = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

  test("are none, unless somebody asks for them", async () => {
    expect(await rights()).toEqual({ pod: usual, container: dropped });
    const one = await deploymentOf([]);
    expect([podAt(one, "automountServiceAccountToken"), podAt(one, "serviceAccountName")]).toEqual([
      false,
      "default",
    ]);
    const account = await deploymentOf(["serviceAccount: clerk"]);
    expect([podAt(account, "automountServiceAccountToken"), podAt(account, "serviceAccountName")]).toEqual([
      undefined,
      "clerk",
    ]);
  });

  test("of another user, and of root", async () => {
    expect(await rights("security: {runAsUser: 1234}")).toMatchObject({ pod: { ...usual, runAsUser: 1234 } });
    expect(await rights("security: {runAsUser: 1234, runAsGroup: 99}")).toMatchObject({
      pod: { ...usual, runAsUser: 1234, runAsGroup: 99, fsGroup: 99 },
    });
    expect(await rights("security: {runAsUser: 0, dangerous: [root]}")).toMatchObject({
      pod: { fsGroup: 0, runAsGroup: 0, runAsNonRoot: false, runAsUser: 0 },
    });
  });

  test.each([
    ["security: {capabilities: {add: [NET_BIND_SERVICE]}}", { add: ["NET_BIND_SERVICE"], drop: ["ALL"] }],
    ["security: {capabilities: {drop: [CAP_NET_RAW]}}", { drop: ["NET_RAW"] }],
    ["security: {capabilities: {drop: []}}", undefined],
  ])("%s", async (line, capabilities) => {
    const one = await deploymentOf([line]);
    expect(containerAt(one, "securityContext", "capabilities")).toEqual(capabilities);
  });

  test("that are dangerous are given where they are named and nothing narrower needs the word", async () => {
    expect(await rights("security: {dangerous: [privileged]}")).toMatchObject({
      container: { allowPrivilegeEscalation: true, privileged: true },
    });
    expect(await rights("security: {seccomp: unconfined, dangerous: [privileged]}")).toEqual({
      pod: { ...pod, seccompProfile: { type: "Unconfined" } },
      container: dropped,
    });
    expect(podAt(await deploymentOf(["security: {dangerous: [host-pid]}"]), "hostPID")).toBe(true);
  });
});

describe("checks", () => {
  const probes = async (...lines: readonly string[]): Promise<readonly unknown[]> => {
    const one = await deploymentOf(lines);
    return ["startupProbe", "readinessProbe", "livenessProbe"].map((name) => containerAt(one, name));
  };
  const times = { failureThreshold: 3, periodSeconds: 30, timeoutSeconds: 10 };

  test("are tried each second until they passed once, and then at their interval", async () => {
    const asks = { tcpSocket: { port: 80 } };
    expect(
      await probes("ports: [{container: 80}]", "healthCheck: {type: tcp, interval: 1500ms, startPeriod: 2s}"),
    ).toEqual([
      { ...asks, failureThreshold: 7, periodSeconds: 1, timeoutSeconds: 10 },
      { ...asks, ...times, periodSeconds: 2 },
      { ...asks, ...times, periodSeconds: 2 },
    ]);
  });

  test("that are written apart are those, and a liveness alone waits for the start", async () => {
    expect(
      await probes("healthCheck: {readiness: {file: /tmp/ready}, liveness: {command: [is, '$(alive)']}}"),
    ).toEqual([
      undefined,
      { exec: { command: ["test", "-e", "/tmp/ready"] }, ...times },
      { exec: { command: ["is", "$$(alive)"] }, initialDelaySeconds: 5, ...times },
    ]);
  });
});

test("hooks are run as they are written, and one before the end has its time", async () => {
  const one = await deploymentOf([
    "lifecycle: {onStart: {command: [hello, '$(x)']}, onStop: {command: [bye], timeout: 1500ms}}",
  ]);
  expect(containerAt(one, "lifecycle")).toEqual({
    postStart: { exec: { command: ["hello", "$(x)"] } },
    preStop: { exec: { command: ["bye"] } },
  });
  expect(podAt(one, "terminationGracePeriodSeconds")).toBe(12);
});

test("ports of one name, or of one that a pod cannot have, are told apart", async () => {
  const files = {
    "agent.yaml": agent(
      "desk",
      "ports: [{container: 53, name: dns}, {container: 53, protocol: udp, name: dns}, {container: 80, name: a--b}]",
    ),
  };
  const all = await wanted(files);
  expect(at(named(all, "desk/Service/desk").fields, "spec", "ports")).toEqual({
    "53/TCP": { name: "tcp-53", targetPort: 53 },
    "53/UDP": { name: "udp-53", targetPort: 53 },
    "80/TCP": { name: "a--b", targetPort: 80 },
  });
  expect(containerAt(named(all, "desk/Deployment/desk"), "ports")).toEqual({
    "53/TCP": {},
    "53/UDP": {},
    "80/TCP": {},
  });
});

test("what a node gives is asked for by its names there", async () => {
  const one = await deploymentOf([
    "network: {mode: host, dns: [1.1.1.1]}",
    "security: {dangerous: [host-network]}",
    "resources: {limits: {cpu: 2, memory: 512MB, ephemeral-storage: 1Gi, gpu: 1}}",
  ]);
  expect(containerAt(one, "resources")).toEqual({
    limits: { cpu: "2", "ephemeral-storage": "1Gi", memory: "512M", "nvidia.com/gpu": "1" },
  });
  expect([podAt(one, "hostNetwork"), podAt(one, "dnsPolicy"), podAt(one, "dnsConfig")]).toEqual([
    true,
    "ClusterFirstWithHostNet",
    { nameservers: ["1.1.1.1"] },
  ]);
});
