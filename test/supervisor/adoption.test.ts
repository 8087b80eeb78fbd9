import { describe, expect, test } from "vitest";
import { charge, hook, tcp, World } from "./world.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HELD = { by: "ana", since: "2026-01-01T02:14:00Z" };

describe("a supervisor that comes after another", () => {
  test("takes over what lives before it starts anything, and starts none of it again", async () => {
    const world = new World();
    for (const agent of ["a", "b", "c"]) await world.put(charge(agent));
    world.kill();
    world.machine.exitOf("a", { code: 1 });
    const { pid } = world.machine.main("c") ?? {};
    world.machine.log.length = 0;
    world.begin();
    expect(world.states).toEqual({ a: "ready", b: "ready", c: "ready" });
    await world.clock.advance(2 * SECOND);
    expect(world.machine.log.filter((line) => line.startsWith("fork"))).toEqual(["fork a run-4"]);
    expect(world.machine.log[0]).toBe("find");
    expect([world.states, world.machine.main("c")?.pid]).toEqual([
      { a: "ready", b: "ready", c: "ready" },
      pid,
    ]);
  });

  test("tells how a run ended meanwhile as if somebody had waited", async () => {
    const world = new World();
    await world.put(charge("job", { supervision: { restart: "on-failure" } }));
    await world.put(charge("desk", { hooks: { onError: hook("error") } }));
    await world.put(charge("lost", { supervision: { restart: "no" } }));
    world.kill();
    world.machine.exitOf("job", { code: 0 });
    world.machine.exitOf("desk", { code: 7 });
    world.machine.exitOf("lost", { code: 0 });
    world.machine.loseEnd("run-3");
    world.begin();
    await world.clock.advance(SECOND / 2);
    expect(world.status("job")).toMatchObject({ state: "completed", lastExit: { code: 0 } });
    expect(world.status("desk")).toMatchObject({ state: "backoff", detail: "exit 7", lastExit: { code: 7 } });
    expect(world.ran.map(({ environment }) => environment["AAC_EXIT_CODE"])).toEqual(["7"]);
    expect(world.status("lost")).toMatchObject({ state: "failed", detail: "ended, and nobody saw how" });
  });

  test("ends what is left of a run whose main process is gone, before the next one", async () => {
    const world = new World();
    world.machine.manners.set("desk", { members: 2 });
    await world.put(charge("desk"));
    world.kill();
    world.machine.exitOf("desk", { code: 7 });
    world.begin();
    await world.clock.advance(2 * SECOND);
    expect(world.machine.of("desk").map(({ runId }) => runId)).toEqual(["run-2", "run-2", "run-2"]);
  });

  test("does not start what depends on a run that only seems to be there", async () => {
    const world = new World();
    // It comes first, so that it is asked about first too.
    await world.put(charge("desk", { dependsOn: { store: { condition: "started", restart: false } } }));
    await world.put(charge("store"));
    world.machine.exitOf("desk", { code: 1 });
    await world.clock.advance(500);
    expect(world.state("desk")).toBe("backoff");
    world.kill();
    world.machine.exitOf("store", { code: 1 });
    await world.clock.advance(SECOND);
    world.machine.log.length = 0;
    world.begin();
    await world.clock.advance(5 * SECOND);
    const forks = world.machine.log.filter((line) => line.startsWith("fork"));
    expect(forks.map((line) => line.split(" ")[1])).toEqual(["store", "desk"]);
  });

  test("ends what is left of a start that was called off and that nobody noted", async () => {
    const world = new World();
    world.machine.manners.set("desk", { startMs: 10 * SECOND, members: 2, ignoresTerm: true });
    await world.put(charge("desk"));
    void world.supervisor.remove("desk");
    await world.clock.advance(SECOND);
    world.kill();
    world.machine.exitOf("desk", { code: 0 });
    world.begin();
    await world.clock.advance(MINUTE);
    expect([world.machine.of("desk"), world.paths, world.states]).toEqual([[], [], {}]);
  });

  test("goes on with a stop where the former one left it", async () => {
    const world = new World();
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.put(charge("desk"));
    void world.supervisor.stop("desk", HELD);
    await world.clock.advance(SECOND);
    world.begin();
    await world.clock.advance(30 * SECOND);
    expect([world.state("desk"), world.machine.of("desk"), world.status("desk")?.hold]).toEqual([
      "stopped",
      [],
      HELD,
    ]);
  });

  test("goes on with a removal, and leaves nothing", async () => {
    const world = new World();
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.put(charge("desk"));
    void world.supervisor.remove("desk");
    await world.clock.advance(SECOND);
    world.begin();
    await world.clock.advance(30 * SECOND);
    expect([world.states, world.machine.of("desk"), world.paths]).toEqual([{}, [], []]);
  });

  test("waits no longer for the next try than the former one would have", async () => {
    const world = new World();
    world.machine.manners.set("desk", { exits: { afterMs: 20, end: { code: 1 } } });
    await world.put(charge("desk"), "start", {}, 20 * SECOND);
    expect(world.state("desk")).toBe("backoff");
    const { nextTry, restarts } = world.status("desk") ?? {};
    await world.clock.advance(3 * SECOND);
    world.begin();
    expect(world.status("desk")).toMatchObject({ state: "backoff", nextTry, restarts });
  });

  test("knows what is healthy before it has asked, and asks at once", async () => {
    const world = new World();
    world.open.add(80);
    await world.put(charge("desk", { health: { readiness: tcp(80) } }));
    world.begin();
    expect(world.status("desk")).toMatchObject({ state: "ready", health: "healthy" });
    world.open.clear();
    await world.clock.advance(10);
    expect(world.status("desk")?.lastProbe?.ok).toBe(false);
  });

  test("starts anew what was to be started anew with a run that the former one had begun", async () => {
    const world = new World();
    await world.put(charge("store"));
    await world.put(charge("desk", { dependsOn: { store: { condition: "started", restart: true } } }));
    world.begin();
    await world.clock.advance(SECOND);
    expect(world.forks("desk")).toBe(1);
    world.machine.manners.set("store", { startMs: 10 * SECOND });
    world.supervisor.restart("store");
    await world.clock.advance(SECOND);
    expect(world.state("store")).toBe("starting");
    world.machine.manners.clear();
    world.begin();
    await world.clock.advance(10 * SECOND);
    expect([world.forks("store"), world.forks("desk"), world.machine.doubles]).toEqual([2, 2, []]);
    expect(world.states).toEqual({ store: "ready", desk: "ready" });
    // Asked to end like any other, and not as if it had failed.
    expect(world.status("desk")).toMatchObject({ restarts: 0, lastExit: { signal: "SIGTERM" } });
  });

  test("finds a run whose start was never noted", async () => {
    const world = new World();
    world.machine.manners.set("desk", { startMs: 10 * SECOND });
    await world.put(charge("desk"));
    world.begin();
    await world.clock.advance(MINUTE);
    expect([world.state("desk"), world.forks("desk")]).toEqual(["ready", 1]);
  });

  test("has nothing to do with one that left in the middle of something", async () => {
    const world = new World();
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.put(charge("desk"));
    world.supervisor.restart("desk");
    await world.clock.advance(SECOND);
    world.supervisor.leave();
    await world.clock.advance(MINUTE);
    // It left its agent alone, though it was about to end it.
    expect(world.machine.of("desk")).toHaveLength(1);
    world.begin();
    await world.clock.advance(MINUTE);
    expect([world.state("desk"), world.forks("desk"), world.machine.doubles]).toEqual(["ready", 2, []]);
  });

  test("leaves what could not be ended at that, and starts nothing beside it", async () => {
    const world = new World();
    world.machine.manners.set("desk", { survives: true });
    await world.put(charge("desk"));
    void world.supervisor.stop("desk", HELD);
    await world.clock.advance(30 * SECOND);
    const { detail } = world.status("desk") ?? {};
    expect(detail).toMatch(/^survivors: \d+$/);
    world.begin();
    await world.clock.advance(MINUTE);
    expect([world.status("desk")?.detail, world.forks("desk")]).toEqual([detail, 1]);
  });
});

