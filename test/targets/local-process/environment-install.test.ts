import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { System } from "../../../src/model/system.ts";
import { system } from "../../../src/system/system.ts";
import {
  install,
  type InstallRequest,
  obstacleTo,
} from "../../../targets/local-process/environment/install.ts";
import {
  buildsIn,
  commandsOf,
  type Installed,
  installed,
  programOf,
  variables,
} from "../../../targets/local-process/environment/installed.ts";
import { linkModules } from "../../../targets/local-process/environment/link.ts";
import { findProgram } from "../../../targets/local-process/environment/programs.ts";

const PATH = process.env["PATH"] ?? "";
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const never = new AbortController().signal;

const python = ["python3", "python"].flatMap((name) => {
  const ran = spawnSync(name, ["-I", "-c", "import venv, ensurepip, sys; print(sys.executable)"], {
    encoding: "utf8",
  });
  return ran.status === 0 ? [ran.stdout.trim()] : [];
})[0];
const whyNoPython = python === undefined ? " (left out: no Python here can make a venv)" : "";
const npm = findProgram(system, "npm", PATH);
const whyNoNpm = npm === undefined ? " (left out: no npm here)" : "";
/** Whatever an installer might look for elsewhere is not found: these tests use no network. */
const OFFLINE = { PIP_NO_INDEX: "1", PIP_CONFIG_FILE: "/dev/null", npm_config_offline: "true" };
const here: System = {
  ...system,
  host: { ...system.host, environment: { ...process.env, ...OFFLINE, PIP_USER: "1" } },
};

let home = "";
let agent = "";
let cache = "";
let said: string[] = [];
const report = (text: string): void => void said.push(text);

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "aac-install-")));
  agent = join(home, "agent");
  cache = join(home, "cache");
  mkdirSync(agent);
  said = [];
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(agent, name)), { recursive: true });
    writeFileSync(join(agent, name), text);
  }
}

function request(
  runtime: "python" | "nodejs",
  packages: readonly string[],
  from: string,
  more: Partial<InstallRequest> = {},
): InstallRequest {
  const program = runtime === "python" ? (python ?? "/-") : realpathSync(process.execPath);
  const key = hash(new TextEncoder().encode(`${runtime} ${packages.join()}`)).slice(0, 24);
  const environment = { key, runtime, version: "1.2.3", packages, from };
  return { environment, program, folder: agent, path: PATH, dev: false, cache, hash, ...more };
}

async function made(asked: InstallRequest): Promise<Installed> {
  const result = await install(here, asked, { signal: never, report });
  if (!result.ok) throw new Error([result.error.message, ...result.error.lines].join("\n"));
  return result.value;
}

const builds = (): string[] => (existsSync(buildsIn(cache)) ? readdirSync(buildsIn(cache)).sort() : []);

/** A wheel is a zip with a little about itself. */
function wheel(name: string, version: string, extra = ""): string {
  const file = `${name}-${version}-py3-none-any.whl`;
  const script = `
import sys, zipfile
path, name, version, extra = sys.argv[1:]
about = f"{name}-{version}.dist-info/"
files = {
  f"{name}/__init__.py": f"VERSION = {version!r}\\n",
  about + "METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n{extra}",
  about + "WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
  about + "entry_points.txt": f"[console_scripts]\\n{name}-says = {name}:__name__.upper\\n",
}
with zipfile.ZipFile(path, "w") as out:
  for where, text in files.items():
    out.writestr(where, text)
  out.writestr(about + "RECORD", "".join(f"{where},,\\n" for where in [*files, about + "RECORD"]))
`;
  mkdirSync(join(agent, "wheels"), { recursive: true });
  execFileSync(python ?? "/-", ["-c", script, join(agent, "wheels", file), name, version, extra]);
  return `./wheels/${file}`;
}

function says(one: Installed, name: "python" | "node", code: string): string {
  const flag = name === "python" ? "-c" : "-e";
  const environment = { PATH, ...variables(one) };
  const ran = spawnSync(programOf(one, name) ?? "/-", [flag, code], {
    cwd: agent,
    env: environment,
    encoding: "utf8",
  });
  return ran.stdout.trim() + ran.stderr.trim();
}

