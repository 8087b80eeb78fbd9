import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { program } from "../helpers/run-aac.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const walk = /```sh walk\n([^]*?)```/.exec(readme)?.[1]?.trim().split("\n") ?? [];
const folder = mkdtempSync(join(tmpdir(), "aac-readme-"));
const root = join(folder, "clone");
const environment: Record<string, string> = {
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  XDG_STATE_HOME: join(folder, "state"),
  XDG_CACHE_HOME: join(folder, "cache"),
  XDG_RUNTIME_DIR: join(folder, "run"),
};

/** A line of the README as it stands there, but in a copy, under a name of its own and on the port that was free. */
function run(line: string): { readonly code: number | null; readonly out: string } {
  const ours = line.replaceAll("npx aac", "aac").replaceAll("http://127.0.0.1:8080", "$URL");
  const script = `aac() { "${process.execPath}" "${program}" "$@"; }\nURL=$(aac status --file fixtures/quickstart -o json 2>/dev/null | grep -o 'http://127.0.0.1:[0-9]*' | head -1)\n[ -f vars ] && . ./vars\n${ours}\ncode=$?\n[ -n "\${config:-}" ] && echo "config='$config'" > vars\nexit $code`;
  const ran = spawnSync("sh", ["-c", script], { cwd: root, env: environment, encoding: "utf8" });
  return { code: ran.status, out: ran.stdout + ran.stderr };
}

beforeAll(() => {
  mkdirSync(environment["XDG_RUNTIME_DIR"] ?? "", { mode: 0o700 });
  cpSync(new URL("../../fixtures/quickstart", import.meta.url), join(root, "fixtures/quickstart"), {
    recursive: true,
  });
  writeFileSync(join(root, "fixtures/quickstart/.aac.yaml"), `project: readme-${process.pid}\n`);
});
afterAll(() => {
  run("npx aac destroy -f fixtures/quickstart --yes");
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

describe("what the README shows", () => {
  test("its first command starts an agent that answers", () => {
    const applied = run("npx aac apply -f fixtures/quickstart --yes");
    expect(applied.code, applied.out).toBe(0);
    expect(applied.out).toMatch(/haiku-desk {2}http:\/\/127\.0\.0\.1:\d+/);
    expect(walk.length).toBeGreaterThan(10);
  }, 60_000);

  test("each line of its walk does what stands beside it", () => {
    const outputs = walk.map((line) => {
      const { code, out } = run(line);
      expect(code, `${line}\n${out}`).toBe(0);
      return out;
    });
    const said = (part: string): string => outputs[walk.findIndex((line) => line.includes(part))] ?? "";
    expect(said("curl")).toContain("each small thing finds its own place");
    expect(said("the field, its line, the cost")).toContain(
      "environment.GREETING  Ask me for a haiku. → Three lines.",
    );
    expect(said("exactly that plan")).toContain("haiku-desk · process  replaced");
    expect(said("told apart from an edit")).toContain(
      "! config.topics[0]  sleet → autumn rain  drifted: changed outside aac",
    );
    expect(said("and put back")).toContain("haiku-desk · config   updated");
    expect(said("aac status")).toMatch(/haiku-desk +0 +ready +healthy/);
    expect(said("aac logs")).toContain("listening on");
    expect(said("and says who")).toContain("too many haiku");
    expect(said("aac destroy")).toContain("haiku-desk · process  deleted");
  }, 120_000);

  test("the agent runs with the optional secret as well as without, and the secret is nowhere to be seen", () => {
    const secret = "sk-quickstart-canary-0123456789abcdef";
    expect(run("npx aac apply -f fixtures/quickstart --yes").code).toBe(0);
    expect(run('curl -s "$URL/"').out).toContain("without a model");
    environment["OPENAI_API_KEY"] = secret;
    const applied = run("npx aac apply -f fixtures/quickstart --yes");
    expect(applied.code, applied.out).toBe(0);
    expect(applied.out).toContain("(secret changed)");
    expect(applied.out).not.toContain(secret);
    expect(run('curl -s "$URL/"').out).toContain("with gpt-4o-mini");
    const kept = spawnSync("grep", ["-rl", secret, folder], { encoding: "utf8" }).stdout;
    expect(kept).toBe("");
    expect(run("npx aac plan -f fixtures/quickstart --detailed-exitcode").code).toBe(0);
  }, 60_000);
});
