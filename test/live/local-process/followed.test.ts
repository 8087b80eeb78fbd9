import { expect, test } from "vitest";
import { until } from "../../helpers/until.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { inProject } from "../project.ts";

const PORT = 15_991;

test("what follows ends with the pipe that it prints into", { timeout: 60_000 }, async () => {
  await inProject("followed", deskIn(".", desk("desk", PORT)), async (project) => {
    await project.well("apply --yes");
    for (const args of ["logs -f", "stats --watch"]) {
      const { child } = project.begin(args);
      // As `| head -1` does.
      child.stdout?.once("data", () => child.stdout?.destroy());
      await until(
        `\`aac ${args} | head -1\` has ended`,
        async () => {
          await ask(PORT, "/say?text=more");
          return child.exitCode !== null;
        },
        20_000,
      );
      expect(child.exitCode).toBe(0);
    }
  });
});
