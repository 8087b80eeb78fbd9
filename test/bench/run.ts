/**
 * `npm run bench [-- NAME…]`: ours beside a floor program and the peer, in one run; writes RESULTS.md.
 * Peers are named by AAC_BENCH_COMPOSE (the docker compose plugin), AAC_BENCH_PROCESS_COMPOSE, AAC_BENCH_OPENTOFU and
 * AAC_BENCH_KAPP; without one its lines are left out. Engines are found as the tests find them.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AAC, background, composeSleepers, memoryOf, shimMemory, sleepers, untilAllSleep } from "./agents.ts";
import { TABS, tabs } from "./completion.ts";
import { clusterPlans, dockerPlans } from "./engines.ts";
import { composeOf, projectOf } from "./inputs.ts";
import { buildFloor, ONE_FILE, oneFile } from "./one-file.ts";
import { peakMemory, race, ratio } from "./measure.ts";
import { record } from "./results.ts";
import { firstFrames, keyTimes } from "./screen.ts";

const root = new URL("../../", import.meta.url).pathname;
const aac = `${root}src/cli/aac.cjs`;
const node = process.execPath;
const compose = process.env["AAC_BENCH_COMPOSE"];
const wanted = process.argv.slice(2);
const lines: string[] = [];

const suites: Readonly<Record<string, () => void | Promise<void>>> = {
  one,
  thousand,
  tenThousand,
  hundredThousand,
  completion,
  agents,
  plans,
  docker,
  kubernetes,
  screen,
};
for (const [name, suite] of Object.entries(suites))
  if (wanted.length === 0 || wanted.includes(name)) await suite();
record(`npm run bench${wanted.length === 0 ? "" : ` -- ${wanted.join(" ")}`}`, lines);

function one(): void {
  const best = oneFile(15, buildFloor());
  for (const name of ["aac validate", "floor-validate", "node -e 0"])
    line("one file", name, `${best.get(name)?.toFixed(0)} ms`);
  line(
    "one file",
    "aac / floor-validate",
    `${ratio(best, "aac validate", "floor-validate").toFixed(2)} (at most 1.3)`,
  );
  line("one file", "aac / node -e 0", `${ratio(best, "aac validate", "node -e 0").toFixed(2)} (at most 2.5)`);
  line("one file", "input", ONE_FILE);
}

function thousand(): void {
  const ours = projectOf(1000);
  const peer = composeOf(1000);
  const best = race(
    [
      { name: "aac", argv: [node, aac, "validate"], cwd: ours },
      ...(compose === undefined
        ? []
        : [{ name: "compose", argv: [compose, "config", "-q"] as const, cwd: peer }]),
    ].map((command) => ({ ...command, argv: [...command.argv] as [string, ...string[]] })),
    5,
  );
  line("1,000 files", "aac validate", `${best.get("aac")?.toFixed(0)} ms`);
  if (compose !== undefined) {
    line("1,000 files", "docker compose config -q, 1,000 services", `${best.get("compose")?.toFixed(0)} ms`);
    line("1,000 files", "aac / compose", `${ratio(best, "aac", "compose").toFixed(2)} (at most 1.5)`);
  }
  line(
    "1,000 files",
    "aac, most memory",
    `${peakMemory([node, aac, "validate"], ours).toFixed(0)} MB (under 250)`,
  );
  rmSync(ours, { recursive: true });
  rmSync(peer, { recursive: true });
}

function tenThousand(): void {
  const small = projectOf(1000);
  const large = projectOf(10_000);
  const best = race(
    [
      { name: "1,000", argv: [node, aac, "validate"], cwd: small },
      { name: "10,000", argv: [node, aac, "validate"], cwd: large },
    ],
    3,
  );
  line("10,000 files", "aac validate", `${best.get("10,000")?.toFixed(0)} ms`);
  line("10,000 files", "10,000 / 1,000", `${ratio(best, "10,000", "1,000").toFixed(1)} (at most 10)`);
  rmSync(small, { recursive: true });
  rmSync(large, { recursive: true });
}

function hundredThousand(): void {
  const large = projectOf(100_000);
  line(
    "100,000 files",
    "aac, most memory",
    `${peakMemory([node, aac, "validate"], large).toFixed(0)} MB (under 3,000)`,
  );
  rmSync(large, { recursive: true });
}

/** What a shell waits for at each TAB. */
function completion(): void {
  const best = tabs(15, buildFloor());
  line("completion", "floor-validate", `${best.get("floor-validate")?.toFixed(0)} ms`);
  for (const name of [...Object.keys(TABS), "an agent of 1,000"]) {
    const toFloor = ratio(best, name, "floor-validate").toFixed(2);
    line("completion", `TAB for ${name}`, `${best.get(name)?.toFixed(0)} ms`);
    line("completion", `${name} / floor-validate`, name in TABS ? `${toFloor} (at most 1.5)` : toFloor);
  }
}

