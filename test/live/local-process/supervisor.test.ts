import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { ask, asked, desk, deskIn } from "../desk.ts";
import { end, inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const pidWith = (project: Project, word: string): number => {
  const found = project.processes().find(({ argv }) => argv.includes(word));
  if (found === undefined) throw new Error(`nothing runs with ${word}`);
  return found.pid;
};
const keeperOf = (project: Project): number => pidWith(project, "aac-keeper");
const daemonOf = (project: Project): number => {
  const found = project
    .processes()
    .find(({ argv }) => argv.includes("--home") && !argv.includes("aac-keeper"));
  if (found === undefined) throw new Error("no supervisor runs");
  return found.pid;
};
const agentsOf = (project: Project): readonly number[] =>
  project.processes().flatMap(({ argv, pid }) => (argv[1] === "desk.js" ? [pid] : []));
const untilReady = (project: Project, agent: string, not?: number): Promise<void> =>
  until(`${agent} is ready`, async () => {
    const found = (await project.status()).agents.find((one) => one.agent === agent);
    return found?.state === "ready" && found.id !== undefined && found.id !== String(not);
  });

describe("a supervisor that is killed", () => {
  test("leaves its agents as they are, says that it is gone, and is brought back by its keeper", async () => {
    const port = 15171;
    await inProject("killed", deskIn(".", desk("ana", port)), async (project) => {
      await project.well("apply --yes");
      const [pid, daemon, keeper] = [await project.pidOf("ana"), daemonOf(project), keeperOf(project)];
      // Halted, it cannot end the outage before the test has looked at it.
      end(keeper, "SIGSTOP");
      end(daemon, "SIGKILL");
      await until("it is gone", () => !project.processes().some((one) => one.pid === daemon));
      const between = await project.well("status");
      expect(between.out).toMatch(
        /supervisor not running since \S+: no restarts, no scaling · aac daemon start/,
      );
      expect(await project.aac("daemon status")).toMatchObject({ code: 1 });
      expect(await project.pidOf("ana")).toBe(pid);
      await ask(port, "/say?text=while+nobody+watched");
      expect((await project.well("logs")).out).toContain("while nobody watched");
      end(keeper, "SIGCONT");
      await until("it is back", async () => (await project.aac("daemon status")).code === 0);
      await until("nothing is told any more", async () => (await project.status()).notes.length === 0);
      expect(daemonOf(project)).not.toBe(daemon);
      expect(await project.pidOf("ana")).toBe(pid);
      expect(agentsOf(project)).toEqual([pid]);
      expect((await project.well("logs")).out).toContain("while nobody watched");
      await project.well("plan --expect-no-changes");
    });
  });

  test("finds out afterwards how an agent ended, and starts it again", async () => {
    const port = 15172;
    const text = desk("ana", port, { more: ["supervision: {backoff: {initial: 100ms, max: 1s}}"] });
    await inProject("outage", deskIn(".", text), async (project) => {
      await project.well("apply --yes");
      const [pid, keeper] = [await project.pidOf("ana"), keeperOf(project)];
      end(keeper, "SIGSTOP");
      end(daemonOf(project), "SIGKILL");
      await ask(port, "/exit?code=7");
      await until("the agent is gone", () => agentsOf(project).length === 0);
      expect((await project.plan()).notes.join()).toContain("no supervisor runs here");
      end(keeper, "SIGCONT");
      await untilReady(project, "ana", pid);
      const [ana] = (await project.status()).agents;
      expect(ana?.lastExit).toContain("exit 7");
      expect(ana?.restarts).toBe(1);
      expect(agentsOf(project)).toHaveLength(1);
    });
  });
});

test("many restarts at once leave one process", async () => {
  await inProject("restarts", deskIn(".", desk("ana", 15173)), async (project) => {
    await project.well("apply --yes");
    const pid = await project.pidOf("ana");
    const told = await Promise.all(Array.from({ length: 6 }, () => project.aac("restart ana")));
    expect(told.map(({ code, err }) => ({ code, err }))).toEqual(told.map(() => ({ code: 0, err: "" })));
    await untilReady(project, "ana", pid);
    expect(agentsOf(project)).toEqual([await project.pidOf("ana")]);
  });
});

test("a crash loop is tried again after growing pauses, then the breaker opens and says when it tries next", async () => {
  const text = [
    "apiVersion: agent.dev/v1",
    "kind: Agent",
    "metadata: {name: ana}",
    "spec:",
    "  runtime: exec",
    '  command: [node, -e, "require(`fs`).appendFileSync(`../began`, process.hrtime.bigint() + `\\n`); process.exit(3)"]',
    "  healthCheck: {file: up, interval: 100ms}",
    "  supervision:",
    "    backoff: {type: exponential, initial: 100ms, max: 10s, multiplier: 2, jitter: 0}",
    "    circuitBreaker: {failures: 3, window: 5m, resetAfter: 10m, halfOpen: 1}",
    "",
  ].join("\n");
  await inProject("loop", { "agent.yaml": text }, async (project) => {
    const applied = await project.aac("apply --yes --no-rollback");
    expect(applied).toMatchObject({ code: 7 });
    expect(applied.out).toContain("exit 3");
    await until("the breaker is open", async () => (await project.status()).agents[0]?.breaker === "open");
    const [ana] = (await project.status()).agents;
    expect(Date.parse(ana?.nextTry ?? "")).toBeGreaterThan(Date.parse(ana?.since ?? ""));
    const shown = await project.well("status");
    expect(shown.out).toContain("exit 3");
    expect(shown.out).toMatch(/breaker|circuit/i);
    const began = project.read("../began").trim().split("\n").map(BigInt);
    // More than three failures, so the fourth.
    expect(began).toHaveLength(4);
    const gaps = began.slice(1).map((at, i) => Number((at - (began[i] ?? at)) / 1_000_000n));
    // A loaded machine makes a pause longer, never shorter.
    expect(gaps.map((gap, i) => gap >= 100 * 2 ** i)).toEqual([true, true, true]);
    expect(await project.aac("status --exit-code")).toMatchObject({ code: 1 });
  });
});

describe("a health check", () => {
  test("of readiness that fails makes an agent unready, and never restarts it", async () => {
    const port = 15174;
    const check = `healthCheck: {readiness: {path: /ready, port: ${port}, interval: 100ms, timeout: 2s, retries: 1}}`;
    const files = { ...deskIn(".", desk("ana", port, { path: "none", more: [check] })), ready: "" };
    await inProject("unready", files, async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("ana");
      project.remove("ready");
      await until("it is not ready", async () => (await project.status()).agents[0]?.state !== "ready");
      const before = await asked(port, "/ready");
      await until("it was asked often", async () => (await asked(port, "/ready")) >= before + 8);
      expect((await project.status()).agents).toMatchObject([
        { id: String(pid), restarts: 0, health: "unhealthy" },
      ]);
      expect((await project.status()).agents[0]?.lastProbe).toContain("503");
      project.write("ready", "");
      await untilReady(project, "ana");
      expect(await project.pidOf("ana")).toBe(pid);
    });
  });

  test("of liveness that fails restarts the agent and says why", async () => {
    const port = 15175;
    const more = ["supervision: {backoff: {initial: 100ms}, stopGracePeriod: 1s}"];
    await inProject("dead", deskIn(".", desk("ana", port, { more })), async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("ana");
      project.write("ill", "");
      await until("it is another one", async () => {
        const [ana] = (await project.status()).agents;
        return ana !== undefined && ana.restarts > 0 && !agentsOf(project).includes(pid);
      });
      project.remove("ill");
      await untilReady(project, "ana", pid);
      expect((await project.status()).agents[0]?.lastExit).toContain("liveness failed");
      expect(agentsOf(project)).toHaveLength(1);
    });
  });
});

