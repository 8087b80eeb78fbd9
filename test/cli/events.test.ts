import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ok } from "../../src/base/result.ts";
import { follow, gather } from "../../src/cli/events/sources.ts";
import { tailOf } from "../../src/cli/events/file-tail.ts";
import { eventsOf, inOrder } from "../../src/cli/events/merge.ts";
import { beginWindow, WINDOW_MS } from "../../src/cli/events/window.ts";
import type { Opened } from "../../src/cli/project/place-only.ts";
import type { AgentEvent, EventsRequest } from "../../src/model/operates.ts";
import type { RevisionHead, RevisionStore } from "../../src/model/revision.ts";
import type { System } from "../../src/model/system.ts";
import { eventsPath, noteEvents, type Noted } from "../../src/state/events.ts";
import { files } from "../../src/system/files.ts";
import { system } from "../../src/system/system.ts";
import { virtualClock } from "../helpers/virtual-clock.ts";

const all = mkdtempSync(join(tmpdir(), "aac-merge-"));
const home = (): string => mkdtempSync(join(all, "place-"));
afterAll(() => rmSync(all, { recursive: true }));

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 31, 3, 0) + seconds * 1000).toISOString();
const event = (seconds: number, what: string, more: Partial<Noted> = {}): Noted => ({
  at: at(seconds),
  agent: "store",
  what,
  ...more,
});
const words = (events: readonly AgentEvent[]): readonly string[] => events.map(({ what }) => what);

const head = (apply: string, more: Partial<RevisionHead> = {}): RevisionHead => ({
  version: 1,
  number: 7,
  apply,
  does: "apply",
  began: at(10),
  millis: 5000,
  outcome: "applied",
  by: { user: "ci", host: "build-7", command: "aac apply --yes", madeBy: "1.0.0", ci: "run 812" },
  objects: [
    { id: "store/config/config", does: "update", came: "changed" },
    { id: "store/process/0", does: "replace", came: "changed" },
    { id: "desk/process/0", does: "create", came: "untouched" },
  ],
  versions: {},
  needs: [],
  ...more,
});

describe("events of several sources", () => {
  test("stand in the order in which they happened, and one that two tell of is told once", () => {
    const events = [event(3, "c"), event(1, "a"), event(2, "b"), event(1, "a"), event(1, "also a")];
    expect(words(inOrder(events))).toEqual(["a", "also a", "b", "c"]);
    expect(inOrder([event(1, "a", { at: "2026-01-31T03:00:01Z" }), event(1, "a")])).toHaveLength(1);
  });

  test("an apply comes before what it sets off, though the cluster knows the time of that to the second only", () => {
    const whole = event(5, "scaled");
    const apply = event(5.7, "apply began", { agent: "", apply: "a1" });
    const events = [whole, event(5.9, "placed"), apply, event(5.1, "before"), event(6, "after")];
    expect(words(inOrder(events))).toEqual(["before", "apply began", "scaled", "placed", "after"]);
    expect(words(inOrder([whole, event(5.1, "b"), event(4.9, "a")]))).toEqual(["a", "scaled", "b"]);
  });

  test("what a person did by hand is told with their reason, and not again by whoever obeyed", () => {
    const by = { by: "ana" };
    const hand = event(2, "stopped", { why: "by hand: the leak", ...by });
    expect(inOrder([event(1, "stopped", by), hand])).toEqual([hand]);
    expect(words(inOrder([event(1, "started", by), hand]))).toEqual(["started", "stopped"]);
    expect(inOrder([event(1, "stopped", { by: "bob" }), event(60, "stopped", by), hand])).toHaveLength(3);
  });

  test("an apply of another machine is told from what it wrote down, one of this machine is not told twice", () => {
    const told = eventsOf([head("theirs"), head("ours")], new Set(["ours"]));
    expect(
      told.map(({ at: time, agent, what, why, by }) => [time.slice(17, 19), agent, what, why, by]),
    ).toEqual([
      ["10", "", "apply began", "aac apply --yes", "ci@build-7 (run 812)"],
      ["15", "store", "replaced", "revision 7", "ci@build-7 (run 812)"],
      ["15", "", "apply ended", "applied, revision 7", "ci@build-7 (run 812)"],
    ]);
    expect(words(eventsOf([head("x", { outcome: "pending" })], new Set()))).toEqual(["apply began"]);
    const failed = head("x", {
      outcome: "rolledBack",
      objects: [
        { id: "store/process/0", does: "replace", came: "failed" },
        { id: "store/process/1", does: "replace", came: "changed" },
      ],
    });
    expect(eventsOf([failed], new Set()).map(({ what, why }) => [what, why])).toEqual([
      ["apply began", "aac apply --yes"],
      ["failed", "revision 7"],
      ["apply ended", "failed and rolled back, revision 7"],
    ]);
  });
});

