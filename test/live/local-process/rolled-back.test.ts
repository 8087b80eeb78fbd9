import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { fieldsOf } from "../answers.ts";
import { ask, desk } from "../desk.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 180_000 });

const SHORT = "supervision: {backoff: {initial: 50ms, max: 100ms}, stopGracePeriod: 2s}";

/** Answers what its code, its variables and its arguments are. */
const CODE = `const { createServer } = require("node:http");
const { version } = require("./version.js");
createServer((request, response) => {
  if (request.url === "/health") return response.end("well");
  response.end(JSON.stringify({ version, greeting: process.env.GREETING, args: process.argv.slice(2), folder: process.cwd() }));
}).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;

const agent = (name: string, port: number, more: readonly string[] = []): string =>
  desk(name, port, {
    args: ["one"],
    more: [
      "environment: [{name: GREETING, value: hello}]",
      "resources: {limits: {pids: 50}}",
      SHORT,
      ...more,
    ],
  });

const filesOf = (
  name: string,
  port: number,
  more: readonly string[] = [],
): Readonly<Record<string, string>> => ({
  [`${name}/agent.yaml`]: agent(name, port, more),
  [`${name}/desk.js`]: CODE,
  [`${name}/version.js`]: "exports.version = 1;\n",
});

interface Told {
  readonly version: number;
  readonly greeting: string;
  readonly args: readonly string[];
  readonly folder: string;
}

async function told(port: number): Promise<Told> {
  return JSON.parse((await ask(port, "/")) ?? "null") as Told;
}

/** Of the agents that live, without what is another for each run. */
async function live(project: Project, names: readonly string[]): Promise<readonly unknown[]> {
  const inspected = [];
  for (const name of names) {
    const { out } = await project.well(`inspect ${name}`);
    const { environment, limits, health, dependsOn, wanted, status } = JSON.parse(out) as Record<
      string,
      unknown
    > & { readonly status: { readonly state: string } };
    inspected.push({ name, environment, limits, health, dependsOn, wanted, state: status.state });
  }
  return inspected;
}

const kept = (project: Project): readonly string[] => readdirSync(join(project.home, "code/objects"));

describe("an apply that fails at an agent that it exchanged", () => {
  test("gives it its code, command, variables, limits and port back", async () => {
    const port = 15411;
    await inProject("back", filesOf("ana", port), async (project) => {
      await project.well("apply --yes");
      const before = [await told(port), await live(project, ["ana"])] as const;
      expect(before[0]).toMatchObject({ version: 1, greeting: "hello", args: ["one"] });
      project.edit("ana/agent.yaml", "hello", "bye");
      project.edit("ana/agent.yaml", "desk.js, one", "desk.js, two");
      project.edit("ana/agent.yaml", "pids: 50", "pids: 40");
      project.write("ana/version.js", "exports.version = 2;\nprocess.exit(3);\n");
      const failed = await project.aac("apply --yes");
      expect(failed.out).toContain("exit 3");
      expect(failed).toMatchObject({ code: 4 });
      const { folder, ...after } = await told(port);
      expect(after).toEqual({ version: 1, greeting: "hello", args: ["one"] });
      expect(folder).toContain(join(project.home, "code/trees/"));
      expect(statSync(join(folder, "version.js")).mode & 0o777).toBe(0o400);
      expect(await live(project, ["ana"])).toEqual(before[1]);
      // It was this apply, though a failed one, that put it there.
      expect((await project.status()).agents).toMatchObject([{ agent: "ana", revision: 2 }]);
      expect((await project.well("inspect ana")).out).toMatch(/"revision": 2/);
      const { changes } = await project.plan();
      expect(JSON.stringify(changes)).toContain("code changed");
      project.write("ana/version.js", "exports.version = 1;\n");
      project.write("ana/agent.yaml", agent("ana", port));
      await project.well("plan --expect-no-changes");
      // It crashes, and comes back with the code of then.
      project.write("ana/version.js", "exports.version = 3;\n");
      await project.well("restart ana");
      await project.well("wait ana");
      expect(await told(port)).toMatchObject({ version: 1 });
      await project.well("apply --yes");
      expect(await told(port)).toMatchObject({ version: 3, folder: project.path("ana") });
    });
  });

  test("leaves it in its own folder where its code lies there still", async () => {
    const port = 15413;
    await inProject("same", filesOf("ana", port), async (project) => {
      await project.well("apply --yes");
      project.edit("ana/agent.yaml", "node, desk.js, one", "node, nothing.js");
      expect(await project.aac("apply --yes")).toMatchObject({ code: 4 });
      expect(await told(port)).toMatchObject({ folder: project.path("ana"), args: ["one"] });
    });
  });

  test("gives it back its configuration, and a secret that the files do not name any more", async () => {
    const port = 15415;
    const more = ["config: {topics: [rain]}"];
    const files = {
      ...filesOf("ana", port, more),
      "ana/agent.yaml": agent("ana", port, more).replace(
        "[{name: GREETING, value: hello}]",
        "[{name: GREETING, from: secret}]",
      ),
    };
    await inProject("config", files, async (project) => {
      const environment = { GREETING: "a secret hello" };
      await project.well("apply --yes", { environment });
      const config = join(project.home, "agents/ana/config.json");
      const before = readFileSync(config, "utf8");
      expect(await told(port)).toMatchObject({ greeting: "a secret hello" });
      project.edit("ana/agent.yaml", "[{name: GREETING, from: secret}]", "[{name: OTHER, value: plain}]");
      project.edit("ana/agent.yaml", "topics: [rain]", "topics: [snow]");
      project.edit("ana/desk.js", 'response.end("well")', "response.writeHead(503).end()");
      const failed = await project.aac("apply --yes --timeout 2s");
      expect(failed).toMatchObject({ code: 4 });
      expect(failed.out + failed.err).not.toContain("a secret hello");
      expect(await told(port)).toMatchObject({ greeting: "a secret hello" });
      expect(readFileSync(config, "utf8")).toBe(before);
      for (const [path, text] of Object.entries(files)) project.write(path, text);
      await project.well("plan --expect-no-changes", { environment });
    });
  });

  test("starts one again that it took down, whose folder and secret are gone from the files", async () => {
    const port = 15418;
    const files = {
      ...filesOf("ana", port),
      "ana/agent.yaml": agent("ana", port).replace(
        "[{name: GREETING, value: hello}]",
        "[{name: GREETING, from: secret}]",
      ),
      ...filesOf("ben", port + 1),
    };
    await inProject("taken", files, async (project) => {
      const environment = { GREETING: "a secret hello" };
      await project.well("apply --yes", { environment });
      project.remove("ana");
      project.write("ben/version.js", "process.exit(3);\n");
      const failed = await project.aac("apply --yes");
      expect([failed.code, failed.code === 4 ? "" : failed.out + failed.err]).toEqual([4, ""]);
      expect(await told(port)).toMatchObject({ version: 1, greeting: "a secret hello" });
      expect(await told(port + 1)).toMatchObject({ version: 1 });
      for (const [path, text] of Object.entries(files)) project.write(path, text);
      await project.well("plan --expect-no-changes", { environment });
    });
  });

  test("leaves it down where it had given up before", async () => {
    const text = (name: string): string =>
      [
        "apiVersion: agent.dev/v1",
        "kind: Agent",
        `metadata: {name: ${name}}`,
        "spec:",
        "  runtime: exec",
        "  command: [sh, run.sh]",
        "  healthCheck: {file: up, interval: 100ms}",
        "  supervision: {restart: no}",
        "",
      ].join("\n");
    const files = { "agent.yaml": text("ana"), "run.sh": "exit 3\n" };
    await inProject("down", files, async (project) => {
      expect(await project.aac("apply --yes --no-rollback")).toMatchObject({ code: 7 });
      const before = fieldsOf(await project.plan());
      expect(before).toMatchObject([{ path: "running", from: false, to: true }]);
      expect((await project.well("plan")).out).toContain("changed by the supervisor, which gave up");
      project.write("run.sh", "exit 4\n");
      expect(await project.aac("apply --yes")).toMatchObject({ code: 4 });
      expect((await project.status()).agents).toMatchObject([{ agent: "ana", state: "stopped" }]);
      project.write("run.sh", "exit 3\n");
      expect(fieldsOf(await project.plan())).toMatchObject([{ path: "running", from: false, to: true }]);
    });
  });

  test("holds it again where that was to be ended", async () => {
    const port = 15421;
    await inProject("again", filesOf("ana", port), async (project) => {
      await project.well("apply --yes");
      await project.aac("stop ana --reason leaks");
      project.write("ana/version.js", "process.exit(3);\n");
      const failed = await project.aac("apply --yes --release --timeout 5s");
      expect([failed.code, failed.out]).toEqual([4, expect.stringContaining("rolled back")]);
      const [ana] = (await project.status()).agents;
      expect(ana).toMatchObject({ state: "stopped", held: expect.stringContaining("leaks") });
      expect(await ask(port, "/")).toBeUndefined();
    });
  });

  test("says which file it lacks where its code was not kept", async () => {
    const port = 15420;
    await inProject("lack", filesOf("ana", port), async (project) => {
      await project.well("apply --yes");
      for (const name of kept(project)) project.remove(join("..", relative(project), "code/objects", name));
      project.write("ana/version.js", "process.exit(3);\n");
      const failed = await project.aac("apply --yes");
      expect(failed).toMatchObject({ code: 6 });
      expect(failed.out).toMatch(
        /its code of then cannot be brought back: .*(?:version\.js|desk\.js|agent\.yaml)/,
      );
    });
  });
});

const relative = (project: Project): string => project.home.slice(project.root.length + 1);
