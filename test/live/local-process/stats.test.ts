import { describe, expect, test, vi } from "vitest";
import { hereOf } from "../../../src/cli/project/place.ts";
import type { Operates } from "../../../src/model/operates.ts";
import { system as real } from "../../../src/system/system.ts";
import { target } from "../../../targets/local-process/index.ts";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { until } from "../../helpers/until.ts";
import { atTerminal } from "../at-terminal.ts";
import { end, inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const agent = (name: string, script: string, limits = ""): string =>
  `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [sh, -c, ${JSON.stringify(script)}]
  supervision: {stopGracePeriod: 1s}
${limits}`;

const BUSY = agent("busy", "while :; do :; done");
/** One that rests, with two children. */
const IDLE = agent(
  "idle",
  "trap 'exit 0' TERM; sleep 1000 & sleep 1001 & wait",
  "  resources: {limits: {cpu: 500m, memory: 64Mi, pids: 40}}\n",
);

interface Told {
  readonly agent: string;
  readonly id: string;
  readonly cpu?: number;
  readonly memory?: number;
  readonly processes?: number;
}

async function stats(project: Project, args = ""): Promise<readonly Told[]> {
  const { out } = await project.well(`stats -o json ${args}`.trim());
  expect(faultsOf("stats", out)).toEqual([]);
  return (JSON.parse(out) as { readonly replicas: readonly Told[] }).replicas;
}

/** Its verbs, as a screen of this program would have them. */
async function operatesIn(project: Project): Promise<Operates> {
  const environment = {
    HOME: `${project.root}/home`,
    XDG_STATE_HOME: `${project.root}/state`,
    XDG_CACHE_HOME: `${project.root}/cache`,
    XDG_RUNTIME_DIR: `${project.root}/run`,
  };
  const system = { ...real, host: { ...real.host, bootId: real.host.bootId, environment } };
  const here = hereOf({
    system,
    root: project.folder,
    project: project.name,
    target: "local-process",
    needsName: false,
    portRange: undefined,
    chosen: {},
  });
  const session = await target.open(system, here);
  if (!session.ok) throw new Error(session.error.message);
  return session.value.operates;
}

const daemonsOf = (project: Project): readonly number[] =>
  project.processes().flatMap(({ pid, argv }) => (argv.includes("daemon") ? [pid] : []));

/** Its keeper first, which would start it again. */
async function killSupervisor(project: Project): Promise<void> {
  const all = daemonsOf(project);
  for (const pid of all) end(pid, "SIGSTOP");
  for (const pid of all) end(pid, "SIGKILL");
  await until("no supervisor runs", () => daemonsOf(project).length === 0);
}

describe("stats of processes", () => {
  test("tell a busy one from one that rests, whole trees, whether a supervisor runs or not", async () => {
    await inProject("stats", { "busy/agent.yaml": BUSY, "idle/agent.yaml": IDLE }, async (project) => {
      expect(await project.aac("stats")).toMatchObject({
        code: 0,
        out: "nothing is applied here: aac apply\n",
      });
      await project.well("apply --yes");
      const expectBoth = async (): Promise<void> => {
        let told: readonly Told[] = [];
        // A machine that has much else to do may give it little for a while.
        await until("the loop is seen", async () => {
          told = await stats(project);
          return (told[0]?.cpu ?? 0) > 100;
        });
        const [busy, idle, ...others] = told;
        expect(others).toEqual([]);
        expect(busy).toMatchObject({ agent: "busy", id: String(await project.pidOf("busy")), processes: 1 });
        expect(busy).not.toHaveProperty("cpuLimit");
        // One thread uses one core at most; how long it was measured is known to the millisecond.
        expect(busy?.cpu).toBeLessThan(1500);
        expect(idle).toMatchObject({
          agent: "idle",
          processes: 3,
          cpuLimit: 500,
          memoryLimit: 67_108_864,
          processesLimit: 40,
          from: "operating system",
        });
        expect(idle?.cpu).toBeLessThan(busy?.cpu ?? 0);
        expect(idle?.memory).toBeGreaterThan(100_000);
      };
      await expectBoth();
      await killSupervisor(project);
      await expectBoth();
      expect((await project.well("stats idle")).out).toMatch(
        /^AGENT +REPLICA +CPU +MEMORY .*\nidle +0 +0\.\d\d of 0\.50 \(\d+%\) +\S+ of 64Mi \(\d+%\) +3 of 40 +- +\S+\n$/,
      );
      const wrong = await project.aac("stats idel");
      expect(wrong).toMatchObject({ code: 2, out: "" });
      expect(wrong.err).toContain("no agent `idel` lives here: did you mean `idle`?");
    });
  });

  test("go on until Ctrl-C, as lines that are only added to where it is no terminal", async () => {
    await inProject("watching", { "agent.yaml": IDLE }, async (project) => {
      await project.well("apply --yes");
      const [table, documents] = [project.begin("stats --watch"), project.begin("stats -f -o json")];
      const rows = (): number =>
        table
          .out()
          .split("\n")
          .filter((line) => line.startsWith("idle ")).length;
      const lines = (): readonly string[] => documents.out().split("\n").filter(Boolean);
      await until("both came twice", () => rows() > 1 && lines().length > 1);
      for (const { child } of [table, documents]) child.kill("SIGINT");
      for (const { ended } of [table, documents]) expect(await ended).toMatchObject({ code: 0, err: "" });
      expect(table.out()).not.toContain("\u001B");
      expect(table.out()).toMatch(/^AGENT.*\nidle .*\n\nAGENT.*\nidle .*\n/);
      for (const line of lines()) expect([line, faultsOf("stats", line)]).toEqual([line, []]);
    });
  });
});

describe("stats in a terminal", () => {
  test("stand in one place, each time anew, until Ctrl-C", async () => {
    await inProject("screen", { "agent.yaml": IDLE }, async (project) => {
      await project.well("apply --yes");
      await atTerminal(project, "stats --watch", { columns: 120, rows: 10 }, async (terminal) => {
        await until("it was drawn three times", () => terminal.written().split("\u001B[H").length > 3);
        await terminal.shows("the table", (text) => /^AGENT .*\nidle  .*\n*$/.test(text));
        expect(terminal.scrollback().join("\n").match(/AGENT/g)).toHaveLength(1);
        terminal.press("ctrl+c");
        expect(await terminal.ended).toMatchObject({ code: 0 });
      });
    });
  });

  test("are only added to where the screen cannot be written over, or is read aloud", async () => {
    await inProject("plain", { "agent.yaml": IDLE }, async (project) => {
      await project.well("apply --yes");
      for (const environment of [{ TERM: "dumb" }, { AAC_ACCESSIBLE: "1", NO_COLOR: "1" }])
        await atTerminal(project, "stats --watch", { columns: 120, environment }, async (terminal) => {
          await terminal.shows("two tables", (text) => (text.match(/^AGENT/gm)?.length ?? 0) > 1);
          terminal.press("ctrl+c");
          expect(await terminal.ended).toMatchObject({ code: 0 });
          expect(terminal.written()).not.toContain("\u001B[");
        });
    });
  });
});

describe("a watch of processes", () => {
  test("tells of a restart and of a hold, and goes on when the supervisor is gone", async () => {
    await inProject("moves", { "agent.yaml": IDLE }, async (project) => {
      await project.well("apply --yes");
      const stop = new AbortController();
      let moves = 0;
      const watching = (await operatesIn(project)).watch({ signal: stop.signal, moved: () => void moves++ });
      await until("it has begun", () => moves > 0);
      const moving = async (what: string, does: () => Promise<unknown>): Promise<void> => {
        const before = moves;
        await does();
        await until(`${what} is told`, () => moves > before);
      };
      await moving("a restart", () => project.well("restart idle"));
      await project.well("wait idle");
      await moving("the end of its supervisor", () => killSupervisor(project));
      const pid = await project.pidOf("idle");
      await moving("the end of an agent that nobody looks after", () => Promise.resolve(end(pid, "SIGKILL")));
      await moving("a start, which brings a supervisor", () => project.well("start idle"));
      await moving("a hold", () => project.well("stop idle"));
      stop.abort();
      expect(await watching).toEqual({ ok: true, value: undefined });
    });
  });
});
