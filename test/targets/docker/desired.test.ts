import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { parseDuration } from "../../../src/base/duration.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { agent, containerOf, type Given, named, wanted } from "./wanted.ts";

const PYTHON = "runtime: python";
const IMAGE = "image: desk:1";

const ids = (all: readonly Resource[]): readonly string[] => all.map(({ id }) => id);

test("a usual agent is a container with all that its file says, and nothing else", async () => {
  const text = agent(
    "desk",
    PYTHON,
    "model: {provider: openai, name: gpt-4o}",
    "environment: [{name: OPENAI_API_KEY, from: secret}]",
    "config: {greeting: hello}",
    "ports: [{container: 8080, name: http}]",
    "volumes: [{source: notes, target: /notes}, {source: ./seed, target: /seed, readOnly: true}]",
    "healthCheck: {path: /health}",
    "resources: {limits: {cpu: 500m, memory: 1024Mi, pids: 100, files: 1000}}",
    "dependsOn: {store: {condition: healthy, restart: true}}",
    "security: {noNewPrivileges: true, capabilities: {drop: [ALL], add: [CAP_NET_BIND_SERVICE]}}",
    "supervision: {restart: on-failure, maxRestarts: 3, stopGracePeriod: 1500ms}",
    "logging: {level: debug, maxSize: 1000000}",
  ).replace(
    "{name: desk}",
    "{name: desk, version: 1.2.0, labels: {team: search}, annotations: {owner: ana}}",
  );
  const store = agent("store", "image: redis:8", "scaling: {replicas: 2}");
  const all = await wanted(
    { "desk/agent.yaml": text, "store/agent.yaml": store },
    {
      facts: {
        desk: {
          secrets: {
            OPENAI_API_KEY: {
              is: "known",
              digest: "k1:aa",
              origin: { from: "variable", name: "OPENAI_API_KEY" },
            },
          },
        },
      },
      engine: { images: { "desk:1.2.0": "sha256:1111" }, ports: { desk: { "8080/tcp": 20017 } } },
    },
  );
  expect(ids(all)).toEqual([
    "/network/shop",
    "/volume/notes",
    "desk/config/config",
    "desk/container/0",
    "desk/image/main",
    "store/container/0",
    "store/container/1",
    "store/image/main",
  ]);
  const { fields, written: _, ...rest } = named(all, "desk/container/0");
  expect(rest).toEqual({
    id: "desk/container/0",
    agent: "desk",
    kind: "container",
    name: "0",
    after: [
      "/network/shop",
      "/volume/notes",
      "desk/config/config",
      "desk/image/main",
      "store/container/0",
      "store/container/1",
    ],
    follows: ["desk/config/config", "desk/image/main", "store/container/0", "store/container/1"],
    exchange: "stop first",
    holdsData: false,
    protect: false,
    source: "desk/agent.yaml",
  });
  expect(canonicalJson(fields, 2)).toMatchInlineSnapshot(`
    "{
      "command": null,
      "dependsOn": {
        "store": {
          "condition": "healthy",
          "restart": true
        }
      },
      "entrypoint": null,
      "environment": {
        "AAC_CONFIG": "/etc/aac/config.json",
        "AAC_MODEL_CONFIG": "{}",
        "AAC_MODEL_NAME": "gpt-4o",
        "AAC_MODEL_PROVIDER": "openai",
        "AAC_VOLUME_NOTES": "/notes",
        "LOG_LEVEL": "debug",
        "MODEL_NAME": "gpt-4o",
        "MODEL_PROVIDER": "openai",
        "PORT": "8080",
        "PORT_HTTP": "8080"
      },
      "health": {
        "interpreter": "python3",
        "readiness": {
          "interval": "30s",
          "path": "/health",
          "port": 8080,
          "retries": 3,
          "startPeriod": "5s",
          "timeout": "10s",
          "type": "http"
        },
        "startup": {
          "interval": "30s",
          "path": "/health",
          "port": 8080,
          "retries": 3,
          "startPeriod": "5s",
          "timeout": "10s",
          "type": "http"
        }
      },
      "image": "desk:1.2.0",
      "imageId": "sha256:1111",
      "labels": {
        "owner": "ana",
        "team": "search"
      },
      "limits": {
        "cpu": "500m",
        "files": 1000,
        "memory": "1Gi",
        "pids": 100
      },
      "logging": {
        "maxFiles": 5,
        "maxSize": "1MB"
      },
      "mounts": {
        "/etc/aac": {
          "readOnly": true,
          "type": "config"
        },
        "/notes": {
          "readOnly": false,
          "source": "notes",
          "type": "volume"
        },
        "/seed": {
          "readOnly": true,
          "source": "desk/seed",
          "type": "bind"
        }
      },
      "network": {
        "aliases": [
          "desk"
        ],
        "dns": [],
        "mode": "bridge"
      },
      "ports": {
        "8080/tcp": {
          "address": "127.0.0.1",
          "port": 20017
        }
      },
      "restart": {
        "policy": "on-failure",
        "retries": 3
      },
      "running": true,
      "secrets": {
        "OPENAI_API_KEY": "k1:aa"
      },
      "security": {
        "add": [
          "NET_BIND_SERVICE"
        ],
        "drop": [
          "ALL"
        ],
        "noNewPrivileges": true,
        "pidMode": "",
        "privileged": false,
        "readOnlyRootFilesystem": false,
        "seccomp": "default"
      },
      "stop": {
        "grace": "2s",
        "signal": "SIGTERM"
      },
      "user": "1000:1000"
    }"
  `);
});

