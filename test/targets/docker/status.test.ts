import { describe, expect, test } from "vitest";
import type { Fields, Hold } from "../../../src/model/resource.ts";
import type { AgentStatus } from "../../../src/model/operates.ts";
import { holdsOf } from "../../../targets/docker/verbs/holds.ts";
import { sourceOf } from "../../../targets/docker/logs/source.ts";
import { LABEL } from "../../../targets/docker/names.ts";
import { type Inspected, type Seen, statusOf, whichCounts } from "../../../targets/docker/verbs/status.ts";

const NEVER = "0001-01-01T00:00:00Z";
const STARTED = "2026-01-31T09:00:00.123456789Z";
const ENDED = "2026-01-31T09:00:03.2Z";

const READINESS = { type: "http", path: "/", port: 8080, interval: "1s", timeout: "1s", retries: 3 };
const HELD: Hold = { by: "ana", since: "2026-01-31T02:14:00.000Z", what: "stopped", reason: "too many" };

interface Given {
  readonly State?: Partial<Inspected["State"]>;
  readonly HostConfig?: Inspected["HostConfig"];
  readonly NetworkSettings?: Inspected["NetworkSettings"];
  readonly RestartCount?: number;
  readonly Created?: string;
  readonly Id?: string;
  readonly replica?: string;
}

function container(given: Given = {}): Inspected {
  const { State, replica = "0", ...rest } = given;
  return {
    Id: "0123456789abcdef",
    Created: "2026-01-31T08:59:59.5Z",
    RestartCount: 0,
    HostConfig: { RestartPolicy: { Name: "always", MaximumRetryCount: 0 } },
    NetworkSettings: { Ports: {} },
    ...rest,
    Config: {
      Image: "chat:1.4.1",
      Labels: { [LABEL.agent]: "chat", [LABEL.replica]: replica, [LABEL.source]: "chat/agent.yaml" },
    },
    State: {
      Status: "running",
      Running: true,
      OOMKilled: false,
      ExitCode: 0,
      Error: "",
      StartedAt: STARTED,
      FinishedAt: NEVER,
      ...State,
    },
  };
}

const ended = (ExitCode: number, more: Partial<Inspected["State"]> = {}): Inspected["State"] => ({
  ...container().State,
  Status: "exited",
  Running: false,
  ExitCode,
  FinishedAt: ENDED,
  ...more,
});

const policy = (Name: string, MaximumRetryCount = 0): Inspected["HostConfig"] => ({
  RestartPolicy: { Name, MaximumRetryCount },
});

const health = (Status: string, Output = "", ExitCode = 0): Partial<Inspected["State"]> => ({
  Health: {
    Status,
    Log: [
      { Output: "an older one", ExitCode: 0 },
      { Output, ExitCode },
    ],
  },
});

const told = (given: Given, more: Partial<Seen> = {}, host?: string): AgentStatus =>
  statusOf({ container: container(given), asked: undefined, ...more }, host);

const asked = (more: Fields): Fields => ({ restart: { policy: "always", retries: 0 }, health: {}, ...more });

