import { describe, expect, test } from "vitest";
import { charge, tcp, World } from "./world.ts";

const MINUTE = 60_000;
const desk = charge("desk", { health: { readiness: tcp(8001) }, ports: { 8001: 8001 } });

/** What was noted since the last look: `what: why (by)`. */
function noted(world: World): readonly string[] {
  return world.noted
    .splice(0)
    .map(
      ({ agent, what, why, by }) => `${agent} ${what}${why === undefined ? "" : `: ${why}`} (${by ?? ""})`,
    );
}

describe("what happens to an agent is noted", () => {
  test("from its start by somebody to its end by somebody else", async () => {
    const world = new World();
    world.open.add(8001);
    world.supervisor.put(desk, {}, "start", "ana");
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual(["desk started (ana)", "desk became ready (supervisor)"]);
    void world.supervisor.stop("desk", {
      by: "ben",
      since: "2026-01-01T00:00:00Z",
      what: "stopped",
      reason: "too loud",
    });
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual(["desk held: stopped: too loud (ben)", "desk stopped (ben)"]);
    world.supervisor.start("desk", {}, "cai");
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual([
      "desk released (cai)",
      "desk started (cai)",
      "desk became ready (supervisor)",
    ]);
    void world.supervisor.remove("desk", "dan");
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual(["desk removed (dan)"]);
  });

  test("by nobody but the supervisor where it crashed, with how it ended and when it is tried again", async () => {
    const world = new World();
    world.open.add(8001);
    world.supervisor.put(desk, {}, "start", "ana");
    await world.clock.advance(6000);
    noted(world);
    world.machine.exitOf("desk", { code: 1 });
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual([
      "desk exited: exit 1 after 6 s (supervisor)",
      expect.stringMatching(/^desk restarting: in \d+ (?:ms|s) \(supervisor\)$/),
      "desk started (supervisor)",
      "desk became ready (supervisor)",
    ]);
  });

  test("until nothing more is tried", async () => {
    const world = new World();
    world.machine.manners.set("desk", { exits: { afterMs: 2000, end: { code: 3 } } });
    world.supervisor.put(charge("desk", { supervision: { restart: "no" } }), {}, "start", "ana");
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual([
      "desk started (ana)",
      "desk exited: exit 3 after 2 s (supervisor)",
      expect.stringMatching(/^desk gave up: .+ \(supervisor\)$/),
    ]);
  });

  test("where its breaker opens, its start fails, or it is ill", async () => {
    const world = new World();
    world.machine.manners.set("desk", { fails: { why: "no such program", permanent: true } });
    world.supervisor.put(charge("desk"), {}, "start", "ana");
    await world.clock.advance(1000);
    expect(noted(world)).toEqual([
      "desk could not start: no such program (supervisor)",
      "desk gave up: no such program (supervisor)",
    ]);
    world.machine.manners.delete("desk");
    world.open.add(8001);
    world.supervisor.put(desk, {}, "exchange", "ana");
    await world.clock.advance(MINUTE);
    noted(world);
    world.open.delete(8001);
    await world.clock.advance(2 * MINUTE);
    expect(noted(world)).toEqual(["desk became unhealthy: connection refused (supervisor)"]);
    world.open.add(8001);
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual(["desk became ready (supervisor)"]);
  });

  test("where it is paused, resumed, and found again by the next supervisor", async () => {
    const world = new World();
    world.open.add(8001);
    world.supervisor.put(desk, {}, "start", "ana");
    await world.clock.advance(MINUTE);
    noted(world);
    await world.supervisor.pause("desk", { by: "ben", since: "2026-01-01T00:00:00Z", what: "paused" });
    await world.supervisor.resume("desk", "cai");
    expect(noted(world)).toEqual([
      "desk paused (ben)",
      "desk held: paused (ben)",
      "desk resumed (cai)",
      "desk released (cai)",
    ]);
    world.begin();
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual(["desk found running (supervisor)"]);
  });

  test("where what an earlier run left had to be ended", async () => {
    const world = new World();
    world.machine.fork("desk", "run-of-old", {});
    world.begin();
    const left = world.machine.main("desk")?.pid ?? 0;
    world.supervisor.put(charge("desk"), {}, "start", "ana");
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual([
      `desk orphan ended: of an earlier run: pid ${left} (supervisor)`,
      "desk started (ana)",
    ]);
  });

  test("and where nothing happens, nothing is", async () => {
    const world = new World();
    world.open.add(8001);
    world.supervisor.put(desk, {}, "start", "ana");
    await world.clock.advance(MINUTE);
    noted(world);
    await world.clock.advance(60 * MINUTE);
    world.supervisor.put({ ...desk, limits: { pids: 5 } }, {}, "update", "ana");
    await world.clock.advance(MINUTE);
    expect(noted(world)).toEqual([]);
  });
});
