import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS, OTHER_WORDS } from "../../src/cli/table.ts";
import { aac, folderOf, GOOD, program } from "../helpers/run-aac.ts";

const BAD = GOOD.replace("healthCheck:", "healthChek:");

describe("the command line", () => {
  test("alone it is short, and ends well", () => {
    const { code, out, err } = aac([]);
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^aac: agents as code\n\n {2}aac init weather-desk/);
    expect(out.split("\n").length).toBeLessThan(45);
  });

  test("--version is one line", () => {
    expect(aac(["--version"]).out).toMatch(/^aac \d+\.\d+\.\d+\n$/);
  });

  test.each(COMMANDS.filter((one) => one.load !== undefined).map((one) => one.name))(
    "%s --help begins with examples",
    (name) => {
      const { code, out } = aac([name, "--help"]);
      expect(code).toBe(0);
      const lines = out.split("\n");
      expect(lines[0]).toMatch(new RegExp(`^aac ${name}`));
      expect(lines[3]).toBe("Examples");
      expect(aac(["help", name]).out).toBe(out);
    },
  );

  test("what is not built yet says so, and no other command does", () => {
    const coming = COMMANDS.filter((one) => one.load === undefined).map((one) => one.name);
    expect(coming).toEqual(["build", "run", "import", "service", "clean"]);
    const { code, out, err } = aac(["build"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("AAC9001: `aac build` is not built yet");
  });

  test("a word of another tool is answered with ours", () => {
    for (const [word, ours] of Object.entries(OTHER_WORDS)) {
      expect(
        COMMANDS.some((one) => one.name === ours.split(" ")[1]),
        `${word} → ${ours}`,
      ).toBe(true);
    }
    const { code, err } = aac(["up"]);
    expect(code).toBe(2);
    expect(err).toBe("error: there is no `aac up`: here this is `aac apply`\n");
  });

  test("a slip of the finger is answered with what was meant", () => {
    expect(aac(["valdate"]).err).toContain("did you mean `aac validate`?");
    expect(aac(["validate", "--formt", "json"]).err).toContain("Did you mean --format?");
    expect(aac(["validate", "--auto-approve"]).err).toContain("here this is `--yes`");
    expect(aac(["validate", "--format", "xml"])).toMatchObject({ code: 2, out: "" });
  });

  test.skipIf(process.platform === "win32")("a closed pipe is no error, and a full disk is one line", () => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`a${i}/agent.yaml`, BAD.replace("reading-room", `a-${i}`)]),
    );
    const cwd = folderOf({ ".aac.yaml": "project: pipes\n", ...many });
    const shell = (line: string): { out: string; err: string } => {
      const result = spawnSync("sh", ["-c", line], {
        cwd,
        encoding: "utf8",
        env: { ...process.env, AAC: `${process.execPath} ${program}` },
      });
      return { out: result.stdout, err: result.stderr };
    };
    expect(shell("$AAC validate | head -1").err).toBe("");
    expect(shell("$AAC validate | head -1").out).toContain("AAC1004");
    if (process.platform === "linux") {
      expect(shell("$AAC schema > /dev/full; echo $? >&2").err).toBe(
        "error: the output could not be written: ENOSPC\n1\n",
      );
    }
  });
});

