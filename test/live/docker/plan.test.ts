import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { expect, test } from "vitest";
import { does, fieldsOf } from "../answers.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { lookAt } from "../look-at.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile, FOREVER } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const MEBI = 1024 * 1024;
const SMALL = `  image: busybox\n  command: ${FOREVER}\n  supervision: {stopGracePeriod: 1s}\n`;
const LIMITED = `${SMALL}  resources: {limits: {memory: 64Mi}}\n`;

await describeOn("docker", "a plan on an engine", (environment) => {
  test(
    "is empty after an apply; a limit set by hand is that one field, and is put back in place",
    LONG,
    async () => {
      const { at, docker, one } = await byCommand(environment);
      const files = { "agent.yaml": agentFile("ana", `${LIMITED}  config: {topics: [rain]}\n`) };
      await onPlatform("limit", at, files, async (project) => {
        expect((await project.aac("plan --detailed-exitcode")).code).toBe(2);
        await project.well("apply --yes");
        const empty = await project.aac("plan --detailed-exitcode");
        expect(empty).toMatchObject({ code: 0, err: "" });
        expect(empty.out).toContain("no changes");
        const { Id } = await one(project.name, "ana");
        await docker.getContainer(Id).update({ Memory: 96 * MEBI, MemorySwap: 96 * MEBI });
        const drifted = await project.aac("plan --detailed-exitcode");
        expect(drifted).toMatchObject({ code: 2 });
        expect(drifted.out).toContain("96Mi → 64Mi");
        const plan = await project.plan();
        expect(does(plan)).toEqual(["update ana/container/0"]);
        expect(plan.changes[0]?.costs).toMatchObject({ order: "in place" });
        expect(fieldsOf(plan)).toMatchObject([
          { path: "limits/memory", from: "96Mi", to: "64Mi", origin: "drift", by: "outside aac" },
        ]);
        await project.well("apply --yes");
        const after = await one(project.name, "ana");
        expect([after.Id, after.HostConfig.Memory]).toEqual([Id, 64 * MEBI]);
        expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
      });
    },
  );

  test("has no side effect: it only asks, and nothing happens on the engine meanwhile", LONG, async () => {
    const { at, docker, one } = await byCommand(environment);
    const check = "  healthCheck: {command: [sh, -c, echo well], interval: 1s}\n";
    const files = {
      "ana/agent.yaml": agentFile("ana", `${LIMITED}${check}  config: {topics: [rain]}\n`),
      "ben/agent.yaml": agentFile(
        "ben",
        `${SMALL}  dependsOn: [ana]\n  volumes: [{name: data, target: /data}]\n`,
      ),
    };
    await onPlatform("effects", at, files, async (project) => {
      const trace = join(project.root, "trace");
      const planned = async (args: string): Promise<void> => {
        await project.well(args, { environment: { AAC_TRACE_REQUESTS: trace } });
      };
      const shot = async (): Promise<unknown> => [
        lookAt(project.folder),
        lookAt(join(project.root, "state")),
        lookAt(join(project.root, "run")),
      ];
      await planned("plan");
      const untouched = await shot();
      await planned("plan");
      expect(await shot()).toEqual(untouched);
      await project.well("apply --yes");
      project.edit("ana/agent.yaml", "64Mi", "32Mi");
      project.edit("ana/agent.yaml", "rain", "snow");
      // The state that an engine writes down of a check changes once, from its start to health.
      const { id } = docker.getContainer((await one(project.name, "ana")).Id);
      await until("the engine has asked", async () => {
        const { State } = await docker.getContainer(id).inspect();
        return State.Health?.Status === "healthy";
      });
      const before = await shot();
      const from = await nowOf(docker);
      for (const args of ["plan", "plan -o json", "plan --destroy", "plan --replace ben", "plan --prune"])
        await planned(args);
      const happened = await eventsOf(docker, from, project.name);
      // The engine itself asks the check of an agent.
      expect(happened.filter((one) => !/^container exec_(?:create|start|die)/.test(one))).toEqual([]);
      expect(await shot()).toEqual(before);
      const methods = readFileSync(trace, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[0]);
      expect(methods.length).toBeGreaterThan(20);
      expect([...new Set(methods)].filter((method) => method !== "GET" && method !== "HEAD")).toEqual([]);
    });
  });

  test(
    "of a new port is a replace, stop first, that names the field, its line and who depends on it",
    LONG,
    async () => {
      const { at, one } = await byCommand(environment);
      const [port, moved] = [15_211, 15_212];
      const serve = (listen: number): string =>
        agentFile(
          "ana",
          `${SMALL.replace(FOREVER, `[sh, -c, "trap 'exit 0' TERM; cd /tmp; echo hi > index.html; httpd -p 8080; while :; do sleep 0.1; done"]`)}  ports: [{container: 8080, host: ${listen}}]\n  healthCheck: {path: /index.html, interval: 1s}\n`,
        );
      const files = {
        "ana/agent.yaml": serve(port),
        "ben/agent.yaml": agentFile("ben", `${SMALL}  dependsOn: [ana]\n`),
      };
      await onPlatform("port", at, files, async (project) => {
        await project.well("apply --yes");
        const [ana, ben] = [await one(project.name, "ana"), await one(project.name, "ben")];
        project.write("ana/agent.yaml", serve(moved));
        const plan = await project.plan();
        expect(does(plan)).toEqual(["replace ana/container/0"]);
        expect(plan.changes[0]?.costs).toMatchObject({ order: "stop first", dependants: ["ben"] });
        expect(fieldsOf(plan)).toMatchObject([
          {
            path: "ports/8080/tcp/port",
            from: port,
            to: moved,
            origin: "edit",
            forces: "a container keeps its ports",
            at: { file: "ana/agent.yaml", line: 8 },
          },
        ]);
        const shown = await project.aac("plan");
        expect(shown.out).toContain("replace, stop first");
        expect(shown.out).toContain("ana/agent.yaml:8");
        await project.well("apply --yes");
        expect(await (await fetch(`http://127.0.0.1:${moved}/index.html`)).text()).toBe("hi\n");
        await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
        expect((await one(project.name, "ana")).Id).not.toBe(ana.Id);
        expect((await one(project.name, "ben")).Id).toBe(ben.Id);
        expect(does(await project.plan())).toEqual([]);
      });
    },
  );

  test("sees that the name of an image has come to mean another one", LONG, async () => {
    const { at, docker, one } = await byCommand(environment);
    await onPlatform("moved", at, {}, async (project) => {
      const name = `${project.name}-image`;
      const tag = async (from: string): Promise<void> => {
        await docker.getImage(from).tag({ repo: name, tag: "1" });
      };
      try {
        await tag("busybox:latest");
        project.write("agent.yaml", agentFile("ana", SMALL.replace("busybox", `${name}:1`)));
        await project.well("apply --yes");
        expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
        await tag("python:3.11-slim");
        const plan = await project.plan();
        expect(does(plan)).toEqual(["replace ana/container/0"]);
        expect(fieldsOf(plan).map(({ path, origin }) => `${path} ${origin}`)).toEqual(["imageId edit"]);
        await project.well("apply --yes");
        const python = await docker.getImage("python:3.11-slim").inspect();
        expect((await one(project.name, "ana")).Image).toBe(python.Id);
        expect(does(await project.plan())).toEqual([]);
      } finally {
        await docker.getImage(`${name}:1`).remove();
      }
    });
  });

  test("of code that was edited builds the image anew; of a configuration, only that", LONG, async () => {
    const { at, one } = await byCommand(environment);
    const text = agentFile(
      "ana",
      `  build: {context: .}\n  command: [/app/run.sh]\n  config: {topics: [rain]}\n  supervision: {stopGracePeriod: 1s}\n`,
    );
    const files = {
      "agent.yaml": text,
      Dockerfile: "FROM busybox\nWORKDIR /app\nCOPY run.sh ./\nRUN chmod 755 run.sh\n",
      "run.sh": "#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.1; done\n",
    };
    await onPlatform("code", at, files, async (project) => {
      project.edit("agent.yaml", "version: 1.0.0", `version: 1.0.0-${project.name}`);
      await project.well("apply --yes");
      const first = await one(project.name, "ana");
      project.edit("run.sh", "sleep 0.1", "sleep 0.2");
      const edited = await project.plan();
      expect(does(edited)).toEqual(["replace ana/container/0", "replace ana/image/main"]);
      expect(edited.changes[0]?.because).toContainEqual({ is: "follows", id: "ana/image/main" });
      expect(edited.changes[1]?.because).toEqual([{ is: "code changed" }]);
      expect((await project.aac("plan")).out).toContain("run.sh");
      await project.well("apply --yes");
      const second = await one(project.name, "ana");
      expect(second.Image).not.toBe(first.Image);
      expect(does(await project.plan())).toEqual([]);
      project.edit("agent.yaml", "[rain]", "[snow]");
      const configured = await project.plan();
      expect(does(configured)).toEqual(["replace ana/container/0", "update ana/config/config"]);
      expect(fieldsOf(configured)).toMatchObject([{ path: "config/topics/0", from: "rain", to: "snow" }]);
      await project.well("apply --yes");
      expect((await one(project.name, "ana")).Image).toBe(second.Image);
      expect(does(await project.plan())).toEqual([]);
    });
  });

  test("without an engine is one clear line", LONG, async () => {
    const { at } = await byCommand(environment);
    await onPlatform("nowhere", at, { "agent.yaml": agentFile("ana", SMALL) }, async (project) => {
      const call = { environment: { DOCKER_HOST: "unix:///nowhere/docker.sock" } };
      for (const args of ["plan", "apply --yes", "status", "destroy --yes"]) {
        const told = await project.aac(args, call);
        expect([args, told.code, told.out]).toEqual([args, 1, ""]);
        expect(told.err.split("\n")[0]).toBe(
          "error AAC4011  the docker engine at unix:///nowhere/docker.sock does not answer: no such file",
        );
      }
    });
  });
});

/** Seconds and a part, as the engine counts its events. */
async function nowOf(docker: Docker): Promise<number> {
  const info: unknown = await docker.info();
  const text = typeof info === "object" && info !== null && "SystemTime" in info ? info.SystemTime : "";
  return Date.parse(String(text)) / 1000;
}

/** What happened to objects of the project, as `container start`. */
async function eventsOf(docker: Docker, since: number, project: string): Promise<readonly string[]> {
  const now = await nowOf(docker);
  const stream = await docker.getEvents({ since, until: now });
  let text = "";
  for await (const piece of stream) text += String(piece);
  const lines = text.split("\n").filter(Boolean);
  return lines
    .filter((line) => line.includes(project))
    .map((line) => {
      const value: unknown = JSON.parse(line);
      return typeof value === "object" && value !== null && "Type" in value && "Action" in value
        ? `${String(value.Type)} ${String(value.Action)}`
        : line;
    });
}
