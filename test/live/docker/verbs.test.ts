import { afterEach, beforeEach, expect, test } from "vitest";
import type { AgentStatus } from "../../../src/model/operates.ts";
import { containerId, holdVolume, LABEL } from "../../../targets/docker/names.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { ended, type Scratch, scratch } from "./scratch.ts";

const FOREVER = "trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done";
const ANA = { by: "ana", reason: "too many" };

await describeOn("docker", "the verbs of the second day on an engine", (environment) => {
  let world: Scratch;
  beforeEach(async () => {
    world = await scratch(environment);
  });
  afterEach(() => world.clean());

  const all = async (): Promise<readonly AgentStatus[]> => {
    const status = await world.operates.status();
    if (!status.ok) throw new Error(status.error.message);
    return status.value.agents;
  };
  const one = async (agent: string): Promise<AgentStatus> => {
    const found = (await all()).find((status) => status.agent === agent);
    if (found === undefined) throw new Error(`nothing is known of ${agent}`);
    return found;
  };
  const outcomes = async (
    verb: "stop" | "start" | "restart",
    agents: readonly string[],
  ): Promise<readonly (readonly [string, boolean, string])[]> => {
    const { operates } = world;
    const told = verb === "stop" ? await operates.stop(agents, ANA) : await operates[verb](agents);
    if (!told.ok) throw new Error(told.error.message);
    return told.value.map(({ agent, ok, text }) => [agent, ok, text]);
  };

  test("a status tells what lives, what ended, and how", { timeout: 60_000 }, async () => {
    const alive = await world.start({ agent: "alive", script: FOREVER });
    const done = await world.start({ agent: "done", script: "exit 0" });
    const broken = await world.start({ agent: "broken", script: "sleep 0.5; exit 7" });
    const hungry = await world.start({
      agent: "hungry",
      script: "tail /dev/zero",
      host: { Memory: 16 * 1024 * 1024, MemorySwap: 16 * 1024 * 1024 },
    });
    await world.start({
      agent: "again",
      script: "exit 3",
      host: { RestartPolicy: { Name: "always" } },
    });
    await world.create({ agent: "new", script: FOREVER });
    await Promise.all([done, broken, hungry].map(ended));
    await until("the engine tries again", async () => (await one("again")).state === "backoff");
    const states = (await all()).map(({ agent, state, restarts }) => [agent, state, restarts > 0]);
    expect(states).toEqual([
      ["again", expect.stringMatching(/^(?:backoff|running)$/), true],
      ["alive", "ready", false],
      ["broken", "failed", false],
      ["done", "completed", false],
      ["hungry", "failed", false],
      ["new", "stopped", false],
    ]);
    expect(await one("alive")).toMatchObject({
      replica: 0,
      health: "none",
      id: alive.id.slice(0, 12),
      image: "busybox:latest",
      source: "alive/agent.yaml",
    });
    expect((await one("broken")).lastExit).toMatch(/^exit 7 after \d+ m?s, \d{4}-.*Z$/);
    expect((await one("hungry")).lastExit).toMatch(/^ended by the kernel: out of memory/);
  });

  test("a check that fails is told with its last answer", { timeout: 30_000 }, async () => {
    await world.start({
      agent: "desk",
      script: FOREVER,
      config: {
        Healthcheck: {
          Test: ["CMD-SHELL", "echo first; echo no luck; exit 1"],
          Interval: 200_000_000,
          Timeout: 1_000_000_000,
          Retries: 1,
        },
      },
    });
    await until("it is unhealthy", async () => (await one("desk")).health === "unhealthy", 20_000);
    expect(await one("desk")).toMatchObject({ state: "running", lastProbe: "exit 1: no luck" });
  });

  test("a check that nothing inside can ask is asked from here", { timeout: 30_000 }, async () => {
    const times = { interval: "100ms", timeout: "1s", retries: 1, startPeriod: "0s" };
    await world.start({
      agent: "page",
      script: "echo hello > /index.html; exec httpd -f -p 8080 -h /",
      asked: { health: { readiness: { type: "http", path: "/index.html", port: 8080, ...times } } },
      config: { ExposedPorts: { "8080/tcp": {} } },
      host: { PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] } },
    });
    await until("it answers", async () => (await one("page")).state === "ready");
    const { ports, health, lastProbe } = await one("page");
    expect(health).toBe("healthy");
    expect(lastProbe).toMatch(/^200 in \d+ ms$/);
    const answer = await fetch(`${ports[0] ?? ""}/index.html`);
    expect(await answer.text()).toBe("hello\n");
    // Without a port of the machine it has an address of its own.
    await world.start({
      agent: "inner",
      script: "exec httpd -f -p 8080 -h /",
      asked: { health: { readiness: { type: "http", path: "/nothing", port: 8080, ...times } } },
    });
    await until("it has had its time", async () => (await one("inner")).health === "unhealthy");
    await until("it answers", async () => (await one("inner")).lastProbe?.startsWith("404") === true);
    expect(await one("inner")).toMatchObject({ state: "running", health: "unhealthy", ports: [] });
  });

  test("an inspection tells everything but secrets", async () => {
    await world.start({
      agent: "desk",
      script: FOREVER,
      asked: { secrets: { OPENAI: "abc:123" }, environment: { LOG_LEVEL: "debug" } },
      config: {
        Env: [
          "OPENAI=correct-horse-7",
          "LOG_LEVEL=debug",
          "DB_PASSWORD=hunter22x9",
          "DB=postgres://me:staple@db/x",
          "ECHO=it says correct-horse-7",
        ],
        Labels: { team: "weather" },
      },
    });
    const told = await world.operates.inspect("desk");
    if (!told.ok) throw new Error(told.error.message);
    expect(told.value).toMatchObject({
      agent: "desk",
      replica: 0,
      command: ["sh", "-c", FOREVER],
      environment: {
        OPENAI: "(secret)",
        DB_PASSWORD: "(secret)",
        DB: "postgres://me:(secret)@db/x",
        ECHO: "it says (secret)",
        LOG_LEVEL: "debug",
      },
      secrets: { OPENAI: "(secret)" },
      labels: { team: "weather" },
      status: { state: "ready" },
      container: { state: { Running: true } },
    });
    expect(JSON.stringify(told.value)).not.toMatch(/correct-horse|hunter22|staple|abc:123/);
    const unknown = await world.operates.inspect("nobody");
    expect(!unknown.ok && unknown.error.message).toBe("no agent `nobody` lives here");
  });

  test("who needs another one is stopped before it, and started after it", { timeout: 60_000 }, async () => {
    const asked = { dependsOn: { store: { condition: "started", restart: false } } };
    const store = await world.start({ agent: "store", script: FOREVER });
    const desk = await world.start({ agent: "desk", script: FOREVER, asked });
    // Here only the list of what has to be there before tells it.
    const page = await world.start({
      agent: "page",
      script: FOREVER,
      after: [containerId("desk", 0)],
    });
    expect(await outcomes("stop", ["store", "page", "desk", "nobody"])).toEqual([
      ["page", true, "stopped"],
      ["nobody", false, "no such agent here"],
      ["desk", true, "stopped"],
      ["store", true, "stopped"],
    ]);
    const times = async (key: "StartedAt" | "FinishedAt"): Promise<readonly string[]> =>
      Promise.all([page, desk, store].map(async (each) => (await each.inspect()).State[key]));
    const stopped = await times("FinishedAt");
    expect(stopped).toEqual(stopped.toSorted());
    expect(await outcomes("start", ["page", "desk", "store"])).toEqual([
      ["store", true, "started"],
      ["desk", true, "started"],
      ["page", true, "started"],
    ]);
    const started = await times("StartedAt");
    expect(started).toEqual(started.toSorted().toReversed());
  });

  test("a stop holds, whatever the policy, until a start gives it back", { timeout: 60_000 }, async () => {
    const { docker, place } = world;
    const container = await world.start({
      agent: "desk",
      script: "exit 3",
      host: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 50 } },
    });
    const policy = async () => (await container.inspect()).HostConfig.RestartPolicy;
    await until("the engine tries again", async () => (await one("desk")).state === "backoff");
    expect(await outcomes("stop", ["desk"])).toEqual([["desk", true, "stopped"]]);
    expect(await policy()).toEqual({ Name: "no", MaximumRetryCount: 0 });
    const held = await one("desk");
    expect(held).toMatchObject({
      state: "stopped",
      held: expect.stringMatching(/^held by ana since .*: stopped \(too many\)$/),
    });
    const volume = await docker.getVolume(holdVolume(place.project, "desk")).inspect();
    expect(JSON.parse(volume.Labels[LABEL.hold] ?? "")).toMatchObject({ by: "ana", what: "stopped" });
    const again = await world.operates.stop(["desk"], { by: "ben" });
    expect(again.ok && again.value).toEqual([{ agent: "desk", ok: true, text: "already stopped" }]);
    expect((await one("desk")).held).toMatch(/^held by ben since [^(]*$/);
    expect(await outcomes("start", ["desk"])).toEqual([["desk", true, "started"]]);
    expect(await policy()).toEqual({ Name: "on-failure", MaximumRetryCount: 50 });
    expect("held" in (await one("desk"))).toBe(false);
    await expect(docker.getVolume(holdVolume(place.project, "desk")).inspect()).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test("a start finds what runs, wakes what is paused, and hurries what waits", {
    timeout: 60_000,
  }, async () => {
    const desk = await world.start({ agent: "desk", script: FOREVER });
    expect(await outcomes("start", ["desk"])).toEqual([["desk", true, "already running"]]);
    await world.operates.hold?.("desk", { by: "ana", since: "2026-01-31T02:14:00Z", what: "kept" });
    expect(await outcomes("start", ["desk"])).toEqual([
      ["desk", true, "already running, and no longer held"],
    ]);
    await desk.pause();
    expect(await one("desk")).toMatchObject({
      state: "paused",
      detail: expect.stringContaining("outside aac"),
    });
    expect(await outcomes("start", ["desk"])).toEqual([["desk", true, "started"]]);
    expect((await one("desk")).state).toBe("ready");
    const slow = await world.start({
      agent: "slow",
      script: "exit 1",
      host: { RestartPolicy: { Name: "always" } },
    });
    // By then the engine waits for seconds between two tries.
    await until(
      "the engine is in no hurry",
      async () => {
        const { state, restarts } = await one("slow");
        return state === "backoff" && restarts >= 5;
      },
      30_000,
    );
    const { StartedAt } = (await slow.inspect()).State;
    expect(await outcomes("start", ["slow"])).toEqual([["slow", true, "started"]]);
    expect((await slow.inspect()).State.StartedAt > StartedAt).toBe(true);
  });

  test("a restart is of the same container, and ends a hold", { timeout: 60_000 }, async () => {
    const desk = await world.start({
      agent: "desk",
      script: FOREVER,
      host: { RestartPolicy: { Name: "unless-stopped" } },
    });
    await outcomes("stop", ["desk"]);
    expect(await outcomes("restart", ["desk"])).toEqual([["desk", true, "restarted"]]);
    const { id, held, state } = await one("desk");
    expect([id, held, state]).toEqual([desk.id.slice(0, 12), undefined, "ready"]);
    expect((await desk.inspect()).HostConfig.RestartPolicy?.Name).toBe("unless-stopped");
  });

  test("what cannot be started says why", async () => {
    await world.create({ agent: "desk", script: "", config: { Cmd: ["/no/such/program"] } });
    const [[, ok, text] = ["", true, ""]] = await outcomes("start", ["desk"]);
    expect(ok).toBe(false);
    expect(text).toContain("no such file or directory");
    expect(await one("desk")).toMatchObject({
      state: "failed",
      detail: expect.stringContaining("no such file"),
    });
  });

  test("somebody else's volume in the place of a hold stays, and so does the agent", async () => {
    const { docker, place } = world;
    const desk = await world.start({ agent: "desk", script: FOREVER });
    const Name = holdVolume(place.project, "desk");
    await docker.createVolume({ Name, Labels: { [LABEL.project]: "another" } });
    try {
      expect(await outcomes("stop", ["desk"])).toEqual([
        ["desk", false, `the volume ${Name} belongs to the project another, and stands where a hold would`],
      ]);
      expect((await desk.inspect()).State.Running).toBe(true);
    } finally {
      await docker.getVolume(Name).remove();
    }
  });

  test("of two containers of one replica the newer one is shown, and the other one told", async () => {
    const old = await world.create({ agent: "desk", script: FOREVER });
    await world.start({ agent: "desk", script: FOREVER });
    await world.start({ agent: "desk", script: FOREVER, replica: 1 });
    const status = await world.operates.status();
    if (!status.ok) throw new Error(status.error.message);
    expect(status.value.agents.map(({ replica, state }) => [replica, state])).toEqual([
      [0, "ready"],
      [1, "ready"],
    ]);
    expect(status.value.notes).toEqual([
      `desk has a container too many, ${old.id.slice(0, 12)}: aac apply takes it away`,
    ]);
  });
});
