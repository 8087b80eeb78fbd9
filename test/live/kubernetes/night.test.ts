import { test } from "vitest";
import { listAt, numberAt, textAt } from "../../../targets/kubernetes/answers.ts";
import { LABEL } from "../../../targets/kubernetes/names.ts";
import { describeOn } from "../engines.ts";
import { night } from "../night.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

const file = (agent: string, release: number, isBad: boolean): string =>
  shellAgent(
    agent,
    isBad ? "echo out of memory; exit 3" : STAYS,
    // With a check that says whether it came up: a cluster may be slow to tell that it ended again.
    `  healthCheck: {file: /bin/sh}\n  environment: [{name: RELEASE, value: "${release}"}]\n`,
  );

await describeOn("kubernetes", "a night", (environment) => {
  test("in a cluster", { timeout: 240_000 }, async () => {
    await inCluster({ environment }, {}, ({ hands, ...project }) =>
      night({
        project,
        file,
        // What a Deployment wants; whether it is there is what an apply waits for.
        runs: async (agent) =>
          (await hands.list("deployments"))
            .filter((one) => textAt(one, "metadata", "labels", LABEL.agent) === agent)
            .flatMap((one) => {
              const [container] = listAt(one, "spec", "template", "spec", "containers");
              const found = listAt(container, "env").find((each) => textAt(each, "name") === "RELEASE");
              const count = numberAt(one, "spec", "replicas");
              return Array.from({ length: count }, () => textAt(found, "value") ?? "?");
            }),
      }),
    );
  });
});
