import { expect, test } from "vitest";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const TALKS = `[sh, -c, "trap 'echo bye; exit 0' TERM; i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.1; done"]`;
const QUICK = "  supervision: {stopGracePeriod: 1s}\n";
const talker = (name: string, more = ""): string =>
  agentFile(name, `  image: busybox\n  command: ${TALKS}\n${QUICK}${more}`);

await describeOn("docker", "the commands of the second day on an engine", (environment) => {
  test("what was stopped stays so: a plan says who did it, and a start brings it back", LONG, async () => {
    const { at, one, left } = await byCommand(environment);
    const files = {
      "ana/agent.yaml": talker("ana"),
      "ben/agent.yaml": talker("ben", "  dependsOn: [ana]\n"),
    };
    await onPlatform("held", at, files, async (project) => {
      await project.well("apply --yes");
      const { Id } = await one(project.name, "ana");
      const stopped = await project.aac("stop ana --reason lunch");
      expect(stopped).toMatchObject({ code: 0 });
      expect((await project.status()).agents).toMatchObject([
        { agent: "ana", state: "stopped", held: expect.stringMatching(/stopped \(lunch\)$/) },
        { agent: "ben", state: "ready" },
      ]);
      const plan = await project.plan();
      expect(does(plan)).toEqual([]);
      expect(plan.held).toMatchObject([{ id: "ana/container/0", reason: "lunch" }]);
      await project.well("apply --yes");
      expect((await one(project.name, "ana")).State.Running).toBe(false);
      await project.well("start ana");
      await project.well("wait ana --timeout 20s");
      expect((await one(project.name, "ana")).Id).toBe(Id);
      const before = (await one(project.name, "ana")).State.StartedAt;
      await project.well("restart ana");
      await project.well("wait --timeout 20s");
      expect((await one(project.name, "ana")).State.StartedAt > before).toBe(true);
      expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
      await project.well("destroy --yes");
      expect(await left(project.name)).toEqual([]);
      expect((await project.aac("plan --destroy --detailed-exitcode")).code).toBe(0);
    });
  });

  test(
    "logs follow an agent over its exchange, and an inspection is one table of all that is known",
    LONG,
    async () => {
      const { at } = await byCommand(environment);
      const secret = "  environment: [{name: TONE, value: calm}, {name: DESK_KEY, from: secret}]\n";
      await onPlatform("logs", at, { "agent.yaml": talker("ana", secret) }, async (project) => {
        const call = { environment: { DESK_KEY: "walrus-in-the-log" } };
        await project.well("apply --yes", call);
        const following = project.begin("logs -f --tail 3");
        await until("lines come", () => /tick \d+\n(?:.*\n)*.*tick \d+\n/.test(following.out()), 20_000);
        project.edit("agent.yaml", "calm", "loud");
        await project.well("apply --yes", call);
        await until("the new one is heard", () => /bye\n(?:.*\n)*.*tick/.test(following.out()), 20_000);
        following.child.kill("SIGINT");
        expect((await following.ended).code).toBe(0);
        const inspected: unknown = JSON.parse((await project.well("inspect ana")).out);
        expect(inspected).toMatchObject({
          agent: "ana",
          environment: { TONE: "loud", DESK_KEY: "(secret)" },
          source: "agent.yaml",
          status: { state: "ready" },
        });
        const last = await project.well("logs ana --tail 2");
        expect(last.out.trim().split("\n")).toHaveLength(2);
      });
    },
  );

  test("what ends again and again is never called ready", LONG, async () => {
    const { at } = await byCommand(environment);
    const text = agentFile("ana", `  image: busybox\n  command: [sh, -c, "sleep 0.2; exit 7"]\n${QUICK}`);
    await onPlatform("loops", at, { "agent.yaml": text }, async (project) => {
      expect((await project.aac("apply --yes --no-rollback")).code).toBe(7);
      const waited = await project.aac("wait ana --timeout 3s");
      expect(waited).toMatchObject({ code: 1 });
      expect(waited.err).toContain("waited in vain for ready: ana is ");
      expect((await project.aac("plan")).out).toContain("ana keeps ending");
    });
  });
});
