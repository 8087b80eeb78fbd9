import { describe, expect, test } from "vitest";
import type { Charge } from "../../src/model/supervision.ts";
import { charge, hook, tcp, World } from "./world.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const READY = { readiness: tcp(80) };
const HELD = { by: "ana", since: "2026-01-01T02:14:00Z" };
const needs = (condition: "started" | "healthy" | "completed", restart = false): Charge["dependsOn"] => ({
  store: { condition, restart },
});

describe("what depends on another", () => {
  test("starts when that one is started, though it is not ready", async () => {
    const world = new World();
    await world.put(charge("store", { health: READY }));
    await world.put(charge("desk", { dependsOn: needs("started") }));
    expect(world.states).toEqual({ store: "running", desk: "ready" });
  });

  test("waits until that one is healthy, and says so", async () => {
    const world = new World();
    await world.put(charge("store", { health: READY }));
    await world.put(charge("desk", { dependsOn: needs("healthy") }));
    expect(world.status("desk")).toMatchObject({
      state: "pending",
      detail: "waits for store (healthy): it is running",
    });
    world.open.add(80);
    await world.clock.advance(SECOND);
    expect(world.states).toEqual({ store: "ready", desk: "ready" });
  });

  test("waits until that one is completed, whatever else it does before", async () => {
    const world = new World();
    await world.put(charge("store", { supervision: { restart: "on-failure" } }));
    await world.put(charge("desk", { dependsOn: needs("completed") }));
    world.machine.exitOf("store", { code: 1 });
    await world.clock.advance(SECOND / 2);
    expect(world.states).toEqual({ store: "backoff", desk: "pending" });
    await world.clock.advance(SECOND);
    world.machine.exitOf("store", { code: 0 });
    await world.clock.advance(SECOND);
    expect(world.states).toEqual({ store: "completed", desk: "ready" });
  });

  test("does not wait for one that nobody here knows", async () => {
    const world = new World();
    await world.put(charge("desk", { dependsOn: needs("healthy") }));
    expect(world.state("desk")).toBe("ready");
  });

  test("waits again after a restart, for as long as that one is away", async () => {
    const world = new World();
    await world.put(charge("store"));
    await world.put(charge("desk", { dependsOn: needs("healthy") }));
    const stopped = world.supervisor.stop("store", HELD);
    await world.clock.advance(SECOND);
    expect(await stopped).toEqual({ is: "stopped" });
    expect(world.states).toEqual({ store: "stopped", desk: "ready" });
    world.supervisor.restart("desk");
    await world.clock.advance(SECOND);
    expect(world.status("desk")?.detail).toBe("waits for store (healthy): it is stopped");
    expect(world.forks("desk")).toBe(1);
    world.supervisor.restart("desk");
    world.supervisor.start("store", {});
    await world.clock.advance(SECOND);
    expect([world.states, world.forks("desk")]).toEqual([{ store: "ready", desk: "ready" }, 2]);
  });

  test("is started anew with a new run of that one where it asked for it, and only there", async () => {
    const world = new World();
    await world.put(charge("store"));
    await world.put(charge("desk", { dependsOn: needs("started", true) }));
    await world.put(charge("lamp", { dependsOn: needs("started") }));
    world.machine.exitOf("store", { signal: "SIGSEGV" });
    await world.clock.advance(3 * SECOND);
    expect(world.states).toEqual({ store: "ready", desk: "ready", lamp: "ready" });
    expect([world.forks("store"), world.forks("desk"), world.forks("lamp")]).toEqual([2, 2, 1]);
  });

  test("is started anew also when it was just being started with the former run", async () => {
    const world = new World();
    await world.put(charge("store"));
    world.machine.manners.set("desk", { startMs: 10 * SECOND });
    await world.put(charge("desk", { dependsOn: needs("started", true) }));
    expect(world.state("desk")).toBe("starting");
    world.supervisor.restart("store");
    await world.clock.advance(SECOND);
    world.machine.manners.delete("desk");
    await world.clock.advance(30 * SECOND);
    expect([world.state("desk"), world.forks("desk"), world.machine.doubles]).toEqual(["ready", 2, []]);
  });

  test("is not brought back by it where a person stopped it", async () => {
    const world = new World();
    await world.put(charge("store"));
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.put(charge("desk", { dependsOn: needs("started", true) }));
    const stopped = world.supervisor.stop("desk", HELD);
    world.supervisor.restart("store");
    await world.clock.advance(30 * SECOND);
    expect(await stopped).toEqual({ is: "stopped" });
    expect(world.states).toEqual({ store: "ready", desk: "stopped" });
  });
});

