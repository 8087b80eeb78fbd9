import { test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { listAt, textAt } from "../../../targets/kubernetes/answers.ts";
import { LABEL } from "../../../targets/kubernetes/names.ts";
import { rounds } from "../../helpers/figure.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "../kubernetes/in-cluster.ts";
import { shellAgent } from "../kubernetes/namespace.ts";
import { AGENTS, atRandomMoments, type Sight } from "./interrupt-moments.ts";

const EACH = rounds(1);

const file = (name: string, round: string): string =>
  shellAgent(
    name,
    "trap exit TERM; sleep 100000 & wait",
    `  environment: [{name: ROUND, value: "${round}"}]\n`,
  );

const agentOf = (one: Json): string => textAt(one, "metadata", "labels", LABEL.agent) ?? "?";

/** What its pods are to be asked for. */
function roundOf(deployment: Json): string {
  const [container] = listAt(deployment, "spec", "template", "spec", "containers");
  const variables = container === undefined ? [] : listAt(container, "env");
  const round = variables.find((one) => textAt(one, "name") === "ROUND");
  return (round === undefined ? undefined : textAt(round, "value")) ?? "?";
}

await describeOn("kubernetes", "an apply to a cluster that is interrupted", (environment) => {
  test(
    "is told by the next plan as it is, and put right by the next apply",
    async () => {
      await inCluster({ environment }, {}, async ({ hands, ...project }) => {
        await atRandomMoments({
          name: "kubernetes-interrupts",
          each: EACH,
          project,
          agents: AGENTS,
          write(round) {
            for (const name of AGENTS) project.write(`${name}.agent.yaml`, file(name, round));
          },
          async look(): Promise<Sight> {
            const all = await hands.list("deployments");
            return new Map(all.map((one) => [agentOf(one), [roundOf(one)]]));
          },
          async tooMuch() {
            const pods = (await hands.list("pods")).filter(
              (one) => textAt(one, "metadata", "deletionTimestamp") === undefined,
            );
            const agents = pods.map(agentOf);
            return agents.filter((agent, i) => agents.indexOf(agent) !== i || !AGENTS.includes(agent));
          },
        });
      });
    },
    120_000 + EACH * 240_000,
  );
});
