import { expect, test } from "vitest";
import { describeOn } from "../engines.ts";
import { holdsInATerminal, holdsInPipes, worldOf } from "../exec-laws.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

const DESK = shellAgent("desk", STAYS, "  environment: [{name: GREETING, value: hello}]\n");

await describeOn("kubernetes", "a command inside a pod", (environment) => {
  test("keeps its code, its streams and its terminal", { timeout: 120_000 }, async () => {
    await inCluster({ environment }, { "agent.yaml": DESK }, async (project) => {
      await project.well("apply --yes");
      const kubeconfig = project.kubeconfig(environment["KUBECONFIG"] ?? "");
      const world = worldOf(project, { KUBECONFIG: kubeconfig });
      await Promise.all([holdsInPipes(world), holdsInATerminal(world)]);
      await project.well("stop desk");
      expect(await project.aac("exec desk true")).toMatchObject({
        code: 1,
        err: expect.stringContaining("start it: aac start desk"),
      });
    });
  });
});
