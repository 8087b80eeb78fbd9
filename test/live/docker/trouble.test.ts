import { createServer } from "node:net";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { LABEL } from "../../../targets/docker/names.ts";
import { describeOn } from "../engines.ts";
import { agentFile, FOREVER, type OnEngine, onEngine } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const RECIPE = "FROM busybox\nWORKDIR /app\nCOPY . .\n";

await describeOn("docker", "trouble on an engine", (environment) => {
  const worlds: OnEngine[] = [];
  const made: (() => Promise<unknown>)[] = [];
  const world = async (spec: string, files: Readonly<Record<string, string>> = {}): Promise<OnEngine> => {
    const one = await onEngine(environment, { "desk/agent.yaml": agentFile("desk", spec), ...files });
    worlds.push(one);
    return one;
  };
  const failing = async (one: OnEngine, id = "desk/container/0") => {
    const { lines } = await one.carryOut();
    return lines.find((line) => line.id === id);
  };
  afterEach(async () => {
    for (const undo of made.splice(0)) await undo();
    for (const one of worlds.splice(0)) await one.end();
  }, 60_000);

  test("an agent that ends tells how, with the last lines of both its streams in order", LONG, async () => {
    const engine = await world(
      `  image: busybox\n  command: [sh, -c, "for i in $(seq 30); do echo line $i; sleep 0.001; done; echo gone >&2; exit 3"]\n  supervision: {restart: "no"}\n`,
    );
    const line = await failing(engine);
    expect(line?.cause).toMatch(/^exit 3 after \d+ ms$/);
    expect(line?.lines).toHaveLength(20);
    expect(line?.lines?.slice(-2)).toEqual(["line 30", "gone"]);
  });

  test("one that the kernel ends says so", LONG, async () => {
    const engine = await world(
      `  image: busybox\n  command: [sh, -c, "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"]\n  resources: {limits: {memory: 8Mi}}\n  supervision: {restart: "no"}\n`,
    );
    expect((await failing(engine))?.cause).toMatch(/out of memory|SIGKILL/);
  });

  test("a check that fails to the end names what it asked and what was answered", LONG, async () => {
    const engine = await world(
      `  image: busybox\n  command: ${FOREVER}\n  healthCheck: {command: [sh, -c, "echo not yet; exit 1"], interval: 1s, retries: 1, startPeriod: 0s}\n`,
    );
    const line = await failing(engine);
    expect(line?.cause).toBe("unhealthy, waiting for `sh -c echo not yet; exit 1`: not yet");
  });

  test("a program that is not there is told in the engine's words, and leaves nothing", LONG, async () => {
    const engine = await world(`  image: busybox\n  command: [/nowhere/program]\n`);
    expect((await failing(engine))?.cause).toContain("/nowhere/program");
    expect(await engine.containers("desk")).toEqual([]);
  });

  test("a port is asked from outside where nothing in the image could ask", LONG, async () => {
    const served = `  image: busybox\n  command: [sh, -c, "cd /tmp; echo hi > index.html; exec httpd -f -p 8080"]\n  ports: [{container: 8080, host: none}]\n`;
    const engine = await world(`${served}  healthCheck: {path: /index.html}\n`);
    await engine.applied();
    expect((await engine.one("desk")).Config.Healthcheck).toBeUndefined();
    engine.write(
      "desk/agent.yaml",
      agentFile(
        "desk",
        `${served}  healthCheck: {path: /nothing, interval: 1s, retries: 1, startPeriod: 0s}\n`,
      ),
    );
    expect((await failing(engine))?.cause).toMatch(
      /^not healthy after \d+ s?m?s?, waiting for GET \/nothing on 8080: 404 in \d+ ms$/,
    );
  });

  test("an image that is nowhere is told by its name", LONG, async () => {
    const engine = await world(`  image: localhost:1/nobody/nothing:1.0\n  command: ${FOREVER}\n`);
    expect(await engine.preflight()).toEqual([
      expect.stringMatching(
        /^AAC4012 desk: the image localhost:1\/nobody\/nothing:1\.0 is not on the engine, and cannot be pulled: \S/,
      ),
    ]);
    expect((await failing(engine, "desk/image/main"))?.cause).toMatch(
      /^image 'localhost:1\/nobody\/nothing:1\.0' not found locally, and cannot be pulled: \S/,
    );
  });

  test("a build makes what was planned: only the code, with the right to be run", LONG, async () => {
    const engine = await world(`  build: {context: ., args: {WHO: ana}}\n  command: [/app/run.sh]\n`, {
      "desk/Dockerfile": `${RECIPE}ARG WHO\nRUN echo $WHO > /who\n`,
      "desk/run.sh": "#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.1; done\n",
      "desk/long/a-folder-with-a-name-that-is-longer-than-old-archives-could-hold-in-one-field-of-theirs/ünïcode.txt":
        "here",
      "desk/.env": "PASSWORD=x\n",
      "desk/notes.log": "x",
    });
    engine.makeExecutable("desk/run.sh");
    const { told } = await engine.applied();
    expect(told).toContain("desk/image/main step 1 of 5: FROM busybox");
    expect(told.filter((line) => line.includes("LABEL"))).toEqual([]);
    expect(await engine.text()).toBe("");
    expect(
      (await engine.inside("desk", "sh", "-c", "cat /who; cd /app; find . -type f | sort")).split(/\r?\n/),
    ).toEqual([
      "ana",
      "./Dockerfile",
      "./long/a-folder-with-a-name-that-is-longer-than-old-archives-could-hold-in-one-field-of-theirs/ünïcode.txt",
      "./run.sh",
    ]);
    const before = await engine.live("image");
    engine.write("desk/run.sh", "#!/bin/sh\ntrap 'exit 0' TERM\n# edited\nwhile :; do sleep 0.1; done\n");
    expect(await engine.text()).toContain("-/+ desk/image/main  (code changed)");
    expect(await engine.text()).toContain("-/+ desk/container/0  (follows desk/image/main)");
    await engine.applied();
    expect(await engine.text()).toBe("");
    expect((await engine.live("image")).identity).not.toBe(before.identity);
    expect(await engine.inside("desk", "cat", "/app/run.sh")).toContain("# edited");
    const { session } = await engine.planned();
    expect([...((await session.remembered()).get("desk") ?? [])].sort()).toContain("run.sh");

    // Somebody who runs the image by hand has its labels, and is no agent of ours.
    const theirs = await engine.docker.createContainer({ Image: "desk:1.0.0", Cmd: ["/app/run.sh"] });
    made.push(() => theirs.remove({ force: true }));
    await theirs.start();
    expect(await engine.text()).toBe("");
    await engine.applied({ destroy: true });
    expect((await theirs.inspect()).State.Running).toBe(true);
  });

  test("a build that fails tells the engine's line and what was printed last", LONG, async () => {
    const engine = await world(`  build: {context: .}\n`, {
      "desk/Dockerfile": "FROM busybox\nRUN echo looking; echo it is not there >&2; exit 9\n",
    });
    const line = await failing(engine, "desk/image/main");
    expect(line?.cause).toMatch(/^desk:1\.0\.0 cannot be built: .*returned a non-zero code: 9$/);
    expect(line?.lines).toEqual(expect.arrayContaining(["looking", "it is not there"]));
    expect(await engine.containers("desk")).toEqual([]);
  });

  test("what was edited after the plan was made is not built", LONG, async () => {
    const engine = await world(`  build: {context: .}\n`, { "desk/Dockerfile": RECIPE, "desk/main.py": "1" });
    const { plan, session } = await engine.planned();
    engine.write("desk/main.py", "2");
    const change = plan.changes.find(({ id }) => id === "desk/image/main");
    if (change === undefined) throw new Error("no image is to be built");
    const step = { is: "call", id: change.id, does: "build" } as const;
    const context = {
      secret: () => expect.fail("nobody has a secret here"),
      signal: new AbortController().signal,
      report: () => undefined,
    };
    expect(await session.run(step, change, context)).toMatchObject({
      ok: false,
      error: { message: "main.py was edited since the plan was made: plan again", passing: false },
    });
  });

  test("a port that a program or a container holds is told before anything is done", LONG, async () => {
    const spec = `  image: busybox\n  command: ${FOREVER}\n  ports: [{container: 8080, host: 27522}]\n`;
    const engine = await world(spec);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(27_522, "127.0.0.1", resolve));
    const told = await engine.preflight();
    await new Promise((resolve) => server.close(resolve));
    expect(told).toEqual([
      expect.stringMatching(/^AAC4002 desk: port 27522 is already in use by .+\(pid \d+\)/),
    ]);
    const theirs = await engine.docker.createContainer({
      name: `${engine.project}-theirs`,
      Image: "busybox",
      Cmd: ["sleep", "1000"],
      Labels: { "com.docker.compose.project": "web" },
      ExposedPorts: { "80/tcp": {} },
      HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "27522" }] }, Init: true },
    });
    made.push(() => theirs.remove({ force: true }));
    await theirs.start();
    expect(await engine.preflight()).toEqual([
      expect.stringContaining(
        `AAC4002 desk: port 27522 is already in use by the container ${engine.project}-theirs of the compose project web`,
      ),
    ]);
    const line = await failing(engine);
    expect(line?.cause).toBe("port 27522 is already in use");
    expect(await engine.containers("desk")).toEqual([]);
  });

  test("folders, secrets and networks that are missing are told with what to do", LONG, async () => {
    const engine = await world(
      `  image: busybox
  command: ${FOREVER}
  environment: [{name: API_KEY, from: secret}]
  network: {mode: custom, name: nobodys-network}
  security: {runAsUser: 1234}
  volumes:
    - {source: ./missing, target: /a}
    - {source: ./owned, target: /b}
    - {source: ./owned, target: /c, readOnly: true}
`,
    );
    mkdirSync(join(engine.root, "desk/owned"), { mode: 0o755 });
    chmodSync(join(engine.root, "desk/owned"), 0o755);
    const told = (await engine.preflight()).map((text) => text.replaceAll(engine.root, "ROOT"));
    expect(told).toEqual([
      expect.stringContaining("AAC3102 desk: the secret API_KEY was not found"),
      "AAC4004 desk: ROOT/desk/missing is not there, and is to be mounted\n  make it: mkdir -p ROOT/desk/missing",
      expect.stringMatching(
        /^AAC4004 desk: the user 1234 of the container may not write into ROOT\/desk\/owned\n {2}give it to that user: sudo chown 1234 ROOT\/desk\/owned/,
      ),
      expect.stringMatching(
        /^AAC4015 desk: there is no network `nobodys-network` on the engine\n {2}make it: docker network create/,
      ),
    ]);
  });

  test("what is somebody else's is named, and never touched", LONG, async () => {
    const engine = await world(
      `  image: busybox\n  command: ${FOREVER}\n  volumes: [{name: data, target: /data}]\n`,
    );
    const { docker, project } = engine;
    const network = await docker.createNetwork({ Name: project, Labels: { [LABEL.project]: "another" } });
    made.push(() => network.remove());
    await docker.createVolume({ Name: `${project}_data`, Labels: { "com.docker.compose.project": "web" } });
    made.push(() => docker.getVolume(`${project}_data`).remove());
    expect(await engine.preflight()).toEqual([
      expect.stringContaining(`AAC4013 the network ${project} belongs to the project another`),
      expect.stringContaining(`AAC4013 the volume ${project}_data belongs to the compose project web`),
    ]);
    const look = async (): Promise<string> =>
      JSON.stringify([await network.inspect(), await docker.getVolume(`${project}_data`).inspect()]);
    const before = await look();
    const { lines } = await engine.carryOut();
    expect(lines.map(({ came }) => came)).not.toContain("changed");
    expect(lines.flatMap(({ cause }) => cause ?? [])).toEqual(
      expect.arrayContaining([
        `failed to create network ${project}: one of that name belongs to the project another`,
      ]),
    );
    await engine.applied({ destroy: true });
    expect(await look()).toBe(before);
  });

  test("an engine that is not there is one clear word", LONG, async () => {
    const engine = await world(`  image: busybox\n  command: ${FOREVER}\n`);
    engine.environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
    await expect(engine.open()).rejects.toThrow(
      "the docker engine at unix:///nowhere/docker.sock does not answer: no such file",
    );
  });
});