describe.skipIf(python === undefined)(`Python packages${whyNoPython}`, { timeout: 120_000 }, () => {
  test("are installed from the agent file, and the second time only found", async () => {
    const asked = request("python", [wheel("demo", "1.0")], "spec");
    const one = await made(asked);
    expect(one.resolved["demo"]).toBe("1.0");
    expect(said[1]).toBe("installing 1 package with pip");
    expect(said.some((line) => line.startsWith("installing 1 package with pip: "))).toBe(true);
    expect(says(one, "python", "import demo, sys; print(demo.VERSION, sys.prefix)")).toBe(
      `1.0 ${one.folder}`,
    );
    expect(programOf(one, "node")).toBeUndefined();
    // A script names the interpreter by an absolute path: it works only where nothing was moved.
    const script = spawnSync(join(commandsOf(one), "demo-says"), { encoding: "utf8" });
    expect([script.error, script.status === null]).toEqual([undefined, false]);
    said = [];
    expect(await made(asked)).toEqual(one);
    expect(said).toEqual([]);
    expect(builds()).toHaveLength(1);
  });

  test("are installed from requirements.txt though files of the agent are named like modules of Python", async () => {
    write({
      "requirements.txt": `-r more.txt # the rest\n`,
      "more.txt": `${wheel("demo", "2.0")}\n`,
      "logging.py": "raise SystemExit('the wrong one')\n",
      "queue.py": "raise SystemExit('the wrong one')\n",
    });
    const one = await made(request("python", ["requirements.txt"], "requirements.txt"));
    expect(one.resolved["demo"]).toBe("2.0");
    expect(readdirSync(agent).sort()).toEqual([
      "logging.py",
      "more.txt",
      "queue.py",
      "requirements.txt",
      "wheels",
    ]);
  });

  test("of a pyproject.toml are installed without the project itself", async () => {
    const file = join(agent, wheel("demo", "3.0"));
    const tool = join(agent, wheel("tool", "1.0"));
    write({
      "pyproject.toml": `[project]\nname = "desk"\nversion = "1"\ndependencies = [\n  "demo @ file://${file}",\n]\n[dependency-groups]\ndev = ["tool @ file://${tool}"]\n`,
    });
    const one = await made(request("python", ["pyproject.toml"], "pyproject.toml"));
    expect([one.resolved["demo"], one.resolved["desk"], one.resolved["tool"]]).toEqual([
      "3.0",
      undefined,
      undefined,
    ]);
    const dev = { ...request("python", ["pyproject.toml", "x"], "pyproject.toml"), dev: true };
    const asked = { ...dev, environment: { ...dev.environment, packages: ["pyproject.toml"] } };
    expect((await made(asked)).resolved).toMatchObject({ demo: "3.0", tool: "1.0" });
  });

  test("that are not to be had fail with what pip said, and leave nothing", async () => {
    const asked = request("python", ["no-such-package==1.0"], "spec");
    const result = await install(here, asked, { signal: never, report });
    expect(result).toMatchObject({
      ok: false,
      error: { message: "installing 1 package with pip failed: it ended with code 1", passing: false },
    });
    expect(!result.ok && result.error.lines.join("\n")).toContain("No matching distribution found");
    expect(!result.ok && result.error.lines.length).toBeLessThanOrEqual(20);
    expect(installed(here, cache, asked.environment.key)).toBeUndefined();
    expect(builds()).toEqual([]);
  });

  test("of a lock that nobody here can read say what to do, before anything is written", () => {
    write({ "uv.lock": "", "poetry.lock": "", "pyproject.toml": "[tool.poetry.dependencies]\nx = 1" });
    const path = join(home, "empty");
    const told = ["uv.lock", "poetry.lock", "pyproject.toml"].map((from) =>
      obstacleTo(here, request("python", [from], from, { path })),
    );
    expect(told.map((one) => one?.message)).toEqual([
      "uv.lock can be read by uv only, and uv is not on PATH",
      "poetry.lock can be read by Poetry only, and poetry is not on PATH",
      "pyproject.toml does not list its packages where pip could read them",
    ]);
    for (const one of told) expect(one?.lines.at(-1)).toContain("dependencies: [requests==2.32.3]");
    expect(existsSync(cache)).toBe(false);
  });

  test("are installed anew where the interpreter has gone since", async () => {
    const asked = request("python", [wheel("demo", "1.0")], "spec");
    const first = await made(asked);
    rmSync(programOf(first, "python") ?? "/-");
    expect(installed(here, cache, first.key)).toBeUndefined();
    const second = await made(asked);
    expect(second.folder).not.toBe(first.folder);
    expect(installed(here, cache, first.key)).toEqual(second);
  });
});

