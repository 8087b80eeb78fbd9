import { afterAll, expect, test } from "vitest";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { applyAndGoBack, owned, type Trial, type WentBack } from "./go-back.ts";
import { agentFile, FOREVER, type OnEngine, onEngine } from "./on-engine.ts";

/** Each has a project of its own, and mostly waits for the engine. */
const LONG = { timeout: 120_000, concurrent: true };

const STOP = "  supervision: {stopGracePeriod: 1s}\n";
const DESK = `  image: busybox
  command: ${FOREVER}
  environment: [{name: GREETING, value: one}]
${STOP}`;
const withPort = (port: number): string => `${DESK}  ports: [{container: 8080, host: ${port}}]\n`;
const CRASHING = '[sh, -c, "exit 7"]';

await describeOn("docker", "going back on an engine", (environment) => {
  const worlds: OnEngine[] = [];
  const world = async (files: Readonly<Record<string, string>>): Promise<OnEngine> => {
    const one = await onEngine(environment, files);
    worlds.push(one);
    return one;
  };
  const desk = (spec: string, more = ""): Readonly<Record<string, string>> => ({
    "desk/agent.yaml": agentFile("desk", spec, more),
  });
  const write = (engine: OnEngine, files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) engine.write(path, text);
  };
  const seenAs = async (engine: OnEngine): Promise<readonly object[]> => {
    const { observation, session } = await engine.planned();
    session.close();
    return owned(observation.objects);
  };
  /** Applies files that cannot work over ones that do, and looks whether all is as it was: twice, to see it hold. */
  const failsAndIsBack = async (
    engine: OnEngine,
    good: Readonly<Record<string, string>>,
    bad: Readonly<Record<string, string>>,
    trial: Trial = {},
  ): Promise<WentBack> => {
    const [before, left] = [await seenAs(engine), await engine.left()];
    const once = async (): Promise<WentBack> => {
      write(engine, bad);
      const went = await applyAndGoBack(engine, trial);
      expect(went.failed.outcome).toBe("failed");
      expect(went.causes).toEqual([]);
      expect(went.rest).toEqual([]);
      write(engine, good);
      expect(await engine.text()).toBe("");
      expect(await seenAs(engine)).toEqual(before);
      return went;
    };
    await once();
    const went = await once();
    // Of what helps containers nothing is left that was not there, but for what is remembered of one that ran on.
    const helping = (all: readonly string[]): readonly string[] =>
      all.filter((one) => !one.includes("_aac-asked-"));
    expect(helping(await engine.left())).toEqual(helping(left));
    return went;
  };
  afterAll(async () => {
    await Promise.all(worlds.map((one) => one.end()));
  }, 60_000);

  test("where the new one came first and never was ready, the former one has gone on", LONG, async () => {
    const good = desk(`${DESK}  config: {topics: [rain]}\n`);
    const engine = await world(good);
    await engine.applied();
    const before = await engine.one("desk");
    const bad = desk(`${DESK.replace(FOREVER, CRASHING)}  config: {topics: [snow]}\n`);
    const went = await failsAndIsBack(engine, good, bad);
    expect(went.did).toEqual(["delete desk/container/0~"]);
    const after = await engine.one("desk");
    expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
  });

  test("where the former one was only stopped, it is started again, and has its port", LONG, async () => {
    const held = withPort(27_523);
    const good = desk(held);
    const engine = await world(good);
    await engine.applied();
    const before = await engine.one("desk");
    await failsAndIsBack(engine, good, desk(held.replace(FOREVER, CRASHING)));
    const after = await engine.one("desk");
    expect([after.Id, after.State.Running]).toEqual([before.Id, true]);
  });

  test("one that is gone is made again of what it was, and remembers what was asked then", LONG, async () => {
    const page = (command: string): string =>
      agentFile("page", `${DESK.replace(FOREVER, command)}  dependsOn: [desk]\n`);
    const good = {
      ...desk(`${DESK}  config: {topics: [rain]}\n  resources: {limits: {memory: 64Mi}}\n`),
      "page/agent.yaml": page(FOREVER),
    };
    const engine = await world(good);
    await engine.applied();
    const bad = {
      ...desk(
        `${withPort(27_525).replace("value: one", "value: two")}  config: {topics: [snow]}\n  resources: {limits: {memory: 96Mi, pids: 50}}\n`,
      ),
      "page/agent.yaml": page(CRASHING),
    };
    const went = await failsAndIsBack(engine, good, bad);
    expect(went.did).toContain("replace desk/container/0");
    expect(await engine.inside("desk", "sh", "-c", "cat /etc/aac/config.json; echo $GREETING")).toMatch(
      /rain[^]*one/,
    );
  });

  test("limits that were changed while it ran are as they were, also where it had none", LONG, async () => {
    const page = (command: string): string =>
      agentFile("page", `${DESK.replace(FOREVER, command)}  dependsOn: [desk]\n`);
    const good = { ...desk(DESK), "page/agent.yaml": page(FOREVER) };
    const engine = await world(good);
    await engine.applied();
    const [{ Id }] = [await engine.one("desk")];
    const bad = {
      ...desk(`${DESK}  resources: {limits: {memory: 64Mi, pids: 50}}\n`),
      "page/agent.yaml": page(CRASHING),
    };
    write(engine, bad);
    const went = await applyAndGoBack(engine);
    expect([went.did, went.causes, went.rest]).toEqual([
      expect.arrayContaining(["update desk/container/0"]),
      [],
      [],
    ]);
    write(engine, good);
    expect(await engine.text()).toBe("");
    const after = await engine.one("desk");
    expect(after.HostConfig.Memory).toBe(0);
    // An engine cannot take it off one that is there.
    expect(after.Id).not.toBe(Id);
  });

  test(
    "a name that was built anew means the former image again, and no build is needed for it",
    LONG,
    async () => {
      const files = (line: string): Readonly<Record<string, string>> => ({
        ...desk(`  build: {context: .}\n  command: [/app/run.sh]\n${STOP}`),
        "desk/Dockerfile": "FROM busybox\nWORKDIR /app\nCOPY . .\n",
        "desk/run.sh": `#!/bin/sh\ntrap 'exit 0' TERM\n${line}\nwhile :; do sleep 0.1; done\n`,
      });
      const engine = await world(files("# one"));
      engine.makeExecutable("desk/run.sh");
      await engine.applied();
      const image = (await engine.one("desk")).Image;
      // Fails after the new container has taken the place of the old one.
      const went = await failsAndIsBack(engine, files("# one"), files("exit 9"));
      expect(went.did).toContain("replace desk/image/main");
      const late = await failsAndIsBack(engine, files("# one"), files("# two"), {
        failing: { id: "desk/container/0", step: "retire" },
      });
      expect(late.did).toContain("replace desk/image/main");
      expect((await engine.one("desk")).Image).toBe(image);
      expect((await engine.docker.getImage("desk:1.0.0").inspect()).Id).toBe(image);
    },
  );

  test(
    "what the apply made is gone again: an agent, its network and a volume that nobody had",
    LONG,
    async () => {
      const good = desk(`${DESK}  network: {mode: none}\n`);
      const engine = await world(good);
      await engine.applied();
      const bad = {
        ...good,
        "page/agent.yaml": agentFile(
          "page",
          `${DESK}  volumes: [{name: notes, target: /notes}]\n  config: {topics: [rain]}\n`,
        ),
      };
      write(engine, bad);
      const left = await engine.left();
      const early = await applyAndGoBack(engine, { failing: { id: "page/container/0", step: "start" } });
      expect([early.causes, early.rest, early.lost]).toEqual([[], [], []]);
      expect(await engine.left()).toEqual(left);
      // One that a container had may hold what that wrote.
      const late = await applyAndGoBack(engine, { failing: { id: "page/container/0", step: "ready" } });
      expect([late.causes, late.rest]).toEqual([[], []]);
      expect(late.lost).toEqual([{ is: "kept", id: "/volume/notes" }]);
      expect(await engine.left()).toEqual([...left, "volume PROJECT_notes"].sort());
    },
  );

  test("a secret that is in no file any more is taken from whoever still had it", LONG, async () => {
    const page = (command: string): string =>
      agentFile("page", `${DESK.replace(FOREVER, command)}  dependsOn: [desk]\n`);
    const secretive = DESK.replace("value: one}]", "value: one}, {name: API_KEY, from: secret}]");
    const good = { ...desk(secretive), "page/agent.yaml": page(FOREVER) };
    const engine = await world(good);
    engine.environment["API_KEY"] = "s3cret";
    await engine.applied();
    await failsAndIsBack(engine, good, {
      ...desk(DESK.replace("value: one", "value: two")),
      "page/agent.yaml": page(CRASHING),
    });
    expect(await engine.inside("desk", "sh", "-c", "echo $API_KEY")).toBe("s3cret");
  });

  test(
    "what somebody had stopped is stopped and held again, though the apply was to end that",
    LONG,
    async () => {
      const page = (command: string): string =>
        agentFile("page", `${DESK.replace(FOREVER, command)}  dependsOn: [desk]\n`);
      const good = { ...desk(DESK), "page/agent.yaml": page(FOREVER) };
      const engine = await world(good);
      await engine.applied();
      const { session } = await engine.planned();
      await session.operates.stop(["desk"], { by: "ana", reason: "too loud" });
      const before = await seenAs(engine);
      write(engine, { ...desk(DESK.replace("value: one", "value: two")), "page/agent.yaml": page(CRASHING) });
      const went = await applyAndGoBack(engine, { release: true });
      expect([went.causes, went.rest]).toEqual([[], []]);
      write(engine, good);
      expect(await seenAs(engine)).toEqual(before);
      expect((await engine.one("desk")).State.Running).toBe(false);
    },
  );

  test("one that kept ending is tried again, and one that was frozen is frozen", LONG, async () => {
    const held = withPort(27_526);
    const crashing = held.replace(FOREVER, '[sh, -c, "sleep 1; exit 5"]');
    const good = desk(crashing);
    const engine = await world(good);
    // It comes up for a moment, as far as anybody waits.
    await engine.applied();
    const { Id } = await engine.one("desk");
    await until("it has ended", async () => (await engine.one("desk")).RestartCount > 0);
    write(engine, desk(crashing.replace("exit 5", "exit 6").replace("sleep 1; ", "")));
    const went = await applyAndGoBack(engine);
    expect([went.causes, went.rest]).toEqual([[], []]);
    const { RestartCount } = await engine.one("desk");
    await until("it is tried again", async () => {
      const { Id: now, State } = await engine.one("desk");
      expect(now).toBe(Id);
      return State.Running || State.Restarting || RestartCount > 0;
    });
    write(engine, desk(held));
    await engine.applied();
    const { session } = await engine.planned();
    await session.operates.pause?.(["desk"], { by: "ana" });
    write(engine, desk(`${held}  resources: {limits: {memory: 64Mi}}\n`));
    const again = await applyAndGoBack(engine, {
      release: true,
      failing: { id: "desk/container/0", step: "ready" },
    });
    expect([again.causes, again.rest]).toEqual([[], []]);
    const { operates } = session;
    expect(await operates.status()).toMatchObject({
      value: { agents: [{ state: "paused", held: expect.stringContaining("by ana") }] },
    });
    await operates.resume?.(["desk"]);
    write(engine, desk(held));
    expect(await engine.text()).toBe("");
  });
});
