import { describe, expect, test } from "vitest";
import type { AgentEvent } from "../../src/model/operates.ts";
import { eventJsonLine, eventsJson } from "../../src/ui/events/json.ts";
import { beginEvents, type EventOptions } from "../../src/ui/events/table.ts";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";
import { faultsOf } from "../helpers/published-schemas.ts";

const EVENTS: readonly AgentEvent[] = [
  {
    at: "2026-01-30T23:59:58.100Z",
    agent: "",
    what: "apply began",
    why: "aac apply --yes",
    by: "ci@build-7",
  },
  {
    at: "2026-01-31T00:00:01Z",
    agent: "store",
    replica: 1,
    what: "exited",
    why: "code 1 after 3 s",
    by: "supervisor",
  },
  {
    at: "2026-01-31T00:00:02Z",
    agent: "store",
    what: "failed",
    why: "it ended three times in a row",
    by: "ci@build-7",
  },
  { at: "2026-01-31T00:00:03Z", agent: "desk", what: "started" },
];
const options = (more: Partial<EventOptions> = {}): EventOptions => ({
  paint: plainPaint,
  local: (at) => ({ day: at.slice(0, 10), clock: at.slice(11, 19) }),
  today: "2026-01-31",
  ...more,
});
function shown(events: readonly AgentEvent[], more: Partial<EventOptions> = {}): readonly string[] {
  const { head, linesOf } = beginEvents(events, options(more));
  return [head, ...events.flatMap(linesOf)];
}

describe("events are shown", () => {
  test("in columns, with the day where it is not this one", () => {
    expect(shown(EVENTS)).toEqual([
      "TIME      AGENT      WHAT         WHY                            BY",
      "2026-01-30",
      "23:59:58  (project)  apply began  aac apply --yes                ci@build-7",
      "2026-01-31",
      "00:00:01  store.1    exited       code 1 after 3 s               supervisor",
      "00:00:02  store      failed       it ended three times in a row  ci@build-7",
      "00:00:03  desk       started",
    ]);
    expect(shown(EVENTS.slice(1))[1]).toMatch(/^00:00:01/);
  });

  test("in lines that fit the screen: what is long is cut, who did it stays", () => {
    const long = [{ ...EVENTS[1], why: "x".repeat(300) } as AgentEvent, ...EVENTS];
    for (const width of [60, 80, 100]) {
      const lines = shown(long, { width });
      expect(lines.filter((line) => line.length > width)).toEqual([]);
      expect(lines[1]).toMatch(/x… {2}supervisor$/);
    }
    expect(shown(long)[1]).toContain("x".repeat(300));
  });

  test("that come later stand in the same columns, whatever they hold", () => {
    const { linesOf } = beginEvents(EVENTS.slice(1), options());
    const evil = { at: "2026-01-31T00:00:09Z", agent: "desk", what: "a\u001B[31m\nb", by: "\u202E" };
    expect(linesOf(evil)).toEqual([
      String.raw`00:00:09  desk     a\x1b[31m\nb                                 \u202e`,
    ]);
    expect(linesOf({ ...evil, at: "2026-02-01T00:00:00Z" })[0]).toBe("2026-02-01");
  });

  test("with a colour that says no more than the words", () => {
    const painted = shown(EVENTS, { paint: colourPaint }).join("\n");
    // oxlint-disable-next-line no-control-regex -- the escapes are what is looked for
    expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(shown(EVENTS).join("\n"));
    expect(painted).toContain(colourPaint.red("failed"));
  });

  test("as their schema says, on a line each too", () => {
    expect(faultsOf("events", eventsJson(EVENTS, ["3 damaged lines"]))).toEqual([]);
    expect(faultsOf("events", eventsJson([], []))).toEqual([]);
    const lines = EVENTS.map(eventJsonLine);
    expect(lines.every((line) => line.indexOf("\n") === line.length - 1)).toBe(true);
    expect(JSON.parse(lines[1] ?? "")).toEqual({ apiVersion: "agent.dev/v1", kind: "Event", ...EVENTS[1] });
    expect(eventJsonLine({ at: "2026-01-31T00:00:09Z", agent: "\u001B", what: "x" })).not.toContain("\u001B");
  });
});
