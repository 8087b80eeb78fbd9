import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { desired } from "../../../targets/local-process/desired.ts";
import type { LocalAgent } from "../../../targets/local-process/local-facts.ts";
import { agentText } from "../../helpers/agent-text.ts";
import { type Learned, requestFor } from "../../helpers/request-for.ts";

interface Given extends Learned {
  readonly here?: Readonly<Record<string, Partial<LocalAgent>>>;
  readonly elsewhere?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What the files ask for on a machine that has what it needs. */
async function wanted(
  files: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly Resource[]> {
  const local = (name: string): LocalAgent => ({
    program: { path: "/usr/bin/python3", version: "python 3.11.9" },
    ports: {},
    ...given.here?.[name],
  });
  return desired(
    await requestFor(
      files,
      given,
      (names) =>
        ({
          agents: Object.fromEntries(names.map((name) => [name, local(name)])),
          elsewhere: given.elsewhere ?? {},
        }) as unknown as Json,
    ),
  );
}

const agent = (name: string, ...lines: readonly string[]): string =>
  agentText(name, ["runtime: python", ...lines]);

async function processOf(name: string, lines: readonly string[], given: Given = {}): Promise<Resource> {
  const all = await wanted({ "agent.yaml": agent(name, ...lines) }, given);
  return named(all, name);
}

function named(all: readonly Resource[], name: string): Resource {
  const found = all.find(({ id }) => id === `${name}/process/0`);
  if (found === undefined) throw new Error(`${name} has no process`);
  return found;
}

const environmentOf = async (lines: readonly string[], given: Given = {}): Promise<Json | undefined> =>
  (await processOf("desk", lines, given)).fields["environment"];

const bytes = (all: readonly Resource[]): string => canonicalJson(all.map(({ written: _, ...rest }) => rest));

describe("the same wish gives the same bytes", () => {
  const before = [
    "environment:",
    "  - {name: B, value: b}",
    "  - {name: A, value: a}",
    "inheritEnv: [ZONE, AWS_PROFILE]",
    "ports: [{container: 8081, name: admin, host: 8081}, {container: 8080, host: 8080}]",
    "dependsOn: [other, another]",
    "supervision: {successCodes: [143, 0], stopGracePeriod: 60s}",
    "resources: {limits: {memory: 1Gi, cpu: 1}}",
  ];
  const after = [
    "resources: {limits: {cpu: 1000m, memory: 1024Mi}}",
    "supervision: {stopGracePeriod: 1m, successCodes: [0, 143]}",
    "dependsOn: {another: {condition: started}, other: {condition: started}}",
    "ports: [{container: 8080, host: 8080}, {container: 8081, host: 8081, name: admin}]",
    "inheritEnv: [AWS_PROFILE, ZONE]",
    "environment:",
    "  - {name: A, value: a}",
    "  - {name: B, value: b}",
  ];
  const others = {
    "a/agent.yaml": agent("another"),
    "o/agent.yaml": agent("other"),
    ".aac.yaml": "project: p\n",
  };

  test("whatever the order of lists and the unit of an amount", async () => {
    const one = await wanted({ "agent.yaml": agent("desk", ...before), ...others });
    const two = await wanted({ "agent.yaml": agent("desk", ...after), ...others });
    expect(bytes(one)).toBe(bytes(two));
    expect(bytes(one)).toContain('"memory":"1Gi"');
  });

  test("and sorted by id, whatever the order of files", async () => {
    const texts = { "b.agent.yaml": agent("zebra", "config: {a: 1}"), "c.agent.yaml": agent("ant") };
    const all = await wanted(texts);
    expect(all.map(({ id }) => id)).toEqual(["ant/process/0", "zebra/config/config", "zebra/process/0"]);
    const turned = await wanted(Object.fromEntries(Object.entries(texts).toReversed()));
    expect(canonicalJson(turned as unknown as Json)).toBe(canonicalJson(all as unknown as Json));
  });

  test("an amount in decimals stays one that people read", async () => {
    const { fields } = await processOf("desk", ["logging: {maxSize: 20000000}"]);
    expect(fields["logging"]).toEqual({ maxSize: "20MB", maxFiles: 5 });
  });
});

describe("variables", () => {
  test("an env file beats what the tool itself adds, and the author's entry beats both", async () => {
    const lines = [
      "model: {provider: openai, name: gpt-4o}",
      "environment: [{name: MODEL_NAME, value: mine}]",
    ];
    const texts = { AAC_MODEL_NAME: "from-file", EXTRA: "more" };
    expect(await environmentOf(lines, { facts: { desk: { texts } } })).toEqual({
      AAC_MODEL_CONFIG: "{}",
      AAC_MODEL_NAME: "from-file",
      AAC_MODEL_PROVIDER: "openai",
      EXTRA: "more",
      MODEL_NAME: "mine",
      MODEL_PROVIDER: "openai",
    });
  });

  test("a secret leaves no text, and an optional one that is absent leaves no variable", async () => {
    const { fields } = await processOf(
      "desk",
      ["environment: [{name: A_KEY, from: secret}, {name: B_KEY, from: secret, optional: true}]"],
      {
        facts: {
          desk: {
            secrets: {
              A_KEY: { is: "known", digest: "v1:aa", origin: { from: "variable", name: "A_KEY" } },
              B_KEY: { is: "absent", optional: true },
            },
          },
        },
      },
    );
    expect([fields["environment"], fields["secrets"]]).toEqual([{}, { A_KEY: "v1:aa" }]);
  });

  test("PORT is the real port of the smallest that speaks TCP, and each name has its own", async () => {
    expect(
      await environmentOf(["ports: [{container: 53, protocol: udp}, {container: 10000}, {container: 9000}]"]),
    ).toEqual({ PORT: "9000" });
    const lines = ["ports: [{container: 8080, name: http}, {container: 9090, name: grpc-admin}]"];
    const here = { desk: { ports: { "8080/tcp": 20001, "9090/tcp": 9090 } } };
    expect(await environmentOf(lines, { here })).toEqual({
      PORT: "20001",
      PORT_GRPC_ADMIN: "9090",
      PORT_HTTP: "20001",
    });
    expect(
      await environmentOf([...lines, "environment: [{name: PORT, value: '1'}]"], { here }),
    ).toMatchObject({
      PORT: "1",
    });
  });

  test("one from the config is its text, and its JSON where it is none", async () => {
    const lines = [
      "config: {greeting: hello, topics: [a, b]}",
      "environment: [{name: GREETING, from: config, key: greeting}, {name: TOPICS, from: config, key: topics}]",
    ];
    expect(await environmentOf(lines)).toEqual({ GREETING: "hello", TOPICS: '["a","b"]' });
  });

  test("one of the caller or a config map is what was found", async () => {
    const lines = [
      "environment:",
      "  - {name: REGION, from: env, envKey: AWS_REGION}",
      "  - {name: SITE, from: configmap, configMapName: site, configMapKey: name}",
    ];
    const texts = { REGION: "eu", SITE: "north" };
    expect(await environmentOf(lines, { facts: { desk: { texts } } })).toEqual(texts);
    expect(await environmentOf(lines)).toEqual({});
  });

  test("a volume in place is found by its variable", async () => {
    const lines = ["volumes: [{name: my-data, source: ./data, target: /app/data, type: bind}]"];
    expect(await environmentOf(lines)).toEqual({ AAC_VOLUME_MY_DATA: "/project/data" });
  });
});

describe("services", () => {
  const search = agent(
    "search",
    "ports: [{container: 9200, name: api}]",
    "services: [{name: index, port: 9200}]",
  );
  const user = agent(
    "desk",
    "services: [{name: index, protocol: http}]",
    "environment:",
    "  - {name: WHERE, value: 'at ${INDEX_HOST}:${INDEX_PORT} for $$5'}",
    "  - {name: OWN, from: service, service: index, format: '{scheme}://{host}:{port}/v1'}",
  );
  const files = { "a.agent.yaml": search, "b.agent.yaml": user };

  test("lead to the real port of the agent that offers them", async () => {
    const all = await wanted(files, { here: { search: { ports: { "9200/tcp": 20017 } } } });
    expect(named(all, "desk").fields["environment"]).toEqual({
      INDEX_HOST: "127.0.0.1",
      INDEX_PORT: "20017",
      INDEX_URL: "http://127.0.0.1:20017",
      OWN: "http://127.0.0.1:20017/v1",
      WHERE: "at 127.0.0.1:20017 for $5",
    });
  });

  test("also where that agent is not asked about", async () => {
    const given = { only: ["desk"], elsewhere: { search: { "9200/tcp": 20018 } } };
    const all = await wanted(files, given);
    expect(all.map(({ id }) => id)).toEqual(["desk/process/0"]);
    expect(all[0]?.fields["environment"]).toMatchObject({ INDEX_PORT: "20018" });
  });

  test("and to the written port where nobody chose one", async () => {
    const fixed = search.replace("container: 9200,", "container: 9200, host: 9300,");
    const all = await wanted({ ...files, "a.agent.yaml": fixed }, { only: ["desk"] });
    expect(all[0]?.fields["environment"]).toMatchObject({ INDEX_PORT: "9300" });
  });

  test("on a fixed host lead there", async () => {
    const lines = ["services: [{name: db, port: 5432, host: db.example.com}]"];
    expect(await environmentOf(lines)).toEqual({
      DB_HOST: "db.example.com",
      DB_PORT: "5432",
      DB_URL: "http://db.example.com:5432",
    });
  });

  test("an env file that names an address is heard where it is used too", async () => {
    const all = await wanted(files, { facts: { desk: { texts: { INDEX_HOST: "search.example.com" } } } });
    expect(named(all, "desk").fields["environment"]).toMatchObject({
      INDEX_HOST: "search.example.com",
      WHERE: "at search.example.com:9200 for $5",
    });
  });
});

describe("the folder that it works in", () => {
  test.each([
    ["agent.yaml", undefined, "."],
    ["agent.yaml", "/app", "."],
    ["agent.yaml", "/app/", "."],
    ["agent.yaml", "src", "src"],
    ["agents/desk/agent.yaml", undefined, "agents/desk"],
    ["agents/desk/agent.yaml", "/app/src/../lib", "agents/desk/lib"],
    ["agents/desk/agent.yaml", "./src/", "agents/desk/src"],
    ["agents/desk/agent.yaml", "..", "agents"],
    ["agents/desk/agent.yaml", "/srv/desk", "/srv/desk"],
    ["agents/desk/agent.yaml", "/application", "/application"],
  ])("of %s with workingDir %s is %s", async (file, folder, cwd) => {
    const lines = folder === undefined ? [] : [`workingDir: ${folder}`];
    const all = await wanted({ [file]: agent("desk", ...lines), ".aac.yaml": "files: ['**/agent.yaml']\n" });
    expect(named(all, "desk").fields["cwd"]).toBe(cwd);
  });
});

describe("what stands between objects", () => {
  test("an agent waits for what it is made of, and is made anew with what it is made of", async () => {
    const files = {
      "a.agent.yaml": agent(
        "desk",
        "config: {a: 1}",
        "dependsOn: {search: {condition: healthy, restart: true}}",
      ),
      "b.agent.yaml": agent("search"),
    };
    const environment = {
      key: "k",
      runtime: "python",
      version: "3.11.9",
      packages: ["x"],
      from: "spec",
      interpreter: "/usr/bin/python3",
      folder: "/project",
    };
    const { after, follows } = named(await wanted(files, { here: { desk: { environment } } }), "desk");
    const all = ["desk/config/config", "desk/environment/python", "search/process/0"];
    expect([after, follows]).toEqual([all, all]);
  });

  test("a config that is read anew by a signal makes nothing anew", async () => {
    const { after, follows } = await processOf("desk", ["config: {a: 1}", "configReload: SIGHUP"]);
    expect([after, follows]).toEqual([["desk/config/config"], []]);
  });
});

describe("where it was written", () => {
  const lines = [
    "dependencies: [left]", // 6
    "command: [python, -m, desk]",
    "workingDir: src",
    "environment:",
    "  - name: LEVEL", // 10
    "    value: high",
    "  - {name: KEY, from: secret}",
    "config:",
    "  greeting: hello", // 14
    "ports:",
    "  - container: 8080",
    "    name: http",
    "healthCheck:", // 18
    "  path: /health",
    "  interval: 5s",
    "resources:",
    "  limits:", // 22
    "    memory: 1Gi",
    "supervision:",
    "  restart: on-failure",
    "dependsOn:", // 26
    "  other: {condition: healthy}",
    "lifecycle:",
    "  onStop: {command: [bye]}",
    "logging: {maxFiles: 3}", // 30
    "priority: low",
    "configReload: SIGHUP",
  ];

  test("every kind of field knows its line", async () => {
    const files = {
      "agent.yaml": agent("desk", ...lines),
      "o/agent.yaml": agent("other"),
      ".aac.yaml": "project: p\n",
    };
    const environment = {
      key: "k",
      runtime: "python",
      version: "3.11.9",
      packages: ["left"],
      from: "spec",
      interpreter: "/usr/bin/python3",
      folder: "/project",
    };
    const all = await wanted(files, { here: { desk: { environment } } });
    const lineOf = (id: string, path: string): number | undefined =>
      all.find((one) => one.id === id)?.written[path]?.line;
    const told = (id: string, ...paths: readonly string[]): unknown =>
      Object.fromEntries(paths.map((path) => [path, lineOf(id, path)]));
    expect(
      told(
        "desk/process/0",
        "program",
        "command/0",
        "command/2",
        "cwd",
        "environment/LEVEL",
        "environment/PORT",
        "environment/PORT_HTTP",
        "secrets/KEY",
        "ports/8080/tcp",
        "health/readiness/path",
        "health/liveness/interval",
        "limits/memory",
        "supervision/restart",
        "dependsOn/other",
        "lifecycle/onStop",
        "logging/maxFiles",
        "priority",
        "configReload",
      ),
    ).toEqual({
      program: 5,
      "command/0": 7,
      "command/2": 7,
      cwd: 8,
      "environment/LEVEL": 11,
      "environment/PORT": 16,
      "environment/PORT_HTTP": 16,
      "secrets/KEY": 12,
      "ports/8080/tcp": 16,
      "health/readiness/path": 19,
      "health/liveness/interval": 20,
      "limits/memory": 23,
      "supervision/restart": 25,
      "dependsOn/other": 27,
      "lifecycle/onStop": 29,
      "logging/maxFiles": 30,
      priority: 31,
      configReload: 32,
    });
    expect(told("desk/config/config", "config/greeting")).toEqual({ "config/greeting": 14 });
    expect(told("desk/environment/python", "packages", "packages/0", "runtime", "key")).toEqual({
      packages: 6,
      "packages/0": 6,
      runtime: 5,
      key: 6,
    });
  });

  test("and an object knows no line of what it does not have", async () => {
    const { fields, written } = await processOf(
      "desk",
      lines.filter((line) => !/dependsOn|other:/.test(line)),
    );
    const strange = Object.keys(written).filter((path) => !Object.hasOwn(fields, path.split("/")[0] ?? ""));
    expect(strange).toEqual(["metadata"]);
  });
});