describe("secrets", () => {
  const fromCaller = charge("desk", { secrets: { TOKEN: { from: "caller", name: "TOKEN" } } });
  const fromFile = charge("desk", { secrets: { TOKEN: { from: "file", path: "/secrets/token" } } });

  test("that nobody has are named and waited for, and `start` brings them", async () => {
    const world = new World();
    await world.put(fromCaller);
    expect(world.status("desk")).toMatchObject({ state: "pending", detail: "needs-secret TOKEN" });
    world.supervisor.start("desk", {});
    await world.clock.advance(SECOND);
    expect(world.state("desk")).toBe("pending");
    world.supervisor.start("desk", { TOKEN: "s3" });
    await world.clock.advance(SECOND);
    expect(world.state("desk")).toBe("ready");
    expect(world.machine.main("desk")?.environment).toEqual({ PATH: "/bin", NAME: "desk", TOKEN: "s3" });
  });

  test.each(["start", "exchange", "update"] as const)("are brought by `put` as %s too", async (how) => {
    const world = new World();
    await world.put(fromCaller);
    await world.put(fromCaller, how, { TOKEN: "s3" });
    expect([world.state("desk"), world.forks("desk")]).toEqual(["ready", 1]);
  });

  test("in files are read again at each start", async () => {
    const world = new World();
    world.texts.set("/secrets/token", "one\n");
    await world.put(fromFile);
    expect(world.machine.main("desk")?.environment["TOKEN"]).toBe("one");
    world.texts.set("/secrets/token", "two");
    world.machine.exitOf("desk", { code: 1 });
    await world.clock.advance(2 * SECOND);
    expect(world.machine.main("desk")?.environment["TOKEN"]).toBe("two");
  });

  test("never come to the disk", async () => {
    const world = new World();
    await world.put(fromCaller, "start", { TOKEN: "s3cret-value" });
    expect(world.state("desk")).toBe("ready");
    expect([...world.texts.values()].join("\n")).not.toContain("s3cret-value");
  });

  test("of a caller are read back from the living run by the next supervisor, and go on with the next run", async () => {
    const world = new World();
    await world.put(fromCaller, "start", { TOKEN: "s3" });
    world.begin();
    await world.clock.advance(SECOND);
    world.machine.exitOf("desk", { code: 1 });
    await world.clock.advance(2 * SECOND);
    expect([world.state("desk"), world.machine.main("desk")?.environment["TOKEN"]]).toEqual(["ready", "s3"]);
  });

  test("of a caller are gone with supervisor and run, and then waited for", async () => {
    const world = new World();
    await world.put(fromCaller, "start", { TOKEN: "s3" });
    world.kill();
    world.machine.exitOf("desk", { code: 1 });
    world.begin();
    await world.clock.advance(2 * SECOND);
    expect(world.status("desk")?.detail).toBe("needs-secret TOKEN");
  });
});