describe("the same wish gives the same bytes", () => {
  const before = [
    PYTHON,
    "environment: [{name: B, value: b}, {name: A, value: a}]",
    "ports: [{container: 8081, name: admin}, {container: 8080, host: 8080}]",
    "volumes: [{source: b, target: /b}, {source: a, target: /a}]",
    "dependsOn: [other, another]",
    "security: {capabilities: {drop: [SYS_CHROOT, CHOWN]}}",
    "resources: {limits: {memory: 1Gi, cpu: 1}}",
  ];
  const after = [
    "resources: {limits: {cpu: 1000m, memory: 1024Mi}}",
    "security: {capabilities: {drop: [CHOWN, CAP_SYS_CHROOT]}}",
    "dependsOn: {another: {condition: started}, other: {condition: started}}",
    "volumes: [{source: a, target: /a/}, {source: b, target: /b}]",
    "ports: [{container: 8080, host: 8080}, {container: 8081, name: admin}]",
    "environment: [{name: A, value: a}, {name: B, value: b}]",
    PYTHON,
  ];
  const bytes = (all: readonly Resource[]): string =>
    canonicalJson(all.map(({ written: _, ...rest }) => rest as unknown as Json));

  test("whatever the order of lists and files, and the unit of an amount", async () => {
    const others = { "o/agent.yaml": agent("other", PYTHON), "a/agent.yaml": agent("another", PYTHON) };
    const one = await wanted({
      "agent.yaml": agent("desk", ...before),
      ...others,
      ".aac.yaml": "project: p\n",
    });
    const two = await wanted({
      ".aac.yaml": "project: p\n",
      ...others,
      "agent.yaml": agent("desk", ...after),
    });
    expect(bytes(one)).toBe(bytes(two));
    expect(ids(one)).toEqual(ids(one).toSorted());
  });

  test("what an engine was not asked for is left out, and the rest is the same", async () => {
    const lines = [PYTHON, "ports: [{container: 8080}, {container: 9090, host: 9191}]"];
    const { ports, ...fields } = await containerOf(lines);
    expect("imageId" in fields).toBe(false);
    expect(ports).toEqual({
      "8080/tcp": { port: 8080, address: "127.0.0.1" },
      "9090/tcp": { port: 9191, address: "127.0.0.1" },
    });
  });
});

