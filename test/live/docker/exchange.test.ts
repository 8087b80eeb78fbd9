import { afterEach, expect, test } from "vitest";
import type { Change } from "../../../src/model/plan.ts";
import type { StepContext } from "../../../src/model/target.ts";
import { system } from "../../../src/system/system.ts";
import { labelsOf } from "../../../targets/docker/labels.ts";
import { configVolume } from "../../../targets/docker/names.ts";
import { describeOn } from "../engines.ts";
import { agentFile, FOREVER, type OnEngine, onEngine } from "./on-engine.ts";

const LONG = { timeout: 120_000 };

/** With a port of the machine one has to go before the other comes. */
const STOP_FIRST = (greeting: string): string => `  image: busybox
  command: ${FOREVER}
  environment: [{name: GREETING, value: ${greeting}}]
  ports: [{container: 8080, host: 27521}]
`;
const START_FIRST = (greeting: string): string => STOP_FIRST(greeting).replace(/ {2}ports.*\n/, "");

const CONTEXT: StepContext = {
  secret: () => {
    throw new Error("nobody has a secret here");
  },
  signal: new AbortController().signal,
  report: () => undefined,
};

await describeOn("docker", "an exchange of containers", (environment) => {
  const worlds: OnEngine[] = [];
  const world = async (spec: string): Promise<OnEngine> => {
    const one = await onEngine(environment, { "desk/agent.yaml": agentFile("desk", spec) });
    worlds.push(one);
    return one;
  };
  const edit = (one: OnEngine, spec: string): void => one.write("desk/agent.yaml", agentFile("desk", spec));
  const changeOf = async (one: OnEngine): Promise<Change> => {
    const { plan } = await one.planned();
    const found = plan.changes.find(({ id }) => id === "desk/container/0");
    if (found === undefined) throw new Error("nothing changes");
    return found;
  };
  afterEach(async () => {
    for (const one of worlds.splice(0)) await one.end();
  }, 60_000);

  test("with a port of the machine the old one ends before the new one begins", LONG, async () => {
    const engine = await world(STOP_FIRST("one"));
    await engine.applied();
    const before = await engine.one("desk");
    edit(engine, STOP_FIRST("two"));
    expect(await engine.text()).toContain("-/+ desk/container/0  (edited environment/GREETING) stop first");
    expect(await engine.preflight()).toEqual([]);
    await engine.carryOut({ killedBefore: "retire" });
    const both = await engine.containers("desk");
    const [old, young] = both.toSorted((a, b) => (a.Created < b.Created ? -1 : 1));
    expect([old?.Id, old?.State.Running, young?.State.Running]).toEqual([before.Id, false, true]);
    expect((old?.State.FinishedAt ?? "") < (young?.State.StartedAt ?? "")).toBe(true);
    expect(await engine.text()).toMatch(/^- desk\/container\/0~[0-9a-f]{12} {2}\(left over\) gone$/);
    await engine.applied();
    expect((await engine.one("desk")).Id).toBe(young?.Id);
    expect(await engine.text()).toBe("");
  });

  test("without one the new one is ready before the old one goes", LONG, async () => {
    const engine = await world(START_FIRST("one"));
    await engine.applied();
    const before = await engine.one("desk");
    edit(engine, START_FIRST("two"));
    expect(await engine.text()).toContain("start first");
    await engine.carryOut({ killedBefore: "retire" });
    const both = await engine.containers("desk");
    expect(both.map(({ State }) => State.Running)).toEqual([true, true]);
    expect(await engine.text()).toMatch(
      new RegExp(`^- desk/container/0~${before.Id.slice(0, 12)} {2}\\(left over\\) gone$`),
    );
    await engine.applied();
    expect((await engine.one("desk")).Config.Env).toContain("GREETING=two");
    edit(engine, START_FIRST("three"));
    await engine.applied();
    expect((await engine.one("desk")).Config.Env).toContain("GREETING=three");
    expect(await engine.text()).toBe("");
  });

  test("a step that is repeated makes no second container", LONG, async () => {
    const engine = await world(START_FIRST("one"));
    await engine.applied();
    edit(engine, START_FIRST("two"));
    const { plan, session } = await engine.planned();
    const change = plan.changes.find(({ id }) => id === "desk/container/0");
    if (change === undefined) throw new Error("nothing changes");
    const step = (does: string) => ({ is: "call", id: change.id, does }) as const;
    for (let i = 0; i < 3; i++)
      expect(await session.run(step("start"), change, CONTEXT)).toEqual({ ok: true, value: undefined });
    expect(await engine.containers("desk")).toHaveLength(2);
    for (let i = 0; i < 2; i++)
      expect(await session.run(step("retire"), change, CONTEXT)).toEqual({ ok: true, value: undefined });
    expect((await engine.one("desk")).Config.Env).toContain("GREETING=two");
    expect((await changeOf(engine)).is).toBe("keep");
  });

  test("one that was made and never started is no second one for long", LONG, async () => {
    const engine = await world(STOP_FIRST("one"));
    await engine.applied();
    const { Config, HostConfig, Id } = await engine.one("desk");
    const created = await engine.docker.createContainer({
      ...Config,
      HostConfig,
      ExposedPorts: Config.ExposedPorts,
    });
    expect(await engine.text()).toBe(`- desk/container/0~${created.id.slice(0, 12)}  (left over) gone`);
    await engine.applied();
    expect((await engine.one("desk")).Id).toBe(Id);
  });

  test(
    "a configuration whose apply was killed before it was written is there all the same",
    LONG,
    async () => {
      const engine = await world(`${START_FIRST("one")}  config: {topics: [rain]}\n`);
      const { desired } = await engine.planned();
      const config = desired.find(({ kind }) => kind === "config");
      if (config === undefined) throw new Error("there is no configuration");
      await engine.carryOut({ killedBefore: "start" });
      const { session } = await engine.planned();
      const { docker, project } = engine;
      const labels = labelsOf(session.place, config, config.fields, system.digests.sha256);
      const digest = system.digests.sha256('{\n  "topics": [\n    "rain"\n  ]\n}\n');
      const Name = configVolume(project, "desk", digest);
      await docker.getVolume(Name).remove();
      await docker.createVolume({ Name, Labels: { ...labels } });
      expect((await changeOf(engine)).is).toBe("create");
      await engine.applied();
      expect(await engine.inside("desk", "cat", "/etc/aac/config.json")).toContain('"rain"');
      expect((await engine.left()).filter((one) => one.includes("-config-"))).toHaveLength(1);
      expect(await engine.text()).toBe("");
    },
  );

  test("where the new one cannot be started, the old one runs again", LONG, async () => {
    const engine = await world(STOP_FIRST("one"));
    await engine.applied();
    const before = await engine.one("desk");
    edit(engine, STOP_FIRST("two").replace(FOREVER, "[/nowhere/program]"));
    const failed = await engine.carryOut();
    const line = failed.lines.find(({ id }) => id === "desk/container/0");
    expect(line?.cause).toContain("/nowhere/program");
    expect(line?.lines).toContain("the former one runs again");
    const after = await engine.one("desk");
    expect([after.Id, after.State.Running]).toEqual([before.Id, true]);
  });

  test(
    "one that does not come up leaves the old one, and the next plan knows which counts",
    LONG,
    async () => {
      const engine = await world(START_FIRST("one"));
      await engine.applied();
      const before = await engine.one("desk");
      edit(engine, START_FIRST("two").replace(FOREVER, '[sh, -c, "echo no room >&2; exit 7"]'));
      const failed = await engine.carryOut();
      expect(failed.lines.find(({ id }) => id === "desk/container/0")).toMatchObject({
        came: "failed",
        cause: expect.stringMatching(/^exit 7 after \d+ ms; the engine goes on trying$/),
        lines: expect.arrayContaining(["no room"]),
      });
      expect(await engine.containers("desk")).toHaveLength(2);
      edit(engine, START_FIRST("one"));
      expect(await engine.text()).toMatch(/^- desk\/container\/0~[0-9a-f]{12} {2}\(left over\) gone$/);
      await engine.applied();
      expect((await engine.one("desk")).Id).toBe(before.Id);
    },
  );

  test("a network that is exchanged keeps who is on it", LONG, async () => {
    const engine = await world(START_FIRST("one"));
    await engine.applied();
    const { Id } = await engine.one("desk");
    const { observation, session } = await engine.planned();
    const before = observation.objects.find(({ kind }) => kind === "network");
    const { desired } = await engine.planned();
    const resource = desired.find(({ kind }) => kind === "network");
    if (before === undefined || resource === undefined) throw new Error("there is no network");
    const change: Change = {
      is: "replace",
      id: before.id,
      resource,
      before,
      because: [{ is: "asked for" }],
      fields: [],
      costs: { order: "stop first", dependants: [], losesData: false },
    };
    const step = { is: "call", id: before.id, does: "exchange" } as const;
    expect(await session.run(step, change, CONTEXT)).toEqual({ ok: true, value: undefined });
    const after = await engine.one("desk");
    expect([after.Id, after.State.Running]).toEqual([Id, true]);
    expect(await engine.inside("desk", "nslookup", "desk", "127.0.0.11")).toContain("Name:");
    expect(await engine.text()).toBe("");
    expect((await engine.live("network")).identity).not.toBe(before.identity);
  });
});
