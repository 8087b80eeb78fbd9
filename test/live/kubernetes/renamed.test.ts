import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { textAt } from "../../../targets/kubernetes/answers.ts";
import { does } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

const REST =
  "  config: {topic: rain}\n  ports: [{container: 8080}]\n  volumes: [{name: notes, target: /data, size: 8Mi}]\n";

await describeOn("kubernetes", "an agent under another name", (environment) => {
  test("is moved in a cluster: its claim stays the very one, and nothing else of the former one is left", async () => {
    const ana = shellAgent("ana", STAYS, REST);
    await inCluster({ environment }, { "agent.yaml": ana }, async ({ hands, ...project }) => {
      const folder = join(project.root, "data");
      mkdirSync(folder);
      const endDisk = await hands.disk("ana-notes", folder);
      await project.well("apply --yes");
      const claims = (): Promise<Readonly<Record<string, string>>> => uids("persistentvolumeclaims");
      const uids = async (kind: string): Promise<Readonly<Record<string, string>>> =>
        Object.fromEntries(
          (await hands.list(kind)).map((one) => [
            textAt(one, "metadata", "name") ?? "",
            textAt(one, "metadata", "uid") ?? "",
          ]),
        );
      const before = await claims();
      expect(Object.keys(before)).toEqual(["ana-notes"]);
      project.write("agent.yaml", ana.replace("  name: ana", "  name: desk\n  renamedFrom: ana"));
      const plan = await project.plan();
      expect(does(plan)).toEqual(
        expect.arrayContaining([
          "replace desk/Deployment/desk",
          "update desk/PersistentVolumeClaim/ana-notes",
        ]),
      );
      await project.well("apply --yes");
      expect(await claims()).toEqual(before);
      expect(Object.keys(await uids("deployments"))).toEqual(["desk"]);
      expect(Object.keys(await uids("services"))).toEqual(["desk"]);
      await project.well("plan --expect-no-changes");
      await endDisk();
    });
  }, 180_000);
});