test("a supervisor that is killed after any of its writes has one successor that ends up where it was going", async () => {
  const ends: Readonly<Record<string, (world: World) => void>> = {
    start: (world) => void world.supervisor.put(charge("desk"), {}, "start"),
    exchange: (world) =>
      void world.supervisor.put(charge("desk", { environment: { NAME: "two" } }), {}, "exchange"),
    crash: (world) => world.machine.exitOf("desk", { code: 1 }),
    restart: (world) => void world.supervisor.restart("desk"),
    stop: (world) => void world.supervisor.stop("desk", HELD),
    begin: (world) => void world.supervisor.start("desk", {}),
    remove: (world) => void world.supervisor.remove("desk"),
  };
  let tried = 0;
  const world = new World();
  await world.put(charge("lamp", { dependsOn: { desk: { condition: "started", restart: true } } }));
  for (const [name, does] of Object.entries(ends)) {
    if (name === "exchange") world.supervisor.restart("lamp");
    await world.clock.advance(5 * SECOND);
    const moments: World[] = [];
    world.written = () => {
      moments.push(new World({ now: world.clock.now(), machine: world.machine, texts: world.texts }));
    };
    does(world);
    await world.clock.advance(30 * SECOND);
    world.written = () => undefined;
    expect(moments.length, name).toBeGreaterThan(1);
    for (const [index, one] of moments.entries()) {
      await one.clock.advance(2 * MINUTE);
      const where = `${name}, after write ${index}`;
      const isFirst = name === "start" && index === 0;
      // Before the first order is on disk whole, nobody can know that it came.
      expect(one.state("desk"), where).toBe(isFirst ? "stopped" : wanted(name));
      expect(one.machine.doubles, where).toEqual([]);
      expect(one.machine.of("desk").length, where).toBe(one.state("desk") === "ready" ? 1 : 0);
      // What asked for it has been started after the run that it depends on.
      if (name !== "start" && one.state("desk") === "ready")
        expect(Number(one.machine.main("lamp")?.started), where).toBeGreaterThan(
          Number(one.machine.main("desk")?.started),
        );
      if (name === "remove") expect(one.paths.filter((path) => path.includes("/desk/"))).toEqual([]);
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(20);
});

function wanted(after: string): string | undefined {
  return after === "remove" ? undefined : after === "stop" ? "stopped" : "ready";
}

describe("after the machine was started anew", () => {
  test("what was to run is started, in order, and what is held or stopped is left", async () => {
    const world = new World();
    await world.put(charge("desk", { dependsOn: { store: { condition: "healthy", restart: false } } }));
    await world.put(charge("store"));
    await world.put(charge("lamp"));
    const stopped = world.supervisor.stop("lamp", HELD);
    await world.clock.advance(SECOND);
    await stopped;
    world.machine.log.length = 0;
    await world.reboot();
    await world.clock.advance(SECOND);
    expect(world.states).toEqual({ desk: "ready", store: "ready", lamp: "stopped" });
    expect(world.status("lamp")?.hold).toEqual(HELD);
    const forks = world.machine.log.filter((line) => line.startsWith("fork"));
    expect(forks.map((line) => line.split(" ")[1])).toEqual(["store", "desk"]);
  });

  test("delays and broken circuits of before mean nothing", async () => {
    const world = new World();
    world.machine.manners.set("desk", { exits: { afterMs: 20, end: { code: 1 } } });
    await world.put(charge("desk", { breaker: { failures: 2 } }), "start", {}, MINUTE);
    expect(world.state("desk")).toBe("failed");
    world.machine.manners.clear();
    await world.reboot();
    await world.clock.advance(SECOND);
    expect(world.status("desk")).toMatchObject({ state: "ready", breaker: "closed" });
  });

  test("work that is done is not done again, and what may run once alone is not started again", async () => {
    const world = new World();
    await world.put(charge("done", { supervision: { restart: "no" } }));
    await world.put(charge("tried", { supervision: { restart: "on-failure" } }));
    await world.put(charge("once", { supervision: { restart: "no" } }));
    world.machine.exitOf("done");
    world.machine.exitOf("tried");
    await world.clock.advance(SECOND);
    await world.reboot();
    await world.clock.advance(MINUTE);
    expect(world.states).toEqual({ done: "completed", tried: "completed", once: "failed" });
    expect(world.status("once")?.detail).toBe("ended, and nobody saw how");
  });

  test("a run of before is no run any more, whoever has its pid", async () => {
    const world = new World();
    await world.put(charge("desk"));
    void world.supervisor.stop("desk", HELD);
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.clock.advance(SECOND);
    await world.put(charge("desk"));
    void world.supervisor.stop("desk", HELD);
    await world.reboot();
    await world.clock.advance(SECOND);
    expect(world.status("desk")).toMatchObject({ state: "stopped" });
    expect(world.status("desk")?.run).toBeUndefined();
  });

  test("a removal that was under way is done", async () => {
    const world = new World();
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.put(charge("desk", { supervision: { restart: "no" } }));
    void world.supervisor.remove("desk");
    await world.clock.advance(SECOND);
    await world.reboot();
    await world.clock.advance(SECOND);
    expect([world.states, world.paths]).toEqual([{}, []]);
  });
});
