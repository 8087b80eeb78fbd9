/** A place in a temporary folder, with real processes: whatever a test leaves behind is ended with it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Charge, End, RunIdentity } from "../../../src/model/supervision.ts";
import { system } from "../../../src/system/system.ts";
import { findCgroups } from "../../../targets/local-process/runner/cgroups.ts";
import type { TreeKind } from "../../../targets/local-process/runner/folder.ts";
import { type LocalRunner, localRunner } from "../../../targets/local-process/runner/runner.ts";
import { chooseWay } from "../../../targets/local-process/runner/trees/tree.ts";

export interface TestPlace {
  readonly folder: string;
  readonly key: string;
  readonly runner: LocalRunner;
  /** Starts it, and fails the test where that fails. */
  start(charge: Charge, environment?: Readonly<Record<string, string>>): Promise<RunIdentity>;
  nextRun(): string;
  endOf(charge: Charge, run: RunIdentity): Promise<End>;
  said(stream: "stdout" | "stderr"): string;
  close(): Promise<void>;
}

let places = 0;

export function testPlace(tree?: TreeKind): TestPlace {
  const folder = mkdtempSync(join(tmpdir(), "aac-runner-"));
  const key = `${process.pid.toString(16)}${(++places).toString(16)}`.padStart(12, "0");
  const runner = localRunner(system, placeIn(folder, key), tree);
  const started: (readonly [Charge, RunIdentity])[] = [];
  let runs = 0;
  // A tree is found by the number of its run on the whole machine: other tests have trees beside this one.
  const nextRun = (): string => `run-${key}-${++runs}`;
  return {
    folder,
    key,
    runner,
    nextRun,
    async start(charge, environment = {}) {
      const answer = await runner.start(charge, nextRun(), environment);
      if (answer.is === "failed") throw new Error(answer.why);
      started.push([charge, answer.run]);
      return answer.run;
    },
    endOf: (charge, run) =>
      new Promise((resolve) => {
        runner.ended(charge, run, resolve);
      }),
    said: (stream) => readFileSync(join(folder, `logs/desk/0/${stream}.log`), "utf8"),
    async close() {
      for (const [charge, run] of started) {
        await runner.kill(charge, run);
        runner.forget(charge, run.runId);
      }
      for (const one of runner.find()) system.processes.signal(one.pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function placeIn(
  folder: string,
  key: string,
): { project: string; key: string; runs: string; logs: string } {
  return { project: "test", key, runs: join(folder, "runs"), logs: join(folder, "logs") };
}

const SECOND = { ms: 1000, text: "1s" };

export function chargeOf(command: readonly [string, ...string[]], more: Partial<Charge> = {}): Charge {
  return {
    agent: "desk",
    replica: 0,
    source: "desk/agent.yaml",
    origin: "here:/a b/ü",
    after: [],
    protect: false,
    command,
    cwd: tmpdir(),
    environment: {},
    surroundings: {},
    secrets: {},
    health: {},
    ports: {},
    supervision: {
      restart: "no",
      maxRestarts: 0,
      backoff: {
        type: "fixed",
        initial: SECOND,
        max: SECOND,
        multiplier: 1,
        jitter: 0,
        written: false,
      },
      circuitBreaker: { failures: 1, window: SECOND, resetAfter: SECOND, halfOpen: 1 },
      successCodes: [0],
      stopGracePeriod: SECOND,
      stopSignal: "SIGTERM",
    },
    hooks: {},
    limits: {},
    logging: { maxBytes: 1_000_000, maxFiles: 1 },
    dependsOn: {},
    nice: 0,
    asked: {},
    ...more,
  };
}

export const shell = (script: string): readonly [string, ...string[]] => ["/bin/sh", "-c", script];

/** Which ways to end a tree work on this machine: found by trying, as the runner does. */
export async function waysHere(): Promise<readonly TreeKind[]> {
  const found: TreeKind[] = [];
  for (const one of ["cgroup", "namespace", "group"] as const)
    if ((await chooseWay(system, findCgroups(system), `aac-test-${process.pid}`, one)) !== undefined)
      found.push(one);
  return found;
}
