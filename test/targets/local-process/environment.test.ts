import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { system } from "../../../src/system/system.ts";
import { hasOwnModules, localInLock, seeFolder } from "../../../targets/local-process/environment/folder.ts";
import { readNpmSpec, readRequirement } from "../../../targets/local-process/environment/local-packages.ts";
import { packagesIn } from "../../../targets/local-process/environment/pyproject.ts";
import {
  type Environment,
  environmentOf,
  type EnvironmentRequest,
} from "../../../targets/local-process/environment/wanted.ts";

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const PYTHON = { path: "/opt/python", version: "3.12.4", platform: "cpython-312-x86_64-linux-gnu" };
const NODE = { path: "/opt/node", version: "24.1.0", platform: "linux-x64-glibc" };

let home = "";
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "aac-environment-")));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>, folder = home): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const agentOf = (
  runtime: string,
  dependencies: readonly string[] = [],
  devDependencies: readonly string[] = [],
): EnvironmentRequest["agent"] => ({
  program: { runtime: { name: runtime }, args: [], shell: false },
  dependencies,
  devDependencies,
});

interface Seen {
  readonly agent: EnvironmentRequest["agent"];
  readonly folder?: string;
  readonly locks?: readonly string[];
  readonly dev?: boolean;
  readonly program?: EnvironmentRequest["program"];
}

/** As an apply finds it out: what the folder says first, the environment of that. */
function environment({
  agent,
  folder = home,
  locks = [],
  dev = false,
  program,
}: Seen): Environment | undefined {
  const facts = {
    folder,
    locks: Object.fromEntries(
      locks.map((name) => {
        const read = system.files.read(join(folder, name), 1 << 20);
        return [name, read.is === "read" ? hash(read.bytes) : "none"];
      }),
    ),
  };
  const seen = seeFolder(system, {
    agent,
    facts,
    path: join(home, "bin"),
    cache: join(home, "cache"),
    dev,
    hash,
  });
  const own = program ?? (agent.program.runtime?.name === "python" ? PYTHON : NODE);
  return environmentOf({ agent, facts, program: own, folder: seen, dev, hash });
}

describe("what has to be installed", () => {
  test("nothing, where nobody lists a package", () => {
    write({ "main.py": "" });
    expect(environment({ agent: agentOf("python") })).toBeUndefined();
    expect(environment({ agent: agentOf("nodejs") })).toBeUndefined();
  });

  test("nothing for a runtime that compiles", () => {
    expect(environment({ agent: agentOf("go", ["example.com/x@v1.0.0"]) })).toBeUndefined();
  });

  test("the list of the agent file, in any order and each name once", () => {
    const one = environment({ agent: agentOf("python", ["b==2", "a==1", "b==2"]) });
    expect(one).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{24}$/),
      runtime: "python",
      version: "3.12.4",
      packages: ["a==1", "b==2"],
      from: "spec",
    });
    expect(environment({ agent: agentOf("python", ["a==1", "b==2"]) })).toEqual(one);
  });

  test("the list of the agent file rather than the folder's own", () => {
    write({ "requirements.txt": "c==3\n" });
    const locks = ["requirements.txt"];
    const listed = environment({ agent: agentOf("python", ["a==1"]), locks });
    expect(listed?.from).toBe("spec");
    write({ "requirements.txt": "c==4\n" });
    expect(environment({ agent: agentOf("python", ["a==1"]), locks })).toEqual(listed);
    expect(environment({ agent: agentOf("python"), locks })?.from).toBe("requirements.txt");
  });

  test("what is for development only when that is asked for", () => {
    const agent = agentOf("python", ["a==1"], ["pytest==8"]);
    expect(environment({ agent })?.packages).toEqual(["a==1"]);
    expect(environment({ agent, dev: true })?.packages).toEqual(["a==1", "pytest==8"]);
    write({ "requirements.txt": "c==3\n" });
    const added = environment({
      agent: agentOf("python", [], ["pytest==8"]),
      locks: ["requirements.txt"],
      dev: true,
    });
    expect(added).toMatchObject({ from: "requirements.txt", packages: ["pytest==8", "requirements.txt"] });
  });

  test("nothing for Node where the folder has its own node_modules", () => {
    write({ "node_modules/x/index.js": "" });
    expect(environment({ agent: agentOf("nodejs", ["x@1.0.0"]) })).toBeUndefined();
    expect(environment({ agent: agentOf("python", ["x==1.0.0"]) })).toBeDefined();
  });

  test("a link of ours into the cache is not the folder's own node_modules", () => {
    symlinkSync(join(home, "cache/environments/builds/k/node_modules"), join(home, "node_modules"));
    expect(hasOwnModules(system, join(home, "cache"), home)).toBe(false);
    expect(hasOwnModules(system, join(home, "other"), home)).toBe(true);
  });
});

