import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AgentStatus, LogLine, Status } from "../../src/model/operates.ts";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";
import { ageOf, untilWords } from "../../src/ui/status/age.ts";
import { statusJson, statusNames } from "../../src/ui/status/json.ts";
import { logLine, logPrefix } from "../../src/ui/status/log-line.ts";
import { statusTable } from "../../src/ui/status/table.ts";

const NOW = "2026-08-01T12:00:00Z";

function agent(name: string, more: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent: name,
    replica: 0,
    state: "ready",
    health: "healthy",
    restarts: 0,
    since: "2026-08-01T11:55:00Z",
    ports: ["http://127.0.0.1:8080"],
    source: "agent.yaml",
    ...more,
  };
}

const STATUS: Status = {
  agents: [
    agent("researcher", { replica: 1, health: "none", ports: [] }),
    agent("researcher", { id: "4121", image: "r:1", cpu: 250, memory: 96 * 1024 * 1024 }),
    agent("chatbot", {
      state: "backoff",
      health: "unhealthy",
      restarts: 12,
      since: "2026-08-01T11:59:48.5Z",
      lastExit: "exit 1 after 6 s",
      lastProbe: "GET /health on 8080: 503",
      nextTry: "2026-08-01T12:00:07Z",
      breaker: "half-open",
    }),
    agent("archive", {
      state: "stopped",
      health: "none",
      since: "nonsense",
      held: "held by ana since 02:14: stopped",
    }),
  ],
  notes: ["supervisor not running since 03:02: no restarts · aac daemon start"],
};

describe("the table of status", () => {
  test("has a line for each replica, and below what is ill what is known of it", () => {
    expect(statusTable(STATUS, { paint: plainPaint, wide: false, now: NOW })).toMatchInlineSnapshot(`
      "AGENT       REPLICA  STATE    HEALTH     RESTARTS  AGE  PORTS
      archive     0        stopped  -          0         -    http://127.0.0.1:8080
          held        held by ana since 02:14: stopped
      chatbot     0        backoff  unhealthy  12        11s  http://127.0.0.1:8080
          last exit   exit 1 after 6 s
          last probe  GET /health on 8080: 503
          breaker     half-open
          next try    in 7s
      researcher  0        ready    healthy    0         5m   http://127.0.0.1:8080
      researcher  1        ready    -          0         5m   -

      supervisor not running since 03:02: no restarts · aac daemon start
      "
    `);
  });

  test("wide has what names it and what it uses", () => {
    expect(statusTable(STATUS, { paint: plainPaint, wide: true, now: NOW })).toMatchInlineSnapshot(`
      "AGENT       REPLICA  STATE    HEALTH     RESTARTS  AGE  PORTS                  ID    IMAGE  CPU   MEM   REVISION
      archive     0        stopped  -          0         -    http://127.0.0.1:8080  -     -      -     -     -
          held        held by ana since 02:14: stopped
      chatbot     0        backoff  unhealthy  12        11s  http://127.0.0.1:8080  -     -      -     -     -
          last exit   exit 1 after 6 s
          last probe  GET /health on 8080: 503
          breaker     half-open
          next try    in 7s
      researcher  0        ready    healthy    0         5m   http://127.0.0.1:8080  4121  r:1    0.25  96Mi  -
      researcher  1        ready    -          0         5m   -                      -     -      -     -     -

      supervisor not running since 03:02: no restarts · aac daemon start
      "
    `);
  });

  test("says so where nothing is live", () => {
    const none = { agents: [], notes: ["the supervisor does not run"] };
    expect(statusTable(none, { paint: plainPaint, wide: false, now: NOW })).toBe(
      "no agents are live here\nthe supervisor does not run\n",
    );
  });

  test("stands in line with colour as without", () => {
    const painted = statusTable(STATUS, { paint: colourPaint, wide: true, now: NOW });
    // oxlint-disable-next-line no-control-regex
    expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(
      statusTable(STATUS, { paint: plainPaint, wide: true, now: NOW }),
    );
  });

  test("as JSON and as names has the same order", () => {
    const parsed = JSON.parse(statusJson(STATUS)) as Status & { kind: string };
    expect(parsed.kind).toBe("Status");
    expect(parsed.agents.map((one) => `${one.agent}.${one.replica}`)).toEqual([
      "archive.0",
      "chatbot.0",
      "researcher.0",
      "researcher.1",
    ]);
    expect(parsed.notes).toEqual(STATUS.notes);
    expect(statusNames(STATUS)).toBe("archive\nchatbot\nresearcher\n");
  });
});

describe("an age", () => {
  test("is what a calendar says, whatever lies between", () => {
    const time = fc.date({ min: new Date("1970-01-01"), max: new Date("2199-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(time, fc.integer({ min: 0, max: 119_000 }), (since, millis) => {
        const now = new Date(since.getTime() + millis);
        expect(ageOf(since.toISOString(), now.toISOString())).toBe(`${Math.floor(millis / 1000)}s`);
      }),
    );
    expect(ageOf("2024-02-28T12:00:00Z", "2024-03-01T12:00:00Z")).toBe("2d");
    expect(ageOf("2023-02-28T12:00:00Z", "2023-03-01T12:00:00Z")).toBe("24h");
    expect(ageOf("2026-08-01T12:00:09Z", NOW)).toBe("0s");
    expect(ageOf("yesterday", NOW)).toBeUndefined();
    expect(untilWords("2026-08-01T12:05:00Z", NOW)).toBe("in 5m");
    expect(untilWords("2026-08-01T11:05:00Z", NOW)).toBe("now");
  });
});

describe("a line of a log", () => {
  const line = (text: string, more: Partial<LogLine> = {}): LogLine => ({
    agent: "chatbot",
    replica: 0,
    stream: "stdout",
    at: "2026-08-01T12:00:00.123Z",
    text,
    partial: false,
    ...more,
  });
  const plain = { paint: plainPaint, prefixWidth: 10, timestamps: false };

  test("names its agent, and marks what came from stderr by a sign", () => {
    expect(logLine(line("ready\ton 8080"), plain)).toBe("chatbot     | ready\ton 8080");
    expect(logLine(line("oh", { stream: "stderr" }), plain)).toBe("chatbot     ! oh");
    expect(
      logLine(line("x", { replica: 2, partial: true }), { ...plain, replicas: true, timestamps: true }),
    ).toBe("2026-08-01T12:00:00.123Z chatbot.2   | x … (cut here, more follows)");
    expect(logLine(line("\u001B]0;title\u0007x"), plain)).toBe("chatbot     | \\x1b]0;title\\x07x");
  });

  test("has room for the longest name that will come", () => {
    const prefixWidth = Math.max(
      logPrefix(line(""), true).length,
      logPrefix(line("", { agent: "a" }), true).length,
    );
    const options = { ...plain, prefixWidth, replicas: true };
    expect(logLine(line("x"), options)).toBe("chatbot.0  | x");
    expect(logLine(line("x", { agent: "a" }), options)).toBe("a.0        | x");
  });

  test("has the same colour for the same agent, and not one for all", () => {
    const painted = (agent: string) =>
      logLine(line("", { agent }), { ...plain, paint: colourPaint }).slice(0, 5);
    expect(painted("chatbot")).toBe(painted("chatbot"));
    const names = Array.from({ length: 40 }, (_, i) => painted(`agent-${i}`));
    expect(new Set(names).size).toBe(4);
  });
});