describe("the status of a container", () => {
  test("says who it is, since when, and where it came from", () => {
    expect(told({})).toEqual({
      agent: "chat",
      replica: 0,
      state: "ready",
      health: "none",
      restarts: 0,
      since: "2026-01-31T09:00:00.123Z",
      ports: [],
      id: "0123456789ab",
      image: "chat:1.4.1",
      source: "chat/agent.yaml",
    });
  });

  test.each([
    ["healthy", "ready"],
    ["starting", "running"],
    ["unhealthy", "running"],
  ])("that its engine finds %s is %s", (word, state) => {
    expect(told({ State: health(word) })).toMatchObject({ state, health: word });
  });

  test.each([
    ["passed", { ok: true, text: "200 in 3 ms" }, false, "ready", "healthy"],
    ["failed", { ok: false, text: "503 in 3 ms" }, false, "running", "unhealthy"],
    ["failed early", { ok: false, text: "503 in 3 ms" }, true, "running", "starting"],
  ] as const)("whose check is asked from outside and %s", (_, answer, isEarly, state, health) => {
    const status = told({}, { asked: asked({ health: { readiness: READINESS } }), answer, isEarly });
    expect(status).toMatchObject({ state, health, lastProbe: answer.text });
  });

  test("whose check nobody can ask is taken for ready, as by an apply, and says so", () => {
    expect(told({}, { asked: asked({ health: { readiness: READINESS } }) })).toMatchObject({
      state: "ready",
      health: "none",
      detail: "its check cannot be asked from here",
    });
  });

  test("shows the last answer of a check in one line", () => {
    const { lastProbe } = told({ State: health("unhealthy", "Traceback:\n  …\nConnectionRefused\n", 1) });
    expect(lastProbe).toBe("exit 1: ConnectionRefused");
    expect(told({ State: health("unhealthy", "Health check exceeded timeout (1s)", -1) }).lastProbe).toBe(
      "Health check exceeded timeout (1s)",
    );
    expect(told({ State: health("healthy") }).lastProbe).toBe("exit 0");
  });

  test("that its engine starts again and again is in a pause between two tries", () => {
    const State = ended(7, { Status: "restarting", Running: true });
    expect(told({ State, RestartCount: 2 })).toMatchObject({
      state: "backoff",
      detail: "the engine starts it again, for the 3rd time",
      restarts: 2,
      since: "2026-01-31T09:00:03.200Z",
      lastExit: "exit 7 after 3 s, 2026-01-31T09:00:03.200Z",
    });
  });

  test("that was ended for its memory says so", () => {
    const { lastExit } = told({ State: ended(137, { OOMKilled: true }), HostConfig: policy("no") });
    expect(lastExit).toBe("ended by the kernel: out of memory after 3 s, 2026-01-31T09:00:03.200Z");
  });

  test("that ended before the engine had noted its start says nothing of how long it ran", () => {
    const FinishedAt = "2026-01-31T08:59:59.9Z";
    expect(told({ State: ended(143, { FinishedAt }) }).lastExit).toBe(
      "ended by SIGTERM, 2026-01-31T08:59:59.900Z",
    );
  });

  test.each([
    ["no", 0, 0, 0, { state: "completed" }],
    ["no", 0, 0, 7, { state: "failed" }],
    ["on-failure", 3, 1, 0, { state: "completed" }],
    ["on-failure", 3, 3, 7, { state: "failed", detail: "given up after 3 restarts" }],
    ["on-failure", 3, 1, 143, { state: "stopped", detail: "stopped outside aac" }],
    ["on-failure", 0, 9, 143, { state: "stopped", detail: "stopped outside aac" }],
    ["always", 0, 0, 0, { state: "stopped", detail: "stopped outside aac" }],
    ["unless-stopped", 0, 2, 1, { state: "stopped", detail: "stopped outside aac" }],
  ])(
    "that ended under the policy %s (%i tries, %i used) with exit %i",
    (name, most, used, code, expected) => {
      const status = told({ State: ended(code), HostConfig: policy(name, most), RestartCount: used });
      expect(status).toMatchObject(expected);
      expect(status.health).toBe("none");
    },
  );

  test("whose policy was taken away ended by somebody's hand", () => {
    const status = told({ State: ended(0), HostConfig: policy("no") }, { asked: asked({}) });
    expect(status).toMatchObject({ state: "stopped", detail: "stopped outside aac" });
  });

  test("that somebody holds is stopped, however it ended, and says who", () => {
    const status = told({ State: ended(137), HostConfig: policy("no") }, { hold: HELD, asked: asked({}) });
    expect(status).toMatchObject({
      state: "stopped",
      held: "held by ana since 2026-01-31T02:14:00.000Z: stopped (too many)",
    });
    expect("detail" in status).toBe(false);
  });

  test("that never came up says what the engine said", () => {
    const State = { ...ended(128), Status: "created", FinishedAt: NEVER, StartedAt: NEVER };
    expect(told({ State })).toMatchObject({ state: "stopped", detail: "not started yet" });
    expect(told({ State: { ...State, Error: "driver failed\nport is already allocated" } })).toMatchObject({
      state: "failed",
      detail: "port is already allocated",
      since: "2026-01-31T08:59:59.500Z",
    });
  });

  test("that is paused, goes, or is dead is told as such", () => {
    expect(told({ State: { Status: "paused" } })).toMatchObject({
      state: "paused",
      detail: expect.stringContaining("outside aac"),
    });
    expect(told({ State: ended(0, { Status: "removing" }) }).state).toBe("stopping");
    expect(told({ State: ended(0, { Status: "dead" }) }).state).toBe("failed");
  });
});