describe("the window in which events are put in order", () => {
  test("lets each wait for those before it, and no longer", () => {
    const window = beginWindow([]);
    window.add(event(5, "late"), 0);
    window.add(event(4, "early"), WINDOW_MS / 2);
    expect(window.due(WINDOW_MS - 1)).toEqual([]);
    expect(words(window.due(WINDOW_MS))).toEqual(["early", "late"]);
    window.add(event(6, "next"), WINDOW_MS);
    expect(window.due(WINDOW_MS * 2 - 1)).toEqual([]);
    expect(words(window.rest())).toEqual(["next"]);
    expect(window.rest()).toEqual([]);
  });

  test("tells nothing twice that was told before it began, or since", () => {
    const window = beginWindow([event(1, "old")]);
    for (const one of [event(1, "old"), event(2, "new"), event(2, "new")]) window.add(one, 0);
    expect(words(window.due(WINDOW_MS))).toEqual(["new"]);
    window.add(event(2, "new"), WINDOW_MS);
    expect(window.rest()).toEqual([]);
  });
});

describe("the end of a file of events", () => {
  test("gives what is added, whole lines only, also when the file comes later", () => {
    const path = eventsPath(home());
    const more = tailOf(files, path);
    expect(more()).toEqual([]);
    noteEvents(files, path, [event(1, "a")]);
    expect(words(more())).toEqual(["a"]);
    appendFileSync(path, JSON.stringify(event(2, "b")).slice(0, 20));
    expect(more()).toEqual([]);
    appendFileSync(path, `${JSON.stringify(event(2, "b")).slice(20)}\n`);
    expect(words(more())).toEqual(["b"]);
    expect(more()).toEqual([]);
  });

  test("begins where it ends by now, and is found again after the file was shortened", () => {
    const path = eventsPath(home());
    noteEvents(
      files,
      path,
      Array.from({ length: 10_999 }, (_, i) => event(i, `e${i}`)),
    );
    const more = tailOf(files, path);
    noteEvents(files, path, [event(11_000, "x"), event(11_001, "y")]);
    expect(words(more())).toEqual(["x", "y"]);
    noteEvents(files, path, [event(11_002, "z")]);
    expect(words(more())).toEqual(["z"]);
  });
});

interface World {
  readonly system: System;
  readonly opened: Opened;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly note: (name: "" | "/daemon", ...events: readonly Noted[]) => void;
}

function world(
  platform?: (request: EventsRequest) => ReturnType<NonNullable<Opened["session"]["operates"]["events"]>>,
  heads: () => readonly RevisionHead[] = () => [],
): World {
  const folder = home();
  const clock = virtualClock();
  const revisions: Pick<RevisionStore, "heads"> = { heads: () => Promise.resolve(ok(heads())) };
  const operates = platform === undefined ? {} : { events: platform };
  return {
    clock,
    system: { ...system, clock },
    // Of a session only what is asked of it here.
    opened: { place: { home: folder }, session: { revisions, operates } } as unknown as Opened,
    note: (name, ...events) => void noteEvents(files, eventsPath(`${folder}${name}`), events),
  };
}