describe("`put`", () => {
  const one = charge("desk", { health: READY, ports: { 80: 8001 } });
  const two = charge("desk", { health: READY, ports: { 80: 8002 }, environment: { NAME: "two" } });
  const situations: Readonly<Record<string, (world: World) => Promise<void>>> = {
    absent: async () => undefined,
    ready: (world) => world.put(one),
    running: (world) => {
      world.open.delete(8001);
      return world.put(one);
    },
    starting: (world) => {
      world.machine.manners.set("desk", { startMs: 10 * SECOND });
      return world.put(one);
    },
    "aborted start": async (world) => {
      world.machine.manners.set("desk", { startMs: 10 * SECOND });
      await world.put(one);
      void world.supervisor.stop("desk", HELD);
      await world.clock.advance(1);
    },
    stopping: async (world) => {
      world.machine.manners.set("desk", { ignoresTerm: true });
      await world.put(one);
      void world.supervisor.stop("desk", HELD);
      await world.clock.advance(SECOND);
    },
    "stopping for a restart": async (world) => {
      world.machine.manners.set("desk", { ignoresTerm: true });
      await world.put(one);
      world.supervisor.restart("desk");
      await world.clock.advance(SECOND);
    },
    removing: async (world) => {
      world.machine.manners.set("desk", { ignoresTerm: true });
      await world.put(one);
      void world.supervisor.remove("desk");
      await world.clock.advance(SECOND);
    },
    stopped: async (world) => {
      await world.put(one);
      void world.supervisor.stop("desk", HELD);
      await world.clock.advance(SECOND);
    },
    backoff: async (world) => {
      world.machine.manners.set("desk", { exits: { afterMs: 30, end: { code: 1 } } });
      await world.put(one, "start", {}, 100);
      expect(world.state("desk")).toBe("backoff");
    },
    failed: async (world) => {
      world.machine.manners.set("desk", { fails: { why: "no such file", permanent: true } });
      await world.put(one);
      expect(world.state("desk")).toBe("failed");
    },
    pending: async (world) => {
      await world.put(charge("store", { health: { readiness: tcp(81) } }));
      await world.put({ ...one, dependsOn: needs("healthy") });
    },
    "needs a secret": (world) => world.put({ ...one, secrets: { TOKEN: { from: "caller", name: "TOKEN" } } }),
    "left over": async (world) => {
      world.machine.manners.set("desk", { survives: true });
      await world.put(one);
      const stopped = world.supervisor.stop("desk", HELD);
      await world.clock.advance(30 * SECOND);
      expect(await stopped).toEqual({ is: "survivors", pids: [100] });
    },
  };

  for (const [name, arrive] of Object.entries(situations))
    for (const how of ["start", "exchange", "update"] as const)
      test(`as ${how} is taken where it is ${name}, and ends with one run that is ready by the new orders`, async () => {
        const world = new World();
        world.open.add(8001).add(8002);
        await arrive(world);
        const former = world.machine.main("desk");
        world.machine.manners.clear();
        world.supervisor.put(two, {}, how);
        await world.clock.settle();
        if (name === "left over") {
          // Only now can it be ended.
          for (const { pid } of world.machine.of("desk")) world.machine.exit(pid, { signal: "SIGKILL" });
          world.supervisor.put(two, {}, how);
        }
        await world.clock.advance(2 * MINUTE);
        expect([world.state("desk"), world.machine.doubles]).toEqual(["ready", []]);
        expect(world.machine.of("desk")).toHaveLength(1);
        expect(world.status("desk")?.hold).toBeUndefined();
        const isKept = former !== undefined && world.machine.main("desk")?.pid === former.pid;
        // An update is for a living run; for everything else the run is another one.
        expect(isKept).toBe(how === "update" && ["ready", "running", "starting"].includes(name));
        if (!isKept) expect(world.machine.main("desk")?.environment["NAME"]).toBe("two");
      });

  test("as exchange leaves the old run to the old orders: it is not asked on the new port, nor given the new limits", async () => {
    const world = new World();
    world.open.add(8001);
    world.machine.manners.set("desk", { ignoresTerm: true });
    const hooks = { onStop: hook("old") };
    await world.put({ ...one, hooks });
    world.machine.log.length = 0;
    await world.put({ ...two, hooks: { onStop: hook("new") }, limits: { pids: 5 } }, "exchange");
    expect(world.state("desk")).toBe("stopping");
    expect(world.machine.log.filter((line) => line.startsWith("limit"))).toEqual([]);
    expect(world.ran.map(({ command }) => command[0])).toEqual(["/hooks/old"]);
    expect(world.status("desk")?.lastProbe?.text).toBe("it accepts connections");
  });

  test("as update gives a living run its limits and checks at once, and does not touch it otherwise", async () => {
    const world = new World();
    world.open.add(8001);
    await world.put(one);
    const former = world.machine.main("desk");
    world.machine.log.length = 0;
    await world.put({ ...one, limits: { pids: 5 }, ports: { 80: 8003 } }, "update", {}, 2 * MINUTE);
    expect(world.machine.log).toEqual([`limit ${former?.runId ?? ""} {"pids":5}`]);
    expect([world.state("desk"), world.machine.main("desk")]).toEqual(["running", former]);
    expect(world.status("desk")).toMatchObject({
      health: "unhealthy",
      lastProbe: { ok: false, text: "connection refused" },
    });
  });

  test("as update asks anew whether a run is ready where it is another question, and only there", async () => {
    const world = new World();
    world.open.add(8001);
    await world.put(one);
    await world.put({ ...one, limits: { pids: 5 } }, "update", {}, 0);
    expect(world.state("desk")).toBe("ready");
    await world.put({ ...one, ports: { 80: 8003 } }, "update");
    expect(world.status("desk")).toMatchObject({ state: "running", health: "starting" });
    world.open.add(8003);
    await world.clock.advance(2000);
    expect(world.status("desk")).toMatchObject({ state: "ready", health: "healthy" });
  });

  test("as update makes a run ready when what it was not ready for is not asked any more", async () => {
    const world = new World();
    await world.put(one);
    expect(world.state("desk")).toBe("running");
    await world.put({ ...one, health: {} }, "update");
    expect(world.status("desk")).toMatchObject({ state: "ready", health: "none" });
  });

  test("as update does no work twice that is done", async () => {
    const world = new World();
    await world.put(charge("desk", { supervision: { restart: "no" } }));
    world.machine.exitOf("desk");
    await world.clock.advance(SECOND);
    await world.put(charge("desk", { supervision: { restart: "no" }, limits: { pids: 5 } }), "update");
    expect([world.state("desk"), world.forks("desk")]).toEqual(["completed", 1]);
  });

  test("as start, said again with the same orders, changes nothing", async () => {
    const world = new World();
    await world.put(charge("desk"));
    await world.put(charge("desk"));
    expect([world.state("desk"), world.forks("desk")]).toEqual(["ready", 1]);
  });

  test("that cannot be written is refused, and nothing is done", async () => {
    const world = new World();
    world.diskIsFull = true;
    expect(world.supervisor.put(charge("desk"), {}, "start")).toContain("no space left on device");
    await world.clock.advance(SECOND);
    expect([world.states, world.forks("desk")]).toEqual([{}, 0]);
    world.diskIsFull = false;
    await world.put(charge("desk"));
    void world.supervisor.stop("desk", HELD);
    await world.clock.advance(SECOND);
    world.diskIsFull = true;
    expect(world.supervisor.put(charge("desk"), {}, "start")).toContain("no space left on device");
    await world.clock.advance(SECOND);
    expect([world.state("desk"), world.status("desk")?.hold]).toEqual(["stopped", HELD]);
  });
});

