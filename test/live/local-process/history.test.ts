import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { atTerminal } from "../at-terminal.ts";
import { ask, asked, desk, deskIn } from "../desk.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 90_000 });

interface Head {
  readonly number: number;
  readonly outcome: string;
  readonly does: string;
  readonly to: number | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** The newest first. */
async function history(project: Project, args = ""): Promise<readonly Head[]> {
  const told = await project.well(`history -o json ${args}`.trim());
  expect(faultsOf("history", told.out)).toEqual([]);
  return (JSON.parse(told.out) as { readonly revisions: readonly Head[] }).revisions;
}

const brief = (heads: readonly Head[]): readonly string[] =>
  heads.map(({ number, does, outcome, to }) => `${number} ${does} ${outcome}${to === null ? "" : ` ${to}`}`);

const digestOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** An agent that says what it was told in a variable, in its configuration and in its code. */
const PARROT = `const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const says = "one";
createServer((_, answer) => {
  const { topic } = JSON.parse(readFileSync(process.env.AAC_CONFIG, "utf8"));
  answer.end([says, process.env.GREETING, topic].join(" "));
}).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;
const parrot = (name: string, port: number): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [node, parrot.js]
  environment: [{name: GREETING, value: hello}]
  config: {topic: rain}
  ports: [{container: ${port}, host: ${port}}]
  healthCheck: {path: /, port: ${port}, interval: 100ms, timeout: 2s, startPeriod: 20s}
`;

describe("a night's story", () => {
  test("each apply is a revision, and going back to one brings all of it back and holds it there", async () => {
    const port = 15_291;
    const files = { "agent.yaml": parrot("ana", port), "parrot.js": PARROT };
    await inProject("story", files, async (project) => {
      expect((await project.well("history")).out).toContain("nothing was applied yet");
      const nowhere = await project.aac("rollback --yes");
      expect([nowhere.code, nowhere.err]).toEqual([
        1,
        expect.stringContaining("there is no earlier revision"),
      ]);

      await project.well("apply --yes");
      await project.well("apply --yes");
      project.edit("agent.yaml", "hello", "good morning");
      project.edit("agent.yaml", "rain", "snow");
      project.edit("parrot.js", '"one"', '"two"');
      await project.well("apply --yes");
      expect(await ask(port, "/")).toBe("two good morning snow");
      // One that found nothing to do is none.
      expect(brief(await history(project))).toEqual(["2 apply applied", "1 apply applied"]);
      expect(brief(await history(project, "--limit 1"))).toEqual(["2 apply applied"]);

      const one = (await project.well("history 2")).out;
      expect(one).toMatch(/Against revision 1\n/);
      expect(one).toContain("environment.GREETING  hello → good morning");
      expect(one).toContain("config.topic  rain → snow");
      expect(one).toContain("code parrot.js        (changed)");
      expect(one).toContain("To have it again: aac rollback 2");

      const back = await project.well("rollback --yes --reason nonsense");
      expect(back.out).toContain("environment.GREETING  good morning → hello");
      expect(back.out).toContain("note  back to revision 1: applied");
      expect(back.out).not.toContain("agent.yaml:");
      expect(await ask(port, "/")).toBe("one hello rain");
      expect(brief(await history(project))[0]).toBe("3 rollback applied 1");

      // The next pipeline does not undo it, and who did it is said.
      const pipeline = await project.well("apply --yes");
      expect(pipeline.out).toMatch(/ana {2}held by .*: rolled back to revision 1 \(nonsense\)/);
      expect(await ask(port, "/")).toBe("one hello rain");
      project.edit("agent.yaml", "good morning", "hello");
      project.edit("agent.yaml", "snow", "rain");
      project.edit("parrot.js", '"two"', '"one"');
      expect((await project.plan("--release")).changes).toEqual([]);

      // Back from going back; nobody holds anything then.
      await project.well("rollback 2 --yes --no-hold");
      expect(await ask(port, "/")).toBe("two good morning snow");
      const again = await project.plan();
      expect(again.held).toEqual([]);
      expect(again.changes.map(({ id }) => id)).toContain("ana/process/0");

      await project.well("destroy --yes");
      await until("nothing runs any more", () => project.processes().length === 0);
      await project.well("rollback 1 --yes --no-hold");
      expect(await ask(port, "/")).toBe("one hello rain");
      expect(brief(await history(project))).toEqual([
        "6 rollback applied 1",
        "5 destroy applied",
        "4 rollback applied 2",
        "3 rollback applied 1",
        "2 apply applied",
        "1 apply applied",
      ]);
    });
  });
});

describe("what is written down of an apply", () => {
  test("that was killed is an interrupted revision, which says nothing of what stood and hides no other", async () => {
    const port = 15_293;
    await inProject("killed", deskIn(".", desk("ana", port, { path: "/ready" })), async (project) => {
      project.write("ready", "");
      await project.well("apply --yes");
      project.remove("ready");
      project.edit("agent.yaml", "desk.js]", "desk.js, more]");
      const before = await asked(port, "/ready");
      const killed = project.begin("apply --yes");
      await until("it is written down", async () => (await history(project))[0]?.outcome === "pending");
      expect((await project.well("history")).out).toMatch(/^2 .* under way /m);
      await until(
        "it is waited for",
        async () => (await asked(port, "/ready").catch(() => before)) !== before,
      );
      killed.child.kill("SIGKILL");
      await killed.ended;
      expect((await project.well("history")).out).toMatch(/^2 .* interrupted /m);
      const nowhere = await project.aac("rollback 2 --yes");
      expect(nowhere.code).toBe(1);
      expect(nowhere.err).toContain("nobody wrote down what stood after revision 2");
      project.write("ready", "");
      const told = await project.well("rollback 1 --yes --no-hold");
      expect(told.out).toContain("command was edited");
      expect(brief(await history(project))).toEqual([
        "3 rollback applied 1",
        "2 apply interrupted",
        "1 apply applied",
      ]);
    });
  });

  test("that failed says how it ended, and the one before is still what stands", async () => {
    const port = 15_295;
    await inProject("failed", deskIn(".", desk("ana", port)), async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "node, desk.js", "node, nowhere.js");
      expect((await project.aac("apply --yes")).code).toBe(4);
      expect(brief(await history(project))).toEqual(["2 apply rolledBack", "1 apply applied"]);
      const nowhere = await project.aac("rollback --yes");
      expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining("is what stands now")]);
      expect((await project.well("history 2")).out).toContain("what stood after it is the same");
      const told = (await project.well("rollback 2 --yes")).out.replaceAll(/\s+/g, " ");
      expect(told).toContain("no changes: 1 agent is as in revision 2");
      expect(told).toContain("back to revision 2: what stood after an apply that failed");
    });
  });

  test("holds no secret, and a damaged file is named and keeps nobody from applying", async () => {
    const port = 15_297;
    const more = ["environment: [{name: TOKEN, from: secret}]"];
    await inProject("damaged", deskIn(".", desk("ana", port, { more })), async (project) => {
      const call = { environment: { TOKEN: "correct-horse" } };
      await project.well("apply --yes", call);
      const folder = join(project.home, "revisions");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "7.json"), "{", { mode: 0o600 });
      const told = await project.well("history");
      expect(told.out).toContain("7.json cannot be read: it is not whole");
      project.edit("agent.yaml", "desk.js]", "desk.js, more]");
      const applied = await project.well("apply --yes --set UNUSED=correct-horse", call);
      expect(applied.out.replaceAll(/\s+/g, " ")).toContain("7.json cannot be read");
      expect((await history(project)).map(({ number }) => number)).toEqual([8, 1]);
      const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
      expect(texts.filter((text) => text.includes("correct-horse")).length, "a secret was kept").toBe(0);
      const damaged = digestOf(join(folder, "7.json"));
      const wrong = await project.aac("rollback 7 --yes", call);
      expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("7.json cannot be read")]);
      expect(digestOf(join(folder, "7.json"))).toBe(damaged);
      // What is made again is given the value of today, and says so.
      await project.well("destroy --yes", call);
      const today = { environment: { TOKEN: "battery-staple" } };
      const back = await project.well("rollback 8 --yes --no-hold", today);
      expect(back.out.replaceAll(/\s+/g, " ")).toContain("the former value of secrets.TOKEN is kept nowhere");
      await project.well("plan --expect-no-changes", today);
    });
  });

  test("of one agent tells of all, and going back with --target-agent leaves the others as they are", async () => {
    const port = 15_299;
    const files = {
      ...deskIn("ana", desk("ana", port)),
      ...deskIn("ben", desk("ben", port + 1)),
    };
    await inProject("partly", files, async (project) => {
      await project.well("apply --yes");
      for (const name of ["ana", "ben"]) project.edit(`${name}/agent.yaml`, "desk.js]", "desk.js, more]");
      await project.well("apply --yes --target-agent ana");
      expect(Object.keys((await history(project))[0]?.versions ?? {})).toEqual(["ana", "ben"]);
      await project.well("apply --yes");
      const ben = await project.pidOf("ben");
      await project.well("rollback 1 --yes --target-agent ana");
      expect(await project.pidOf("ben")).toBe(ben);
      // There is nothing left of that to do, and no file is what it goes by.
      expect((await project.well("rollback 1 --yes --target-agent ana")).out).toContain(
        "no changes: 1 agent is as in revision 1",
      );
      const plan = await project.plan();
      expect(plan.held.map(({ id }) => id)).toEqual(["ana/process/0"]);
      expect(plan.changes).toEqual([]);
    });
  });
});

