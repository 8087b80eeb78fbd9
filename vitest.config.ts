import { defineConfig } from "vitest/config";

/** What compares times within one run: nothing else may run beside it. */
const ALONE = ["test/bench/**/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: ALONE,
          // Most tests wait for engines, clusters and processes: two at a time leave fewer waits unused.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          // Says that something hangs, and nothing of how fast it is: the machine may be busy with other things.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // Engines, a cluster and processes are real, and a machine of CI has others on it: what fails is tried once
          // more there, and `.ci/run` names each that needed it. At a desk a failure is a failure at once.
          retry: process.env["CI"] === undefined ? 0 : 1,
        },
      },
      { test: { name: "alone", include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
