import { afterEach, expect, test } from "vitest";
import { LABEL } from "../../../targets/docker/names.ts";
import { describeOn } from "../engines.ts";
import { agentFile, FOREVER, type OnEngine, onEngine } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const SECRET = "a-value-that-nobody-may-see";

const STORE = `  image: busybox
  command: ${FOREVER}
  environment:
    - {name: GREETING, value: hello}
    - {name: API_KEY, from: secret}
  config: {topics: [rain]}
  volumes: [{name: data, target: /data}]
  ports: [{container: 8080, host: 27520}]
  healthCheck: {command: [test, -d, /data], interval: 30s}
  resources: {limits: {memory: 64Mi, cpu: 500m, pids: 50, files: 500}}
`;

await describeOn("docker", "the life of an agent on an engine", (environment) => {
  const worlds: OnEngine[] = [];
  const world = async (files: Readonly<Record<string, string>>): Promise<OnEngine> => {
    const one = await onEngine(environment, files);
    one.environment["API_KEY"] = SECRET;
    worlds.push(one);
    return one;
  };
  const store = (spec = STORE): Promise<OnEngine> => world({ "store/agent.yaml": agentFile("store", spec) });
  afterEach(async () => {
    for (const one of worlds.splice(0)) await one.end();
  }, 60_000);

  test("what is live is what was asked for, and nothing is left to do", LONG, async () => {
    const engine = await store();
    const { plan } = await engine.planned();
    const making = plan.changes.flatMap(({ is, id }) => (is === "keep" ? [] : [`${is} ${id}`]));
    expect(making).toEqual([
      `create /network/${engine.project}`,
      "create /volume/data",
      "create store/config/config",
      "create store/container/0",
    ]);
    expect(await engine.preflight()).toEqual([]);
    await engine.applied();
    expect(await engine.text()).toBe("");
    const { desired, observation } = await engine.planned();
    const live = new Map(observation.objects.map(({ id, fields }) => [id, fields]));
    for (const { id, fields } of desired) expect(live.get(id), id).toEqual(fields);
    expect(await engine.inside("store", "cat", "/etc/aac/config.json")).toContain('"rain"');
    expect(await engine.inside("store", "sh", "-c", "echo $AAC_CONFIG $GREETING $API_KEY")).toBe(
      `/etc/aac/config.json hello ${SECRET}`,
    );
    expect(await engine.left()).toEqual([
      "container of store",
      "network PROJECT",
      "volume PROJECT_aac-key",
      "volume PROJECT_data",
      expect.stringMatching(/^volume PROJECT_store-config-[0-9a-f]{12}$/),
    ]);
  });

  test(
    "a secret is in the container alone: no label, plan or object of a session holds it",
    LONG,
    async () => {
      const engine = await store();
      await engine.applied();
      const { plan, desired, observation, session } = await engine.planned();
      expect(JSON.stringify([plan, desired, observation])).not.toContain(SECRET);
      expect(JSON.stringify((await engine.one("store")).Config.Labels)).not.toContain(SECRET);
      expect(session.secretsInUse?.().map((one) => one.reveal())).toEqual([SECRET]);
      engine.environment["API_KEY"] = "another-value";
      expect(await engine.text()).toBe(
        [
          "-/+ store/container/0  (secret secrets/API_KEY) stop first",
          "    secrets/API_KEY: (secret changed) [edit] store/agent.yaml:9 forces: a container cannot change its variables",
        ].join("\n"),
      );
      await engine.applied();
      expect(await engine.inside("store", "sh", "-c", "echo $API_KEY")).toBe("another-value");
      expect(await engine.text()).toBe("");
    },
  );

  test(
    "without its key nobody can tell of a secret; the next apply makes one, and then a rotation shows",
    LONG,
    async () => {
      const engine = await store();
      await engine.applied();
      const before = await engine.one("store");
      await engine.docker.getVolume(`${engine.project}_aac-key`).remove();
      expect(await engine.text()).toBe("");
      const { observation } = await engine.planned();
      expect(observation.notes).toEqual([expect.stringContaining("the project's key is gone")]);
      await engine.applied();
      expect((await engine.one("store")).Id).toBe(before.Id);
      expect(await engine.text()).toBe("");
      engine.environment["API_KEY"] = "another-value";
      expect(await engine.text()).toContain("secrets/API_KEY: (secret changed)");
    },
  );

  test(
    "a limit that somebody sets by hand is that one field, and is put back in the same container",
    LONG,
    async () => {
      const engine = await store();
      await engine.applied();
      const before = await engine.one("store");
      const byHand = { Memory: 32 * 1024 * 1024, MemorySwap: 32 * 1024 * 1024 };
      await engine.docker.getContainer(before.Id).update(byHand);
      const drift = [
        "~ store/container/0  (drifted limits/memory by outside aac) in place",
        '    limits/memory: "32Mi" → "64Mi" [drift] store/agent.yaml:14',
      ].join("\n");
      expect(await engine.text()).toBe(drift);
      await engine.applied();
      expect(await engine.text()).toBe("");
      const after = await engine.one("store");
      expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);

      // What is asked for later, and done while it runs on, is no drift; what is done by hand after that is one.
      const edited = STORE.replace("64Mi", "96Mi").replace("pids: 50", "pids: 60");
      engine.write("store/agent.yaml", agentFile("store", edited));
      await engine.applied();
      expect(await engine.text()).toBe("");
      await engine.docker.getContainer(before.Id).update(byHand);
      expect(await engine.text()).toBe(drift.replace("64Mi", "96Mi"));
      await engine.applied();
      expect((await engine.one("store")).Id).toBe(before.Id);
      expect((await engine.left()).filter((name) => name.includes("aac-asked"))).toHaveLength(1);

      // A number of processes can be taken off again; for less memory than none there is no word.
      engine.write("store/agent.yaml", agentFile("store", edited.replace(", pids: 60", "")));
      expect(await engine.text()).toContain("~ store/container/0");
      await engine.applied();
      expect(await engine.text()).toBe("");
      engine.write("store/agent.yaml", agentFile("store", STORE.replace("memory: 64Mi, ", "")));
      expect(await engine.text()).toContain("forces: an engine cannot take this limit off a container again");
      await engine.applied();
      expect(await engine.text()).toBe("");
      expect((await engine.one("store")).Id).not.toBe(before.Id);
      expect((await engine.left()).filter((name) => name.includes("aac-asked"))).toEqual([]);
    },
  );

  test(
    "what was stopped, paused or taken off its network by hand comes back as the same container",
    LONG,
    async () => {
      const engine = await store();
      await engine.applied();
      const { Id } = await engine.one("store");
      const container = engine.docker.getContainer(Id);
      const network = engine.docker.getNetwork(engine.project);
      const drifts: readonly (readonly [() => Promise<unknown>, string])[] = [
        [() => container.stop(), "running: false → true [drift]"],
        [() => container.pause(), "running: false → true [drift]"],
        [() => network.disconnect({ Container: Id }), 'network/aliases: [] → ["store"] [drift]'],
        [
          () => container.update({ RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 } }),
          'restart/policy: "on-failure" → "always" [drift]',
        ],
      ];
      for (const [make, seen] of drifts) {
        await make();
        expect(await engine.text()).toContain(seen);
        await engine.applied();
        expect(await engine.text()).toBe("");
        expect((await engine.one("store")).Id).toBe(Id);
      }
      expect(await engine.inside("store", "nslookup", "store", "127.0.0.11")).toContain("Name:");
    },
  );

  test(
    "a configuration that was edited, in its file or on the machine, reaches the agent",
    LONG,
    async () => {
      const engine = await store();
      await engine.applied();
      const [before] = (await engine.left()).filter((name) => name.includes("config"));
      engine.write("store/agent.yaml", agentFile("store", STORE.replace("rain", "snow")));
      expect(await engine.text()).toContain('config/topics/0: "rain" → "snow" [edit]');
      expect(await engine.text()).toContain(
        "-/+ store/container/0  (follows store/config/config) stop first",
      );
      await engine.applied();
      expect(await engine.inside("store", "cat", "/etc/aac/config.json")).toContain('"snow"');
      const [after, ...more] = (await engine.left()).filter((name) => name.includes("config"));
      expect([after === before, more]).toEqual([false, []]);

      const name = after?.replace("volume PROJECT", engine.project) ?? "";
      const editor = await engine.docker.createContainer({
        Image: "busybox:latest",
        Cmd: ["sh", "-c", 'echo "{\\"topics\\": [\\"hail\\"]}" > /c/config.json'],
        HostConfig: { Mounts: [{ Type: "volume", Source: name, Target: "/c" }] },
      });
      await editor.start();
      await editor.wait();
      await editor.remove();
      expect(await engine.text()).toContain('config/topics/0: "hail" → "snow" [drift]');
      await engine.applied();
      expect(await engine.inside("store", "cat", "/etc/aac/config.json")).toContain('"snow"');
      expect(await engine.text()).toBe("");
    },
  );

  test("a destroy leaves what an author called his data, names it, and nothing else", LONG, async () => {
    const engine = await store();
    await engine.applied();
    const destroyed = await engine.applied({ destroy: true });
    expect(await engine.left()).toEqual(["volume PROJECT_data"]);
    expect(destroyed.leftovers).toEqual([
      expect.stringContaining(`the volume ${engine.project}_data stays`),
      // To go back to what was destroyed it is needed, and it is nobody else's to lose.
      expect.stringMatching(
        new RegExp(
          `^an image of its history stays, \\d+ MB: docker rmi aac-${engine.project}/store:kept-[0-9a-f]{12}$`,
        ),
      ),
    ]);
    expect(await engine.text({ destroy: true })).toBe("");
    await engine.applied();
    expect(await engine.text()).toBe("");
  });

  test("what somebody stopped stays so until it is released", LONG, async () => {
    const engine = await store();
    await engine.applied();
    const { operates } = await engine.open();
    expect(await operates.stop(["store"], { by: "ana", reason: "too many" })).toMatchObject({ ok: true });
    const { plan } = await engine.planned();
    expect(plan.changes.find(({ id }) => id === "store/container/0")).toMatchObject({
      is: "keep",
      held: { by: "ana", reason: "too many", what: "stopped" },
    });
    await engine.applied({ release: true });
    expect((await engine.one("store")).State.Running).toBe(true);
    expect(await engine.text()).toBe("");
    expect((await engine.left()).filter((name) => name.includes("hold"))).toEqual([]);
  });

  test("agents of a project reach each other by their names, and each its own replicas", LONG, async () => {
    const engine = await world({
      "store/agent.yaml": agentFile(
        "store",
        `  image: busybox\n  command: ${FOREVER}\n  scaling: {replicas: 2}\n`,
      ),
      "desk/agent.yaml": agentFile("desk", `  image: busybox\n  command: ${FOREVER}\n  dependsOn: [store]\n`),
    });
    await engine.applied();
    expect(await engine.text()).toBe("");
    const replicas = (await engine.containers("store")).map(({ Config }) => Config.Labels[LABEL.replica]);
    expect(new Set(replicas)).toEqual(new Set(["0", "1"]));
    const found = await engine.inside("desk", "nslookup", "store", "127.0.0.11");
    expect(found.match(/Address.*: \d+\.\d+\.\d+\.\d+\r?$/gm)?.length).toBeGreaterThanOrEqual(2);
    engine.write("store/agent.yaml", agentFile("store", `  image: busybox\n  command: ${FOREVER}\n`));
    expect(await engine.text()).toBe("- store/container/1  (no longer in the files) gone, touches desk");
    await engine.applied();
    expect(await engine.containers("store")).toHaveLength(1);
  });
});
