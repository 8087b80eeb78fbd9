import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** What its supervisor wrote down: `agent what`, or with why where that is asked for. */
function noted(project: Project, why = false): readonly string[] {
  return readFileSync(join(project.home, "daemon/events.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const event = JSON.parse(line) as { agent: string; what: string; why?: string };
      return `${event.agent} ${event.what}${why && event.why !== undefined ? `: ${event.why}` : ""}`;
    });
}

async function answersSoon(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(500) })).ok;
  } catch {
    return false;
  }
}

describe("an agent that is paused", () => {
  test("neither answers nor is restarted, a plan leaves it alone, and resumed it goes on as it was", async () => {
    const port = 15461;
    await inProject("paused", deskIn(".", desk("ana", port)), async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("ana");
      await project.well("pause ana --reason looking");
      expect(await answersSoon(port)).toBe(false);
      const { agents } = await project.status();
      expect(agents).toMatchObject([{ agent: "ana", state: "paused", restarts: 0, id: String(pid) }]);
      expect(JSON.stringify(agents)).toMatch(/held by \S+ since [^"]+: paused \(looking\)/);
      project.edit("agent.yaml", "desk.js", "desk.js, --two");
      expect(does(await project.plan())).toEqual([]);
      await project.well("apply --yes");
      // Another supervisor finds it as it is.
      await project.well("daemon restart");
      expect((await project.status()).agents).toMatchObject([{ state: "paused", id: String(pid) }]);
      // What goes all the same says what goes with it.
      const going = (await project.well("plan --destroy")).out.replaceAll(/\s+/g, " ");
      expect(going).toMatch(/goes though it is held by \S+ since [^:]+:\d\d UTC: paused \(looking\)/);
      await project.well("resume ana");
      expect(await ask(port, "/health")).toBe('"health"');
      expect(await project.pidOf("ana")).toBe(pid);
      expect(does(await project.plan())).toEqual(["replace ana/process/0"]);
      await project.well("pause ana");
      await project.well("stop ana");
      expect(project.processes().some((one) => one.pid === pid)).toBe(false);
      expect(noted(project).filter((line) => !line.includes("became"))).toEqual([
        "ana started",
        "ana paused",
        "ana held",
        "ana found running",
        "ana resumed",
        "ana released",
        "ana paused",
        "ana held",
        "ana held",
        "ana stopped",
      ]);
    });
  });
});

describe("what a supervisor notes", () => {
  test("tells a crash with how it ended, what it was tried again for, and who stopped it and why", async () => {
    const port = 15463;
    const more = ["supervision: {backoff: {initial: 50ms, max: 100ms}}"];
    await inProject("noted", deskIn(".", desk("ana", port, { more })), async (project) => {
      await project.well("apply --yes");
      await ask(port, "/exit?code=7");
      await until("it is up again", async () => (await project.status()).agents[0]?.restarts === 1);
      await project.well("wait ana");
      await project.well("stop ana --reason loud");
      await until("all is noted", () => noted(project).at(-1) === "ana stopped");
      expect(noted(project, true)).toEqual([
        "ana started",
        "ana became ready",
        expect.stringMatching(/^ana exited: exit 7 after \d+ m?s$/),
        expect.stringMatching(/^ana restarting: in \d+ ms$/),
        "ana started",
        "ana became ready",
        "ana held: stopped: loud",
        "ana stopped",
      ]);
    });
  });
});

describe("who changed a living agent by hand", () => {
  test("is said to be outside aac", async () => {
    const port = 15465;
    await inProject("hand", deskIn(".", desk("ana", port)), async (project) => {
      await project.well("apply --yes");
      const { environment } =
        project.processes().find(({ argv }) => argv[1] === "desk.js") ?? fail("it does not run");
      await project.well("daemon stop");
      const pid = await project.pidOf("ana");
      process.kill(pid, "SIGKILL");
      await until("it is gone", () => !project.processes().some((one) => one.pid === pid));
      const { spawn } = await import("node:child_process");
      const child = spawn("node", ["desk.js", "--by-hand"], {
        cwd: project.folder,
        env: { ...environment },
        detached: true,
        stdio: "ignore",
      });
      child.unref();
      await until("it answers", async () => (await ask(port, "/health")) !== undefined);
      const { out } = await project.well("plan");
      expect(out).toMatch(/drifted: changed outside aac/);
      await project.well("apply --yes");
      await project.well("plan --expect-no-changes");
    });
  });
});

function fail(why: string): never {
  throw new Error(why);
}

describe("an agent that somebody stops while an apply waits for it", () => {
  test("fails that apply at once, and stays stopped when what it changed is put back", async () => {
    const port = 15469;
    await inProject("meanwhile", deskIn(".", desk("ana", port)), async (project) => {
      await project.well("apply --yes");
      project.edit("agent.yaml", "path: /health", "path: /ready");
      const applying = project.begin("apply --yes");
      await until("it waits", () => applying.out().includes("waiting for"), 20_000);
      await project.well("stop ana --reason loud");
      expect(await applying.ended).toMatchObject({ code: 4 });
      expect(applying.out()).toContain("stopped by ");
      expect(applying.out()).toMatch(/· kept: \S+ stopped it meanwhile/);
      expect(applying.out()).toContain("is as it was before, but for what was kept.");
      const { agents } = await project.status();
      expect(agents).toMatchObject([{ agent: "ana", state: "stopped" }]);
      expect(JSON.stringify(agents)).toMatch(/held by \S+ since [^"]+: stopped \(loud\)/);
      expect(does(await project.plan())).toEqual([]);
      await project.well("start ana");
      expect(does(await project.plan())).toEqual(["update ana/process/0"]);
    });
  });
});
