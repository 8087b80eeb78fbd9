import { expect, test } from "vitest";
import { describeOn, loadImage } from "../live/engines.ts";
import { clusterPlans, dockerPlans, type Raced } from "./engines.ts";
import { ratio } from "./measure.ts";

/** Beside other tests both take several times as long, and the longer one suffers more: see RESULTS.md for the aims. */
const OF_DOCKER = 8;
const OF_KUBERNETES = 8;
const LONG = 240_000;

function toFloor(name: string, { best }: Raced): number {
  const found = ratio(best, "aac plan", "floor");
  process.stdout.write(`plan / floor-${name} ${found.toFixed(2)}\n`);
  return found;
}

await describeOn("docker", "a plan of an engine that has nothing to do", (environment) => {
  test(
    "asks for each list once and for each container once, and costs a bounded multiple of just that",
    async () => {
      const raced = await dockerPlans({ count: 20, rounds: 8, environment });
      expect(
        raced.requests.map((one) => one.replace(/\?.*/, "").replace(/[0-9a-f]{64}/, "ID")).sort(),
      ).toEqual([
        ...Array.from({ length: 20 }, () => "GET /containers/ID/json"),
        "GET /containers/json",
        "GET /images/json",
        "GET /info",
        "GET /networks",
        "GET /volumes",
      ]);
      expect(toFloor("docker", raced)).toBeLessThanOrEqual(OF_DOCKER);
    },
    LONG,
  );
});

await describeOn("kubernetes", "a plan of a cluster that has nothing to do", (environment) => {
  test(
    "asks for three lists and no more, and costs a bounded multiple of just that",
    async () => {
      await loadImage("busybox:latest");
      const raced = await clusterPlans({ count: 30, rounds: 8, environment });
      expect(raced.requests.map((one) => one.replace(/\?.*|.*\/(?=\w+\?)/g, "")).sort()).toEqual([
        "configmaps",
        "deployments",
        "services",
      ]);
      expect(toFloor("kubernetes", raced)).toBeLessThanOrEqual(OF_KUBERNETES);
    },
    LONG,
  );
});
