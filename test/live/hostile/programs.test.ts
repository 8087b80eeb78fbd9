import { createServer } from "node:net";
import { chmodSync, existsSync, mkdirSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agentText } from "../../helpers/agent-text.ts";
import { until } from "../../helpers/until.ts";
import { asNobody } from "./nobody.ts";
import { badDay, type BadDay, contents, isRoot, script } from "./bad-day.ts";
import { desk, deskIn } from "../desk.ts";
import { end } from "../project.ts";

const PORT = 18_720;
const SLOW = 120_000;
const WAITS = 'setInterval(() => undefined, 1000);\nprocess.on("SIGTERM", () => process.exit(0));\n';

const agent = (lines: readonly string[], name = "desk"): string => agentText(name, lines);
const FINE = { "agent.yaml": agent(["command: [node, waits.js]"]), "waits.js": WAITS };

/** The plan and the apply both say it, with 1; nothing is started and nothing is written. */
async function refused(day: BadDay, ...parts: readonly (string | RegExp)[]): Promise<void> {
  for (const args of ["plan", "apply --yes"]) {
    const said = await day.says(args, 1, ...parts);
    expect(said.match(/^error /gm)).toHaveLength(1);
    // The way out stands below it.
    expect(said).toMatch(/^ +[=└] .+/m);
  }
  expect(day.processes()).toEqual([]);
  expect(existsSync(join(day.root, "state"))).toBe(false);
}

describe("what would fail at once is one line before anything is started", () => {
  test("a port that is taken names who holds it", { timeout: SLOW }, () =>
    badDay("hostile-port", deskIn(".", desk("desk", PORT)), async (day) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(PORT, "127.0.0.1", resolve));
      await refused(
        day,
        "AAC4002",
        `port ${PORT} is already in use by`,
        `(pid ${process.pid})`,
        "give the agent another port",
      );
      await new Promise((resolve) => server.close(resolve));
      await day.says("apply --yes", 0);
    }),
  );

  test("a program that is not there, is not executable, or is a folder", { timeout: SLOW }, () =>
    badDay("hostile-program", FINE, async (day) => {
      day.write("agent.yaml", agent(["command: [no-such-program-here]"]));
      await refused(day, "AAC4003", "no program `no-such-program-here` on the PATH", "install it");
      day.write("tool", "#!/bin/sh\nsleep 60\n");
      chmodSync(day.path("tool"), 0o644);
      day.write("agent.yaml", agent(["command: [./tool]"]));
      await refused(day, "AAC4003", `${day.path("tool")} is not executable`, `chmod +x ${day.path("tool")}`);
      mkdirSync(day.path("folder"));
      day.write("agent.yaml", agent(["command: [./folder]"]));
      await refused(day, "AAC4003", "is a folder");
    }),
  );

  test("a version of an interpreter that is not here lists those that were found", { timeout: SLOW }, () =>
    badDay("hostile-version", FINE, async (day) => {
      day.write("agent.yaml", agent(["runtime: python:3.99", "command: [python, main.py]"]));
      day.write("main.py", "import time\ntime.sleep(60)\n");
      await refused(day, "AAC4003", /3\.99 is wanted; found: python\S* 3\.\d+\.\d+ at \//);
    }),
  );

  test("a working directory that is not there, and one that is a file", { timeout: SLOW }, () =>
    badDay("hostile-cwd", FINE, async (day) => {
      day.write("agent.yaml", agent(["command: [node, waits.js]", "workingDir: nowhere"]));
      await refused(day, "AAC4004", "nowhere", "is not there", "workingDir");
      day.write("agent.yaml", agent(["command: [node, waits.js]", "workingDir: waits.js"]));
      await refused(day, "AAC4004", "waits.js", "is no folder");
    }),
  );

  test("a secret that nobody has names where it was looked for", { timeout: SLOW }, () =>
    badDay("hostile-secret", FINE, async (day) => {
      day.write(
        "agent.yaml",
        agent(["command: [node, waits.js]", "environment: [{name: DESK_TOKEN, from: secret}]"]),
      );
      await refused(
        day,
        "AAC3102",
        "the secret DESK_TOKEN was not found",
        "looked for it in variable DESK_TOKEN",
      );
    }),
  );

  test(
    "values that no program can be given are refused with their size, wherever they come from",
    { timeout: SLOW },
    () =>
      badDay("hostile-size", FINE, async (day) => {
        day.write(
          "agent.yaml",
          agent(["command: [node, waits.js]", "environment: [{name: LONG, from: env, optional: true}]"]),
        );
        const long = "x".repeat(131_060);
        const told = await day.aac("apply --yes", { environment: { LONG: long } });
        // One that just fits is handed over: the limit is the system's and not a guess.
        expect(told.code).toBe(0);
        await day.says("destroy --yes", 0);
        day.write(".env", `LONG=${"x".repeat(131_072)}\n`);
        const large = await day.aac("apply --yes");
        expect(large.code).toBe(1);
        expect(large.out).toContain("the variable LONG has 131077 bytes");
        expect(large.out).toContain("hand it over in a file");
        expect(large.out).not.toContain("xxxxxxxx");
        day.remove(".env");
        const files = ["one.env", "two.env", "three.env"];
        for (const file of files)
          day.write(
            file,
            Array.from({ length: 8 }, (_, i) => `${file.slice(0, 3)}_${i}=${"y".repeat(100_000)}`).join("\n"),
          );
        day.write("agent.yaml", agent(["command: [node, waits.js]", `envFile: [${files.join(", ")}]`]));
        const many = await day.aac("apply --yes");
        expect(many.code).not.toBe(0);
        expect(many.out + many.err).toMatch(
          /arguments and variables have 24\d{5} bytes together, and the system takes\s+2000000/,
        );
        expect(day.processes().filter(({ argv }) => argv.includes("waits.js"))).toEqual([]);
      }),
  );

  test.skipIf(!isRoot)("a folder that its reader may not read is told as such", { timeout: SLOW }, () =>
    badDay("hostile-folder", FINE, async (day) => {
      day.write("locked/agent.yaml", agent(["command: [node, waits.js]"], "locked"));
      day.write("locked/code.js", WAITS);
      chmodSync(day.root, 0o755);
      // Root may read everything: somebody else asks.
      const asks = async (expected: number, ...parts: readonly string[]): Promise<void> => {
        const { code, out, err } = await asNobody(day, ["plan", "-f", "locked"], {
          XDG_STATE_HOME: "/proc/1/cwd/none",
        });
        for (const part of parts) expect(out + err).toContain(part);
        expect(out + err).not.toContain("fault of aac");
        expect(code).toBe(expected);
      };
      chmodSync(day.path("locked"), 0o000);
      await asks(2, "locked cannot be read", "chmod u+rx locked");
      chmodSync(day.path("locked"), 0o755);
      await asks(1, "the state folder /proc/1/cwd/none/", "cannot be entered: permission denied");
    }),
  );
});

