import { expect, test } from "vitest";
import { atTerminal } from "../at-terminal.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const RECIPE = ["FROM busybox", "ARG WHO", "RUN sleep 3; echo made for $WHO", "RUN sleep 3", ""].join("\n");

await describeOn("docker", "a build at a terminal", (environment) => {
  test("is as far as the steps of its recipe are, and says what was there before", LONG, async () => {
    const { at } = await byCommand(environment);
    const files = (who: string): Readonly<Record<string, string>> => ({
      "desk/agent.yaml": agentFile(
        "desk",
        `  build: {context: ., args: {WHO: ${who}}}\n  command: [sleep, "600"]\n  supervision: {stopGracePeriod: 1s}\n`,
      ),
      "desk/Dockerfile": RECIPE,
    });
    const stamp = `run-${Date.now()}`;
    await onPlatform("builds", at, files(stamp), async (project) => {
      await atTerminal(
        project,
        "apply --yes",
        { environment: at.environment, columns: 100 },
        async (terminal) => {
          await terminal.shows("████░░░░", undefined, 60_000);
          expect(terminal.screen().join("\n")).toMatch(/creating {3}desk · image[^]*step 3 of 4: /);
          terminal.type("l");
          await terminal.shows(`│ step 3 of 4: made for ${stamp}`, undefined, 60_000);
          expect(terminal.screen().join("\n")).toMatch(/waits {6}desk · container .*for desk · image/);
          await terminal.shows("built 4 of 4 steps", undefined, 60_000);
          expect(await terminal.ended).toMatchObject({ code: 0 });
          expect(terminal.scrollback().join("\n")).not.toContain("█");
        },
      );
      await project.well("destroy --yes");
    });
  });
});
