import { expect, test } from "vitest";
import type { Fields } from "../../../src/model/resource.ts";
import type { Container } from "../../../targets/docker/live/look.ts";
import { judge } from "../../../targets/docker/ready/ready.ts";
import { inOrder, type Seen } from "../../../targets/docker/live/replicas.ts";

type State = Partial<Omit<Container["State"], "Health">> & {
  readonly Health?: Partial<NonNullable<Container["State"]["Health"]>>;
};

const container = (state: State, more: object = {}): Container =>
  ({
    Id: "1",
    Created: "2026-01-01T00:00:00Z",
    RestartCount: 0,
    State: {
      Status: "running",
      Running: true,
      ExitCode: 0,
      OOMKilled: false,
      Error: "",
      StartedAt: "2026-01-01T00:00:00Z",
      FinishedAt: "0001-01-01T00:00:00Z",
      ...state,
    },
    ...more,
  }) as unknown as Container;

type Known = Parameters<typeof judge>[1];
const TIMES = { intervalMs: 1000, timeoutMs: 1000, retries: 3, startPeriodMs: 5000 };
const KNOWN: Known = {
  check: { is: "none" },
  condition: "GET /health on 8080",
  before: { restarts: 0, failures: 0 },
  answer: undefined,
  isOutOfReach: false,
  upMs: 100,
  waitedMs: 200,
  policy: "always",
};
const INSIDE: Partial<Known> = { check: { is: "inside", test: ["CMD", "true"], ...TIMES } };
const OUTSIDE: Partial<Known> = { check: { is: "outside", probe: { type: "tcp", port: 1 }, ...TIMES } };

const said = (state: State, known: Partial<Known> = {}, more: object = {}): string => {
  const judged = judge(container(state, more), { ...KNOWN, ...known });
  return judged.is === "ready" ? "ready" : judged.is === "failed" ? judged.why : `… ${judged.text}`;
};

test("an agent without a check is ready when it has stayed for a moment", () => {
  expect(said({})).toBe("… running, waiting whether it stays");
  expect(said({}, { upMs: 400 })).toBe("ready");
  expect(said({ Status: "created", Running: false })).toBe("… created, not running yet");
});

test("a check is passed by the engine's word or by an answer of one's own, and failed by the engine's alone", () => {
  const failing = { Log: [{ Start: "", End: "", ExitCode: 1, Output: "trying\nno answer\n" }] };
  expect(said({ Health: { Status: "healthy" } }, INSIDE)).toBe("ready");
  expect(said({ Health: { Status: "starting" } }, { ...INSIDE, answer: { ok: true, text: "200" } })).toBe(
    "ready",
  );
  expect(
    said({ Health: { Status: "starting", FailingStreak: 1, ...failing } }, { ...INSIDE, upMs: 2400 }),
  ).toBe("… up 2 s, waiting for GET /health on 8080: no answer");
  expect(said({ Health: { Status: "unhealthy", FailingStreak: 3, ...failing } }, INSIDE)).toBe(
    "unhealthy, waiting for GET /health on 8080: no answer",
  );
  expect(said({ Health: { Status: "starting" } }, { ...INSIDE, answer: { ok: false, text: "503" } })).toBe(
    "… up 100 ms, waiting for GET /health on 8080: 503",
  );
});

test("failures from before it was waited for are none of this start", () => {
  const paused: State = { Health: { Status: "unhealthy", FailingStreak: 0, Log: [] } };
  expect(said(paused, INSIDE)).toMatch(/^… up/);
  const old: State = { Health: { Status: "unhealthy", FailingStreak: 5, Log: [] } };
  expect(said(old, { ...INSIDE, before: { restarts: 0, failures: 5 } })).toMatch(/^… up/);
  expect(said(old, { ...INSIDE, before: { restarts: 0, failures: 4 } })).toMatch(/^unhealthy/);
});

test("one that nothing inside can ask is given the time of its check, and is ready where no way leads there", () => {
  expect(said({}, OUTSIDE)).toBe("… up 100 ms, waiting for GET /health on 8080");
  const refused = { answer: { ok: false, text: "connection refused" }, waitedMs: 6000 };
  expect(said({}, { ...OUTSIDE, ...refused })).toBe(
    "not healthy after 6 s, waiting for GET /health on 8080: connection refused",
  );
  expect(said({}, { ...OUTSIDE, isOutOfReach: true, upMs: 400 })).toBe("ready");
});

test("an end is told with its status, and is none for one that was to end", () => {
  const ended = (ExitCode: number, more: State = {}): State => ({
    Status: "exited",
    Running: false,
    ExitCode,
    FinishedAt: "2026-01-01T00:00:01.5Z",
    ...more,
  });
  expect(said(ended(3))).toBe("exit 3 after 2 s");
  expect(said(ended(0))).toBe("exit 0 after 2 s");
  expect(said(ended(0), { policy: "on-failure" })).toBe("ready");
  expect(said(ended(0), { policy: "no" })).toBe("ready");
  expect(said(ended(137))).toBe("ended by SIGKILL after 2 s");
  expect(said(ended(137, { OOMKilled: true }))).toBe("ended by the kernel: out of memory after 2 s");
  expect(said(ended(1, { Status: "restarting", Restarting: true }))).toBe(
    "exit 1 after 2 s; the engine goes on trying",
  );
});

test("one that the engine has started again is watched for longer", () => {
  const again = { RestartCount: 1 };
  expect(said({}, { upMs: 400 }, again)).toBe("… it ended, and the engine started it again");
  expect(said({}, { upMs: 2500 }, again)).toBe("ready");
  expect(said({}, { upMs: 400, before: { restarts: 1, failures: 0 } }, again)).toBe("ready");
});

const WANTED: Fields = { image: "a", secrets: { KEY: "x:1" }, running: true };
const seen = (id: string, fields: Fields, state: State, created: string): Seen => ({
  container: container(state, { Id: id, Created: created }),
  fields,
});

test("of two containers of one replica the one counts that is as wanted and ready, else the newest that runs", () => {
  const down: State = { Status: "exited", Running: false };
  const first = (...all: readonly Seen[]): string | undefined => inOrder(all, WANTED)[0]?.container.Id;
  const old = seen("old", { ...WANTED, image: "b" }, {}, "2026-01-01T00:00:00Z");
  const young = (fields: Fields, state: State): Seen => seen("young", fields, state, "2026-01-02T00:00:00Z");
  expect(first(old, young(WANTED, {}))).toBe("young");
  expect(first(young(WANTED, { Health: { Status: "healthy" } }), old)).toBe("young");
  expect(first(old, young(WANTED, { Health: { Status: "starting" } }))).toBe("old");
  expect(first(old, young(WANTED, { Health: { Status: "unhealthy" } }))).toBe("old");
  expect(first(old, young(WANTED, { Status: "restarting", Restarting: true }))).toBe("old");
  expect(first(old, young(WANTED, { Status: "created", Running: false }))).toBe("old");
  expect(first(young({ ...WANTED, image: "c" }, {}), old)).toBe("young");
  const stopped = seen("old", { ...WANTED, image: "b" }, down, "2026-01-01T00:00:00Z");
  expect(first(stopped, young({ ...WANTED, image: "c" }, down))).toBe("young");
  // A secret of which nobody can tell is no difference.
  const untold = seen("old", { ...WANTED, secrets: { KEY: null } }, {}, "2026-01-01T00:00:00Z");
  expect(first(young({ ...WANTED, secrets: { KEY: "x:2" } }, {}), untold)).toBe("old");
});
