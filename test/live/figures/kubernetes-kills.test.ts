import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { textAt } from "../../../targets/kubernetes/answers.ts";
import { LABEL } from "../../../targets/kubernetes/names.ts";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "../kubernetes/in-cluster.ts";
import { shellAgent, STAYS } from "../kubernetes/namespace.ts";

const [FIRST, SECOND, THIRD] = ["worker-0", "worker-1", "worker-2"];

const file = (agent: string, round: number): string =>
  shellAgent(
    agent,
    STAYS,
    `  environment: [{name: ROUND, value: "${round}"}]
${agent === SECOND ? `  dependsOn: [${FIRST}]\n  config: {round: ${round}}\n` : "  ports: [{container: 8080}]\n"}`,
  );

const agentOf = (one: Json): string => textAt(one, "metadata", "labels", LABEL.agent) ?? "";

await describeOn("kubernetes", "kills of an apply to a cluster", (environment) => {
  test(
    "at whatever instant, the next apply puts everything right",
    async () => {
      const from = seed();
      const chance = chances(from);
      const count = rounds(2);
      let orphans = 0;
      let doubles = 0;
      await inCluster({ environment }, {}, async ({ hands, ...project }) => {
        const write = (round: number): readonly string[] => {
          // One of them comes and goes, so that an apply is killed while it makes or takes down, too.
          const agents = round % 2 === 0 ? [FIRST, SECOND, THIRD] : [FIRST, SECOND];
          for (const agent of agents) project.write(`${agent}/agent.yaml`, file(agent ?? "", round));
          if (round % 2 === 1) project.remove(`${THIRD}/agent.yaml`);
          return agents.map((agent) => agent ?? "");
        };
        write(0);
        await project.well("apply --yes");
        for (let round = 1; round <= count; round++) {
          const wanted = write(round);
          const applying = project.begin("apply --yes");
          const instant = Math.round(chance() * 5000);
          const deletes = chance() < 0.5;
          const told = `round ${round}: killed after ${instant} ms${deletes ? ", state deleted" : ""}, seed ${from}`;
          const at = Date.now() + instant;
          await until("the instant of the kill", () => Date.now() >= at);
          applying.child.kill("SIGKILL");
          await applying.ended;
          if (deletes) rmSync(join(project.root, "state"), { recursive: true, force: true });
          // The Lease of the one that was killed ends by itself.
          const next = await project.aac("apply --yes --lock-timeout 30s");
          expect(next.code, `${told}\n${next.out}${next.err}`).toBe(0);
          const plan = await project.aac("plan --detailed-exitcode");
          expect(plan.code, `${told}\n${plan.out}${plan.err}`).toBe(0);

          const pods = (await hands.list("pods")).filter(
            (one) => textAt(one, "metadata", "deletionTimestamp") === undefined,
          );
          const kinds = ["deployments", "services", "configmaps"];
          const objects = (await Promise.all(kinds.map((kind) => hands.list(kind)))).flat();
          const ours = [...pods, ...objects].filter(
            (one) => textAt(one, "metadata", "labels", LABEL.project) === project.name,
          );
          orphans += ours.filter((one) => !wanted.includes(agentOf(one))).length;
          doubles += wanted.filter((agent) => pods.filter((one) => agentOf(one) === agent).length > 1).length;
          expect(pods.map(agentOf).toSorted(), told).toEqual(wanted);
          expect([orphans, doubles], told).toEqual([0, 0]);
        }
        await project.well("destroy --yes");
        expect(await hands.ofProject(project.name)).toEqual([]);
      });
      figure(
        "kubernetes-kills",
        `${count} kills: every next apply exits 0, every plan after it is empty, ${orphans} orphans, ${doubles} duplicates`,
        from,
      );
    },
    60_000 + rounds(2) * 30_000,
  );
});
