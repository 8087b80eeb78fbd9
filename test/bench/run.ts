/**
 * `npm run bench [-- NAME…]`: ours beside a floor program and the peer, in one run; writes RESULTS.md.
 * The peer is named by AAC_BENCH_COMPOSE (the docker compose plugin); without it its lines are left out.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { composeOf, projectOf } from "./inputs.ts";
import { buildFloor, ONE_FILE, oneFile } from "./one-file.ts";
import { peakMemory, race, ratio } from "./measure.ts";

const root = new URL("../../", import.meta.url).pathname;
const aac = `${root}src/cli/aac.cjs`;
const node = process.execPath;
const compose = process.env["AAC_BENCH_COMPOSE"];
const wanted = process.argv.slice(2);
const lines: string[] = [];
const commit = String(spawnSync("git", ["-C", root, "rev-parse", "--short", "HEAD"]).stdout).trim();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, node ${process.version}`;

const suites: Readonly<Record<string, () => void>> = { one, thousand, tenThousand, hundredThousand };
for (const [name, suite] of Object.entries(suites)) if (wanted.length === 0 || wanted.includes(name)) suite();
record();

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

function line(suite: string, name: string, value: string): void {
  lines.push(`| ${suite} | ${name} | ${value} |`);
  process.stdout.write(`${suite.padEnd(16)} ${name.padEnd(44)} ${value}\n`);
}

/** Newest first; what was measured before stays. */
function record(): void {
  const file = new URL("RESULTS.md", import.meta.url);
  const head =
    "# Measured\n\nEach block is one run of `npm run bench`. Only ratios within a block can be compared: machines differ.\n";
  let before = "";
  try {
    before = readFileSync(file, "utf8").slice(head.length);
  } catch {
    // The first run has none.
  }
  const date = new Date().toISOString().slice(0, 10);
  const command = `npm run bench${wanted.length === 0 ? "" : ` -- ${wanted.join(" ")}`}`;
  const block = [
    `\n## ${date} · ${commit} · ${machine}`,
    "",
    `\`${command}\``,
    "",
    "| suite | what | figure |",
    "|---|---|---|",
    ...lines,
    "",
  ].join("\n");
  writeFileSync(file, head + block + before);
}