describe("what is known of what happened", () => {
  const nothing = { agents: [], since: undefined, signal: new AbortController().signal };

  test("comes from aac itself, from the supervisor, from the platform and from revisions, in one order", async () => {
    const platform = async ({ event: tell }: EventsRequest) => {
      tell(event(4, "image pulled", { by: "engine" }));
      return ok(undefined);
    };
    const { note, opened, system: here } = world(platform, () => [head("theirs"), head("ours")]);
    note("", event(1, "apply began", { apply: "ours", agent: "" }), event(6, "applied", { agent: "desk" }));
    note("/daemon", event(5, "exited"));
    const told = await gather(here, opened, nothing);
    expect(words(told.events)).toEqual([
      "apply began",
      "image pulled",
      "exited",
      "applied",
      "apply began",
      "replaced",
      "apply ended",
    ]);
    const some = await gather(here, opened, { ...nothing, agents: ["store"], since: at(5) });
    expect(words(some.events)).toEqual(["exited", "replaced"]);
  });

  test("says what could not be read, and goes on with the rest", async () => {
    const { note, opened, system: here } = world();
    note("", event(1, "a"));
    appendFileSync(eventsPath(opened.place.home), "{half\n");
    const told = await gather(here, opened, nothing);
    expect([words(told.events), told.notes]).toEqual([
      ["a"],
      [`1 damaged lines of ${eventsPath(opened.place.home)} are passed over`],
    ]);
  });

  test("is followed in order, each once, until somebody has seen enough", async () => {
    let tell: (event: AgentEvent) => void = () => undefined;
    const platform = (request: EventsRequest) => {
      tell = request.event;
      return new Promise<ReturnType<typeof ok<void>>>((resolve) => {
        if (!request.follow) resolve(ok(undefined));
        request.signal.addEventListener("abort", () => resolve(ok(undefined)));
      });
    };
    let heads: readonly RevisionHead[] = [];
    const { note, opened, system: here, clock } = world(platform, () => heads);
    note("", event(1, "a"));
    const left = new AbortController();
    const asked = { ...nothing, signal: left.signal };
    const already = await gather(here, opened, asked);
    const seen: string[] = [];
    const following = follow(here, opened, asked, already, ({ what }) => seen.push(what));
    await clock.advance(300);
    tell(event(3, "c"));
    tell(event(1, "a"));
    note("/daemon", event(2, "b"));
    await clock.advance(400);
    expect(seen).toEqual([]);
    await clock.advance(1000);
    expect(seen).toEqual(["b", "c"]);
    heads = [head("theirs", { began: at(20), outcome: "pending" })];
    await clock.advance(12_000);
    expect(seen).toEqual(["b", "c", "apply began"]);
    tell(event(30, "last"));
    left.abort();
    await clock.settle();
    expect(await following).toEqual(ok(undefined));
    expect(seen.at(-1)).toBe("last");
  });

  test("an apply of this machine is not told again when its revision is seen", async () => {
    let heads: readonly RevisionHead[] = [];
    const { note, opened, system: here, clock } = world(undefined, () => heads);
    const left = new AbortController();
    const asked = { ...nothing, signal: left.signal };
    const already = await gather(here, opened, asked);
    const seen: string[] = [];
    const following = follow(here, opened, asked, already, ({ what }) => seen.push(what));
    heads = [head("ours", { began: clock.wall(), outcome: "pending" })];
    await clock.advance(5100);
    note("", event(0, "apply began here", { at: clock.wall(), apply: "ours" }));
    await clock.advance(12_000);
    left.abort();
    await clock.settle();
    await following;
    expect(seen).toEqual(["apply began here"]);
  });

  test("a platform that does not answer any more ends it, and is told", async () => {
    const { diagnostic } = await import("../../src/model/diagnostic.ts");
    const fault = diagnostic("AAC4001", undefined, "the engine went away");
    const {
      opened,
      system: here,
      clock,
    } = world((request) => Promise.resolve(request.follow ? { ok: false, error: fault } : ok(undefined)));
    const already = await gather(here, opened, nothing);
    const following = follow(here, opened, nothing, already, () => undefined);
    await clock.advance(1000);
    expect(await following).toEqual({ ok: false, error: fault });
  });
});
