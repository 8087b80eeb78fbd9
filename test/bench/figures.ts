/**
 * `npm run figures -- NAME…`: the random tests that stand behind a promise, as often as the promise says. Each
 * writes its line, with seed, commit and machine, into RESULTS.md. Without a name all are run.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { record } from "./results.ts";

interface Figure {
  readonly file: string;
  readonly rounds: number;
}

const FIGURES: Readonly<Record<string, Figure>> = {
  kills: { file: "test/live/figures/kills.test.ts", rounds: 100 },
  "empty-plans": { file: "test/live/figures/empty-plans.test.ts", rounds: 200 },
  "kubernetes-drifts": { file: "test/live/figures/kubernetes-drifts.test.ts", rounds: 20 },
  "kubernetes-foreign": { file: "test/live/figures/kubernetes-foreign.test.ts", rounds: 20 },
  "kubernetes-kills": { file: "test/live/figures/kubernetes-kills.test.ts", rounds: 20 },
  "docker-drifts": { file: "test/live/figures/docker-drifts.test.ts", rounds: 20 },
  "docker-foreign": { file: "test/live/figures/docker-foreign.test.ts", rounds: 20 },
  "docker-kills": { file: "test/live/figures/docker-kills.test.ts", rounds: 20 },
  rollbacks: { file: "test/live/figures/rollbacks.test.ts", rounds: 100 },
  "docker-rollbacks": { file: "test/live/figures/docker-rollbacks.test.ts", rounds: 100 },
  "kubernetes-rollbacks": { file: "test/live/figures/kubernetes-rollbacks.test.ts", rounds: 100 },
  rivals: { file: "test/live/figures/rivals.test.ts", rounds: 5 },
  "docker-rivals": { file: "test/live/figures/docker-rivals.test.ts", rounds: 2 },
  "kubernetes-rivals": { file: "test/live/figures/kubernetes-rivals.test.ts", rounds: 2 },
  interrupts: { file: "test/live/figures/interrupts.test.ts", rounds: 100 },
  "docker-interrupts": { file: "test/live/figures/docker-interrupts.test.ts", rounds: 100 },
  "kubernetes-interrupts": { file: "test/live/figures/kubernetes-interrupts.test.ts", rounds: 100 },
  "edits-local": { file: "test/live/figures/edits-local.test.ts", rounds: 500 },
  "edits-docker": { file: "test/live/figures/edits-docker.test.ts", rounds: 300 },
  "edits-kubernetes": { file: "test/live/figures/edits-kubernetes.test.ts", rounds: 200 },
  "stale-local": { file: "test/live/figures/stale-local.test.ts", rounds: 40 },
  "stale-docker": { file: "test/live/figures/stale-docker.test.ts", rounds: 40 },
  "stale-kubernetes": { file: "test/live/figures/stale-kubernetes.test.ts", rounds: 40 },
  trees: { file: "test/targets/local-process/runner-trees.test.ts", rounds: 100 },
  restarts: { file: "test/supervisor/reference.test.ts", rounds: 10_000 },
};

const root = new URL("../../", import.meta.url).pathname;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => FIGURES[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`no figure ${unknown.join(", ")}: there are ${Object.keys(FIGURES).join(", ")}\n`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "aac-figures-"));
const out = join(folder, "figures.jsonl");
const seed = String(process.env["FIGURE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
let failed = false;
for (const [name, { file, rounds }] of Object.entries(FIGURES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const ran = spawnSync(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", file], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FIGURE_ROUNDS: String(rounds), FIGURE_SEED: seed, FIGURE_OUT: out },
  });
  failed ||= ran.status !== 0;
}
const lines = readLines(out);
rmSync(folder, { recursive: true });
if (lines.length > 0)
  record(
    `npm run figures${wanted
      .map((name) => ` ${name}`)
      .join("")
      .replace(/^/, wanted.length > 0 ? " --" : "")}`,
    lines,
  );
process.exitCode = failed ? 1 : 0;

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => {
        const { name, value, seed: from } = JSON.parse(line) as { name: string; value: string; seed: number };
        return `| ${name} | ${value} | seed ${from} |`;
      });
  } catch {
    return [];
  }
}