describe("what is run", () => {
  const program = async (...lines: readonly string[]): Promise<unknown> => {
    const { entrypoint, command } = await containerOf(lines);
    return [entrypoint, command];
  };

  test("is the image's own where nothing is written", async () => {
    expect(await program(IMAGE)).toEqual([null, null]);
    expect(await program(PYTHON)).toEqual([null, null]);
  });

  test("a command takes the place of the entry point, and arguments follow it", async () => {
    for (const image of [IMAGE, PYTHON, "build: {}"]) {
      expect(await program(image, "command: [serve, --all]")).toEqual([["serve", "--all"], null]);
      expect(await program(image, "command: [serve]", "args: [--all]")).toEqual([["serve"], ["--all"]]);
    }
  });

  test("arguments alone go to what the image starts", async () => {
    expect(await program(IMAGE, "args: [--all]")).toEqual([null, ["--all"]]);
    expect(await program("build: {}", "args: [--all]")).toEqual([null, ["--all"]]);
    // Our own recipe starts it by a command, which arguments would replace.
    expect(await program(PYTHON, "args: [--all]")).toEqual([null, ["python", "main.py", "--all"]]);
  });

  test("a line for a shell gets one", async () => {
    expect(await program(IMAGE, "command: sew --all | tee out", "shell: true")).toEqual([
      ["sh", "-c", "sew --all | tee out"],
      null,
    ]);
  });

  test.each([
    ["src", "/app/src"],
    ["./src/", "/app/src"],
    ["/srv/desk/", "/srv/desk"],
    ["..", "/"],
  ])("in %s it starts in %s", async (written, folder) => {
    expect((await containerOf([PYTHON, `workingDir: ${written}`])).workingDir).toBe(folder);
  });

  test("it starts where its image says unless something is written", async () => {
    expect("workingDir" in (await containerOf([PYTHON]))).toBe(false);
  });

  test("what we build runs as nobody in particular, and a named image as its own user", async () => {
    const user = async (...lines: readonly string[]): Promise<string | undefined> =>
      (await containerOf(lines)).user;
    expect(await user(PYTHON)).toBe("1000:1000");
    expect(await user("build: {}")).toBe("1000:1000");
    expect(await user(PYTHON, "security: {runAsUser: 1500}")).toBe("1500:1000");
    expect(await user(PYTHON, "security: {runAsUser: 0, dangerous: [root]}")).toBe("0:0");
    expect(await user(IMAGE)).toBeUndefined();
    expect(await user(IMAGE, "security: {runAsUser: 1500}")).toBe("1500");
    expect(await user(IMAGE, "security: {runAsUser: 1500, runAsGroup: 1600}")).toBe("1500:1600");
  });
});

describe("variables", () => {
  test("tell a program its ports as they are inside, its volumes and its config", async () => {
    const { environment } = await containerOf(
      [
        PYTHON,
        "ports: [{container: 53, protocol: udp}, {container: 9090, name: grpc-admin}, {container: 8080, host: 80}]",
        "volumes: [{source: my-data, target: /data}]",
        "config: {a: 1}",
      ],
      { engine: { ports: { desk: { "8080/tcp": 20001 } } } },
    );
    expect(environment).toEqual({
      AAC_CONFIG: "/etc/aac/config.json",
      AAC_VOLUME_MY_DATA: "/data",
      PORT: "8080",
      PORT_GRPC_ADMIN: "9090",
    });
  });

  test("of the author stay as they are", async () => {
    const lines = [PYTHON, "ports: [{container: 8080}]", "environment: [{name: PORT, value: '1'}]"];
    expect((await containerOf(lines)).environment).toEqual({ PORT: "1" });
  });

  test("a secret leaves no text, and one that nobody can tell stays asked for", async () => {
    const given: Given = {
      facts: {
        desk: {
          secrets: {
            A_KEY: { is: "known", digest: "k:aa", origin: { from: "variable", name: "A_KEY" } },
            B_KEY: { is: "known", origin: { from: "variable", name: "B_KEY" } },
          },
        },
      },
    };
    const lines = [PYTHON, "environment: [{name: A_KEY, from: secret}, {name: B_KEY, from: secret}]"];
    const { environment, secrets } = await containerOf(lines, given);
    expect([environment, secrets]).toEqual([{}, { A_KEY: "k:aa", B_KEY: null }]);
  });
});

