import { expect, test } from "vitest";
import { rounds, seed } from "../../helpers/figure.ts";
import { describeOn } from "../engines.ts";
import { enginePlatform } from "./edits-on-engine.ts";
import { walk } from "./edits-walk.ts";

await describeOn("docker", "edits on an engine", (environment) => {
  test(
    "a plan names exactly what was edited, by file and by hand, and an apply does exactly that",
    async () => {
      const count = rounds(5);
      const platform = await enginePlatform(environment);
      try {
        await walk(platform, count, seed(), "edits-docker");
      } finally {
        await platform.end();
      }
      expect(await platform.left()).toEqual([]);
    },
    60_000 + rounds(5) * 30_000,
  );
});
