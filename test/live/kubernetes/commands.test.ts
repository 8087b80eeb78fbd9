import { expect, test } from "vitest";
import { at, numberAt } from "../../../targets/kubernetes/answers.ts";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { inProject } from "../project.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

/** Each has a namespace of its own, and mostly waits for it. */
const LONG = { timeout: 180_000, concurrent: true };

await describeOn("kubernetes", "the verbs of the second day, by their commands", (environment) => {
  test("stop holds, a plan respects it, and start ends it", LONG, async () => {
    const files = {
      "store/agent.yaml": shellAgent(
        "store",
        `echo up; ${STAYS}`,
        "  ports: [{container: 8080}]\n  scaling: {replicas: 2}\n",
      ),
      "desk/agent.yaml": shellAgent("desk", STAYS, "  dependsOn: [store]\n"),
    };
    await inCluster({ environment }, files, async ({ hands, ...project }) => {
      await project.well("apply --yes");
      const replicas = async (): Promise<number> =>
        numberAt(await hands.get("deployments", "store"), "spec", "replicas");
      expect(
        (await project.status()).agents.map(({ agent, replica, state }) => [agent, replica, state]),
      ).toEqual([
        ["desk", 0, "ready"],
        ["store", 0, "ready"],
        ["store", 1, "ready"],
      ]);
      const stopped = await project.well("stop store --reason cleaning");
      expect(stopped.out).toContain("stopped");
      expect(await replicas()).toBe(0);
      const held = await project.plan();
      expect(does(held)).toEqual([]);
      expect(held.held).toMatchObject([{ id: "store/Deployment/store", reason: "cleaning" }]);
      // An edit waits too, until somebody ends the hold.
      project.edit("store/agent.yaml", "echo up", "echo up again");
      await project.well("apply --yes");
      expect(await replicas()).toBe(0);
      await project.well("start store");
      expect(await replicas()).toBe(2);
      expect(does(await project.plan())).toEqual(["update store/Deployment/store"]);
      await project.well("stop store");
      await project.well("apply --yes --release");
      expect(await replicas()).toBe(2);
      await project.well("plan --detailed-exitcode");
      expect((await project.well("logs store")).out).toContain("up again");

      const template = async (): Promise<unknown> =>
        at(await hands.get("deployments", "store"), "spec", "template", "metadata", "annotations");
      const before = await template();
      await project.well("restart store");
      expect(await template()).not.toEqual(before);
      await until(
        "it is up again",
        async () => (await project.aac("plan --detailed-exitcode")).code === 0,
        60_000,
      );
      await project.well("destroy --yes");
      expect(await hands.ofProject(project.name)).toEqual([]);
      const nothing = await project.status();
      expect(nothing.agents).toEqual([]);
    });
  });

  test("logs that are followed show what comes, until they are ended", LONG, async () => {
    const line = `i=0; ${STAYS.replace("sleep 1", 'i=$((i+1)); echo "line $i"; sleep 0.2')}`;
    await inCluster({ environment }, { "store/agent.yaml": shellAgent("store", line) }, async (project) => {
      await project.well("apply --yes");
      const following = project.begin("logs -f store");
      await until("some lines came", () => /line \d+[^]*line \d+/.test(following.out()), 30_000);
      const seen = following.out().length;
      await until("more lines came", () => following.out().length > seen, 30_000);
      following.child.kill("SIGINT");
      expect((await following.ended).code).not.toBe(1);
    });
  });

  test("print the same JSON as on this machine", LONG, async () => {
    const local = `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: store}
spec:
  runtime: exec
  command: [sleep, "1000"]
  supervision: {stopGracePeriod: 1s}
`;
    const shapes = async (well: (args: string) => Promise<{ readonly out: string }>): Promise<unknown> => {
      const found: Record<string, unknown> = {};
      for (const args of [
        "plan",
        "apply --yes",
        "status",
        "stop store",
        "start store",
        "restart store",
        "destroy --yes",
      ])
        found[args] = shapeOf(JSON.parse((await well(`${args} -o json`)).out));
      return found;
    };
    let expected: unknown;
    await inProject("shapes", { "store/agent.yaml": local }, async (project) => {
      expected = await shapes((args) => project.well(args));
    });
    await inCluster({ environment }, { "store/agent.yaml": shellAgent("store", STAYS) }, async (project) => {
      expect(await shapes((args) => project.well(args))).toEqual(expected);
    });
  });
});

/** The names that stand at its top, and of what kind each is; of the first item of each list too. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, Array.isArray(one) ? "list" : typeof one]),
  );
}