test("who depends on a healthy agent starts after its first good answer", async () => {
  const [port, other] = [15176, 15177];
  await inProject(
    "order",
    {
      ...deskIn("ana", desk("ana", port, { path: "/ready" })),
      ...deskIn("ben", desk("ben", other, { more: ["dependsOn: {ana: {condition: healthy}}"] })),
    },
    async (project) => {
      const applying = project.begin("apply --yes");
      await until("ana waits", async () => (await asked(port, "/ready")) > 0);
      expect(await ask(other, "/health")).toBeUndefined();
      expect((await project.status()).agents.map(({ agent }) => agent)).toEqual(["ana"]);
      project.write("ana/ready", "");
      expect(await applying.ended).toMatchObject({ code: 0 });
      const [first, second] = [project.read("ana/started.log"), project.read("ben/started.log")].map((text) =>
        BigInt(text.trim()),
      );
      expect(Number(second)).toBeGreaterThan(Number(first));
      await project.well("plan --expect-no-changes");
    },
  );
});

test("an agent that was stopped is held: a plan says by whom and why, an apply leaves it, a start ends it", async () => {
  const port = 15178;
  await inProject("held", deskIn(".", desk("ana", port, { args: ["--one"] })), async (project) => {
    await project.well("apply --yes");
    expect((await project.well("stop ana --reason looking-into-it")).out).toContain("ana");
    await until("it is gone", () => agentsOf(project).length === 0);
    expect((await project.well("status")).out).toContain("1 stopped: aac status -a");
    const plan = await project.plan();
    expect(plan.held).toMatchObject([{ id: "ana/process/0", reason: "looking-into-it" }]);
    const shown = await project.well("plan");
    expect(shown.out).toMatch(/held by \S+ since .*stopped/);
    project.edit("agent.yaml", "--one", "--two");
    await project.well("apply --yes");
    expect(agentsOf(project)).toEqual([]);
    await project.well("start ana");
    await untilReady(project, "ana");
    expect((await project.plan()).held).toEqual([]);
    expect(does(await project.plan())).toEqual(["replace ana/process/0"]);
  });
});