describe("what lives beside a run", () => {
  test("is ended before anything is started, members too", async () => {
    const world = new World();
    world.machine.manners.set("desk", { members: 2 });
    world.machine.fork("desk", "strange", {});
    world.begin();
    await world.put(charge("desk"));
    expect(world.machine.doubles).toEqual([]);
    expect(world.machine.of("desk").map(({ runId }) => runId)).toEqual(["run-1", "run-1", "run-1"]);
  });

  test("since it came up is ended when the agent is exchanged", async () => {
    const world = new World();
    await world.put(charge("desk"));
    world.machine.fork("desk", "strange", {});
    world.machine.doubles.length = 0;
    await world.clock.advance(5 * SECOND);
    await world.put(charge("desk"), "exchange", {}, 5 * SECOND);
    expect(world.machine.of("desk").map(({ runId }) => runId)).toEqual(["run-2"]);
    expect(world.machine.doubles).toEqual([]);
  });

  test("and cannot be ended keeps the agent from starting, and is named", async () => {
    const world = new World();
    world.machine.manners.set("desk", { survives: true });
    const { pid } = world.machine.fork("desk", "strange", {});
    world.begin();
    await world.put(charge("desk"), "start", {}, 11 * SECOND);
    expect(world.status("desk")).toMatchObject({
      state: "backoff",
      detail: `processes of an earlier run could not be ended: ${pid}`,
    });
    world.machine.manners.clear();
    world.machine.exit(pid);
    await world.clock.advance(MINUTE);
    expect([world.state("desk"), world.machine.doubles]).toEqual(["ready", []]);
  });

  test("is ended by `remove`, also where no record tells of the agent", async () => {
    const world = new World();
    world.machine.fork("desk", "strange", {});
    world.begin();
    const removed = world.supervisor.remove("desk");
    await world.clock.advance(SECOND);
    expect([await removed, world.machine.of("desk")]).toEqual([[], []]);
  });
});