/** 100 agents that sleep, from the command until all do; and what looking after them costs. */
async function agents(): Promise<void> {
  const count = 100;
  const project = sleepers(count);
  const peer = process.env["AAC_BENCH_PROCESS_COMPOSE"];
  const folder = mkdtempSync(join(tmpdir(), "aac-bench-"));
  const best = { aac: Number.POSITIVE_INFINITY, peer: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 5; round++) {
    best.aac = Math.min(
      best.aac,
      await untilAllSleep(
        () => {
          const applying = background([...AAC, "apply", "--yes"], project.cwd, project.env);
          return { end: () => applying.ended };
        },
        project.seconds,
        count,
      ),
    );
    if (round === 0) {
      const pid = project.supervisor();
      line("100 agents", "supervisor, memory", `${memoryOf(pid).toFixed(0)} MB (under 80)`);
      line("100 agents", "memory of an agent besides", `${shimMemory(project.key).toFixed(2)} MB (under 2)`);
    }
    project.aac("destroy", "--yes");
    if (peer === undefined) continue;
    const file = composeSleepers(folder, count, project.seconds);
    best.peer = Math.min(
      best.peer,
      await untilAllSleep(
        () => background([peer, "-f", file, "-t=false", "-p", "28997", "up"], folder),
        project.seconds,
        count,
      ),
    );
  }
  line("100 agents", "aac apply, from command to all running", `${best.aac.toFixed(0)} ms`);
  if (peer !== undefined) {
    line("100 agents", "process-compose up, from command to all running", `${best.peer.toFixed(0)} ms`);
    line("100 agents", "aac / process-compose", `${(best.aac / best.peer).toFixed(2)} (at most 1.5)`);
  }
  project.end();
  rmSync(folder, { recursive: true });
}