describe("the key of an environment", () => {
  const agent = agentOf("python", ["a==1"]);

  test("changes with interpreter, its version and platform, and with packages", () => {
    const keys = [
      environment({ agent }),
      environment({ agent, program: { ...PYTHON, path: "/usr/bin/python3" } }),
      environment({ agent, program: { ...PYTHON, version: "3.12.5" } }),
      environment({ agent, program: { ...PYTHON, platform: "cpython-312-aarch64-linux-gnu" } }),
      environment({ agent: agentOf("python", ["a==2"]) }),
    ].map((one) => one?.key);
    expect(new Set(keys).size).toBe(5);
  });

  test("changes when a local package has other content under the same name, also two files away", () => {
    write({ "requirements.txt": "-r more/base.txt\n", "more/base.txt": "./wheels/demo-1.0.whl\n" });
    const key = (): string | undefined =>
      environment({ agent: agentOf("python"), locks: ["requirements.txt"] })?.key;
    write({ "wheels/demo-1.0.whl": "one" });
    const first = key();
    write({ "wheels/demo-1.0.whl": "two" });
    const second = key();
    write({ "more/base.txt": "./wheels/demo-1.0.whl\nrequests==2.32.3\n" });
    expect(new Set([first, second, key()]).size).toBe(3);
  });

  test("two folders that name the same local path have an environment each", () => {
    const folders = ["one", "two"].map((name) => join(home, name));
    for (const folder of folders) write({ "lib/package.json": "{}" }, folder);
    const keys = folders.map(
      (folder) => environment({ agent: agentOf("nodejs", ["demo@file:./lib"]), folder })?.key,
    );
    expect(keys[0]).not.toBe(keys[1]);
    const shared = folders.map(
      (folder) => environment({ agent: agentOf("nodejs", ["demo@1.0.0"]), folder })?.key,
    );
    expect(shared[0]).toBe(shared[1]);
  });

  test("stays when only scripts of package.json or settings of a tool are edited", () => {
    const node = (scripts: string): string | undefined => {
      write({ "package.json": `{"scripts": {"test": "${scripts}"}, "dependencies": {"x": "1.0.0"}}` });
      return environment({ agent: agentOf("nodejs"), locks: ["package.json"] })?.key;
    };
    expect(node("a")).toBe(node("b"));
    const python = (width: number, version = 1): string | undefined => {
      write({
        "pyproject.toml": `[project]\ndependencies = [\n  "x==${version}",\n]\n[tool.ruff]\nline-length = ${width}\n`,
      });
      return environment({ agent: agentOf("python"), locks: ["pyproject.toml"] })?.key;
    };
    expect(python(80)).toBe(python(90));
    expect(python(80)).not.toBe(python(80, 2));
  });
});

