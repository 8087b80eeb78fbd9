import { expect, test } from "vitest";
import type { Fields } from "../../../src/model/resource.ts";
import { fixedLimits, limitsUpdate } from "../../../targets/docker/container/limits.ts";
import { liveFields } from "../../../targets/docker/live/live.ts";
import type { Container } from "../../../targets/docker/live/look.ts";
import { readRecipe, recipeOf } from "../../../targets/docker/container/recipe.ts";
import type { ContainerFields } from "../../../targets/docker/shapes.ts";

const FIELDS: ContainerFields = {
  image: "desk:1.0.0",
  imageId: "sha256:1",
  entrypoint: ["python"],
  command: ["main.py"],
  workingDir: "/app",
  user: "1000:1000",
  environment: { GREETING: "hello", EMPTY: "" },
  secrets: { API_KEY: "aaaaaa:1" },
  ports: { "53/udp": { port: 5300, address: "0.0.0.0" }, "8080/tcp": { port: 8080, address: "127.0.0.1" } },
  mounts: {
    "/cache": { type: "tmpfs", readOnly: false, size: "64Mi" },
    "/code": { type: "bind", source: ".", readOnly: true },
    "/data": { type: "volume", source: "data", readOnly: false },
    "/docs": { type: "bind", source: "docs/en", readOnly: false },
    "/etc/aac": { type: "config", readOnly: true },
    "/socket": { type: "bind", source: "/var/run/docker.sock", readOnly: false },
  },
  limits: { memory: "512Mi", cpu: "1500m", pids: 100, files: 1024 },
  health: { readiness: { type: "tcp", port: 8080 } },
  network: { mode: "bridge", aliases: ["desk"], dns: ["1.1.1.1"] },
  security: {
    readOnlyRootFilesystem: true,
    noNewPrivileges: true,
    drop: ["ALL"],
    add: ["NET_ADMIN", "SYS_TIME"],
    seccomp: "unconfined",
    privileged: false,
    pidMode: "host",
  },
  restart: { policy: "on-failure", retries: 3 },
  stop: { signal: "SIGINT", grace: "1m30s" },
  logging: { maxSize: "10MB", maxFiles: 5 },
  labels: { team: "weather" },
  dependsOn: {},
  running: true,
};
const AROUND = { project: "weather", root: "/home/ana/weather" };
const GIVEN = { ...AROUND, config: "weather_desk-config-1", secrets: { API_KEY: "s3cret" } };
const ASKED: Fields = { ...FIELDS } as unknown as Fields;

type Change = (fields: ContainerFields) => ContainerFields;

/** As an engine shows a container that was made with these fields. */
function inspected(change: Change = (fields) => fields, more: object = {}): Container {
  const { config, host, networks } = recipeOf(change(FIELDS), GIVEN);
  const shown = {
    Id: "0123456789abcdef0123",
    Image: "sha256:1",
    Config: {
      Volumes: null,
      ...config,
      Env: [...(config.Env ?? []), "PATH=/bin"],
      Labels: { ...FIELDS.labels, "org.example": "of the image" },
    },
    HostConfig: host,
    State: { Status: "running", Running: true, Restarting: false, Paused: false, ExitCode: 0 },
    NetworkSettings: {
      Networks: Object.fromEntries(
        Object.entries(networks).map(([name, aliases]) => [name, { Aliases: [...aliases, "0123456789ab"] }]),
      ),
    },
    ...more,
  };
  return shown as unknown as Container;
}

function seen(container: Container, asked: Fields | "lost" = ASKED, wanted: Fields = ASKED): Fields {
  const keyed = (text: string): string => `aaaaaa:${text === "s3cret" ? "1" : "2"}`;
  return liveFields(container, { ...AROUND, asked: asked === "lost" ? undefined : asked, wanted, keyed });
}

test("what an engine is told of a container is read back in the words of the file", () => {
  const { ports, mounts, limits, network, security, restart, stop, logging } = FIELDS;
  expect(readRecipe(recipeOf(FIELDS, GIVEN), AROUND)).toEqual({
    ports,
    mounts,
    limits,
    network,
    security,
    restart,
    stop,
    logging,
  });
});

test("a secret is among the variables that an engine is told, and in nothing that is read back", () => {
  const recipe = recipeOf(FIELDS, GIVEN);
  expect(recipe.config.Env).toEqual([
    "AAC_CONFIG=/etc/aac/config.json",
    "API_KEY=s3cret",
    "EMPTY=",
    "GREETING=hello",
  ]);
  expect(JSON.stringify(seen(inspected()))).not.toContain("s3cret");
});

test("a container that was made as it is asked for is seen as that", () => {
  expect(seen(inspected())).toEqual(ASKED);
  // What no engine shows is unknown where nobody has written it down.
  expect(seen(inspected(), "lost")).toEqual({ ...ASKED, health: {}, dependsOn: {} });
});

test("other words for the same are no difference: units, order of an engine's own, prefixes", () => {
  const words: Fields = {
    ...ASKED,
    limits: { memory: "0.5Gi", cpu: "1.5", pids: 100, files: 1024 },
    stop: { signal: "SIGINT", grace: "90s" },
    logging: { maxSize: "10000000", maxFiles: 5 },
  };
  expect(seen(inspected(), words, words)).toEqual(words);
  const prefixed = inspected();
  prefixed.HostConfig.CapAdd = ["CAP_SYS_TIME", "CAP_NET_ADMIN"];
  prefixed.HostConfig.SecurityOpt = ["no-new-privileges:true", "seccomp=unconfined"];
  expect(seen(prefixed)).toEqual(ASKED);
});

