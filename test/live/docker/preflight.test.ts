import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile, FOREVER } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const QUICK = "  supervision: {stopGracePeriod: 1s}\n";
const SMALL = `  image: busybox\n  command: ${FOREVER}\n${QUICK}`;

await describeOn("docker", "an apply on an engine", (environment) => {
  test("that would fail says each reason in a line of its own, and changes nothing", LONG, async () => {
    const { at, left } = await byCommand(environment);
    const port = 15_221;
    const files = {
      "ana/agent.yaml": agentFile("ana", `${SMALL}  ports: [{container: 8080, host: ${port}}]\n`),
      "ben/agent.yaml": agentFile("ben", SMALL.replace("busybox", "localhost:1/nobody/nothing:1.0")),
      "cem/agent.yaml": agentFile("cem", `${SMALL}  environment: [{name: API_KEY, from: secret}]\n`),
      "dan/agent.yaml": agentFile(
        "dan",
        `${SMALL}  volumes: [{source: ./absent, target: /data, type: bind}]\n`,
      ),
    };
    await onPlatform("preflight", at, files, async (project) => {
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
      try {
        const trace = join(project.root, "trace");
        const refused = await project.aac("apply --yes", { environment: { AAC_TRACE_REQUESTS: trace } });
        expect(refused).toMatchObject({ code: 1 });
        expect(refused.out).toContain("Preflight: 4 things would fail, so nothing can be applied.");
        const { preflight } = await project.plan();
        expect(
          preflight.map(({ code, message }) => `${code} ${message.replaceAll(project.root, "ROOT")}`),
        ).toEqual([
          expect.stringMatching(
            new RegExp(`^AAC4002 ana: port ${port} is already in use by .+ \\(pid ${process.pid}\\)$`),
          ),
          expect.stringMatching(
            /^AAC4012 ben: the image localhost:1\/nobody\/nothing:1\.0 is not on the engine, and/,
          ),
          expect.stringMatching(/^AAC3102 cem: .*API_KEY/),
          expect.stringMatching(/^AAC4004 dan: ROOT\/project\/dan\/absent is not there/),
        ]);
        for (const { code } of preflight) expect(refused.out).toContain(`error ${code}`);
        expect(await left(project.name)).toEqual([]);
        expect(readFileSync(trace, "utf8")).not.toMatch(/^(?:POST|PUT|DELETE)/m);
      } finally {
        holder.close();
      }
    });
  });

  test(
    "waits, and tells why one does not come up: its end with its last lines, or its check",
    LONG,
    async () => {
      const { at } = await byCommand(environment);
      const files = {
        "ana/agent.yaml": agentFile(
          "ana",
          `  image: busybox\n  command: [sh, -c, "echo first; echo the key is wrong >&2; exit 7"]\n${QUICK}`,
        ),
        "ben/agent.yaml": agentFile(
          "ben",
          `${SMALL}  healthCheck: {command: [sh, -c, "echo not today; exit 1"], interval: 1s, retries: 1, startPeriod: 0s}\n`,
        ),
        "cem/agent.yaml": agentFile("cem", `${SMALL}  dependsOn: [ana]\n`),
        "dan/agent.yaml": agentFile("dan", SMALL),
      };
      await onPlatform("waits", at, files, async (project) => {
        const failed = await project.aac("apply --yes --keep-going -o json");
        expect(failed).toMatchObject({ code: 4 });
        const { objects } = JSON.parse(failed.out) as {
          readonly objects: readonly {
            readonly id: string;
            readonly came: string;
            readonly cause?: string;
            readonly lines?: readonly string[];
          }[];
        };
        const of = (agent: string) => objects.find(({ id }) => id === `${agent}/container/0`);
        expect(of("ana")).toMatchObject({ came: "failed", cause: expect.stringMatching(/^exit 7 after /) });
        // The two streams of a container come by ways of their own, and the engine may have tried again by then.
        expect(of("ana")?.lines).toEqual(expect.arrayContaining(["first", "the key is wrong"]));
        expect(of("ben")).toMatchObject({
          came: "failed",
          cause: "unhealthy, waiting for `sh -c echo not today; exit 1`: not today",
        });
        expect(of("cem")).toMatchObject({ came: "untouched" });
        expect(of("dan")).toMatchObject({ came: "changed" });
        // What is wrong is put right in its file, and the next apply finds all that is there by now.
        project.write("ana/agent.yaml", agentFile("ana", SMALL));
        project.write("ben/agent.yaml", agentFile("ben", SMALL));
        await project.well("apply --yes");
        expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
      });
    },
  );

  test(
    "that failed before anything ran leaves no container, and what was written is found again",
    LONG,
    async () => {
      const { at, left } = await byCommand(environment);
      const text = agentFile(
        "ana",
        `${SMALL.replace(FOREVER, "[/nowhere/program]")}  config: {topics: [rain]}\n`,
      );
      await onPlatform("started", at, { "agent.yaml": text }, async (project) => {
        const failed = await project.aac("apply --yes --no-rollback");
        expect(failed).toMatchObject({ code: 1 });
        expect(failed.out + failed.err).toContain("/nowhere/program");
        expect((await left(project.name)).filter((one) => one.startsWith("container"))).toEqual([]);
        expect((await project.plan()).changes.map(({ id, does }) => `${does} ${id}`)).toEqual([
          "create ana/container/0",
        ]);
        project.write("agent.yaml", agentFile("ana", `${SMALL}  config: {topics: [rain]}\n`));
        await project.well("apply --yes");
        expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
        await project.well("destroy --yes");
        expect(await left(project.name)).toEqual([]);
      });
    },
  );

  test("never hands over the engine itself unless that is written to be dangerous", LONG, async () => {
    const { at, left } = await byCommand(environment);
    const socket = "  volumes: [{source: /var/run/docker.sock, target: /var/run/docker.sock, type: bind}]\n";
    await onPlatform(
      "socket",
      at,
      { "agent.yaml": agentFile("ana", `${SMALL}${socket}`) },
      async (project) => {
        for (const args of ["plan", "apply --yes"]) {
          const refused = await project.aac(args);
          expect([args, refused.code]).toEqual([args, 2]);
          expect(refused.err).toMatch(/error AAC\d+ .*docker\.sock/);
          expect(refused.err).toContain("dangerous");
        }
        expect(await left(project.name)).toEqual([]);
        project.write(
          "agent.yaml",
          agentFile("ana", `${SMALL}${socket}  security: {dangerous: [docker-socket]}\n`),
        );
        expect((await project.aac("plan")).code).toBe(0);
      },
    );
  });
});
