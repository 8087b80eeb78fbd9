import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { program } from "../../helpers/run-aac.ts";

/** So many agents live at once. */
const TOGETHER = 20;
const folder = mkdtempSync(join(tmpdir(), "aac-empty-"));
const root = join(folder, "project");
const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  XDG_STATE_HOME: join(folder, "state"),
  XDG_CACHE_HOME: join(folder, "cache"),
  XDG_RUNTIME_DIR: join(folder, "run"),
  FROM_CALLER: "of the caller",
  CALLER_TOKEN: "hardly-a-secret",
};
mkdirSync(root);
mkdirSync(environment.XDG_RUNTIME_DIR, { mode: 0o700 });

function aac(...args: string[]): { readonly code: number | null; readonly output: string } {
  const ran = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    env: environment,
    encoding: "utf8",
  });
  return { code: ran.status, output: ran.stdout + ran.stderr };
}

type Chance = () => number;

/** An agent that any author could have written, of all that a process of this machine can carry. */
function agentFile(i: number, chance: Chance): string {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T;
  const maybe = (lines: string): string => (chance() < 0.4 ? lines : "");
  const texts = [
    '"plain"',
    "'it''s'",
    '"tab\\there"',
    '"line\\nbreak"',
    '"ünïcödé ☂"',
    '"$$ and %"',
    "1.10",
    "true",
    '""',
  ];
  return `apiVersion: agent.dev/v1
kind: Agent
metadata:
  name: one-${i}
  version: 1.0.${i}
${maybe(`  labels: {team: desk-${i % 3}}\n`)}spec:
  runtime: exec
  command: [sleep, "100000"]
${maybe(`  model: {provider: ${pick(["openai", "ollama", "anthropic"])}, name: some-model, config: {temperature: 0.${i % 10}}}\n`)}${maybe("  capabilities: [search, write]\n")}  environment:
    - {name: NUMBER, value: "${i}"}
${maybe(`    - {name: TEXT, value: ${pick(texts)}}\n`)}${maybe("    - {name: CALLED, from: env, envKey: FROM_CALLER}\n")}${maybe("    - {name: CALLER_TOKEN, from: secret}\n")}${maybe("    - {name: KEY_OF_FILE, from: secret, secretName: box, secretKey: key}\n")}${maybe("    - {name: NOT_THERE, from: secret, optional: true}\n")}${maybe("    - {name: GREETING, from: config, key: greeting}\n  config: {greeting: hello, list: [b, a], deep: {x: 1}}\n")}${maybe(`  ports: [{container: ${30_000 + i}${maybe(", name: http")}}]\n`)}${maybe(`  healthCheck: {command: ["true"], interval: ${pick(["10s", "1m", "90s", "1m30s"])}, timeout: 5s}\n`)}${maybe(`  resources: {limits: {memory: ${pick(["64Mi", "0.0625Gi", "67108864", "64MB", "1024Mi"])}, cpu: ${pick(['"1"', "0.5", '"500m"', "2"])}${maybe(", pids: 50")}${maybe(", files: 512")}}}\n`)}  supervision:
    restart: ${pick(["always", "unless-stopped", "on-failure"])}
    stopGracePeriod: ${pick(["500ms", "1s"])}
${maybe("    backoff: {type: linear, initial: 2s, max: 30s}\n")}${maybe("    circuitBreaker: {failures: 5, window: 5m}\n")}${maybe("    successCodes: [3, 0]\n")}${maybe(`  lifecycle: {onStart: {command: ["true"], timeout: 5s}}\n`)}${maybe(`  logging: {level: ${pick(["debug", "info"])}, maxSize: ${pick(["1MB", "10Mi"])}, maxFiles: 3}\n`)}${i > 0 && i % TOGETHER !== 0 ? maybe(`  dependsOn: [one-${i - 1}]\n`) : ""}${maybe(`  priority: ${pick(["low", "normal"])}\n`)}`;
}

afterAll(() => {
  aac("destroy", "--yes");
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test(
  "whatever the files say, after an apply there is nothing left to plan",
  () => {
    const from = seed();
    const chance = chances(from);
    const count = rounds(10);
    mkdirSync(join(root, ".aac", "secrets", "box"), { recursive: true, mode: 0o700 });
    writeFileSync(join(root, ".aac", "secrets", "box", "key"), "kept-in-a-file\n", { mode: 0o600 });
    writeFileSync(join(root, ".aac.yaml"), `project: empty-${process.pid}\n`);
    for (let first = 0; first < count; first += TOGETHER) {
      const size = Math.min(TOGETHER, count - first);
      for (let i = 0; i < size; i++)
        writeFileSync(
          join(root, `one-${i}.agent.yaml`),
          agentFile(first + i, chance)
            .replaceAll(`one-${first + i}`, `one-${i}`)
            .replaceAll(`one-${first + i - 1}`, `one-${i - 1}`),
        );
      const applied = aac("apply", "--yes");
      expect(applied.code, `seed ${from}\n${applied.output}`).toBe(0);
      const planned = aac("plan", "--detailed-exitcode");
      expect(planned.code, `seed ${from}\n${planned.output}`).toBe(0);
    }
    figure("empty-plans", `${count} generated agents: every plan after the apply is empty`, from);
  },
  60_000 + rounds(10) * 3000,
);
