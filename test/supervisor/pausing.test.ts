import { describe, expect, test } from "vitest";
import { charge, tcp, World } from "./world.ts";

const MINUTE = 60_000;
const HOLD = { by: "ana", since: "2026-01-01T00:00:00Z", what: "paused", reason: "looking at it" };
const desk = charge("desk", {
  health: { readiness: tcp(8001), liveness: tcp(8001, { interval: 1000 }) },
  ports: { 8001: 8001 },
});

/** With an agent that is ready. */
async function begun(): Promise<World> {
  const world = new World();
  world.open.add(8001);
  await world.put(desk);
  expect(world.state("desk")).toBe("ready");
  return world;
}

const frozen = (world: World): readonly string[] =>
  world.machine.log
    .filter((line) => /^(?:freeze|thaw|SIGTERM|kill) /.test(line))
    .map((line) => line.split(" ")[0] ?? "");

describe("an agent that is paused", () => {
  test("is frozen as it is, held so, and not asked how it is", async () => {
    const world = await begun();
    expect(await world.supervisor.pause("desk", HOLD)).toEqual({ is: "paused" });
    expect(await world.supervisor.pause("desk", HOLD)).toEqual({ is: "already paused" });
    // Frozen, it answers nobody: whoever asked it would take that for a failure.
    world.open.delete(8001);
    const former = world.machine.main("desk");
    await world.clock.advance(5 * MINUTE);
    expect(world.machine.main("desk")).toEqual(former);
    expect(world.status("desk")).toMatchObject({ state: "paused", restarts: 0, hold: HOLD });
  });

  test("goes on with its checks when it is resumed, and is held by nobody", async () => {
    const world = await begun();
    await world.supervisor.pause("desk", HOLD);
    expect(await world.supervisor.resume("desk", "ben")).toEqual({ is: "resumed" });
    expect(await world.supervisor.resume("desk", "ben")).toEqual({ is: "not paused" });
    expect(world.status("desk")).toMatchObject({ state: "ready" });
    expect(world.status("desk")?.hold).toBeUndefined();
    world.open.delete(8001);
    await world.clock.advance(5 * MINUTE);
    expect(world.status("desk")?.restarts).toBeGreaterThan(0);
  });

  test("is let go on before it is asked to end", async () => {
    const world = await begun();
    await world.supervisor.pause("desk", HOLD);
    const stopped = world.supervisor.stop("desk", { by: "ana", since: "2026-01-01T00:00:01Z" });
    await world.clock.advance(MINUTE);
    expect(await stopped).toEqual({ is: "stopped" });
    expect(frozen(world)).toEqual(["freeze", "thaw", "SIGTERM", "kill"]);
    expect(world.status("desk")).toMatchObject({ state: "stopped", hold: { by: "ana" } });
  });

  test("is paused for a later supervisor too, and can be resumed by it", async () => {
    const world = await begun();
    await world.supervisor.pause("desk", HOLD);
    world.open.delete(8001);
    world.begin();
    await world.clock.advance(5 * MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "paused", restarts: 0, hold: HOLD });
    world.open.add(8001);
    expect(await world.supervisor.resume("desk")).toEqual({ is: "resumed" });
    await world.clock.advance(MINUTE);
    expect(world.state("desk")).toBe("ready");
  });

  test("that is killed stays down until somebody resumes it", async () => {
    const world = await begun();
    await world.supervisor.pause("desk", HOLD);
    world.machine.exitOf("desk", { signal: "SIGKILL" });
    await world.clock.advance(5 * MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "stopped", hold: HOLD });
    expect(await world.supervisor.resume("desk")).toEqual({ is: "started" });
    await world.clock.advance(MINUTE);
    expect(world.state("desk")).toBe("ready");
    expect(world.status("desk")?.hold).toBeUndefined();
  });

  test("is not frozen any more after a boot, and is held still", async () => {
    const world = await begun();
    await world.supervisor.pause("desk", HOLD);
    await world.reboot();
    await world.clock.advance(MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "stopped", hold: HOLD });
  });

  test("goes on when it is started, restarted or applied", async () => {
    const ways: Readonly<Record<string, (world: World) => void>> = {
      start: (world) => void world.supervisor.start("desk", {}),
      restart: (world) => void world.supervisor.restart("desk"),
      update: (world) => void world.supervisor.put({ ...desk, limits: { pids: 5 } }, {}, "update"),
      same: (world) => void world.supervisor.put(desk, {}, "start"),
      exchange: (world) => void world.supervisor.put({ ...desk, nice: 3 }, {}, "exchange"),
    };
    for (const [name, way] of Object.entries(ways)) {
      const world = await begun();
      await world.supervisor.pause("desk", HOLD);
      way(world);
      await world.clock.advance(MINUTE);
      expect([name, world.state("desk"), world.status("desk")?.hold]).toEqual([name, "ready", undefined]);
      expect([name, frozen(world).slice(0, 2)]).toEqual([name, ["freeze", "thaw"]]);
    }
  });

  test("is not said to be where it does not run, or cannot be frozen", async () => {
    const world = await begun();
    expect(await world.supervisor.pause("nobody", HOLD)).toEqual({ is: "unknown" });
    world.freezeFails = "its processes could not be halted";
    expect(await world.supervisor.pause("desk", HOLD)).toEqual({
      is: "failed",
      why: "its processes could not be halted",
    });
    expect(world.status("desk")).toMatchObject({ state: "ready" });
    expect(world.status("desk")?.hold).toBeUndefined();
    void world.supervisor.stop("desk", undefined);
    await world.clock.advance(MINUTE);
    expect(await world.supervisor.pause("desk", HOLD)).toEqual({ is: "not running" });
  });
});

describe("a hold", () => {
  const ROLLED = { by: "ana", since: "2026-01-01T00:00:00Z", what: "rolled back to revision 3" };

  test("that is no stop leaves the agent as it is, and outlives supervisor and boot", async () => {
    const world = await begun();
    expect(world.supervisor.hold("desk", ROLLED)).toBeUndefined();
    expect(world.status("desk")).toMatchObject({ state: "ready", hold: ROLLED });
    world.begin();
    await world.clock.advance(MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "ready", hold: ROLLED });
    await world.reboot();
    await world.clock.advance(MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "ready", hold: ROLLED });
  });

  test("is released without a start, and whoever holds nothing is told so", async () => {
    const world = await begun();
    void world.supervisor.stop("desk", { by: "ana", since: "2026-01-01T00:00:00Z", what: "stopped" });
    await world.clock.advance(MINUTE);
    expect(world.supervisor.release("desk", "ben")).toBe("released");
    expect(world.supervisor.release("desk", "ben")).toBe("not held");
    expect(world.supervisor.release("nobody")).toBe("unknown");
    await world.clock.advance(MINUTE);
    expect(world.state("desk")).toBe("stopped");
    expect(world.supervisor.hold("nobody", ROLLED)).toContain("no such agent");
  });

  test("that cannot be written is not said to be held", async () => {
    const world = await begun();
    world.diskIsFull = true;
    expect(world.supervisor.hold("desk", ROLLED)).toContain("no space left");
    expect(world.status("desk")?.hold).toBeUndefined();
  });
});

describe("orders to rest", () => {
  test("are written down, and nothing runs by them", async () => {
    const world = await begun();
    await world.put({ ...desk, nice: 3 }, "rest", {}, MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "stopped" });
    expect(world.machine.of("desk")).toEqual([]);
    await world.put(charge("page"), "rest", {}, MINUTE);
    expect(world.status("page")).toMatchObject({ state: "stopped" });
    expect(world.forks("page")).toBe(0);
  });
});
