import { spawn } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { does } from "../answers.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const agent = (name: string): string =>
  `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [sleep, "1000"]
  supervision: {stopGracePeriod: 1s}
`;

describe("what somebody does by hand", () => {
  test("a pause is held, with who and why, until it is resumed", async () => {
    await inProject("paused", { "agent.yaml": agent("store") }, async (project) => {
      await project.well("apply --yes");
      const pid = await project.pidOf("store");
      expect((await project.well("pause store --reason memory")).out).toBe("✓ store  paused\n");
      const paused = {
        agent: "store",
        state: "paused",
        held: expect.stringMatching(/^held by .*: paused \(memory\)$/),
      };
      expect((await project.status()).agents).toMatchObject([paused]);
      expect((await project.well("status")).out).toMatch(
        /held by \S+ since \d{4}-\d\d-\d\d \d\d:\d\d UTC: paused \(memory\)\n/,
      );
      const plan = await project.plan();
      expect([does(plan), plan.held]).toMatchObject([[], [{ what: "paused", reason: "memory" }]]);
      const { out } = await project.well("resume -o json");
      expect(JSON.parse(out)).toMatchObject({ kind: "Outcomes", outcomes: [{ agent: "store", ok: true }] });
      expect(await project.pidOf("store")).toBe(pid);
      expect((await project.plan()).held).toEqual([]);
    });
  });

  test("another number of replicas is refused where there is one process an agent, with what to do", async () => {
    await inProject("scaled", { "agent.yaml": agent("store") }, async (project) => {
      await project.well("apply --yes");
      for (const [args, says] of [
        ["scale store=3", "cannot be told another number of replicas by hand"],
        ["scale store 3", "cannot be told another number of replicas by hand"],
        ["scale store=many", "`store=many` says no agent and number"],
        ["scale store", "`store` says no agent and number"],
        ["scale", "name an agent and a number"],
        ["scale store=1 store=2", "`store` is named twice"],
      ] as const) {
        const { code, out, err } = await project.aac(args);
        expect({ code, out }, args).toEqual({ code: 2, out: "" });
        expect(err, args).toContain(says);
      }
    });
  });

  test("a process that runs already is adopted: the plan says that it is replaced, and an apply does it", async () => {
    await inProject("adopted", { "agent.yaml": agent("store") }, async (project) => {
      const child = spawn("sleep", ["1000"], {
        env: { ...process.env, OF_TEST: project.root },
        stdio: "ignore",
      });
      const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
      try {
        const object = `process/${child.pid ?? 0}`;
        for (const [args, code, says] of [
          ["adopt", 2, "name one object with its kind"],
          ["adopt store", 2, "name one object with its kind"],
          [`adopt ${object} --agent stroe --yes`, 2, "did you mean `store`?"],
          [`adopt ${object}`, 2, "--yes adopts without asking"],
          ["adopt container/store --yes", 1, "a container cannot be adopted here"],
        ] as const) {
          const refused = await project.aac(args);
          expect([refused.code, refused.out], args).toEqual([code, ""]);
          expect(refused.err, args).toContain(says);
        }
        const adopted = await project.well(`adopt ${object} --yes`);
        expect(adopted.out).toContain(`✓ ${object} is the agent store now\n`);
        expect(adopted.out).toContain("1 replace");
        expect(adopted.out).toContain("Next: aac apply --target-agent store\n");
        expect((await project.well("events store")).out).toMatch(new RegExp(`adopted +by hand: ${object} `));
        await project.well("apply --yes --target-agent store");
        await gone;
        expect(await project.pidOf("store")).not.toBe(child.pid);
        expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
      } finally {
        child.kill("SIGKILL");
      }
    });
  });
});
