import { expect, test } from "vitest";
import { describeOn, loadImage } from "../live/engines.ts";
import { clusterPlans, dockerPlans } from "./engines.ts";
import { ratio } from "./measure.ts";

/** Twice what a quiet machine has to keep: these run beside other tests. */
const SLACK = 2;
const LONG = 240_000;

await describeOn("docker", "a plan of an engine that has nothing to do", (environment) => {
  test(
    "costs at most twice as much as asking for 20 containers, with twice that as slack for a busy machine",
    async () => {
      const best = await dockerPlans({ count: 20, rounds: 8, environment });
      const toFloor = ratio(best, "aac plan", "floor");
      console.info(`plan / floor-docker ${toFloor.toFixed(2)}`);
      expect(toFloor).toBeLessThanOrEqual(2.0 * SLACK);
    },
    LONG,
  );
});

await describeOn("kubernetes", "a plan of a cluster that has nothing to do", (environment) => {
  test(
    "costs at most 1.6 times as much as listing 30 Deployments, with twice that as slack for a busy machine",
    async () => {
      await loadImage("busybox:latest");
      const best = await clusterPlans({ count: 30, rounds: 8, environment });
      const toFloor = ratio(best, "aac plan", "floor");
      console.info(`plan / floor-kubernetes ${toFloor.toFixed(2)}`);
      expect(toFloor).toBeLessThanOrEqual(1.6 * SLACK);
    },
    LONG,
  );
});