describe("the ports of a container", () => {
  const binding = (HostIp: string, HostPort: string) => [{ HostIp, HostPort }];
  const PORTS = {
    ...policy("no"),
    PortBindings: { "9000/udp": binding("", "9000"), "8080/tcp": binding("", "80") },
  };

  test("are addresses that can be opened, of http where a check asks by that", () => {
    const given = { HostConfig: PORTS };
    expect(told(given).ports).toEqual(["tcp://127.0.0.1:80", "udp://127.0.0.1:9000"]);
    expect(told(given, { asked: asked({ health: { readiness: READINESS } }) }).ports).toEqual([
      "http://127.0.0.1:80",
      "udp://127.0.0.1:9000",
    ]);
  });

  test("that the engine chose are those that are live, each once", () => {
    const given: Given = {
      HostConfig: { PortBindings: { "8080/tcp": binding("", "") } },
      NetworkSettings: {
        Ports: {
          "8080/tcp": [
            { HostIp: "0.0.0.0", HostPort: "49153" },
            { HostIp: "::", HostPort: "49153" },
          ],
        },
      },
    };
    expect(told(given).ports).toEqual(["tcp://127.0.0.1:49153"]);
    expect(told({ ...given, NetworkSettings: { Ports: {} } }).ports).toEqual([]);
  });

  test("of another machine are on that machine, and what it offers to itself alone is out of reach", () => {
    const given: Given = {
      HostConfig: {
        PortBindings: {
          "1/tcp": binding("", "1"),
          "2/tcp": binding("127.0.0.1", "2"),
          "3/tcp": binding("10.0.0.7", "3"),
          "4/tcp": binding("fd00::7", "4"),
        },
      },
    };
    expect(told(given, {}, "build-1").ports).toEqual([
      "tcp://build-1:1",
      "tcp://10.0.0.7:3",
      "tcp://[fd00::7]:4",
    ]);
  });
});

describe("of several containers of one replica", () => {
  const one = (Id: string, replica: string, Created: string, Running: boolean) => ({
    container: container({ Id, replica, Created, State: { Running } }),
  });

  test("the newest that runs counts, else the newest; replicas stand in order", () => {
    const all = [
      one("a", "10", "2026-01-31T09:00:00Z", false),
      one("b", "0", "2026-01-31T09:00:00Z", true),
      one("c", "0", "2026-01-31T09:00:02Z", false),
      one("d", "0", "2026-01-31T09:00:01Z", true),
      one("e", "10", "2026-01-31T09:00:01Z", false),
      one("f", "9", "2026-01-31T09:00:00Z", false),
    ];
    const { counting, others } = whichCounts(all);
    expect(counting.map(({ container: { Id } }) => Id)).toEqual(["d", "f", "e"]);
    expect(others.map(({ container: { Id } }) => Id)).toEqual(["a", "b", "c"]);
  });
});

describe("the last run in the log of a container", () => {
  const begin = (given: Given): string | undefined => {
    const one = container(given);
    return sourceOf({ ...one, Config: { ...one.Config, Tty: false } }).lastRun;
  };

  test("begins in the middle between its start and the end before", () => {
    const State = { StartedAt: "2026-01-31T09:00:01.2Z", FinishedAt: "2026-01-31T09:00:00.8Z" };
    expect(begin({ State })).toBe("2026-01-31T09:00:01.000000000Z");
  });

  test.each([
    ["has not ended", 0, NEVER, "2026-01-31T08:59:59.123000000Z"],
    ["has ended", 0, ENDED, "2026-01-31T08:59:59.123000000Z"],
    ["has ended, as the run before that had", 2, ENDED, "2026-01-31T08:59:59.973000000Z"],
    [
      "ended so fast that its start was noticed later",
      0,
      "2026-01-31T09:00:00Z",
      "2026-01-31T08:59:59.000000000Z",
    ],
  ])("begins a little before its start where it %s", (_, RestartCount, FinishedAt, stamp) => {
    const Status = FinishedAt === NEVER ? "running" : "exited";
    expect(begin({ RestartCount, State: { Status, FinishedAt } })).toBe(stamp);
  });

  test("is not there before the first", () => {
    expect(begin({ State: { Status: "created", StartedAt: NEVER } })).toBeUndefined();
  });
});

describe("holds", () => {
  const volume = (labels: Readonly<Record<string, string>> | null, CreatedAt = "2026-01-31T02:14:00Z") => ({
    Name: "any",
    Labels: labels,
    CreatedAt,
  });

  test("are read from the labels of volumes", () => {
    const holds = holdsOf([
      volume(null),
      volume({ [LABEL.agent]: "other" }),
      volume({ [LABEL.agent]: "chat", [LABEL.hold]: JSON.stringify(HELD) }),
    ]);
    expect([...holds]).toEqual([["chat", HELD]]);
  });

  test.each(["", "{", "[]", '{"by":1}'])("that nobody can read are still holds: %s", (text) => {
    const holds = holdsOf([volume({ [LABEL.agent]: "chat", [LABEL.hold]: text })]);
    expect(holds.get("chat")).toEqual({ by: "somebody", since: "2026-01-31T02:14:00Z", what: "stopped" });
  });
});