test(
  "a program is found on the PATH alone, never in the agent's folder, and inspect shows which one it is",
  { timeout: SLOW },
  () =>
    badDay("hostile-path", FINE, async (day) => {
      script(day.path("node"), `#!/bin/sh\necho run > ${day.path("canary")}\n`);
      const PATH = `.::${process.env["PATH"] ?? ""}`;
      const told = await day.aac("apply --yes", { environment: { PATH } });
      expect(told.code).toBe(0);
      expect(existsSync(day.path("canary"))).toBe(false);
      const shown = await day.says("inspect desk", 0, /"command": \[\s*"\//);
      expect(shown).not.toContain(`"${day.path("node")}"`);
    }),
);

test(
  "an agent has no descriptor of ours: 0, 1 and 2 alone, also when a restarted supervisor starts it",
  { timeout: SLOW },
  () =>
    badDay(
      "hostile-fds",
      {
        ...FINE,
        "agent.yaml": agent(["command: [/bin/sleep, '1000']", "supervision: {backoff: {initial: 100ms}}"]),
      },
      async (day) => {
        const open = async (): Promise<readonly string[]> => {
          const pid = await day.pidOf("desk");
          return readdirSync(`/proc/${pid}/fd`).sort();
        };
        const links = async (): Promise<readonly string[]> => {
          const pid = await day.pidOf("desk");
          return ["0", "1", "2"].map((one) => readlinkSync(`/proc/${pid}/fd/${one}`));
        };
        await day.says("apply --yes", 0);
        expect(await open()).toEqual(["0", "1", "2"]);
        expect(await links()).toEqual([
          "/dev/null",
          join(day.home, "logs/desk/0/stdout.log"),
          join(day.home, "logs/desk/0/stderr.log"),
        ]);
        const daemon = day
          .processes()
          .find(({ argv }) => argv.includes("daemon") && !argv.includes("aac-keeper"));
        const before = await day.pidOf("desk");
        if (daemon === undefined) throw new Error("no supervisor runs");
        end(daemon.pid, "SIGKILL");
        await until("the keeper has started another", () =>
          day
            .processes()
            .some(
              ({ argv, pid }) =>
                pid !== daemon.pid && argv.includes("daemon") && !argv.includes("aac-keeper"),
            ),
        );
        await until("it answers", async () => (await day.aac("daemon status")).code === 0);
        end(before, "SIGKILL");
        await until("the agent runs again", async () => {
          const now = (await day.status()).agents[0];
          return (
            now?.id !== undefined && now.id !== String(before) && ["running", "ready"].includes(now.state)
          );
        });
        expect(await open()).toEqual(["0", "1", "2"]);
        expect(await links()).toEqual([
          "/dev/null",
          join(day.home, "logs/desk/0/stdout.log"),
          join(day.home, "logs/desk/0/stderr.log"),
        ]);
      },
    ),
);

describe("a repository that nobody trusts yet", () => {
  test("validate and plan run no code of it", { timeout: SLOW }, () =>
    badDay("hostile-repository", FINE, async (day) => {
      const canary = day.path("canary");
      const touch = `#!/bin/sh\necho "$0" >> ${canary}\nexit 1\n`;
      const python = `open(${JSON.stringify(canary)}, "a").write(__file__ + "\\n")\n`;
      const javascript = `require("node:fs").appendFileSync(${JSON.stringify(canary)}, __filename + "\\n");\n`;
      mkdirSync(day.path("node_modules/.bin"), { recursive: true });
      mkdirSync(day.path("bin"));
      for (const name of [
        "node",
        "npm",
        "python",
        "python3",
        "python3.11",
        "pip",
        "uv",
        "sh",
        "git",
        "env",
        "evil",
      ]) {
        script(day.path(name), touch);
        script(day.path(`bin/${name}`), touch);
        script(day.path(`node_modules/.bin/${name}`), touch);
      }
      for (const name of [
        "sitecustomize.py",
        "usercustomize.py",
        "json.py",
        "platform.py",
        "sysconfig.py",
        "conftest.py",
        "main.py",
      ])
        day.write(name, python);
      for (const name of ["index.js", ".pnpmfile.cjs", "node_modules/evil/index.js"])
        day.write(name, javascript);
      day.write("evil.pth", `import os; os.system("${day.path("evil")}")\n`);
      day.write("pyvenv.cfg", `home = ${day.path("bin")}\n`);
      day.write(
        ".npmrc",
        `script-shell=${day.path("evil")}\nnode-options=--require ${day.path("index.js")}\n`,
      );
      day.write(
        "package.json",
        JSON.stringify({
          name: "evil",
          scripts: { preinstall: day.path("evil"), prepare: day.path("evil") },
          dependencies: { evil: "file:node_modules/evil" },
        }),
      );
      day.write("requirements.txt", "-e .\n");
      day.write("setup.py", python);
      day.write(
        ".git/config",
        `[core]\n  fsmonitor = ${day.path("evil")}\n[remote "origin"]\n  url = ext::${day.path("evil")}\n`,
      );
      day.write(".python-version", "3.11\n");
      day.write(".node-version", "24\n");
      const more = [
        "healthCheck: {command: [./evil], interval: 1s}",
        "lifecycle: {onStart: {command: [./evil]}, onStop: {command: [./evil]}}",
      ];
      day.write("agent.yaml", agent(["command: [./evil]", ...more]));
      day.write("py/agent.yaml", agent(["runtime: python", ...more], "py"));
      day.write("py/main.py", python);
      day.write("js/agent.yaml", agent(["runtime: nodejs", ...more], "js"));
      day.write("js/index.js", javascript);
      const before = contents(day.folder);
      const PATH = [
        "",
        ".",
        "bin",
        day.path("node_modules/.bin"),
        day.path("bin"),
        process.env["PATH"] ?? "",
      ].join(":");
      for (const args of [
        "validate .",
        "plan -f .",
        "plan -o json -f .",
        "plan --out /dev/null -f .",
        "status",
        "config .",
        "fmt --check .",
      ]) {
        const told = await day.aac(args, { environment: { PATH } });
        expect(told.code === 0 || told.out + told.err !== "").toBe(true);
        expect(existsSync(canary)).toBe(false);
      }
      expect(contents(day.folder)).toEqual(before);
      expect(existsSync(join(day.root, "state"))).toBe(false);
    }),
  );
});
