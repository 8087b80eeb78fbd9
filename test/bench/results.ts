import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

const file = new URL("RESULTS.md", import.meta.url);
const root = new URL("../../", import.meta.url).pathname;
const HEAD =
  "# Measured\n\nEach block is one run of the command that it names. Only ratios within a block can be compared: machines differ.\n";
const FORMER_HEAD = /^# Measured\n\n[^\n]*\n/;

/** Newest first; what was measured before stays. `lines` are rows of three columns. */
export function record(command: string, lines: readonly string[]): void {
  const commit = String(spawnSync("git", ["-C", root, "rev-parse", "--short", "HEAD"]).stdout).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  let before = "";
  try {
    before = readFileSync(file, "utf8").replace(FORMER_HEAD, "");
  } catch {
    // The first run has none.
  }
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
  writeFileSync(file, HEAD + block + before);
}