describe("validate", () => {
  test("a good file is one line and 0", () => {
    const cwd = folderOf({ "agent.yaml": GOOD });
    const { code, out, err } = aac(["validate"], { cwd });
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^✓ 1 file, 1 agent: .* ms\n$/);
  });

  test("a wrong one points at the key, and ends with 2", () => {
    const cwd = folderOf({ "agent.yaml": BAD });
    const { code, out } = aac(["validate"], { cwd });
    expect(code).toBe(2);
    expect(out).toContain("error AAC1004  unknown key `healthChek`\n   ┌─ agent.yaml:9:3\n");
    expect(out).toContain("did you mean `healthCheck`?");
  });

  test("--fail-on decides from which level on it is more than a remark", () => {
    const cwd = folderOf({
      "agent.yaml": GOOD.replace("runtime: python", "image: ghcr.io/acme/reader:latest"),
    });
    expect(aac(["validate"], { cwd }).code).toBe(0);
    expect(aac(["validate", "--fail-on", "warning"], { cwd }).code).toBe(0);
    expect(aac(["validate", "--fail-on", "info"], { cwd }).code).toBe(1);
    const broken = folderOf({ "agent.yaml": BAD });
    expect(aac(["validate", "--fail-on", "never"], { cwd: broken }).code).toBe(0);
  });

  test("standard input is a file too", () => {
    const { code, out } = aac(["validate", "-f", "-"], { input: BAD });
    expect(code).toBe(2);
    expect(out).toContain("<stdin>:9:3");
  });

  test("the whole project is read, and the named files are reported", () => {
    const port = (name: string): string =>
      GOOD.replace("reading-room", name).replace("- container: 8080", "- container: 8080\n      host: 8080");
    const cwd = folderOf({
      ".aac.yaml": "project: two\n",
      "one/agent.yaml": port("one"),
      "two/agent.yaml": port("two"),
      "three/agent.yaml": BAD.replace("reading-room", "three"),
    });
    const { code, out } = aac(["validate", "two"], { cwd });
    expect(code).toBe(2);
    expect(out).toContain("AAC2001  port 8080 is already in use by `one`");
    expect(out).not.toContain("healthChek");
    expect(out).toContain("1 file · 1 error");
  });

  test("several faults in several files come in one run, in order", () => {
    const cwd = folderOf({
      "a.agent.yaml": BAD,
      "b.agent.yaml": GOOD.replace("reading-room", "Reading_Room").replace("512Mi", "512m"),
    });
    const { out } = aac(["validate", "-f", "."], { cwd });
    expect(
      [...out.matchAll(/(AAC\d{4})[^┌]*┌─ (\S+):\d+:\d+/g)].map((one) => `${one[1] ?? ""} ${one[2] ?? ""}`),
    ).toEqual(["AAC1004 a.agent.yaml", "AAC1007 b.agent.yaml", "AAC1007 b.agent.yaml"]);
  });

  test("an agent with a fault of its own is not told missing to those that wait for it", () => {
    const waits = `${GOOD}  dependsOn: [store]\n`;
    const cwd = folderOf({
      ".aac.yaml": "project: two\n",
      "reader/agent.yaml": waits,
      "store/agent.yaml": BAD.replace("reading-room", "store"),
    });
    const { out } = aac(["validate"], { cwd });
    expect(out).toContain("AAC1004");
    expect(out).not.toContain("AAC2102");
    const alone = folderOf({ ".aac.yaml": "project: one\n", "reader/agent.yaml": waits });
    expect(aac(["validate"], { cwd: alone }).out).toContain("AAC2102  waits for `store`");
  });

  test("in GitHub Actions it writes annotations by itself", () => {
    const cwd = folderOf({ "agent.yaml": BAD });
    const { out } = aac(["validate"], { cwd, environment: { GITHUB_ACTIONS: "true" } });
    expect(out).toMatch(/^::error file=agent\.yaml,line=9,/m);
  });

  test.each(["json", "sarif"])("%s is one JSON document with the same faults", (format) => {
    const cwd = folderOf({ "agent.yaml": BAD });
    const { code, out } = aac(["validate", "--format", format], { cwd });
    expect(code).toBe(2);
    expect(JSON.stringify(JSON.parse(out))).toContain("AAC1004");
  });

  test("a named target adds what it cannot carry", () => {
    const cwd = folderOf({
      "agent.yaml": `${GOOD}  environment:\n    - name: MODEL_URL\n      value: http://localhost:11434/v1\n`,
    });
    expect(aac(["validate"], { cwd }).code).toBe(0);
    expect(aac(["validate", "-t", "local-process"], { cwd }).code).toBe(0);
    expect(aac(["validate", "-t", "docker"], { cwd }).out).toContain("warning AAC2302");
    expect(aac(["validate", "-t", "kubernetes"], { cwd })).toMatchObject({ code: 2 });
    expect(aac(["validate", "-t", "dokcer"], { cwd }).err).toContain("did you mean `docker`?");
  });

  test("a file that is not there, and a folder without agents, are said", () => {
    const cwd = folderOf({ "empty/notes.txt": "" });
    expect(aac(["validate", "nowhere.yaml"], { cwd })).toMatchObject({ code: 2 });
    expect(aac(["validate", "nowhere.yaml"], { cwd }).out).toContain("AAC1010");
    expect(aac(["validate", "empty"], { cwd }).out).toContain("AAC1022");
    expect(aac(["validate"], { cwd }).out).toContain("AAC1022");
  });

  test("variables come from --set, then --env-file, then .env, then the environment", () => {
    const text = GOOD.replace("runtime: python", "image: acme/reader:${TAG}");
    const cwd = folderOf({ "agent.yaml": text, ".env": "TAG=dot\n", "other.env": "TAG=file\n" });
    const image = (args: string[], environment: Record<string, string> = {}): unknown =>
      (
        JSON.parse(aac(["config", "-o", "ir", ...args], { cwd, environment }).out) as {
          agents: Record<string, { program: { image: string } }>;
        }
      ).agents["reading-room"]?.program.image;
    expect(image([], { TAG: "caller" })).toBe("acme/reader:dot");
    expect(image(["--env-file", "other.env"])).toBe("acme/reader:file");
    expect(image(["--env-file", "other.env", "--set", "TAG=set"])).toBe("acme/reader:set");
    const bare = folderOf({ "agent.yaml": text });
    expect(aac(["validate"], { cwd: bare }).out).toContain("warning AAC1052");
    expect(aac(["validate"], { cwd: bare, environment: { TAG: "caller" } }).code).toBe(0);
  });

  test("without a terminal there is no escape byte, and --color brings them", () => {
    const cwd = folderOf({ "agent.yaml": BAD });
    expect(aac(["validate"], { cwd }).out).not.toContain("\u001B");
    expect(aac(["validate", "--color", "always"], { cwd }).out).toContain("\u001B[");
    expect(aac(["validate"], { cwd, environment: { FORCE_COLOR: "1" } }).out).toContain("\u001B[");
    expect(
      aac(["validate", "--color", "never"], { cwd, environment: { FORCE_COLOR: "1" } }).out,
    ).not.toContain("\u001B");
    expect(aac(["validate", "--no-color"], { cwd, environment: { FORCE_COLOR: "1" } }).out).not.toContain(
      "\u001B",
    );
  });
});

