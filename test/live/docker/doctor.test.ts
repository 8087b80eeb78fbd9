import { expect, test } from "vitest";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { describeOn } from "../engines.ts";
import { patient } from "../patient.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const PORT = 24_181;
const STAYS = `  image: busybox\n  command: [sleep, "1000"]\n  supervision: {stopGracePeriod: 1s}\n`;

await describeOn("docker", "a doctor and a graph on an engine", (environment) => {
  test("say what is there, and how each agent is", LONG, async () => {
    const { at, left } = await byCommand(environment);
    const files = {
      "store/agent.yaml": agentFile("store", `${STAYS}  ports: [{container: 8080, host: ${PORT}}]\n`),
      "desk/agent.yaml": agentFile("desk", `${STAYS}  dependsOn: [store]\n`),
      "rival/agent.yaml": agentFile(
        "rival",
        `${STAYS}  image: "nowhere.invalid/none:1"\n`.replace("  image: busybox\n", ""),
      ),
    };
    await onPlatform("doctor", at, files, async (project) => {
      const before = await patient(project, "doctor -o json");
      expect(faultsOf("doctor", before.out)).toEqual([]);
      expect(before.out).toMatch(/"found": "version \S+, API [\d.]+, linux\//);
      expect(before.out).toContain("2 of 3 are on the engine; an apply pulls or builds those of rival");
      expect(await left(project.name)).toEqual([]);

      await project.well("apply --yes --exclude rival");
      const graph = await project.well("graph --status");
      expect(graph.out).toMatch(/^desk +✓ ready$/m);
      expect(graph.out).toMatch(/^└─ store +✓ ready +waits until started$/m);
      expect(graph.out).toMatch(/^rival +· not applied$/m);

      const store = await patient(project, "doctor store");
      expect(store.out).toMatch(/^ {2}✓ ok {4}state +ready since /m);
      expect(store.out).toMatch(/^ {2}✓ ok {4}image +busybox:latest is on the engine$/m);
      expect(store.out).toMatch(
        new RegExp(`^ {2}✓ ok {4}port 8080/tcp +${PORT} of the machine is free, or the agent's own$`, "m"),
      );

      project.edit(
        "desk/agent.yaml",
        "  dependsOn",
        `  ports: [{container: 8081, host: ${PORT}}]\n  dependsOn`,
      );
      project.remove("store/agent.yaml");
      project.edit("desk/agent.yaml", "  dependsOn: [store]\n", "");
      const desk = await patient(project, "doctor desk");
      expect(desk.code).toBe(1);
      expect(desk.out).toContain(`desk: port ${PORT} is already in use by the agent store`);
      const gone = await patient(project, "doctor store");
      expect(gone.out).toContain("it lives, and is in none of these files");
      await project.well("stop store");
      expect((await patient(project, "doctor store")).out).toMatch(
        /^ {2}! warn {2}state +stopped.*\n(?:.*\n)*? +→ aac start store$/m,
      );
      await project.well("destroy --yes --prune");
    });
  });
});
