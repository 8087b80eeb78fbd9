import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { System } from "../../../src/model/system.ts";
import { system } from "../../../src/system/system.ts";
import { buildName, publish } from "../../../targets/local-process/environment/builds.ts";
import { install, type InstallRequest } from "../../../targets/local-process/environment/install.ts";
import {
  buildsIn,
  environmentsIn,
  type Installed,
  installed,
  MANIFEST,
  programOf,
  variables,
} from "../../../targets/local-process/environment/installed.ts";
import { findProgram, type RuntimeName } from "../../../targets/local-process/environment/programs.ts";
import { until } from "../../helpers/until.ts";

const ROUNDS = Number(process.env["FIGURE_ROUNDS"] ?? 5);
const SEED = Number(process.env["FIGURE_SEED"] ?? 20_260_107);
const PATH = process.env["PATH"] ?? "";
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const digits = (text: string): string => hash(new TextEncoder().encode(text)).slice(0, 24);

const python = ["python3", "python"].flatMap((name) => {
  const ran = spawnSync(name, ["-I", "-c", "import venv, ensurepip, sys; print(sys.executable)"], {
    encoding: "utf8",
  });
  return ran.status === 0 ? [ran.stdout.trim()] : [];
})[0];
const whyNoPython = python === undefined ? " (left out: no Python here can make a venv)" : "";
const hasNpm = findProgram(system, "npm", PATH) !== undefined;
const whyNoNpm = hasNpm ? "" : " (left out: no npm here)";
/** These tests use no network. */
const OFFLINE = { PIP_NO_INDEX: "1", PIP_CONFIG_FILE: "/dev/null", npm_config_offline: "true" };
const here: System = { ...system, host: { ...system.host, environment: { ...process.env, ...OFFLINE } } };

let home = "";
let cache = "";
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "aac-races-")));
  cache = join(home, "cache");
  mkdirSync(join(home, "lib/demo"), { recursive: true });
  writeFileSync(join(home, "lib/package.json"), '{"name": "demo", "version": "1.0.0", "main": "index.js"}');
  writeFileSync(join(home, "lib/index.js"), "module.exports = 'whole';");
});
afterEach(async () => {
  await until("what killed installers had started is gone", () => {
    const left = orphans();
    for (const pid of left) system.processes.signal(pid, "SIGKILL");
    return left.length === 0;
  });
  rmSync(home, { recursive: true, force: true });
});

/** Processes that work below this test's own folder. */
const orphans = (): number[] =>
  system.processes
    .list()
    .filter(({ pid, zombie, argv, cwd }) => {
      const own = [cwd ?? "", ...argv].some((word) => word.includes(home));
      return own && !zombie && pid !== process.pid;
    })
    .map(({ pid }) => pid);

function request(runtime: RuntimeName, name: string): Omit<InstallRequest, "hash"> {
  const program = runtime === "python" ? (python ?? "/-") : realpathSync(process.execPath);
  const packages = runtime === "python" ? ["# nothing beside pip"] : ["./lib"];
  const environment = { key: digits(name), runtime, version: "1.2.3", packages, from: "spec" };
  return { environment, program, folder: home, path: PATH, dev: false, cache };
}

/** An installer in a process of its own, so that it can be killed. */
const INSTALLER = `
import { createHash } from "node:crypto";
import { install } from "${new URL("../../../targets/local-process/environment/install.ts", import.meta.url).href}";
import { system } from "${new URL("../../../src/system/system.ts", import.meta.url).href}";
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
const request = { ...JSON.parse(process.argv[1]), hash };
const signal = new AbortController().signal;
const result = await install(system, request, { signal, report: () => process.stdout.write("working\\n") });
process.stdout.write(JSON.stringify(result) + "\\n");
`;

function installer(asked: Omit<InstallRequest, "hash">): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ["--input-type=module", "-e", INSTALLER, JSON.stringify(asked)], {
    env: { ...process.env, ...OFFLINE },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      output += data.toString();
    });
  return { child, output: () => output };
}

async function installHere(asked: Omit<InstallRequest, "hash">, report = noReport): Promise<Installed> {
  const signal = new AbortController().signal;
  const result = await install(here, { ...asked, hash }, { signal, report });
  if (!result.ok) throw new Error([result.error.message, ...result.error.lines].join("\n"));
  return result.value;
}
const noReport = (): void => undefined;