describe("others are reached", () => {
  const addresses = async (here: string, there: string, given: Given = {}): Promise<unknown> => {
    const search = agent(
      "search",
      IMAGE,
      "ports: [{container: 9200, host: 9300}]",
      "services: [{name: index, port: 9200}]",
      there,
    );
    const desk = agent("desk", PYTHON, "services: [{name: index}]", here);
    const all = await wanted({ "a.agent.yaml": search, "b.agent.yaml": desk }, { only: ["desk"], ...given });
    const { environment } = named(all, "desk/container/0").fields as { readonly environment: Json };
    return (environment as Readonly<Record<string, Json>>)["INDEX_URL"];
  };
  const HOST = "network: {mode: host}\n  security: {dangerous: [host-network]}";

  test("by their name on one network, at the port inside", async () => {
    expect(await addresses("", "")).toBe("http://search:9200");
  });

  test("through the machine where they are on its own network", async () => {
    expect(await addresses("", HOST)).toBe("http://host.docker.internal:9200");
  });

  test("from there by the port that the machine listens on", async () => {
    expect(await addresses(HOST, "")).toBe("http://127.0.0.1:9300");
    const engine = { ports: { search: { "9200/tcp": 20018 } } };
    expect(await addresses(HOST, "", { engine })).toBe("http://127.0.0.1:20018");
  });

  test("and one that nobody offers is looked for on the machine", async () => {
    const lines = [
      PYTHON,
      "services: [{name: db, port: 5432, protocol: http}]",
      "environment: [{name: DB, from: service, service: db}]",
    ];
    expect((await containerOf(lines)).environment).toMatchObject({
      DB: "http://host.docker.internal:5432",
    });
  });
});

describe("networks", () => {
  const networkOf = async (...lines: readonly string[]): Promise<unknown> => {
    const all = await wanted({ "agent.yaml": agent("desk", PYTHON, ...lines) });
    const { network, ports } = named(all, "desk/container/0").fields;
    return { network, ports, own: ids(all).includes("/network/shop") };
  };
  const ports = "ports: [{container: 8080}]";
  const none = { ports: {}, own: false };

  test("the project's own carries the name of the agent", async () => {
    expect(await networkOf("network: {dns: [1.1.1.1]}")).toEqual({
      network: { mode: "bridge", aliases: ["desk"], dns: ["1.1.1.1"] },
      ports: {},
      own: true,
    });
  });

  test("those of others are theirs, and nothing is published without one", async () => {
    expect(await networkOf("network: {mode: custom, name: backend}")).toEqual({
      network: { mode: "backend", aliases: ["desk"], dns: [] },
      ...none,
    });
    expect(await networkOf(ports, "network: {mode: none}")).toEqual({
      network: { mode: "none", aliases: [], dns: [] },
      ...none,
    });
    expect(await networkOf(ports, "isolation: {network: none}")).toMatchObject({ network: { mode: "none" } });
    expect(await networkOf(ports, "network: {mode: host}", "security: {dangerous: [host-network]}")).toEqual({
      network: { mode: "host", aliases: [], dns: [] },
      ...none,
    });
  });
});

describe("mounts", () => {
  const mounts = async (...volumes: readonly string[]): Promise<unknown> => {
    const text = agent("desk", PYTHON, "volumes:", ...volumes.map((one) => `  - {${one}}`));
    const all = await wanted({
      "desks/north/agent.yaml": text,
      ".aac.yaml": "project: p\nallowPaths: [../shed, /srv/x]\n",
    });
    return [named(all, "desk/container/0").fields["mounts"], ids(all)];
  };

  test("lead below the root of the project, or to a whole path", async () => {
    const [found] = (await mounts(
      "source: ./data, target: /data",
      "source: ../../../shed, target: /shed",
      "source: /srv/x, target: /x/, readOnly: true",
    )) as [Json];
    expect(found).toEqual({
      "/data": { type: "bind", source: "desks/north/data", readOnly: false },
      "/shed": { type: "bind", source: "/shed", readOnly: false },
      "/x": { type: "bind", source: "/srv/x", readOnly: true },
    });
  });

  test("a volume is one for the whole project, and memory is nobody's", async () => {
    const [found, all] = (await mounts(
      "source: data, target: /data",
      "target: /tmp, type: tmpfs, size: 64Mi",
    )) as [Json, string[]];
    expect(found).toEqual({
      "/data": { type: "volume", source: "data", readOnly: false },
      "/tmp": { type: "tmpfs", readOnly: false, size: "64Mi" },
    });
    expect(all.filter((id) => id.startsWith("/volume/"))).toEqual(["/volume/data"]);
    const shared = await wanted({
      "a.agent.yaml": agent("ant", PYTHON, "volumes: [{source: data, target: /a}]"),
      "b.agent.yaml": agent("bee", PYTHON, "volumes: [{source: data, target: /b}]"),
    });
    expect(named(shared, "/volume/data")).toMatchObject({
      agent: "",
      source: "",
      holdsData: true,
      protect: false,
    });
  });
});

