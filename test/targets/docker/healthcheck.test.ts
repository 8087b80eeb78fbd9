import { describe, expect, test } from "vitest";
import { type HealthCheck, healthCheckOf } from "../../../targets/docker/container/healthcheck.ts";
import { containerOf } from "./wanted.ts";

const PORTS = "ports: [{container: 8080}]";

async function checkOf(line: string, program = "runtime: python"): Promise<HealthCheck> {
  const { health } = await containerOf([program, PORTS, `healthCheck: ${line}`]);
  return healthCheckOf(health);
}

const testOf = (check: HealthCheck): readonly string[] => {
  if (check.is !== "inside") throw new Error(`it is asked ${check.is}`);
  return check.test;
};

describe("a check", () => {
  test("is none where none is asked for: that of the image holds", async () => {
    const { health } = await containerOf(["runtime: python"]);
    expect([health, healthCheckOf(health)]).toEqual([{}, { is: "none" }]);
  });

  test("by a command or a file is asked inside, in any image", async () => {
    expect(testOf(await checkOf("{command: [ask, --now]}", "image: desk:1"))).toEqual([
      "CMD",
      "ask",
      "--now",
    ]);
    expect(testOf(await checkOf("{file: /tmp/ready}", "image: desk:1"))).toEqual([
      "CMD",
      "test",
      "-e",
      "/tmp/ready",
    ]);
  });

  test("of a port is asked inside by the language of the agent", async () => {
    expect(testOf(await checkOf("{path: /health, timeout: 2s}"))).toEqual([
      "CMD",
      "python3",
      "-I",
      "-c",
      'import http.client, sys; c = http.client.HTTPConnection("127.0.0.1", 8080, timeout=2); ' +
        'c.request("GET", "/health"); s = c.getresponse().status; print(s); sys.exit(not 200 <= s < 400)',
    ]);
    expect(testOf(await checkOf("{type: tcp}"))).toEqual([
      "CMD",
      "python3",
      "-I",
      "-c",
      'import socket; socket.create_connection(("127.0.0.1", 8080), 10)',
    ]);
    expect(testOf(await checkOf("{path: /health}", "runtime: nodejs")).slice(0, 3)).toEqual([
      "CMD",
      "node",
      "-e",
    ]);
    expect(testOf(await checkOf("{type: tcp}", "runtime: nodejs")).slice(0, 3)).toEqual([
      "CMD",
      "node",
      "-e",
    ]);
    const lines = ["runtime: python", "image: desk:1", PORTS, "healthCheck: {type: tcp}"];
    expect(testOf(healthCheckOf((await containerOf(lines)).health))[1]).toBe("python3");
  });

  test("of a path asks for it as a request can hold it, and ends nothing with it", async () => {
    for (const program of ["runtime: python", "runtime: nodejs"]) {
      const script = testOf(await checkOf(`{path: '/a "b"\\ü'}`, program)).at(-1);
      expect(script).toContain(String.raw`"/a%20\"b\"\\%C3%BC"`);
    }
  });

  test("of a port is asked from outside where no language is known", async () => {
    const times = { intervalMs: 30_000, timeoutMs: 10_000, retries: 3, startPeriodMs: 95_000 };
    expect(await checkOf("{path: /health}", "image: desk:1")).toEqual({
      is: "outside",
      probe: { type: "http", path: "/health", port: 8080 },
      ...times,
    });
    expect(await checkOf("{type: tcp}", "image: desk:1")).toEqual({
      is: "outside",
      probe: { type: "tcp", port: 8080 },
      ...times,
    });
  });
});

describe("the times of a check", () => {
  const timesOf = async (line: string): Promise<unknown> => {
    const check = await checkOf(line);
    if (check.is === "none") throw new Error("there is no check");
    const { intervalMs, timeoutMs, retries, startPeriodMs } = check;
    return [intervalMs, timeoutMs, retries, startPeriodMs];
  };

  test("give a start as long as all its tries take", async () => {
    expect(await timesOf("{path: /, interval: 2s, timeout: 1s, retries: 5, startPeriod: 10s}")).toEqual([
      2000, 1000, 5, 20_000,
    ]);
  });

  test("are those of readiness once it has started, and those of the start before", async () => {
    const apart =
      "{startup: {path: /, interval: 1s, retries: 60}, readiness: {path: /, interval: 20s, retries: 2}}";
    expect(await timesOf(apart)).toEqual([20_000, 10_000, 2, 65_000]);
    expect(await timesOf("{startup: {path: /, interval: 1s, retries: 60}}")).toEqual([
      1000, 10_000, 60, 65_000,
    ]);
  });

  test("are never nothing, which an engine would read as its own", () => {
    const readiness = {
      type: "file",
      file: "/ready",
      interval: "0s",
      timeout: "0s",
      retries: 3,
      startPeriod: "0s",
    };
    expect(healthCheckOf({ readiness })).toMatchObject({ intervalMs: 1, timeoutMs: 1, startPeriodMs: 0 });
  });
});

test("what a port is asked by is part of the container, and a command brings its own", async () => {
  const interpreter = async (...lines: readonly string[]): Promise<unknown> =>
    (await containerOf([...lines, PORTS])).health["interpreter"];
  expect(await interpreter("runtime: nodejs", "healthCheck: {path: /}")).toBe("node");
  expect(await interpreter("runtime: nodejs", "healthCheck: {command: [ask]}")).toBeUndefined();
  expect(await interpreter("image: desk:1", "healthCheck: {path: /}")).toBeUndefined();
});

test("liveness restarts nobody, so it is no part of a container", async () => {
  const { health } = await containerOf(["runtime: python", PORTS, "healthCheck: {path: /}"]);
  expect(Object.keys(health)).toEqual(["startup", "readiness", "interpreter"]);
});
