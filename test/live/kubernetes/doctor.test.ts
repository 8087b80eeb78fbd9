import { expect, test } from "vitest";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { describeOn } from "../engines.ts";
import { patient } from "../patient.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

const LONG = { timeout: 180_000, concurrent: true };

await describeOn("kubernetes", "a doctor and a graph in a cluster", (environment) => {
  test("say what this user may do there, and what an agent would wait for in vain", LONG, async () => {
    const secret = "  environment: [{name: DESK_KEY, from: secret}]\n";
    const files = {
      "store/agent.yaml": shellAgent("store", STAYS),
      "desk/agent.yaml": shellAgent("desk", STAYS, `${secret}  dependsOn: [store]\n`),
    };
    await inCluster({ environment }, files, async ({ namespace, ...project }) => {
      const asked = await project.requests(async () => {
        const { code, out } = await patient(project, "doctor -o json");
        expect([code, faultsOf("doctor", out)]).toEqual([0, []]);
        expect(out).toMatch(/"found": "Kubernetes v\S+ answers"/);
        expect(out).toContain("this user may create, change, list and delete Deployments");
        expect(out).toContain(`${namespace} is there`);
      });
      // The reviews are answered and not kept: nothing is written.
      expect(
        asked.filter(
          (one) => !/^GET |^POST \/apis\/authorization\.k8s\.io\/v1\/selfsubjectaccessreviews$/.test(one),
        ),
      ).toEqual([]);

      const desk = await patient(project, "doctor desk");
      expect(desk.code).toBe(1);
      expect(desk.out).toContain(`desk: the Secret desk-secrets is not in the namespace ${namespace}`);
      expect(desk.out).toContain(
        `-n ${namespace} create secret generic desk-secrets --from-literal=DESK_KEY=…`,
      );

      const elsewhere = await patient(project, `doctor store --namespace ${namespace}-not`);
      expect(elsewhere.out).toContain(`${namespace}-not is not there: the first apply makes it`);
      expect(elsewhere.out).toContain("it names no Secrets and no maps");

      const graph = await project.well("graph --status");
      expect(graph.out).toMatch(/^desk +· not applied$/m);
      expect(graph.out).toMatch(/^└─ store +· not applied +waits until started$/m);
    });
  });

  test("tell somebody without rights which of them are missing", LONG, async () => {
    await inCluster({ environment }, { "agent.yaml": shellAgent("store", STAYS) }, async (project) => {
      const file = (environment["KUBECONFIG"] ?? "").replace("admin.", "viewer.");
      const { code, out } = await patient(project, "doctor", {
        environment: { KUBECONFIG: project.kubeconfig(file) },
      });
      expect(code).toBe(1);
      expect(out).toMatch(
        new RegExp(
          `✗ fail +rights +this user may not create, patch.* deployments\\.apps\\s+in\\s+${project.namespace}`,
        ),
      );
      expect(out).toMatch(/! warn +rights +this user may not get, .*secrets/);
    });
  });
});