describe("a removal", () => {
  test("leaves no process, no file and no status", async () => {
    const world = new World();
    world.machine.manners.set("desk", { members: 2 });
    await world.put(charge("desk"));
    expect(world.paths.length).toBeGreaterThan(0);
    const removed = world.supervisor.remove("desk");
    await world.clock.advance(SECOND);
    expect(await removed).toEqual([]);
    expect([world.machine.of("desk"), world.paths, world.states]).toEqual([[], [], {}]);
    expect(world.told.at(-1)).toEqual({ gone: "desk" });
    await world.clock.advance(60 * MINUTE);
    expect([world.paths, world.told.at(-1)]).toEqual([[], { gone: "desk" }]);
  });

  test("during a pause between two tries is done at once, and nothing comes back", async () => {
    const world = new World();
    world.machine.manners.set("desk", { exits: { afterMs: 30, end: { code: 1 } } });
    await world.put(charge("desk"), "start", {}, 100);
    expect(world.state("desk")).toBe("backoff");
    expect(await world.supervisor.remove("desk")).toEqual([]);
    await world.clock.advance(60 * MINUTE);
    expect([world.forks("desk"), world.paths]).toEqual([1, []]);
  });

  test("while it is stopped is waited for, and each who asked is told", async () => {
    const world = new World();
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.put(charge("desk"));
    const answers = [
      world.supervisor.stop("desk", HELD),
      world.supervisor.remove("desk"),
      world.supervisor.remove("desk"),
    ];
    await world.clock.advance(30 * SECOND);
    expect(await Promise.all(answers)).toEqual([{ is: "stopped" }, [], []]);
    expect(world.paths).toEqual([]);
  });

  test("while it is started ends what comes of that start", async () => {
    const world = new World();
    world.machine.manners.set("desk", { startMs: 5 * SECOND });
    await world.put(charge("desk"));
    const removed = world.supervisor.remove("desk");
    await world.clock.advance(10 * SECOND);
    expect([await removed, world.machine.of("desk"), world.paths]).toEqual([[], [], []]);
  });

  test("names what could not be ended, never calls it stopped, and can be asked for again", async () => {
    const world = new World();
    world.machine.manners.set("desk", { survives: true });
    await world.put(charge("desk"));
    const removed = world.supervisor.remove("desk");
    await world.clock.advance(30 * SECOND);
    const [pid = 0] = world.machine.of("desk").map((one) => one.pid);
    expect(await removed).toEqual([pid]);
    expect(world.status("desk")).toMatchObject({ state: "failed", detail: `survivors: ${pid}` });
    expect(world.told.filter((told) => "state" in told && told.state === "stopped")).toEqual([]);
    world.machine.exit(pid);
    const again = world.supervisor.remove("desk");
    await world.clock.advance(30 * SECOND);
    expect([await again, world.paths]).toEqual([[], []]);
  });

  test("of one that is not here is no fault", async () => {
    const world = new World();
    const removed = world.supervisor.remove("nobody");
    await world.clock.settle();
    expect(await removed).toEqual([]);
  });

  test("that somebody takes back by a new `put` is answered", async () => {
    const world = new World();
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.put(charge("desk"));
    const removed = world.supervisor.remove("desk");
    await world.put(charge("desk"), "start", {}, 30 * SECOND);
    expect([await removed, world.state("desk"), world.machine.of("desk").length]).toEqual([[], "ready", 1]);
  });
});

