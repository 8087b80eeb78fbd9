import { afterEach, expect, test } from "vitest";
import type Docker from "dockerode";
import { recipeOf } from "../../../targets/docker/container/recipe.ts";
import { LABEL } from "../../../targets/docker/names.ts";
import { containerFields } from "../../../targets/docker/shapes.ts";
import { describeOn } from "../engines.ts";
import { agentFile, FOREVER, type OnEngine, onEngine } from "./on-engine.ts";

const LONG = { timeout: 60_000 };
const DESK = `  image: busybox
  command: ${FOREVER}
  environment: [{name: GREETING, value: one}]
  network: {mode: none}
  healthCheck: {command: [sh, -c, "true"], interval: 1s}
  supervision: {stopGracePeriod: 1s}
`;

await describeOn("docker", "adopting a container", (environment) => {
  const worlds: OnEngine[] = [];
  const theirs: Docker.Container[] = [];
  const world = async (): Promise<OnEngine> => {
    const one = await onEngine(environment, { "desk/agent.yaml": agentFile("desk", DESK) });
    worlds.push(one);
    return one;
  };
  /** As somebody could have started it by hand. */
  const byHand = async (
    engine: OnEngine,
    name: string,
    labels: Record<string, string> = {},
  ): Promise<Docker.Container> => {
    const { desired, session } = await engine.planned();
    session.close();
    const wanted = desired.find(({ kind }) => kind === "container");
    const around = { project: engine.project, root: engine.root, config: "", secrets: {} };
    const { config, host } = recipeOf(containerFields(wanted?.fields ?? {}), around);
    const made = await engine.docker.createContainer({
      ...config,
      name: `${engine.project}-${name}`,
      Labels: labels,
      Healthcheck: {
        Test: ["CMD", "sh", "-c", "true"],
        Interval: 1e9,
        Timeout: 10e9,
        Retries: 3,
        StartPeriod: 8e9,
      },
      HostConfig: host,
    });
    theirs.push(made);
    await made.start();
    return made;
  };
  const adopt = async (engine: OnEngine, name: string, kind = "container") => {
    const { session, desired } = await engine.planned();
    const done = await session.adopt?.({ kind, name, agent: "desk", desired });
    session.close();
    return done;
  };
  afterEach(async () => {
    for (const one of theirs.splice(0)) await one.remove({ force: true }).catch(() => undefined);
    for (const one of worlds.splice(0)) await one.end();
  }, 60_000);

  test("one that is as the file says is the agent's, and nothing is to be done", LONG, async () => {
    const engine = await world();
    const { id } = await byHand(engine, "old");
    expect(await engine.text()).toContain("+ desk/container/0");
    expect(await adopt(engine, `${engine.project}-old`)).toMatchObject({
      ok: true,
      value: {
        id: "desk/container/0",
        notes: [expect.stringContaining("come with the next replace"), expect.anything()],
      },
    });
    expect(await engine.text()).toBe("");
    const { session } = await engine.planned();
    const { operates } = session;
    expect(await operates.status()).toMatchObject({
      value: { agents: [{ agent: "desk", replica: 0, id: id.slice(0, 12), source: "desk/agent.yaml" }] },
    });
    // The verbs reach it like one of our own.
    expect(await operates.stats()).toMatchObject({ value: { replicas: [{ agent: "desk" }] } });
    expect(await operates.stop(["desk"], { by: "ana" })).toMatchObject({
      value: [{ ok: true, text: "stopped" }],
    });
    expect(await engine.text()).toBe("");
    await operates.start(["desk"]);
    const told: string[] = [];
    await operates.events?.({
      agents: ["desk"],
      follow: false,
      signal: new AbortController().signal,
      event: ({ what }) => told.push(what),
    });
    expect(told).toEqual(["created", "started", "signalled", "exited", "started"]);
    session.close();
    expect(await adopt(engine, `${engine.project}-old`)).toMatchObject({
      value: { notes: [expect.stringContaining("already")] },
    });
    // What the file says anew makes one of our own of it, and nothing is left of how it was known.
    engine.write("desk/agent.yaml", agentFile("desk", DESK.replace("value: one", "value: two")));
    expect(await engine.text()).toContain("environment/GREETING");
    await engine.applied();
    const now = await engine.one("desk");
    expect([now.Id === id, now.Config.Labels[LABEL.project]]).toEqual([false, engine.project]);
    expect((await engine.left()).filter((one) => one.includes("adopted"))).toEqual([]);
    expect(await engine.text()).toBe("");
  });

  test("one that differs shows the fields", LONG, async () => {
    const engine = await world();
    await byHand(engine, "old");
    engine.write("desk/agent.yaml", agentFile("desk", DESK.replace("value: one", "value: two")));
    await adopt(engine, `${engine.project}-old`);
    expect(await engine.text()).toMatch(/^-\/\+ desk\/container\/0 .*environment\/GREETING/);
    expect(await engine.text()).not.toContain("health");
  });

  test("what somebody else looks after, or is no container, is refused by name", LONG, async () => {
    const engine = await world();
    await byHand(engine, "web", { "com.docker.compose.project": "web" });
    await byHand(engine, "other", { [LABEL.project]: "another", [LABEL.kind]: "container" });
    const refusals = await Promise.all([
      adopt(engine, `${engine.project}-web`),
      adopt(engine, `${engine.project}-other`),
      adopt(engine, `${engine.project}-none`),
      adopt(engine, `${engine.project}-web`, "volume"),
    ]);
    const name = engine.project;
    expect(
      refusals.map((one) => (one?.ok === false ? `${one.error.code} ${one.error.message}` : "adopted")),
    ).toEqual([
      `AAC4013 the container ${name}-web belongs to the compose project web`,
      `AAC4013 the container ${name}-other belongs to the project another`,
      `AAC4008 there is no container ${name}-none on the engine`,
      "AAC4013 no `volume` can be adopted on an engine",
    ]);
    await engine.applied();
    await byHand(engine, "late");
    expect(await adopt(engine, `${name}-late`)).toMatchObject({
      error: {
        code: "AAC4013",
        message: expect.stringMatching(/^desk has a container already: [0-9a-f]{12}$/),
      },
    });
  });
});
