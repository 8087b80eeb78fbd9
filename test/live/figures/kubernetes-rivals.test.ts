import { join } from "node:path";
import { test } from "vitest";
import { textAt } from "../../../targets/kubernetes/answers.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "../kubernetes/in-cluster.ts";
import { shellAgent } from "../kubernetes/namespace.ts";
import { allAtOnce, ROUNDS, rivalsOf } from "./rival-rounds.ts";

const STAYS = "trap exit TERM; sleep 100000 & wait";

/** Not ready before a file is in it. */
const file = (round: number): string =>
  shellAgent(
    `ana-${round}`,
    STAYS,
    "  healthCheck: {command: [test, -e, /tmp/ready], interval: 1s, timeout: 5s, startPeriod: 10m}\n",
  );

/** With these beside it, the one that goes in each round is not most of the project. */
const others = Object.fromEntries(
  ["ben", "cem"].map((name) => [`${name}.agent.yaml`, shellAgent(name, STAYS)]),
);

await describeOn("kubernetes", "many applies at once to a cluster, from a machine each", (environment) => {
  test(
    "one wins, and where it is killed the next one goes on once its Lease has ended",
    async () => {
      await inCluster({ environment }, others, async ({ hands, ...project }) => {
        let last = 0;
        await allAtOnce({
          name: "kubernetes-rivals",
          project,
          rivals: rivalsOf(10, 3),
          write(round) {
            last = round;
            project.write("ana.agent.yaml", file(round));
          },
          // Its container may not even be there yet.
          open: () =>
            until(
              "it is told to be ready",
              async () => (await project.aac(`exec ana-${last} touch /tmp/ready`)).code === 0,
              60_000,
            ),
          started: async (round) =>
            (await hands.list("pods")).filter(
              (one) => textAt(one, "metadata", "name")?.startsWith(`ana-${round}-`) === true,
            ).length,
          call: (rival) => ({ environment: { XDG_STATE_HOME: join(project.root, `machine-${rival}`) } }),
          // It tells of its first step, or has found nothing to do.
          goesOn: ({ child, out }) => child.exitCode !== null || /^\d+ m?s {2,}\S/m.test(out()),
          withinMs: 16_000,
        });
      });
    },
    90_000 + ROUNDS * 150_000,
  );
});