/** A plan that has nothing to do, of 1,000 agents that live. */
function plans(): void {
  const count = 1000;
  const project = sleepers(count);
  project.aac("apply", "--yes", "--parallelism", "50");
  const tofu = process.env["AAC_BENCH_OPENTOFU"];
  const folder = mkdtempSync(join(tmpdir(), "aac-bench-"));
  if (tofu !== undefined) {
    const resources = Array.from(
      { length: count },
      (_, i) => `resource "terraform_data" "r${i}" {\n  input = "v${i}"\n}\n`,
    );
    writeFileSync(join(folder, "main.tf"), resources.join(""));
    for (const args of [["init"], ["apply", "-auto-approve"]]) {
      const ran = spawnSync(tofu, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
      if (ran.status !== 0) throw new Error(ran.stderr);
    }
  }
  const best = race(
    [
      { name: "aac", argv: [...AAC, "plan"] as [string, ...string[]], cwd: project.cwd, env: project.env },
      ...(tofu === undefined
        ? []
        : [{ name: "tofu", argv: [tofu, "plan"] as [string, ...string[]], cwd: folder }]),
    ],
    5,
  );
  line("1,000 agents", "aac plan, nothing to do", `${best.get("aac")?.toFixed(0)} ms`);
  if (tofu !== undefined) {
    line("1,000 agents", "OpenTofu plan, 1,000 built-in resources", `${best.get("tofu")?.toFixed(0)} ms`);
    line("1,000 agents", "aac / OpenTofu", `${ratio(best, "aac", "tofu").toFixed(2)} (at most 2.0)`);
  }
  project.end();
  rmSync(folder, { recursive: true });
}

/** Plans that have nothing to do, of containers of an engine. */
async function docker(): Promise<void> {
  const found = engineOf("docker");
  if (found === undefined) return;
  for (const count of [20, 200]) {
    const { best } = await dockerPlans({ ...found, count, rounds: count === 20 ? 15 : 7, peer: compose });
    const suite = `${count} containers`;
    line(suite, "aac plan, nothing to do", `${best.get("aac plan")?.toFixed(0)} ms`);
    line(suite, "floor-docker", `${best.get("floor")?.toFixed(0)} ms`);
    const toFloor = ratio(best, "aac plan", "floor").toFixed(2);
    line(suite, "aac / floor-docker", count === 20 ? `${toFloor} (at most 2.0)` : toFloor);
    if (compose === undefined) continue;
    line(suite, "docker compose up -d, nothing to do", `${best.get("compose")?.toFixed(0)} ms`);
    const toPeer = ratio(best, "aac plan", "compose").toFixed(2);
    line(suite, "aac / compose", count === 200 ? `${toPeer} (at most 1.0)` : toPeer);
  }
}

/** The same of Deployments of a cluster. */
async function kubernetes(): Promise<void> {
  const found = engineOf("kubernetes");
  if (found === undefined) return;
  const kapp = process.env["AAC_BENCH_KAPP"];
  const { best } = await clusterPlans({ ...found, count: 100, rounds: 10, peer: kapp });
  const suite = "100 Deployments";
  line(suite, "aac plan, nothing to do", `${best.get("aac plan")?.toFixed(0)} ms`);
  line(suite, "floor-kubernetes", `${best.get("floor")?.toFixed(0)} ms`);
  line(suite, "aac / floor-kubernetes", `${ratio(best, "aac plan", "floor").toFixed(2)} (at most 1.6)`);
  if (kapp === undefined) return;
  line(suite, "kapp deploy --diff-run, nothing to do", `${best.get("kapp")?.toFixed(0)} ms`);
  line(suite, "aac / kapp", `${ratio(best, "aac plan", "kapp").toFixed(2)} (at most 0.6)`);
}

/** The review before an apply, in a pseudo-terminal. */
async function screen(): Promise<void> {
  const { review, plain, floor } = await firstFrames(100, 7);
  line("screen", "aac apply, first full frame of a review, 100 objects", `${review.toFixed(0)} ms`);
  line("screen", "aac plan, the same in lines", `${plain.toFixed(0)} ms`);
  line("screen", "floor-ink: Ink, React and one box", `${floor.toFixed(0)} ms`);
  line("screen", "review / (lines + floor-ink)", `${(review / (plain + floor)).toFixed(2)} (at most 1.0)`);
  for (const { key, median, worst } of await keyTimes(1000, 20))
    line(
      "screen",
      `1,000 objects, key to frame: ${key}`,
      `${median.toFixed(0)} ms, at most ${worst.toFixed(0)} ms`,
    );
}

/** What finds it; undefined after one line where there is none. */
function engineOf(
  name: "docker" | "kubernetes",
): { readonly environment: Readonly<Record<string, string>> } | undefined {
  const [from, to] =
    name === "docker" ? ["DOCKER_HOST", "DOCKER_HOST"] : ["AAC_TEST_KUBECONFIG", "KUBECONFIG"];
  const value = process.env[from];
  if (value !== undefined) return { environment: { [to]: value } };
  process.stdout.write(`${name}: not run, ${from} is not set\n`);
  return undefined;
}

function line(suite: string, name: string, value: string): void {
  lines.push(`| ${suite} | ${name} | ${value} |`);
  process.stdout.write(`${suite.padEnd(16)} ${name.padEnd(44)} ${value}\n`);
}