/** Whether an agent could work in it. */
function works(one: Installed): boolean {
  const [name, words] =
    one.runtime === "python"
      ? (["python", ["-c", "import pip; print('whole')"]] as const)
      : (["node", ["-p", "require('demo')"]] as const);
  const environment = { PATH, ...variables(one) };
  const ran = spawnSync(programOf(one, name) ?? "/-", words, { env: environment, encoding: "utf8" });
  return ran.stdout.trim() === "whole";
}

const halfMade = (): string[] =>
  existsSync(buildsIn(cache))
    ? readdirSync(buildsIn(cache)).filter((name) => !existsSync(join(buildsIn(cache), name, MANIFEST)))
    : [];

/** Numbers that look random and come again with the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function killAtRandom(runtime: RuntimeName, rounds: number): Promise<void> {
  const chance = chanceOf(SEED);
  const began = performance.now();
  await once(installer(request(runtime, "undisturbed")).child, "exit");
  const whole = performance.now() - began;
  expect(installed(here, cache, digits("undisturbed"))).toBeDefined();
  let cut = 0;
  for (let round = 0; round < rounds; round++) {
    const asked = request(runtime, `round ${round}`);
    const { child } = installer(asked);
    const ended = once(child, "exit");
    // The first one early: on a machine whose load changes, all of them might come too late to cut anything off.
    const instant = whole * chance() * (round === 0 ? 0.5 : 1);
    const timer = setTimeout(() => child.kill("SIGKILL"), instant);
    await ended;
    clearTimeout(timer);
    const left = installed(here, cache, asked.environment.key);
    if (left === undefined) cut++;
    else expect(works(left), `round ${round}: what counts as whole works`).toBe(true);
    expect(works(await installHere(asked)), `round ${round}: the next installer succeeds`).toBe(true);
  }
  expect(cut, "some were cut off before they were done").toBeGreaterThan(0);
  await until("nobody writes any more", () => orphans().length === 0, 60_000);
  await installHere(request(runtime, "last"));
  expect(halfMade()).toEqual([]);
}

describe.skipIf(!hasNpm)(`an installer of Node packages${whyNoNpm}`, { timeout: 300_000 }, () => {
  test(`killed at any of ${ROUNDS} instants leaves nothing that is used, seed ${SEED}`, async () => {
    await killAtRandom("nodejs", ROUNDS);
  });

  test("beside another one succeeds, and both name the same result", async () => {
    const asked = request("nodejs", "shared");
    const two = [installer(asked), installer(asked)];
    await Promise.all(two.map(({ child }) => once(child, "close")));
    const results = two.map(({ output }) => output().trim().split("\n").at(-1) ?? "");
    expect(results[0]).toContain('"ok":true');
    expect(results[1]).toBe(results[0]);
    const one = installed(here, cache, asked.environment.key);
    expect(JSON.parse(results[0] ?? "")).toEqual({ ok: true, value: one });
    expect(one !== undefined && works(one)).toBe(true);
    expect(readdirSync(buildsIn(cache))).toHaveLength(1);
  });

  test("in the same process waits for the other one", async () => {
    const asked = request("nodejs", "shared");
    const said: string[] = [];
    const [one, two] = await Promise.all([
      installHere(asked),
      installHere(asked, (text?: string) => void said.push(text ?? "")),
    ]);
    expect(two).toEqual(one);
    expect(said).toEqual(["waiting for the same environment, which is being installed for another agent"]);
  });

  test("that is stopped leaves nothing, and whoever waited for it installs", async () => {
    const asked = { ...request("nodejs", "stopped"), hash };
    const stop = new AbortController();
    const said: string[] = [];
    const first = install(here, asked, {
      signal: stop.signal,
      report: (text) => {
        said.push(text);
        stop.abort();
      },
    });
    const second = installHere(asked);
    expect(await first).toMatchObject({ ok: false, error: { message: "the installation was stopped" } });
    const one = await second;
    expect(works(one)).toBe(true);
    expect(readdirSync(buildsIn(cache)).map((name) => join(buildsIn(cache), name))).toEqual([one.folder]);
  });
});

describe.skipIf(python === undefined)(
  `an installer of Python packages${whyNoPython}`,
  { timeout: 300_000 },
  () => {
    const rounds = Math.max(2, Math.floor(ROUNDS / 3));

    test(`killed at any of ${rounds} instants leaves nothing that is used, seed ${SEED}`, async () => {
      await killAtRandom("python", rounds);
    });

    test("beside another one succeeds, and both name the same result", async () => {
      const asked = request("python", "shared");
      const two = [installer(asked), installer(asked)];
      await Promise.all(two.map(({ child }) => once(child, "close")));
      const results = two.map(({ output }) => output().trim().split("\n").at(-1) ?? "");
      expect(results[0]).toContain('"ok":true');
      expect(results[1]).toBe(results[0]);
      expect(readdirSync(buildsIn(cache))).toHaveLength(1);
    });

    test("that is stopped while it works leaves nothing", async () => {
      const stop = new AbortController();
      const asked = { ...request("python", "stopped"), hash };
      const running = install(here, asked, { signal: stop.signal, report: noReport });
      await until("it has begun to write", () =>
        halfMade().some((name) => existsSync(join(buildsIn(cache), name, "bin"))),
      );
      stop.abort();
      expect(await running).toMatchObject({ ok: false, error: { message: "the installation was stopped" } });
      expect(readdirSync(buildsIn(cache))).toEqual([]);
      expect(orphans()).toEqual([]);
    });
  },
);

describe("what lies in the cache", () => {
  const made = (key: string, folder: string): Installed => ({
    key,
    runtime: "nodejs",
    version: "1.2.3",
    folder,
    program: process.execPath,
    from: "spec",
    packages: ["x"],
    resolved: {},
    at: "2026-01-01T00:00:00Z",
  });
  const build = (name: string): string => {
    mkdirSync(join(buildsIn(cache), name), { recursive: true });
    return join(buildsIn(cache), name);
  };

  test("counts only with a manifest that was written to its end and leads to a whole build", () => {
    const key = digits("x");
    const place = join(environmentsIn(cache), key);
    expect(installed(here, cache, key)).toBeUndefined();
    const one = publish(here, cache, made(key, build("a")));
    expect(one).toEqual(made(key, join(buildsIn(cache), "a")));
    const text = JSON.stringify({ manifest: 1, ...one });
    for (const half of [
      text.slice(0, -2),
      "",
      "[]",
      text.replace(key, digits("y")),
      text.replace("nodejs", "perl"),
    ]) {
      writeFileSync(join(place, MANIFEST), half);
      expect(installed(here, cache, key)).toBeUndefined();
    }
    writeFileSync(join(place, MANIFEST), text);
    expect(installed(here, cache, key)).toEqual(one);
    rmSync(join(buildsIn(cache), "a"), { recursive: true });
    expect(installed(here, cache, key)).toBeUndefined();
  });

  test("of two that are done the first one counts, and what is broken is healed", () => {
    const key = digits("x");
    const first = publish(here, cache, made(key, build("a")));
    expect(publish(here, cache, made(key, build("b")))).toEqual(first);
    rmSync(join(buildsIn(cache), "a"), { recursive: true });
    expect(publish(here, cache, made(key, build("c")))?.folder).toBe(join(buildsIn(cache), "c"));
    expect(readdirSync(buildsIn(cache)).sort()).toEqual(["b", "c"]);
  });

  test.skipIf(!hasNpm)(
    "is swept of dead installers only, and never of another machine's",
    { timeout: 60_000 },
    async () => {
      const dead = spawnSync("true").pid;
      const name = (host: Partial<System["host"]>): string =>
        buildName({ ...here, host: { ...here.host, ...host } }, digits("x"), hash);
      const kept = [
        name({}),
        name({ name: "another", pid: dead }),
        name({ name: "another", bootId: "before", pid: dead }),
        "notes",
        name({ pid: dead }).replace(/\w$/, "z"),
      ];
      kept.forEach(build);
      writeFileSync(join(buildsIn(cache), kept[4] ?? "", MANIFEST), "{}");
      for (const gone of [name({ pid: dead }), `${name({ pid: dead })}.made`, name({ bootId: "before" })])
        build(gone);
      const one = await installHere(request("nodejs", "sweeping"));
      expect(
        readdirSync(buildsIn(cache))
          .map((name) => join(buildsIn(cache), name))
          .sort(),
      ).toEqual([...kept.map((name) => join(buildsIn(cache), name)), one.folder].sort());
    },
  );
});