describe("the file of a folder that says what to install", () => {
  const from = (files: Readonly<Record<string, string>>, runtime = "python"): string | undefined => {
    rmSync(home, { recursive: true, force: true });
    write(files);
    return environment({
      agent: agentOf(runtime),
      locks: Object.keys(files).filter((one) => !one.includes("/")),
    })?.from;
  };
  const PROJECT = '[project]\nname = "x"\ndependencies = ["a==1"]\n';
  const SETTINGS = "[tool.ruff]\nline-length = 100\n";

  test("a project file, unless it only holds settings", () => {
    expect(from({ "pyproject.toml": PROJECT, "requirements.txt": "a==1" })).toBe("pyproject.toml");
    expect(from({ "pyproject.toml": SETTINGS, "requirements.txt": "a==1" })).toBe("requirements.txt");
    expect(from({ "pyproject.toml": SETTINGS })).toBeUndefined();
    expect(from({ "requirements.txt": "# nothing yet\n\n" })).toBeUndefined();
  });

  test("a lock, as far as there is a tool that reads it or no other file", () => {
    const locked = { "uv.lock": "version = 1", "pyproject.toml": PROJECT };
    expect(from(locked)).toBe("uv.lock");
    expect(from({ ...locked, "requirements.txt": "a==1" })).toBe("requirements.txt");
    expect(from({ "poetry.lock": "", "pyproject.toml": PROJECT })).toBe("poetry.lock");
    rmSync(home, { recursive: true, force: true });
    write({ ...locked, "requirements.txt": "a==1", "bin/uv": "" });
    system.files.remove(join(home, "bin/uv"));
    system.files.create(join(home, "bin/uv"), "#!/bin/sh\n", true);
    expect(
      environment({ agent: agentOf("python"), locks: [...Object.keys(locked), "requirements.txt"] })?.from,
    ).toBe("uv.lock");
  });

  test("npm's lock before package.json, and nothing where that lists nothing", () => {
    const listed = '{"dependencies": {"x": "1.0.0"}}';
    expect(from({ "package.json": listed, "package-lock.json": "{}", "yarn.lock": "" }, "nodejs")).toBe(
      "package-lock.json",
    );
    expect(from({ "package.json": listed, "yarn.lock": "" }, "nodejs")).toBe("yarn.lock");
    expect(from({ "package.json": listed }, "nodejs")).toBe("package.json");
    expect(
      from({ "package.json": '{"type": "module", "devDependencies": {"x": "1"}}' }, "nodejs"),
    ).toBeUndefined();
  });
});

describe("what lines say", () => {
  test.each([
    ["requests==2.32.3", {}],
    ["requests[socks]>=2 ; python_version < '3.13'  # why", {}],
    ["git+https://example.com/x/y.git@v1", {}],
    ["--index-url https://example.com/simple", {}],
    ["-r base.txt", { file: "base.txt" }],
    ["--constraint=limits.txt", { file: "limits.txt" }],
    [
      "./wheels/demo-1.0-py3-none-any.whl",
      { local: { path: "./wheels/demo-1.0-py3-none-any.whl", linked: false } },
    ],
    [
      "wheels/demo-1.0-py3-none-any.whl",
      { local: { path: "wheels/demo-1.0-py3-none-any.whl", linked: false } },
    ],
    ["-e ../lib[extra]", { local: { path: "../lib", linked: true } }],
    ["demo @ file:///srv/demo.whl", { local: { path: "/srv/demo.whl", linked: false } }],
    [".", { local: { path: ".", linked: false } }],
  ])("requirement %s", (line, expected) => {
    expect(readRequirement(line)).toEqual(expected);
  });

  test.each([
    ["express@4.19.2", undefined],
    ["@scope/name@^1", undefined],
    ["github:owner/name", undefined],
    ["https://example.com/x.tgz", undefined],
    ["./lib", { before: "", path: "./lib" }],
    ["demo@file:../lib", { before: "demo@file:", path: "../lib" }],
    ["@scope/demo@./lib", { before: "@scope/demo@", path: "./lib" }],
    ["demo-1.0.0.tgz", { before: "", path: "demo-1.0.0.tgz" }],
  ])("npm's %s", (spec, expected) => {
    expect(readNpmSpec(spec)).toEqual(expected);
  });

  test("a lock of npm names its local folders and files", () => {
    const lock = {
      packages: {
        "": {},
        "libs/demo": { version: "1.0.0" },
        "node_modules/demo": { resolved: "libs/demo", link: true },
        "node_modules/tarry": { resolved: "file:tarry-2.0.0.tgz" },
        "node_modules/a/node_modules/b": { resolved: "https://example.com/b.tgz" },
      },
    };
    expect(localInLock(JSON.stringify(lock))).toEqual(["libs/demo", "tarry-2.0.0.tgz"]);
    expect(localInLock("no json")).toEqual([]);
  });

  test("a project file lists its packages, leaves them to another tool, or lists none", () => {
    expect(packagesIn('[project]\ndependencies = [\n  "a",\n]')).toBe("dependencies");
    expect(packagesIn('[project]\ndynamic = [\n"version", "dependencies"]')).toBe("dynamic");
    expect(packagesIn('[tool.poetry.dependencies]\npython = "^3.11"\nrequests = "*"')).toBe("poetry");
    expect(packagesIn('[tool.poetry.dependencies]\npython = "^3.11"\n')).toBe("nothing");
    expect(packagesIn("[project]\ndependencies = []\n[tool.x]\ndependencies = 1")).toBe("nothing");
  });
});