describe("fmt, config, schema, explain, init", () => {
  test("fmt --check names what would change and changes nothing; fmt changes it", () => {
    const cwd = folderOf({
      "agent.yaml": GOOD.replace("  runtime: python", "  runtime:   python   # the usual"),
    });
    const before = readFileSync(join(cwd, "agent.yaml"), "utf8");
    const checked = aac(["fmt", "--check"], { cwd });
    expect(checked.code).toBe(1);
    expect(checked.err).toBe("would change  agent.yaml\nNext: aac fmt\n");
    expect(readFileSync(join(cwd, "agent.yaml"), "utf8")).toBe(before);
    expect(aac(["fmt"], { cwd }).code).toBe(0);
    expect(readFileSync(join(cwd, "agent.yaml"), "utf8")).toContain("  runtime: python # the usual\n");
    expect(aac(["fmt", "--check"], { cwd }).code).toBe(0);
  });

  test("fmt --fix writes our spelling", () => {
    const cwd = folderOf({ "agent.yaml": `${GOOD}  replicas: 2 # two are enough\n` });
    expect(aac(["fmt", "--fix"], { cwd }).code).toBe(0);
    expect(readFileSync(join(cwd, "agent.yaml"), "utf8")).toContain(
      "  scaling:\n    replicas: 2 # two are enough\n",
    );
  });

  test("fmt of standard input prints the result", () => {
    expect(aac(["fmt", "-"], { input: "a:   1\n" }).out).toBe("a: 1\n");
  });

  test("config shows where each value came from", () => {
    const cwd = folderOf({
      "agent.yaml": `${GOOD}profiles:\n  big:\n    resources:\n      limits:\n        memory: 2Gi\n`,
    });
    const { out } = aac(["config", "--profile", "big"], { cwd });
    expect(out).toMatch(/memory: "2Gi" +# agent\.yaml:19\n/);
    expect(out).not.toContain("profiles");
    expect(aac(["config", "--profile", "bgi"], { cwd }).err).toContain("did you mean `big`?");
  });

  test("config -o ir is the same bytes each time", () => {
    const cwd = folderOf({ "agent.yaml": GOOD });
    const { out } = aac(["config", "-o", "ir"], { cwd });
    expect(aac(["config", "-o", "ir"], { cwd }).out).toBe(out);
    expect(JSON.parse(out)).toMatchObject({
      irVersion: 1,
      agents: { "reading-room": { name: "reading-room" } },
    });
  });

  test("schema prints each schema", () => {
    for (const name of ["agent", "canonical", "common", "project", "report"]) {
      expect(JSON.parse(aac(["schema", name]).out)).toHaveProperty("$schema");
    }
    expect(aac(["schema", "projct"]).err).toContain("did you mean `project`?");
  });

  test("explain tells fields and codes, and what was nearly meant", () => {
    expect(aac(["explain", "healthCheck.interval"]).out).toMatch(
      /^spec\.healthCheck\.interval: text\n[^]*Default: "30s"/,
    );
    expect(aac(["explain", "ports.container"]).out).toContain("whole number from 1 to 65535");
    expect(aac(["explain", "AAC2103"]).out).toMatch(/Wrong:[^]*Right:/);
    expect(aac(["explain", "runtimes"]).out).toContain("python:3.11-slim");
    expect(aac(["explain", "helthCheck"]).err).toContain("did you mean `healthCheck`?");
  });

  test("init makes an agent that is clean, and overwrites nothing", () => {
    const cwd = folderOf({});
    const made = aac(["init", "demo", "--runtime", "nodejs", "--model", "openai/gpt-4o"], { cwd });
    expect(made.code).toBe(0);
    expect(made.out).toContain("Next: aac plan -f demo");
    expect(readdirSync(join(cwd, "demo")).toSorted()).toEqual([
      ".aac.yaml",
      ".gitignore",
      "agent.yaml",
      "index.js",
      "package.json",
    ]);
    expect(aac(["validate", "-f", "demo", "--fail-on", "info"], { cwd })).toMatchObject({ code: 0 });
    const before = readFileSync(join(cwd, "demo/index.js"), "utf8");
    expect(aac(["init", "demo"], { cwd }).out).toContain("kept");
    expect(readFileSync(join(cwd, "demo/index.js"), "utf8")).toBe(before);
  });

  test("breaking any one line of it gives a message that points at the line", () => {
    const cwd = folderOf({});
    aac(["init", "demo"], { cwd });
    const lines = readFileSync(join(cwd, "demo/agent.yaml"), "utf8").split("\n");
    lines.forEach((line, i) => {
      const key = /^(\s*(?:- )?)([A-Za-z]+)(:.*)$/.exec(line);
      if (key === null) return;
      const broken = lines.with(i, `${key[1] ?? ""}${key[2] ?? ""}zz${key[3] ?? ""}`).join("\n");
      const { code, out } = aac(["validate", "--format", "json", "-"], { input: broken });
      const report = JSON.parse(out) as {
        diagnostics: { level: string; range?: { start: { line: number } } }[];
      };
      expect(code, line).toBe(2);
      expect(
        report.diagnostics.filter((one) => one.level === "error").map((one) => one.range?.start.line),
        line,
      ).toContain(i + 1);
    });
  });
});

describe("the README", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const agent = /```yaml\n(# yaml-language-server[^]*?)```/.exec(readme)?.[1] ?? "";

  test("its first agent is in order and laid out as fmt does it", () => {
    expect(agent).toContain("kind: Agent");
    expect(aac(["validate", "--fail-on", "info", "-"], { input: agent })).toMatchObject({ code: 0 });
    expect(aac(["fmt", "-"], { input: agent }).out).toBe(agent);
  });

  test("the message that it shows is the one that is printed", () => {
    const shown = /```\n(error AAC1004[^]*?)```/.exec(readme)?.[1] ?? "";
    const cwd = folderOf({ "weather-desk/agent.yaml": agent.replace("healthCheck", "healthchek") });
    expect(shown).not.toBe("");
    expect(aac(["validate", "-f", "weather-desk"], { cwd }).out).toContain(shown);
  });
});

describe("the first file", () => {
  test("it is written for any Node", () => {
    const text = readFileSync(new URL("../../src/cli/aac.cjs", import.meta.url), "utf8");
    expect(text).not.toMatch(/=>|\blet\b|\bconst\b|`[^`\n]*\$\{|\bimport\b\s*\(|\?\?|\?\./);
  });

  test("what is built is there", () => {
    const dist = new URL("../../dist/", import.meta.url);
    expect(existsSync(new URL("main.js", dist))).toBe(true);
    expect(statSync(new URL("main.js", dist)).size).toBeGreaterThan(100_000);
  });
});
