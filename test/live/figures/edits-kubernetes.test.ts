import { test } from "vitest";
import { rounds, seed } from "../../helpers/figure.ts";
import { describeOn } from "../engines.ts";
import { clusterPlatform } from "./edits-in-cluster.ts";
import { walk } from "./edits-walk.ts";

await describeOn("kubernetes", "edits in a cluster", (environment) => {
  test(
    "a plan names exactly what was edited, by file and by hand, and an apply does exactly that",
    async () => {
      const count = rounds(2);
      const platform = await clusterPlatform(environment);
      try {
        await walk(platform, count, seed(), "edits-kubernetes");
      } finally {
        await platform.end();
      }
    },
    60_000 + rounds(2) * 60_000,
  );
});
