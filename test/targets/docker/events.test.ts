import { expect, test } from "vitest";
import type { Container } from "../../../targets/docker/live/look.ts";
import { toldBy, together } from "../../../targets/docker/events/from-containers.ts";
import { type Happened, inTurn, saidIn } from "../../../targets/docker/events/happened.ts";
import { LABEL } from "../../../targets/docker/names.ts";

const SECOND = 1e9;
const AT = Date.parse("2026-01-31T09:00:00.000Z") * 1e6;

/** What is told of one container that does all this, a second each. */
function told(
  ...actions: readonly (string | readonly [string, Record<string, string>])[]
): readonly string[] {
  const turn = inTurn();
  return actions.flatMap((one, i) => {
    const [action, attributes] = typeof one === "string" ? [one, {}] : one;
    const said = saidIn({
      Action: action,
      Actor: { ID: "c1", Attributes: { [LABEL.agent]: "desk", [LABEL.replica]: "2", ...attributes } },
      timeNano: AT + i * SECOND,
    });
    const happened = said === undefined ? undefined : turn(said);
    if (happened === undefined) return [];
    const { at, agent, replica, what, why = "-", by = "-" } = happened.event;
    expect([agent, replica]).toEqual(["desk", 2]);
    return [`${at.slice(17, 19)} ${what} (${why}) ${by}`];
  });
}

test("a life is told in order, with what the engine did by itself", () => {
  const die = (exitCode: string) => ["die", { exitCode }] as const;
  expect(
    told(
      "create",
      "start",
      "health_status: healthy",
      die("3"),
      "start",
      ["kill", { signal: "15" }],
      die("143"),
      "stop",
      "start",
    ),
  ).toEqual([
    "00 created (-) aac",
    "01 started (-) aac",
    "02 became ready (-) engine",
    "03 exited (exit 3) engine",
    "04 started (its restart policy) engine",
    "05 signalled (SIGTERM) -",
    "06 exited (ended by SIGTERM) engine",
    // Somebody had ended it: no policy starts that again.
    "08 started (-) -",
  ]);
  expect(told("oom", "pause", "unpause", "restart", "health_status: unhealthy", "destroy")).toEqual([
    "00 ran out of memory (-) engine",
    "01 paused (-) -",
    "02 resumed (-) -",
    "03 restarted (-) -",
    "04 became unhealthy (-) engine",
    "05 removed (-) -",
  ]);
});

test("what tells nothing of a life, or is no event, is passed over", () => {
  expect(told("exec_start: sh", "update", "rename", "attach", "health_status: starting")).toEqual([]);
  for (const none of [null, 3, {}, { Action: "die" }, { Action: "die", timeNano: 1, Actor: null }])
    expect(saidIn(none)).toBeUndefined();
});

const container = (state: object, more: object = {}): Container =>
  ({
    Id: "c1",
    Created: "2026-01-31T08:00:00.5Z",
    RestartCount: 0,
    State: {
      Status: "running",
      Running: true,
      Restarting: false,
      ExitCode: 0,
      OOMKilled: false,
      StartedAt: "2026-01-31T08:00:01Z",
      FinishedAt: "0001-01-01T00:00:00Z",
      ...state,
    },
    Config: { Labels: { [LABEL.agent]: "desk" } },
    ...more,
  }) as unknown as Container;
const words = (all: readonly Happened[]): readonly string[] =>
  all.map(({ event: { at, what, why = "-" } }) => `${at.slice(11, 19)} ${what} (${why})`);

test("a container itself tells what the engine has forgotten", () => {
  expect(words(toldBy(container({})))).toEqual(["08:00:00 created (-)", "08:00:01 started (-)"]);
  const ended = { Status: "exited", Running: false, ExitCode: 7, FinishedAt: "2026-01-31T08:00:04Z" };
  expect(words(toldBy(container(ended, { RestartCount: 2 })))).toEqual([
    "08:00:00 created (-)",
    "08:00:01 started (its restart policy)",
    "08:00:04 exited (exit 7 after 3 s)",
  ]);
  const log = (...codes: readonly number[]) =>
    codes.map((ExitCode, i) => ({ ExitCode, End: `2026-01-31T08:00:1${i}Z` }));
  const asked = (Status: string, ...codes: readonly number[]) =>
    words(toldBy(container({ Health: { Status, Log: log(...codes) } }))).slice(2);
  expect(asked("healthy", 1, 1, 0, 0)).toEqual(["08:00:12 became ready (-)"]);
  expect(asked("unhealthy", 0, 1, 1, 1)).toEqual(["08:00:11 became unhealthy (-)"]);
  // It has been so for longer than anybody remembers.
  expect(asked("healthy", 0, 0, 0)).toEqual([]);
  expect(asked("starting", 1)).toEqual([]);
});

test("what both tell is told once, in the order in which it happened", () => {
  const one = (what: string, at: string, id = "c1"): Happened => ({
    container: id,
    event: { at: `2026-01-31T${at}Z`, agent: "desk", what },
  });
  const engine = [one("started", "08:00:05"), one("exited", "09:00:00")];
  const own = [one("created", "08:00:00.5"), one("started", "08:00:01"), one("started", "08:00:01", "c2")];
  expect(words(together(engine, own))).toEqual([
    "08:00:00 created (-)",
    "08:00:01 started (-)",
    "08:00:05 started (-)",
    "09:00:00 exited (-)",
  ]);
});