test("each thing that somebody changes by hand shows as that one field", () => {
  const changes: readonly (readonly [string, (container: Container) => void, Fields])[] = [
    [
      "memory",
      ({ HostConfig }) => (HostConfig.Memory = 1024 ** 3),
      { limits: { ...FIELDS.limits, memory: "1Gi" } },
    ],
    [
      "cpu as a part of a period",
      ({ HostConfig }) => Object.assign(HostConfig, { NanoCpus: 0, CpuQuota: 50_000, CpuPeriod: 100_000 }),
      { limits: { ...FIELDS.limits, cpu: "500m" } },
    ],
    [
      "restart",
      ({ HostConfig }) => (HostConfig.RestartPolicy = { Name: "no", MaximumRetryCount: 0 }),
      { restart: { policy: "no", retries: 0 } },
    ],
    [
      "network",
      ({ NetworkSettings }) => (NetworkSettings.Networks = {}),
      { network: { ...FIELDS.network, aliases: [] } },
    ],
    ["an image of that name", (container) => (container.Image = "sha256:2"), { imageId: "sha256:2" }],
    ["a pause", ({ State }) => (State.Paused = true), { running: false }],
  ];
  for (const [what, change, field] of changes) {
    const container = inspected();
    change(container);
    expect(seen(container), what).toEqual({ ...ASKED, ...field });
  }
});

test("what nobody asked for does not show, whatever the image brings along", () => {
  const plain: Fields = { ...ASKED, entrypoint: null, command: null };
  const { workingDir: _, user: __, ...bare } = plain;
  expect(seen(inspected(), bare, bare)).toEqual(bare);
  expect(seen(inspected(), { ...bare, labels: {}, environment: {} }, bare)).toEqual(bare);
});

test("one that ended as it should is up; one that was stopped, gave up or ends again and again is not", () => {
  const running = (state: object, policy: string): unknown => {
    const asked = { ...ASKED, restart: { policy, retries: 0 } };
    return seen(inspected(undefined, { State: { Running: false, ...state } }), asked, asked)["running"];
  };
  expect(running({ Status: "exited", ExitCode: 0 }, "no")).toBe(true);
  expect(running({ Status: "exited", ExitCode: 0 }, "on-failure")).toBe(true);
  expect(running({ Status: "exited", ExitCode: 1 }, "on-failure")).toBe(false);
  expect(running({ Status: "exited", ExitCode: 0 }, "always")).toBe(false);
  expect(running({ Status: "created", ExitCode: 0 }, "no")).toBe(false);
  expect(running({ Status: "restarting", Restarting: true, ExitCode: 1 }, "always")).toBe(false);
});

test("a variable that was secret is not shown because a file has it plain by now", () => {
  const wanted: Fields = { ...ASKED, secrets: {}, environment: { API_KEY: "plain" } };
  expect(JSON.stringify(seen(inspected(), ASKED, wanted))).not.toContain("s3cret");
});

test("a value is compared by its digest, also where another text stands for it", () => {
  const secrets = (labels: Readonly<Record<string, string>>, value = "s3cret"): unknown => {
    const container = inspected();
    container.Config.Env = [`API_KEY=${value}`];
    container.Config.Labels = labels;
    return seen(container, { ...ASKED, secrets: { API_KEY: "aaaaaa:9" } })["secrets"];
  };
  expect(secrets({})).toEqual({ API_KEY: "aaaaaa:1" });
  expect(secrets({}, "another")).toEqual({ API_KEY: "aaaaaa:2" });
  // What was handed over holds an address; what is compared leaves that open.
  expect(secrets({ "agent.dev/given": '{"API_KEY":"aaaaaa:1"}' })).toEqual({ API_KEY: "aaaaaa:9" });
  expect(secrets({ "agent.dev/given": '{"API_KEY":"aaaaaa:1"}' }, "another")).toEqual({
    API_KEY: "aaaaaa:2",
  });
  expect(secrets({ "agent.dev/given": '{"API_KEY":"bbbbbb:1"}' })).toEqual({ API_KEY: null });
});

test("memory and processors are never taken off a container, only changed; a number of processes may", () => {
  expect(limitsUpdate({ memory: "64Mi" })).toEqual({
    Memory: 64 * 1024 * 1024,
    MemorySwap: 64 * 1024 * 1024,
    PidsLimit: -1,
  });
  expect(Object.keys(fixedLimits({ memory: "64Mi", cpu: "1", pids: 5 }, {}))).toEqual([
    "limits/memory",
    "limits/cpu",
  ]);
  expect(fixedLimits({ memory: "64Mi" }, { memory: "32Mi", cpu: "1" })).toEqual({});
});

test("each kind of network is told in an engine's way", () => {
  const told = (mode: string) => {
    const { host, networks } = recipeOf(
      {
        ...FIELDS,
        network: { mode, aliases: mode === "bridge" || mode === "mine" ? ["desk"] : [], dns: [] },
      },
      GIVEN,
    );
    return [host.NetworkMode, networks, host.ExtraHosts];
  };
  const machine = ["host.docker.internal:host-gateway"];
  expect(told("bridge")).toEqual(["weather", { weather: ["desk"] }, machine]);
  expect(told("mine")).toEqual(["mine", { mine: ["desk"] }, machine]);
  expect(told("host")).toEqual(["host", {}, machine]);
  expect(told("none")).toEqual(["none", {}, undefined]);
});
