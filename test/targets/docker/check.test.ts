import { describe, expect, test } from "vitest";
import { positionAt } from "../../../src/model/source.ts";
import { agentText } from "../../helpers/agent-text.ts";
import { compileFiles } from "../../helpers/compile-text.ts";

type Files = Readonly<Record<string, string>>;

/** What the target says, each with its line. */
async function told(files: Files): Promise<readonly string[]> {
  const { diagnostics } = await compileFiles(files, { target: "docker" });
  return diagnostics
    .filter(({ code }) => code.startsWith("AAC23"))
    .map(({ code, message, at }) => {
      const text = files[at?.file ?? ""];
      if (at === undefined || text === undefined) throw new Error(`${message} has no place`);
      return `${code} ${text.split("\n")[positionAt(text, at.start).line - 1]?.trim() ?? ""}: ${message}`;
    });
}

const said = (...lines: readonly string[]): Promise<readonly string[]> =>
  told({ "agent.yaml": agentText("probe", lines) });

const PYTHON = "runtime: python";
const IMAGE = "image: desk:1";

describe("what an agent runs in", () => {
  test.each(["go", "rust", "java:21"])("the runtime %s needs a build or an image", async (runtime) => {
    const name = runtime.split(":")[0] ?? "";
    expect(await said(`runtime: ${runtime}`)).toEqual([
      `AAC2303 runtime: ${runtime}: an image for the runtime ${name} is not built for containers yet`,
    ]);
    expect(await said(`runtime: ${runtime}`, IMAGE)).toEqual([]);
    expect(await said(`runtime: ${runtime}`, "build: {dockerfile: Dockerfile}")).toEqual([]);
  });

  test.each([
    ["command: [./desk]", ["command: [./desk]"]],
    ["runtime: exec", ["runtime: exec", "command: [./desk]"]],
    ["runtime: container", ["runtime: container"]],
  ])("a program alone has nothing to run in: %s", async (line, lines) => {
    expect(await said(...lines)).toEqual([
      `AAC2306 ${line}: there is nothing here that a container could run in`,
    ]);
    expect(await said(...lines, IMAGE)).toEqual([]);
    expect(await said(...lines, "build: {}")).toEqual([]);
  });

  test("a build sees the agent's own folder, or a part of it", async () => {
    const on = (line: string): Promise<readonly string[]> =>
      told({ "desk/agent.yaml": agentText("probe", [PYTHON, line]), "house/x": "" });
    expect(await on("build: {context: ../house}")).toEqual([
      expect.stringMatching(/^AAC2303 .*a build context outside the agent's own folder is not built/),
    ]);
    expect(await on("build: {context: app, dockerfile: ../Dockerfile}")).toEqual([
      expect.stringMatching(/^AAC2303 .*a Dockerfile outside the build context is not built/),
    ]);
    expect(await on("build: {context: app, dockerfile: docker/Dockerfile}")).toEqual([]);
    expect(await on("build: {baseImage: 'a b'}")).toEqual([
      expect.stringMatching(/^AAC2306 .*no image has such a name/),
    ]);
  });

  test("what is for our own recipe has no meaning beside another one, or none", async () => {
    const notes = async (...lines: readonly string[]): Promise<readonly string[]> =>
      (await said(...lines)).map((one) => one.replace(/^AAC2304 .*: (`[^`]+`).*: /, "$1 "));
    expect(await notes(PYTHON, IMAGE, "dependencies: [left]", "code: {include: [x]}")).toEqual([
      "`dependencies` the image brings its packages",
      "`code` the image brings its code",
    ]);
    expect(
      await notes(PYTHON, "build: {dockerfile: Dockerfile, baseImage: 'python:3'}", "dependencies: [left]"),
    ).toEqual([
      "`build.baseImage` the Dockerfile says what it begins with",
      "`dependencies` the Dockerfile installs its packages",
    ]);
    expect(await notes(PYTHON, "build: {baseImage: 'python:3'}", "dependencies: [left]")).toEqual([]);
  });

  test("a group alone is refused where the user is not ours", async () => {
    expect(await said(IMAGE, "security: {runAsGroup: 1600}")).toEqual([expect.stringMatching(/^AAC2306 /)]);
    expect(await said(IMAGE, "security: {runAsUser: 1500, runAsGroup: 1600}")).toEqual([]);
    expect(await said(PYTHON, "security: {runAsGroup: 1600}")).toEqual([]);
  });
});

describe("addresses", () => {
  const line = "environment: [{name: SEARCH, value: 'http://localhost:9200'}]";

  test("a loopback address is the container itself", async () => {
    expect(await said(PYTHON, line)).toEqual([
      `AAC2302 ${line}: inside a container a loopback address is the container itself`,
    ]);
  });

  test("and the machine on the machine's own network", async () => {
    expect(await said(PYTHON, line, "network: {mode: host}")).toEqual([]);
  });

  test("a service leads to an agent on the same network, or to one on the machine's", async () => {
    const search = (...lines: readonly string[]): string =>
      agentText("search", [
        PYTHON,
        "ports: [{container: 9200}]",
        "services: [{name: index, port: 9200}]",
        ...lines,
      ]);
    const user = (...lines: readonly string[]): string =>
      agentText("probe", [PYTHON, "services: [{name: index}]", ...lines]);
    const between = (here: string[], there: string[]): Promise<readonly string[]> =>
      told({ "a.agent.yaml": search(...there), "b.agent.yaml": user(...here) });
    const none = "network: {mode: none}";
    const host = "network: {mode: host}";
    const custom = "network: {mode: custom, name: backend}";
    expect(await between([], [])).toEqual([]);
    expect(await between([custom], [custom])).toEqual([]);
    expect(await between([], [host])).toEqual([]);
    expect(await between([host], [])).toEqual([]);
    const lost = [
      expect.stringMatching(/^AAC2306 .*no way leads from here to `search`, which is on another network/),
    ];
    expect(await between([none], [])).toEqual(lost);
    expect(await between([custom], [])).toEqual(lost);
    expect(await between(["isolation: {network: none}"], [])).toEqual(lost);
  });
});

describe("ports of the machine", () => {
  const port = (text: string, ...lines: readonly string[]): Promise<readonly string[]> =>
    said(PYTHON, `ports: [{container: 8080${text}}]`, ...lines);

  test("have one holder: no several replicas, and no rolling update", async () => {
    expect(await port("", "scaling: {replicas: 2}")).toEqual([
      "AAC2303 scaling: {replicas: 2}: a port of the machine that several replicas share is not built for containers yet",
    ]);
    expect(await port("", "update: {strategy: rolling}")).toEqual([
      expect.stringMatching(/^AAC2303 update: .*a rolling update of an agent that holds a port/),
    ]);
    expect(await port(", host: none", "scaling: {replicas: 2}", "update: {strategy: rolling}")).toEqual([]);
    expect(await port("", "scaling: {minReplicas: 2}")).toHaveLength(1);
  });

  test("are the agent's own on the machine's network", async () => {
    expect(await port(", host: 8080", "network: {mode: host}")).toEqual([]);
    expect(await port(", host: 9090", "network: {mode: host}")).toEqual([
      expect.stringMatching(/^AAC2306 ports: .*port 8080 of the agent is port 8080 of the machine/),
    ]);
    expect(await port("", "network: {mode: host}", "scaling: {replicas: 2}")).toHaveLength(1);
  });

  test("are nobody's without a network", async () => {
    expect(await port(", host: 9090", "network: {mode: none}")).toEqual([
      expect.stringMatching(/^AAC2306 ports: .*an agent without a network has no port on the machine/),
    ]);
    expect(await port("", "network: {mode: none}")).toEqual([expect.stringMatching(/^AAC2304 ports: /)]);
    expect(await port(", host: none", "network: {mode: none}")).toEqual([]);
  });

  test("listen on an address, not on a name", async () => {
    expect(await port(", hostIP: localhost")).toEqual([
      expect.stringMatching(/^AAC2306 ports: .*`localhost` is no address/),
    ]);
    expect(await port(", hostIP: '::1'")).toEqual([]);
    expect(await port(", hostIP: 127.0.0.1")).toEqual([]);
  });

  test("that stand under network are looked at as well", async () => {
    expect(await said(PYTHON, "network: {ports: [{container: 8080, hostIP: localhost}]}")).toEqual([
      expect.stringMatching(/^AAC2306 network: /),
    ]);
  });
});

describe("networks", () => {
  test.each([
    ["network: {mode: custom}", "does not say which network"],
    ["network: {mode: custom, name: bridge}", "a network of the engine's own"],
    ["network: {mode: custom, name: 'a b'}", "no network can be named"],
  ])("%s", async (line, why) => {
    expect(await said(PYTHON, line)).toEqual([expect.stringContaining(why)]);
  });

  test("a name without the mode that needs it is noted", async () => {
    expect(await said(PYTHON, "network: {name: backend}")).toEqual([
      expect.stringMatching(/^AAC2304 .*names a network of `mode: custom`$/),
    ]);
  });
});

describe("volumes", () => {
  const volume = (text: string, ...lines: readonly string[]): Promise<readonly string[]> =>
    said(PYTHON, "volumes:", `  - {${text}}`, ...lines);

  test.each([
    "source: ./data, target: /app/data",
    "source: data, target: /data",
    "source: my_data.2, target: /data, type: volume",
    "target: /tmp, type: tmpfs, size: 64Mi",
    "source: ./seed, target: /seed, readOnly: true",
  ])("are mounted: %s", async (text) => {
    expect(await volume(text)).toEqual([]);
  });

  test.each([
    ["source: site, target: /site, type: configmap", "AAC2303"],
    ["source: ~/notes, target: /notes", "AAC2306"],
    ["source: data, target: /", "AAC2306"],
    ['source: data, target: "/a\\nb"', "AAC2306"],
    ["source: my data, target: /data, type: volume", "AAC2306"],
    ["source: aac-key, target: /data, type: volume", "AAC2306"],
  ])("cannot be: %s", async (text, code) => {
    expect((await volume(text)).map((one) => one.slice(0, 7))).toEqual([code]);
  });

  test("that wait for a variable are not judged yet", async () => {
    expect(await volume("source: '${DEPOT}', target: /depot, type: volume")).toEqual([]);
    expect(await said(PYTHON, "network: {mode: custom, name: '${BACK}'}")).toEqual([]);
    expect(await said(PYTHON, "ports: [{container: 8080, hostIP: '${ADDRESS}'}]")).toEqual([]);
  });

  test("leave the place of the config alone", async () => {
    const text = "source: data, target: /etc/aac/more";
    expect(await volume(text)).toEqual([]);
    expect(await volume(text, "config: {a: 1}")).toEqual([
      expect.stringMatching(/^AAC2306 .*there the agent finds its `config`/),
    ]);
  });

  test("what only other targets can tell apart is noted once each", async () => {
    const found = await volume(
      "source: data, target: /data, size: 1Gi, storageClass: fast, accessMode: ReadWriteOnce",
    );
    expect(found.map((one) => /: `(\w+)` has no meaning for a container/.exec(one)?.[1])).toEqual([
      "size",
      "storageClass",
      "accessMode",
    ]);
  });
});

describe("health", () => {
  const ports = "ports: [{container: 8080}]";
  const plain = "healthCheck: {path: /health}";

  test("that a plain check restarts nobody is said once for all", async () => {
    expect(await said(PYTHON, ports, plain)).toEqual([
      `AAC2304 ${plain}: the check of \`probe\` shows who is unhealthy, and restarts nobody: an engine restarts what ends`,
    ]);
    const three = Object.fromEntries(
      ["ant", "bee", "cat"].map((name) => [
        `${name}.agent.yaml`,
        agentText(name, [PYTHON, "ports: [{container: 8080, host: none}]", plain]),
      ]),
    );
    expect(await told(three)).toEqual([expect.stringContaining("the check of `ant` and of 2 more agents")]);
    expect(await said(PYTHON, ports, "healthCheck: {readiness: {path: /ready}}")).toEqual([]);
    expect(await said(PYTHON, ports, plain, "supervision: {restart: 'no'}")).toEqual([]);
  });

  test("liveness by itself is refused", async () => {
    const line = "healthCheck: {liveness: {path: /live}}";
    expect(await said(PYTHON, ports, line)).toEqual([
      `AAC2303 ${line}: \`healthCheck.liveness\` is not built for containers yet`,
    ]);
  });

  test("a start may take its time, and asks the same", async () => {
    const apart = (text: string): Promise<readonly string[]> =>
      said(PYTHON, ports, `healthCheck: {readiness: {path: /ready}, startup: {${text}}}`);
    expect(await apart("path: /ready, retries: 30")).toEqual([]);
    expect(await apart("path: /start")).toEqual([
      expect.stringMatching(/^AAC2303 .*a check of the start that asks another question/),
    ]);
  });
});

describe("what is kept running", () => {
  test("a number of restarts holds only where not every end is followed by one", async () => {
    expect(await said(PYTHON, "supervision: {maxRestarts: 5}")).toEqual([
      expect.stringMatching(/^AAC2303 .*a limit of restarts with `restart: always`/),
    ]);
    expect(await said(PYTHON, "supervision: {restart: on-failure, maxRestarts: 5}")).toEqual([]);
    expect(await said(PYTHON, "supervision: {restart: 'no', maxRestarts: 5}")).toEqual([]);
    expect(await said(PYTHON, "supervision: {maxRestarts: 0}")).toEqual([]);
  });

  test("only zero is success", async () => {
    expect(await said(PYTHON, "supervision: {successCodes: [0]}")).toEqual([]);
  });

  test("nobody waits until another has ended", async () => {
    const files = {
      "a.agent.yaml": agentText("seed", [PYTHON, "supervision: {restart: 'no'}"]),
      "b.agent.yaml": agentText("desk", [PYTHON, "dependsOn: {seed: {condition: completed}}"]),
    };
    expect(await told(files)).toEqual([
      expect.stringMatching(/^AAC2303 dependsOn: .*waiting until an agent has ended is not built/),
    ]);
  });

  test("less memory or cpu than an engine knows is refused", async () => {
    expect(await said(PYTHON, "resources: {limits: {memory: 4Mi, cpu: 5m}}")).toEqual([
      expect.stringMatching(/^AAC2306 .*less than 6Mi of memory/),
      expect.stringMatching(/^AAC2306 .*less than 10m of a core/),
    ]);
    expect(await said(PYTHON, "resources: {limits: {memory: 6Mi, cpu: 10m}}")).toEqual([]);
  });
});

describe("isolation", () => {
  test.each([
    ["isolation: {level: sandbox}", "a sandbox"],
    ["isolation: {network: loopback}", "a network that is loopback"],
    ["isolation: {network: restricted}", "a network that is restricted"],
    ["isolation: {filesystem: readonly, writable: [/data]}", "`isolation.writable`"],
  ])("%s is refused, and noted where it may be less", async (line, what) => {
    expect(await said(PYTHON, line)).toEqual([`AAC2303 ${line}: ${what} is not built for containers yet`]);
    const less = line.replace("}", ", degraded: allow}");
    expect(await said(PYTHON, less)).toEqual([
      expect.stringMatching(/^AAC2304 isolation.*as `degraded: allow` lets it$/),
    ]);
  });

  test("a place to write in asks for nothing where everything may be written", async () => {
    expect(await said(PYTHON, "isolation: {writable: [/data]}")).toEqual([]);
    expect(
      await said(PYTHON, "isolation: {writable: [/data]}", "security: {readOnlyRootFilesystem: true}"),
    ).toHaveLength(1);
  });

  test("a profile of one's own is refused", async () => {
    expect(await said(PYTHON, "security: {seccomp: ./seccomp.json}")).toEqual([
      expect.stringMatching(/^AAC2303 .*a seccomp profile of your own is not built/),
    ]);
  });
});

describe("what asks for nothing is no question", () => {
  test.each([
    "build: {push: false}",
    "configReload: restart",
    "network: {security: {allowExternalConnections: true}}",
    "autoscaling: {enabled: false}",
    "priority: normal",
    "logging: {destination: stdout}",
    "observability: {metrics: {enabled: false}}",
    "overrides: {}",
    "inheritEnv: []",
    "lifecycle: {}",
  ])("%s", async (line) => {
    expect(await said(PYTHON, line)).toEqual([]);
  });

  test("two blocks that ask for the same are named once", async () => {
    const found = await said(PYTHON, "scaling: {maxReplicas: 3}", "autoscaling: {maxReplicas: 3}");
    expect(found.filter((one) => one.startsWith("AAC2303"))).toEqual([
      expect.stringMatching(/^AAC2303 autoscaling/),
    ]);
  });
});

test("an override of a container is refused, and those of others are noted", async () => {
  expect(await said(PYTHON, "overrides: {docker: [{kind: container, patch: {}}]}")).toEqual([
    expect.stringMatching(/^AAC2303 /),
  ]);
  expect(await said(PYTHON, "overrides: {local-process: [{kind: process, patch: {}}]}")).toEqual([
    expect.stringMatching(/^AAC2304 /),
  ]);
});

test("a secret of a swarm is refused where it is written", async () => {
  expect(await said(PYTHON, "secrets: [{name: KEY, from: docker-secret, secretName: key}]")).toEqual([
    expect.stringMatching(/^AAC2306 secrets: .*: `from: docker-secret` works in a swarm alone$/),
  ]);
});

test("nobody gives an agent labels of ours", async () => {
  const text = agentText("probe", [PYTHON]).replace(
    "{name: probe}",
    "{name: probe, labels: {agent.dev/project: theirs}}",
  );
  expect(await told({ "agent.yaml": text })).toEqual([expect.stringMatching(/^AAC2306 metadata: /)]);
});