describe("a stop", () => {
  test("sets a hold, which `start` and `restart` release", async () => {
    const world = new World();
    await world.put(charge("desk"));
    for (const release of [
      () => world.supervisor.start("desk", {}),
      () => world.supervisor.restart("desk"),
    ]) {
      const stopped = world.supervisor.stop("desk", { ...HELD, reason: "night" });
      await world.clock.advance(SECOND);
      expect(await stopped).toEqual({ is: "stopped" });
      expect(world.status("desk")?.hold).toEqual({ ...HELD, reason: "night" });
      expect(await world.supervisor.stop("desk", HELD)).toEqual({ is: "already stopped" });
      release();
      await world.clock.advance(SECOND);
      expect([world.state("desk"), world.status("desk")?.hold]).toEqual(["ready", undefined]);
    }
  });

  test("is answered also where somebody starts it before it has stopped", async () => {
    const world = new World();
    world.machine.manners.set("desk", { ignoresTerm: true });
    await world.put(charge("desk"));
    const stopped = world.supervisor.stop("desk", HELD);
    await world.clock.advance(SECOND);
    expect(world.supervisor.start("desk", {})).toBe("started");
    await world.clock.advance(30 * SECOND);
    expect([await stopped, world.state("desk"), world.forks("desk")]).toEqual([
      { is: "started again" },
      "ready",
      2,
    ]);
  });

  test("asks first, and kills what does not listen when its grace is over", async () => {
    const world = new World();
    world.machine.manners.set("desk", { ignoresTerm: true, members: 1 });
    await world.put(charge("desk", { supervision: { stopSignal: "SIGINT" } }));
    world.machine.log.length = 0;
    void world.supervisor.stop("desk", HELD);
    await world.clock.advance(9 * SECOND);
    expect([world.state("desk"), world.machine.log]).toEqual(["stopping", ["SIGINT run-1"]]);
    await world.clock.advance(2 * SECOND);
    expect([world.state("desk"), world.machine.of("desk")]).toEqual(["stopped", []]);
    expect(world.status("desk")?.lastExit).toMatchObject({ signal: "SIGKILL" });
  });

  test("of one that is not here says so", async () => {
    const world = new World();
    expect(await world.supervisor.stop("nobody", HELD)).toEqual({ is: "unknown" });
    expect([world.supervisor.start("nobody", {}), world.supervisor.restart("nobody")]).toEqual([
      "unknown",
      "unknown",
    ]);
    expect(world.supervisor.signal("nobody", "SIGHUP")).toBe(false);
  });
});

test("a signal reaches a run that lives, and is refused where none does", async () => {
  const world = new World();
  await world.put(charge("desk"));
  expect(world.supervisor.signal("desk", "SIGHUP")).toBe(true);
  expect(world.machine.log.at(-1)).toBe("SIGHUP run-1");
  void world.supervisor.stop("desk", HELD);
  await world.clock.advance(SECOND);
  expect(world.supervisor.signal("desk", "SIGHUP")).toBe(false);
});

