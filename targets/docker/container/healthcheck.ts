import type { Json } from "../../../src/base/canonical.ts";
import { parseDuration } from "../../../src/base/duration.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import { probeFields } from "../../../src/wanted/fields.ts";
import type { Docker } from "../client.ts";
import type { ContainerFields } from "../shapes.ts";

/** How an engine is told to look after an agent, out of what its file asks for. */

export type HealthCheck =
  /** The engine asks, inside the container. */
  | (Times & { readonly is: "inside"; readonly test: readonly [string, ...string[]] })
  /** Nothing inside could ask: it is asked from outside by whoever waits. */
  | (Times & { readonly is: "outside"; readonly probe: OutsideProbe })
  /** The file asks for none: that of the image holds, if it has one. */
  | { readonly is: "none" };

export type OutsideProbe =
  | { readonly type: "http"; readonly path: string; readonly port: number }
  | { readonly type: "tcp"; readonly port: number };

interface Times {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  /**
   * Until then a failure does not count, and from the first success on it does. Whoever waits gives up after it;
   * an engine that knows a pace of its own for this time is told to ask each second.
   */
  readonly startPeriodMs: number;
}

type HealthFields = ContainerFields["health"];

/** Liveness is not here: nothing restarts a container for it. */
export function healthFields({ health, program }: Pick<AgentIr, "health" | "program">): HealthFields {
  const { startup, readiness } = health;
  const asking = readiness ?? startup;
  const asks = asking?.type === "http" || asking?.type === "tcp";
  const interpreter = asks ? INTERPRETERS[program.runtime?.name ?? ""] : undefined;
  return {
    ...(startup === undefined ? {} : { startup: probeFields(startup) }),
    ...(readiness === undefined ? {} : { readiness: probeFields(readiness) }),
    ...(interpreter === undefined ? {} : { interpreter }),
  };
}

/** Slim images have no program that asks a port, but the language of the agent is there. */
const INTERPRETERS: Readonly<Record<string, "python3" | "node">> = { python: "python3", nodejs: "node" };

/** What is asked while it runs is what decides; a check of the start gives it its time. */
export function healthCheckOf(health: HealthFields): HealthCheck {
  const start = probeIn(health["startup"]) ?? probeIn(health["readiness"]);
  const probe = probeIn(health["readiness"]) ?? start;
  if (probe === undefined || start === undefined) return { is: "none" };
  const times: Times = {
    // An engine reads nothing at all as its own default.
    intervalMs: Math.max(1, millisOf(probe["interval"])),
    timeoutMs: Math.max(1, millisOf(probe["timeout"])),
    retries: numberOf(probe["retries"]),
    startPeriodMs: millisOf(start["startPeriod"]) + millisOf(start["interval"]) * numberOf(start["retries"]),
  };
  const port = numberOf(probe["port"]);
  const seconds = times.timeoutMs / 1000;
  switch (probe["type"]) {
    case "command":
      return { is: "inside", test: ["CMD", ...textsOf(probe["command"])], ...times };
    case "file":
      return { is: "inside", test: ["CMD", "test", "-e", textOf(probe["file"])], ...times };
    case "http": {
      const path = textOf(probe["path"]);
      const test = httpTest(health["interpreter"], path, port, seconds);
      return test === undefined
        ? { is: "outside", probe: { type: "http", path, port }, ...times }
        : { is: "inside", test, ...times };
    }
    case "tcp": {
      const test = tcpTest(health["interpreter"], port, seconds);
      return test === undefined
        ? { is: "outside", probe: { type: "tcp", port }, ...times }
        : { is: "inside", test, ...times };
    }
    default:
      throw new Error("a health check of no known type");
  }
}

type Test = readonly [string, ...string[]];

/** A redirect counts by its own status. What is printed is what a status shows. */
function httpTest(
  interpreter: Json | undefined,
  path: string,
  port: number,
  seconds: number,
): Test | undefined {
  switch (interpreter) {
    case "python3":
      return inPython(
        "import http.client, sys",
        `c = http.client.HTTPConnection("127.0.0.1", ${port}, timeout=${seconds})`,
        `c.request("GET", ${quotedPath(path)})`,
        "s = c.getresponse().status",
        "print(s)",
        "sys.exit(not 200 <= s < 400)",
      );
    case "node":
      return inNode(
        `require("node:http").get({ host: "127.0.0.1", port: ${port}, path: ${quotedPath(path)}, agent: false }, (r) => {`,
        "console.log(r.statusCode);",
        "process.exit(r.statusCode >= 200 && r.statusCode < 400 ? 0 : 1);",
        '}).on("error", (e) => { console.log(e.message); process.exit(1); });',
      );
    default:
      return undefined;
  }
}

function tcpTest(interpreter: Json | undefined, port: number, seconds: number): Test | undefined {
  switch (interpreter) {
    case "python3":
      return inPython("import socket", `socket.create_connection(("127.0.0.1", ${port}), ${seconds})`);
    case "node":
      return inNode(
        `require("node:net").connect(${port}, "127.0.0.1", () => process.exit(0))`,
        '.on("error", (e) => { console.log(e.message); process.exit(1); });',
      );
    default:
      return undefined;
  }
}

/** Both languages read a text of JSON, and neither sends what no request line may hold. */
const quotedPath = (path: string): string =>
  JSON.stringify(path.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent));

/** -I: a `http.py` beside the agent must not be what asks. */
const inPython = (...lines: readonly string[]): Test => ["CMD", "python3", "-I", "-c", lines.join("; ")];
const inNode = (...lines: readonly string[]): Test => ["CMD", "node", "-e", lines.join(" ")];

type Probe = Readonly<Record<string, Json | undefined>>;

function probeIn(value: Json | undefined): Probe | undefined {
  return isTable(value) ? value : undefined;
}

function isTable(value: Json | undefined): value is Probe {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function millisOf(value: Json | undefined): number {
  const parsed = parseDuration(textOf(value));
  return parsed.ok ? parsed.value : 0;
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const numberOf = (value: Json | undefined): number => (typeof value === "number" ? value : 0);
const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

const NANOS = 1_000_000;

/** In the engine's own words. */
export function healthConfig(check: HealthCheck): Docker.ContainerCreateOptions {
  if (check.is !== "inside") return {};
  return {
    Healthcheck: {
      Test: [...check.test],
      Interval: check.intervalMs * NANOS,
      Timeout: check.timeoutMs * NANOS,
      Retries: check.retries,
      StartPeriod: check.startPeriodMs * NANOS,
      // Until the first success. Engines before version 25 know no pace of its own for that, and wait an interval.
      StartInterval: 1000 * NANOS,
    },
  };
}

/** Whether an engine was told the same; how often it asks at the start, no two of them say alike. */
export function isTold(check: HealthCheck, told: Docker.HealthConfig | undefined): boolean {
  const { StartInterval: _, ...wanted } = healthConfig(check).Healthcheck ?? {};
  return Object.entries(wanted).every(
    ([name, value]) =>
      JSON.stringify(value) === JSON.stringify(Object.entries(told ?? {}).find(([key]) => key === name)?.[1]),
  );
}