describe("rights", () => {
  const security = async (...lines: readonly string[]): Promise<unknown> =>
    (await containerOf([PYTHON, ...lines])).security;
  const usual = {
    readOnlyRootFilesystem: false,
    noNewPrivileges: false,
    drop: [],
    add: [],
    seccomp: "default",
    privileged: false,
    pidMode: "",
  };

  test("are those of the engine unless something is written", async () => {
    expect(await security()).toEqual(usual);
    expect(await security("isolation: {filesystem: readonly}")).toEqual({
      ...usual,
      readOnlyRootFilesystem: true,
    });
  });

  test("a danger that is named is given only where nothing narrower needs it", async () => {
    expect(await security("security: {dangerous: [privileged, host-pid]}")).toEqual({
      ...usual,
      privileged: true,
      pidMode: "host",
    });
    expect(await security("security: {seccomp: unconfined, dangerous: [privileged]}")).toEqual({
      ...usual,
      seccomp: "unconfined",
    });
    expect(await security("security: {capabilities: {add: [ALL]}, dangerous: [privileged]}")).toEqual({
      ...usual,
      add: ["ALL"],
    });
  });
});

describe("what ends", () => {
  test.each([
    ["{}", { policy: "always", retries: 0 }],
    ["{restart: unless-stopped}", { policy: "unless-stopped", retries: 0 }],
    ["{restart: on-failure}", { policy: "on-failure", retries: 0 }],
    ["{restart: on-failure, maxRestarts: 3}", { policy: "on-failure", retries: 3 }],
    ["{restart: on-failure, maxRestarts: 0}", { policy: "no", retries: 0 }],
    ["{maxRestarts: 0}", { policy: "no", retries: 0 }],
    ["{restart: 'no', maxRestarts: 3}", { policy: "no", retries: 0 }],
  ])("%s is started again by the engine", async (written, restart) => {
    expect((await containerOf([PYTHON, `supervision: ${written}`])).restart).toEqual(restart);
  });

  test("has whole seconds for it, never fewer than were asked for", async () => {
    const { stop } = await containerOf([
      PYTHON,
      "supervision: {stopGracePeriod: 1500ms, stopSignal: SIGINT}",
    ]);
    expect(stop).toEqual({ signal: "SIGINT", grace: "2s" });
    expect(parseDuration(stop.grace)).toEqual({ ok: true, value: 2000 });
  });
});

describe("how one takes the place of another", () => {
  const exchange = async (...lines: readonly string[]): Promise<string> =>
    named(await wanted({ "agent.yaml": agent("desk", PYTHON, ...lines) }), "desk/container/0").exchange;

  test("the new one is ready first where nothing stands in its way", async () => {
    expect(await exchange()).toBe("start first");
    expect(await exchange("ports: [{container: 8080, host: none}]")).toBe("start first");
    expect(await exchange("volumes: [{source: ./seed, target: /seed, readOnly: true}]")).toBe("start first");
  });

  test("a port of the machine has one holder", async () => {
    expect(await exchange("ports: [{container: 8080}]")).toBe("stop first");
    expect(
      await exchange(
        "ports: [{container: 8080, host: none}]",
        "network: {mode: host}",
        "security: {dangerous: [host-network]}",
      ),
    ).toBe("stop first");
  });

  test("two that write into one place meet only where somebody says so, or several are there anyway", async () => {
    const volume = "volumes: [{source: data, target: /data}]";
    expect(await exchange(volume)).toBe("stop first");
    expect(await exchange(volume, "update: {strategy: rolling}")).toBe("start first");
    expect(await exchange(volume, "scaling: {replicas: 2}")).toBe("start first");
    expect(await exchange("update: {strategy: recreate}")).toBe("stop first");
  });
});