describe("a run that fails", () => {
  test("over and over neither delays nor disturbs another", async () => {
    const world = new World();
    world.open.add(80);
    await world.put(charge("desk", { health: READY }));
    const before = world.status("desk");
    world.machine.manners.set("loop", { exits: { afterMs: 20, end: { code: 7 } } });
    world.supervisor.put(charge("loop"), {}, "start");
    world.supervisor.put(charge("lamp"), {}, "start");
    await world.clock.advance(SECOND / 2);
    expect(world.state("lamp")).toBe("ready");
    await world.clock.advance(10 * MINUTE);
    expect(world.forks("loop")).toBeGreaterThan(5);
    expect(world.status("loop")?.lastExit).toMatchObject({ code: 7, oom: false, ranMs: 21 });
    expect(world.status("desk")).toEqual({ ...before, lastProbe: world.status("desk")?.lastProbe });
    expect([world.forks("desk"), world.forks("lamp")]).toEqual([1, 1]);
  });

  test("its liveness check is stopped like any other, then tried again after a pause", async () => {
    const world = new World();
    world.open.add(80);
    await world.put(charge("desk", { health: { liveness: tcp(80) }, hooks: { onStop: hook("stop") } }));
    world.open.clear();
    world.machine.log.length = 0;
    await world.clock.advance(29.5 * SECOND);
    expect(world.machine.log.slice(0, 2)).toEqual(["SIGTERM run-1", "kill run-1"]);
    expect(world.ran.map(({ command }) => command[0])).toEqual(["/hooks/stop"]);
    expect(world.status("desk")).toMatchObject({
      state: "backoff",
      restarts: 0,
      lastExit: { signal: "SIGTERM", because: "liveness failed: connection refused (3 in a row)" },
    });
    world.open.add(80);
    await world.clock.advance(2 * SECOND);
    expect(world.status("desk")).toMatchObject({ state: "ready", restarts: 1, health: "healthy" });
  });

  test("by taking more than its limits is killed without asking, where the kernel holds none", async () => {
    const world = new World();
    world.machine.holdsLimits = false;
    const greedy = charge("desk", { limits: { memory: 64 * 1024 ** 2 } });
    world.machine.usage.set("desk", { memory: 60 * 1024 ** 2, cpuMs: 0, pids: 1 });
    await world.put(greedy, "start", {}, MINUTE);
    expect([world.state("desk"), world.forks("desk")]).toEqual(["ready", 1]);
    world.machine.usage.set("desk", { memory: 80 * 1024 ** 2, cpuMs: 0, pids: 1 });
    world.machine.log.length = 0;
    await world.clock.advance(2500);
    expect(world.machine.log[0]).toBe("kill run-1");
    expect(world.status("desk")?.lastExit?.because).toBe("limit exceeded: memory: 80 MiB of 64 MiB");
  });

  test("its start for good is told why, and not tried again", async () => {
    const world = new World();
    world.machine.manners.set("desk", { fails: { why: "/bin/desk is not there", permanent: true } });
    await world.put(charge("desk"), "start", {}, 60 * MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "failed", detail: "/bin/desk is not there" });
    expect(world.machine.log.filter((line) => line === "forget run-1")).toHaveLength(1);
  });
});

describe("hooks", () => {
  const hooks = { onStart: hook("start"), onStop: hook("stop"), onError: hook("error") };
  const told = (world: World): readonly (readonly (string | undefined)[])[] =>
    world.ran.map(({ environment }) => [
      environment["AAC_EVENT"],
      environment["AAC_EXIT_CODE"],
      environment["AAC_SIGNAL"],
      environment["AAC_ERROR"],
      environment["AAC_RESTARTS"],
    ]);

  test("are told what happened, of which agent, and have its variables and secrets", async () => {
    const world = new World();
    const secrets = { TOKEN: { from: "caller", name: "TOKEN" } } as const;
    await world.put(charge("desk", { hooks, secrets }), "start", { TOKEN: "s3" });
    world.machine.exitOf("desk", { code: 7 });
    await world.clock.advance(2 * SECOND);
    void world.supervisor.stop("desk", HELD);
    await world.clock.advance(SECOND);
    expect(told(world)).toEqual([
      ["onStart", "", "", "", "0"],
      ["onError", "7", "", "exit 7", "0"],
      ["onStart", "", "", "", "1"],
      ["onStop", "", "", "", "1"],
    ]);
    expect(world.ran[0]?.environment).toMatchObject({
      AAC_AGENT: "desk",
      AAC_REPLICA: "0",
      NAME: "desk",
      TOKEN: "s3",
      PATH: "/bin",
    });
    expect(world.ran[0]).toMatchObject({ cwd: "/work", timeoutMs: 5000 });
  });

  test("of a failure that we caused are told why, with what the process made of it", async () => {
    const world = new World();
    world.open.add(80);
    await world.put(charge("desk", { hooks, health: { liveness: tcp(80) } }));
    world.open.clear();
    await world.clock.advance(29.5 * SECOND);
    const why = "liveness failed: connection refused (3 in a row)";
    expect(told(world).slice(1)).toEqual([
      ["onStop", "", "", why, "0"],
      ["onError", "", "SIGTERM", why, "0"],
    ]);
  });

  test("of a start that failed are told why, and nothing of the run before", async () => {
    const world = new World();
    await world.put(charge("desk", { hooks }));
    world.machine.exitOf("desk", { code: 7 });
    await world.clock.advance(500);
    world.machine.manners.set("desk", { fails: { why: "no room", permanent: false } });
    await world.clock.advance(SECOND);
    expect(told(world).at(-1)).toEqual(["onError", "", "", "no room", "1"]);
  });

  for (const [how, answer] of [
    ["fail", { is: "ended", code: 3, output: "" }],
    ["cannot be started", { is: "not started", why: "no such file" }],
    ["hang", "hangs"],
  ] as const)
    test(`that ${how} change nothing but the log`, async () => {
      const world = new World();
      world.hookAnswer = () => answer;
      await world.put(charge("desk", { hooks }));
      expect(world.state("desk")).toBe("ready");
      world.machine.exitOf("desk", { code: 7 });
      await world.clock.advance(2 * SECOND);
      expect(world.status("desk")).toMatchObject({ state: "ready", restarts: 1 });
      const stopped = world.supervisor.stop("desk", HELD);
      await world.clock.advance(10 * SECOND);
      expect([await stopped, world.machine.of("desk")]).toEqual([{ is: "stopped" }, []]);
      expect(world.said).toHaveLength(4);
      for (const line of world.said) expect(line).toMatch(/^desk: on(Start|Stop|Error) /);
    });
});