describe.skipIf(npm === undefined)(`Node packages${whyNoNpm}`, { timeout: 120_000 }, () => {
  const LIBRARY = {
    "lib/package.json": '{"name": "demo", "version": "1.0.0", "main": "index.js"}',
    "lib/index.js": "module.exports = 'of the environment';",
  };

  test("are installed from the agent file, and import finds them through a link in its folder", async () => {
    write({ ...LIBRARY, "index.mjs": "import demo from 'demo'; console.log(demo);" });
    const one = await made(request("nodejs", ["demo@file:./lib"], "spec"));
    expect(one.resolved).toEqual({ demo: "1.0.0" });
    expect(says(one, "node", "console.log(require('demo'))")).toBe("of the environment");
    const place = { folder: agent, cache };
    const told = await linkModules(here, one, place);
    expect(told).toEqual({ ok: true, value: `${agent}/node_modules leads to the environment ${one.key}` });
    expect(execFileSync(process.execPath, ["index.mjs"], { cwd: agent, encoding: "utf8" })).toBe(
      "of the environment\n",
    );
    expect(await linkModules(here, one, place)).toEqual({ ok: true, value: undefined });
    // The environment holds a copy: an edit of the folder is another environment.
    write({ "lib/index.js": "module.exports = 'edited';" });
    const second = await made(request("nodejs", ["demo@file:./lib", "demo@file:./lib"], "spec"));
    expect(await linkModules(here, second, place)).toMatchObject({ ok: true });
    expect(realpathSync(join(agent, "node_modules"))).toBe(join(second.folder, "node_modules"));
    expect(readdirSync(agent).sort()).toEqual(["index.mjs", "lib", "node_modules"]);
  });

  test("are not linked over what somebody else has put there", async () => {
    write({ ...LIBRARY, "node_modules/own/index.js": "" });
    const one = await made(request("nodejs", ["./lib"], "spec"));
    expect(await linkModules(here, one, { folder: agent, cache })).toEqual({ ok: true, value: undefined });
    expect(readdirSync(join(agent, "node_modules"))).toEqual(["own"]);
    rmSync(join(agent, "node_modules"), { recursive: true });
    symlinkSync("/nowhere", join(agent, "node_modules"));
    expect(await linkModules(here, one, { folder: agent, cache })).toEqual({ ok: true, value: undefined });
    expect(lstatSync(join(agent, "node_modules")).isSymbolicLink()).toBe(true);
    expect(existsSync(join(agent, "node_modules"))).toBe(false);
  });

  test("of a lock are installed as locked, with local folders and archives, without scripts and development", async () => {
    write({
      ...LIBRARY,
      "tarry/package.json": '{"name": "tarry", "version": "2.0.0", "scripts": {"install": "exit 1"}}',
      "dev/package.json": '{"name": "devtool", "version": "3.0.0"}',
      "package.json":
        '{"name": "desk", "version": "1.0.0", "dependencies": {"demo": "file:lib", "tarry": "file:tarry-2.0.0.tgz"}, "devDependencies": {"devtool": "file:dev"}}',
    });
    const run = (...args: readonly string[]): unknown =>
      execFileSync(npm ?? "/-", args, { cwd: agent, stdio: "ignore", env: { ...process.env, ...OFFLINE } });
    run("pack", "./tarry", "--ignore-scripts");
    run("install", "--package-lock-only", "--ignore-scripts", "--no-audit");
    const before = readdirSync(agent).sort();
    const one = await made(request("nodejs", ["package-lock.json"], "package-lock.json"));
    expect(one.resolved).toEqual({ demo: "1.0.0", tarry: "2.0.0" });
    expect(said[0]).toBe("linking what is local");
    expect(said[1]).toBe("installing package-lock.json with npm");
    expect(said.at(-1)).toBe("install scripts are not run, which these packages have: tarry");
    expect(says(one, "node", "console.log(require('demo'))")).toBe("of the environment");
    expect(readdirSync(agent).sort()).toEqual(before);
    write({ "package.json": '{"name": "desk", "version": "1.0.0", "dependencies": {"demo": "file:dev"}}' });
    const drifted = await install(here, request("nodejs", ["package-lock.json", "x"], "package-lock.json"), {
      signal: never,
      report,
    });
    expect(!drifted.ok && drifted.error.lines.join("\n")).toContain("in sync");
  });

  test("of a package.json without a lock are installed as if from its own folder", async () => {
    write({ ...LIBRARY, "package.json": '{"dependencies": {"demo": "file:./lib"}}' });
    const one = await made(request("nodejs", ["package.json"], "package.json"));
    expect(one.resolved).toEqual({ demo: "1.0.0" });
    expect(readdirSync(agent).sort()).toEqual(["lib", "package.json"]);
  });

  test("of another package manager's lock say what to do", () => {
    write({ "package.json": '{"workspaces": ["a"]}', "package-lock.json": "{}" });
    for (const from of ["pnpm-lock.yaml", "yarn.lock", "package-lock.json"])
      expect(obstacleTo(here, request("nodejs", [from], from))?.lines[0]).toContain(
        "its own node_modules is then used",
      );
  });
});

describe("an installer", () => {
  test("gets no key that only the agent needs, and what it says of passwords is covered", async () => {
    const bin = join(home, "bin");
    mkdirSync(bin);
    symlinkSync(realpathSync(process.execPath), join(bin, "node"));
    const words =
      '"key=$OPENAI_API_KEY index=$NPM_TOKEN own=$SHOP_TOKEN" "from https://bob:hunter22@example.com/x"';
    system.files.create(join(bin, "npm"), `#!/bin/sh\nprintf '%s\\n' ${words}\nexit 3\n`, true);
    write({ ".npmrc": "//example.com/:_authToken=${SHOP_TOKEN}\n" });
    const environment = { OPENAI_API_KEY: "one", NPM_TOKEN: "two", SHOP_TOKEN: "three" };
    const told = await install(
      { ...system, host: { ...system.host, environment } },
      request("nodejs", ["x@1.0.0"], "spec", { program: join(bin, "node") }),
      { signal: never, report },
    );
    expect(told).toEqual({
      ok: false,
      error: {
        message: "installing 1 package with npm failed: it ended with code 3",
        lines: ["key= index=two own=three", "from https://•••@example.com/x"],
        passing: false,
      },
    });
    expect(said.join("\n")).not.toContain("hunter22");
  });
});