describe("at a terminal", () => {
  const agent = `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ana}
spec:
  runtime: exec
  command: [sleep, "100000"]
  environment: [{name: GREETING, value: hello}]
  config: {topic: rain}
`;

  test("the way back is asked for like any other plan, and not gone where something moved meanwhile", async () => {
    await inProject("asking", { "agent.yaml": agent }, async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "hello", "good morning");
      await project.well("apply --yes");
      for (const [answer, code, says] of [
        ["no", 1, "declined: nothing was changed"],
        ["yes", 3, "plan again: aac rollback 1"],
      ] as const) {
        await atTerminal(project, "rollback 1 --ui plain", { columns: 120 }, async (terminal) => {
          await terminal.shows("the question", (text) => text.includes("Apply 1 change to"));
          if (answer === "yes") {
            project.edit("agent.yaml", "good morning", "good evening");
            await project.well("apply --yes");
          }
          terminal.type(`${answer}\r`);
          const ended = await terminal.ended;
          const told = terminal.scrollback().join("\n");
          expect([ended.code, told]).toEqual([code, expect.stringContaining(says)]);
        });
      }
      expect((await history(project)).map(({ number }) => number)).toEqual([3, 2, 1]);
      expect((await project.plan()).changes).toEqual([]);
    });
  });
});