describe("replicas", () => {
  test("are containers of the same making", async () => {
    const all = await wanted({ "agent.yaml": agent("desk", PYTHON, "scaling: {replicas: 3}") });
    const [first, ...others] = all.filter(({ kind }) => kind === "container");
    expect(others.map(({ id, name }) => [id, name])).toEqual([
      ["desk/container/1", "1"],
      ["desk/container/2", "2"],
    ]);
    for (const one of others) expect(one.fields).toEqual(first?.fields);
  });

  test("may be none, and the image stays", async () => {
    const all = await wanted({ "agent.yaml": agent("desk", PYTHON, "scaling: {replicas: 0}") });
    expect(ids(all)).toEqual(["/network/shop", "desk/image/main"]);
  });
});

describe("images", () => {
  const imageOf = async (
    file: string,
    lines: readonly string[],
    code: Readonly<Record<string, string>> = {},
    metadata = "",
  ): Promise<Readonly<Record<string, Json>>> => {
    const text = agent("desk", ...lines).replace("{name: desk}", `{name: desk${metadata}}`);
    const all = await wanted({ [file]: text }, { facts: { desk: { code } } });
    return named(all, "desk/image/main").fields;
  };

  test("a named one is only named, and by its whole name", async () => {
    expect(await imageOf("agent.yaml", ["image: registry.example.com:5000/desk"])).toEqual({
      reference: "registry.example.com:5000/desk:latest",
      from: "pull",
    });
    expect(await imageOf("agent.yaml", [PYTHON, "image: desk:1"], { "main.py": "1" })).toEqual({
      reference: "desk:1",
      from: "pull",
    });
  });

  test("one that is built has the name of its version, else of its content", async () => {
    const reference = async (code: string, metadata = ""): Promise<Json | undefined> =>
      (await imageOf("agent.yaml", [PYTHON], { "main.py": code }, metadata))["reference"];
    expect(await reference("1", ", version: 1.2.0+b7")).toBe("desk:1.2.0_b7");
    expect(await reference("1")).toMatch(/^desk:[0-9a-f]{12}$/);
    expect(await reference("1")).toBe(await reference("1"));
    expect(await reference("1")).not.toBe(await reference("2"));
  });

  test("is made of the agent's folder, or of the part that its author names", async () => {
    const code = { "main.py": "1", "app/Dockerfile": "2", "app/serve.py": "3" };
    expect(await imageOf("desks/agent.yaml", [PYTHON], code)).toMatchObject({
      context: "desks",
      code,
      args: {},
    });
    expect(
      await imageOf("desks/agent.yaml", [PYTHON, "build: {context: app, args: {B: '2', A: '1'}}"], code),
    ).toEqual({
      reference: expect.stringMatching(/^desk:/),
      from: "build",
      context: "desks/app",
      dockerfile: "Dockerfile",
      args: { A: "1", B: "2" },
      code: { Dockerfile: "2", "serve.py": "3" },
    });
  });

  test("is made by its author's recipe where there is one, else by ours", async () => {
    const dockerfile = async (line: string, ...files: readonly string[]): Promise<Json | undefined> =>
      (await imageOf("agent.yaml", line.split("\n"), Object.fromEntries(files.map((one) => [one, "1"]))))[
        "dockerfile"
      ];
    const ours = expect.stringMatching(/^# Written for desk[^]*\nFROM /);
    expect(await dockerfile(PYTHON, "Dockerfile")).toEqual(ours);
    expect(await dockerfile(`${PYTHON}\nbuild: {}`)).toEqual(ours);
    expect(await dockerfile(`${PYTHON}\nbuild: {}`, "Dockerfile")).toBe("Dockerfile");
    expect(await dockerfile(`${PYTHON}\nbuild: {baseImage: 'python:3'}`, "Dockerfile")).toEqual(ours);
    expect(await dockerfile(`${PYTHON}\nbuild: {dockerfile: docker/Dockerfile}`)).toBe("docker/Dockerfile");
    expect(await dockerfile(`${PYTHON}\nbuild: {target: final}`)).toBe("Dockerfile");
    expect(await dockerfile("build: {}")).toBe("Dockerfile");
    expect(await dockerfile("runtime: go\nbuild: {}")).toBe("Dockerfile");
  });
});

describe("every field leads back to its line", () => {
  const lines = [
    PYTHON, // 5
    "command: [python, app.py]",
    "args: [--all]",
    "workingDir: src",
    "environment:", // 9
    "  - {name: LEVEL, value: x}",
    "  - {name: KEY, from: secret}",
    "config: {greeting: hello}", // 12
    "ports:",
    "  - {container: 8080, name: http}", // 14
    "volumes:",
    "  - source: data", // 16
    "    target: /data",
    "    readOnly: true", // 18
    "healthCheck:",
    "  path: /health", // 20
    "  interval: 10s",
    "resources:",
    "  limits:",
    "    memory: 1Gi", // 24
    "network: {mode: custom, name: backend}",
    "security:",
    "  runAsUser: 1500", // 27
    "  capabilities: {drop: [ALL]}",
    "supervision:",
    "  restart: on-failure", // 30
    "  maxRestarts: 3",
    "  stopSignal: SIGINT", // 32
    "  stopGracePeriod: 5s",
    "logging: {maxFiles: 3}", // 34
    "dependsOn: [other]",
    "dependencies: [left]", // 36
  ];
  const files = {
    "agent.yaml": agent("desk", ...lines),
    "other/agent.yaml": agent("other", PYTHON),
    ".aac.yaml": "project: p\n",
  };

  function lineOf({ written }: Resource, path: string): number | undefined {
    const steps = path.split("/");
    for (let length = steps.length; length > 0; length--) {
      const at = written[steps.slice(0, length).join("/")];
      if (at !== undefined) return at.line;
    }
    return undefined;
  }

  test("under the name that an engine has for it", async () => {
    const all = await wanted(files);
    const container = named(all, "desk/container/0");
    const told = (...paths: readonly string[]): unknown =>
      Object.fromEntries(paths.map((path) => [path, lineOf(container, path)]));
    const expected = {
      "entrypoint/1": 6,
      "command/0": 7,
      workingDir: 8,
      "environment/LEVEL": 10,
      "secrets/KEY": 11,
      "environment/AAC_CONFIG": 12,
      "mounts//etc/aac": 12,
      "environment/PORT": 14,
      "environment/PORT_HTTP": 14,
      "ports/8080/tcp/port": 14,
      "mounts//data/source": 16,
      "mounts//data/readOnly": 18,
      "health/readiness/path": 20,
      "health/startup/interval": 21,
      "health/interpreter": 5,
      "limits/memory": 24,
      "network/mode": 25,
      user: 27,
      "security/drop": 28,
      "restart/policy": 30,
      "restart/retries": 31,
      "stop/signal": 32,
      "stop/grace": 33,
      "logging/maxFiles": 34,
      "dependsOn/other/condition": 35,
    };
    expect(told(...Object.keys(expected))).toEqual(expected);
    const image = named(all, "desk/image/main");
    expect([lineOf(image, "dockerfile"), lineOf(image, "args/A")]).toEqual([36, undefined]);
    expect(lineOf(named(all, "desk/config/config"), "config/greeting")).toBe(12);
  });

  test("and an object knows no line of what it does not have", async () => {
    for (const { fields, written } of await wanted(files)) {
      const strange = Object.keys(written).filter((path) => !Object.hasOwn(fields, path.split("/")[0] ?? ""));
      expect(strange.filter((path) => !path.startsWith("metadata"))).toEqual([]);
    }
  });

  test("arguments alone stand behind the program of the runtime, or by themselves", async () => {
    const at = async (...own: readonly string[]): Promise<unknown> => {
      const one = named(await wanted({ "agent.yaml": agent("desk", ...own) }), "desk/container/0");
      return ["command", "command/0", "command/2"].map((path) => lineOf(one, path));
    };
    expect(await at(PYTHON, "args:", "  - --all")).toEqual([6, 6, 7]);
    expect(await at(IMAGE, "args:", "  - --all")).toEqual([6, 7, 6]);
  });
});