describe("a status", () => {
  test("keeps how long the last five starts took, the newest last, also through supervisors", async () => {
    const world = new World();
    for (const millis of [100, 200, 300, 400]) {
      world.machine.manners.set("desk", { startMs: millis });
      if (world.state("desk") === undefined) await world.put(charge("desk"));
      else world.supervisor.restart("desk");
      await world.clock.advance(SECOND);
    }
    expect(world.status("desk")?.readyMs).toEqual([105, 205, 305, 405]);
    world.begin();
    await world.clock.advance(MINUTE);
    expect(world.status("desk")?.readyMs).toEqual([105, 205, 305, 405]);
    for (const millis of [500, 600]) {
      world.machine.manners.set("desk", { startMs: millis });
      world.supervisor.restart("desk");
      await world.clock.advance(2 * SECOND);
    }
    expect(world.status("desk")?.readyMs).toEqual([205, 305, 405, 505, 605]);
  });

  test("does not take the time of a run that another supervisor started for a measure", async () => {
    const world = new World();
    await world.put(charge("desk", { health: READY }));
    world.begin();
    await world.clock.advance(SECOND);
    world.open.add(80);
    await world.clock.advance(MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "ready", readyMs: [] });
  });

  test("shows only answers that counted: one that came from a sleeping host says nothing", async () => {
    const world = new World();
    world.open.add(80);
    await world.put(charge("desk", { health: { liveness: tcp(80, { retries: 1 }) } }));
    const { lastProbe } = world.status("desk") ?? {};
    expect(lastProbe?.ok).toBe(true);
    world.open.clear();
    await world.clock.sleep(60 * MINUTE);
    expect(world.status("desk")).toMatchObject({ state: "ready", lastProbe });
    await world.clock.advance(11 * SECOND);
    expect(world.status("desk")?.lastProbe).toMatchObject({ ok: false, text: "connection refused" });
  });

  test("of two that wait for each other is the same on disk and where it is told", async () => {
    const world = new World();
    for (const [one, other] of [
      ["desk", "store"],
      ["store", "desk"],
    ] as const)
      await world.put(charge(one, { dependsOn: { [other]: { condition: "healthy", restart: true } } }));
    for (const agent of ["desk", "store"]) void world.supervisor.stop(agent, HELD);
    await world.clock.advance(SECOND);
    for (const agent of ["desk", "store"]) world.supervisor.start(agent, {});
    await world.clock.advance(SECOND);
    for (const agent of ["desk", "store"]) {
      expect(world.state(agent)).toBe("pending");
      expect(JSON.parse(world.texts.get(`/home/agents/${agent}/0/status.json`) ?? "")).toEqual(
        world.status(agent),
      );
    }
  });

  test("on disk is the same as the one that is told", async () => {
    const world = new World();
    await world.put(charge("desk"));
    world.machine.exitOf("desk", { code: 7 });
    await world.clock.advance(500);
    const onDisk = JSON.parse(world.texts.get("/home/agents/desk/0/status.json") ?? "");
    expect(onDisk).toEqual(world.status("desk"));
    expect(onDisk).toMatchObject({ state: "backoff", detail: "exit 7", nextTry: expect.any(String) });
  });
});
