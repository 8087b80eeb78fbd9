import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { system } from "../../../src/system/system.ts";
import { findCgroups } from "../../../targets/local-process/runner/cgroups.ts";
import { limitsHeldBy } from "../../../targets/local-process/runner/limits.ts";
import { chargeOf, shell, type TestPlace, testPlace, waysHere } from "./runner-place.ts";
import { until } from "../../helpers/until.ts";

const WAYS = await waysHere();
const HELD = limitsHeldBy(system, findCgroups(system));
const opened: TestPlace[] = [];

function open(...args: Parameters<typeof testPlace>): TestPlace {
  const place = testPlace(...args);
  opened.push(place);
  return place;
}

afterEach(async () => {
  for (const place of opened.splice(0)) await place.close();
});

const SHOW = `
const fs = require("node:fs");
const fds = fs.readdirSync("/proc/self/fd").map(Number).filter((fd) => {
  try { return !/anon_inode|\\/proc\\/|pipe:|\\/dev\\/urandom/.test(fs.readlinkSync("/proc/self/fd/" + fd)); } catch { return false; }
});
fs.writeFileSync(process.argv[2], JSON.stringify({ argv: process.argv.slice(3), env: process.env, fds }));
`;

describe.each(["cgroup", "namespace", "group"] as const)("an agent in a tree held by %s", (tree) => {
  const missing = !WAYS.includes(tree);
  const why = missing ? ` (skipped: this machine has no ${tree} of ours)` : "";

  test.skipIf(missing)(`gets its environment and arguments byte by byte${why}`, async () => {
    const place = open(tree);
    const program = join(place.folder, "show.cjs");
    const out = join(place.folder, "out.json");
    writeFileSync(program, SHOW);
    const args = ["", " ", "a b", "'\"`$(x)\\", "line\nline", "ü – 漢 🙂", "--", "-n", "*", "$HOME;&|"];
    const environment = {
      // Names that a small shell beside it could use for its own.
      run: "1",
      start: "2",
      files: "3",
      count: "4",
      pause: "5",
      EMPTY: "",
      QUOTES: "'\"\\`$x",
      LINES: "a\nb\n\n",
      WORDS: "ü 漢 🙂  ",
      PATH: "/x:/y",
    };
    const charge = chargeOf([process.execPath, program, out, ...args]);
    const run = await place.start(charge, environment);
    expect(await place.endOf(charge, run)).toEqual({ code: 0, oom: false });
    const seen: unknown = JSON.parse(readFileSync(out, "utf8"));
    expect(seen).toMatchObject({ argv: args, env: environment });
    expect(
      Object.keys(Object(Object(seen).env))
        .filter((name) => !(name in environment))
        .sort(),
    ).toEqual([
      "AAC_MARKER",
      // Every POSIX shell that starts a program says where it is.
      ...(Object.hasOwn(Object(Object(seen).env), "PWD") ? ["PWD"] : []),
    ]);
  });

  test.skipIf(missing)(`has 0, 1 and 2 open, no signal ignored, and files 0600${why}`, async () => {
    const place = open(tree);
    const charge = chargeOf(shell("ls -l /proc/self/fd; grep -E 'SigIgn|SigBlk' /proc/self/status"));
    const run = await place.start(charge, { PATH: "/usr/bin:/bin" });
    await place.endOf(charge, run);
    const lines = place.said("stdout").trim().split("\n");
    const fds = lines.flatMap((line) => /(\d+) -> (.*)$/.exec(line)?.slice(1, 3).join(" ") ?? []);
    // `ls` has the folder itself open as well.
    expect(fds.map((one) => one.replace(/\/proc\/.*/, "itself"))).toEqual([
      "0 /dev/null",
      `1 ${place.folder}/logs/desk/0/stdout.log`,
      `2 ${place.folder}/logs/desk/0/stderr.log`,
      "3 itself",
    ]);
    expect(lines.filter((line) => line.startsWith("Sig")).map((line) => /\S+$/.exec(line)?.[0])).toEqual([
      "0".repeat(16),
      "0".repeat(16),
    ]);
    expect(statSync(join(place.folder, "logs/desk/0/stdout.log")).mode & 0o777).toBe(0o600);
    expect(statSync(join(place.folder, "runs")).mode & 0o777).toBe(0o700);
  });

  test.skipIf(missing)(`ends with its own code, or with the signal that it died of${why}`, async () => {
    const place = open(tree);
    const endOf = async (script: string): Promise<unknown> => {
      const charge = chargeOf(shell(script));
      return place.endOf(charge, await place.start(charge));
    };
    expect(await endOf("exit 0")).toEqual({ code: 0, oom: false });
    expect(await endOf("exit 3")).toEqual({ code: 3, oom: false });
    expect(await endOf("exit 143")).toEqual({ code: 143, signal: "SIGTERM", oom: false });
    expect(await endOf("kill -TERM $$")).toEqual({ code: 143, signal: "SIGTERM", oom: false });
    expect(await endOf("kill -KILL $$")).toEqual({ code: 137, signal: "SIGKILL", oom: false });
    expect(place.said("stderr")).toBe("");
  });

  test.skipIf(missing)(`can be signalled, and its end is told once${why}`, async () => {
    const place = open(tree);
    const charge = chargeOf(shell("trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done"));
    const run = await place.start(charge, { PATH: "/usr/bin:/bin" });
    await until("it is up", () => place.said("stdout") === "up\n");
    let told = 0;
    place.runner.ended(charge, run, () => told++);
    expect(place.runner.lives(run)).toBe(true);
    place.runner.signal(charge, run, "SIGTERM");
    expect(await place.endOf(charge, run)).toEqual({ code: 5, oom: false });
    expect(place.runner.lives(run)).toBe(false);
    await until("the end was told", () => told > 0);
    place.runner.signal(charge, run, "SIGTERM");
    expect(told).toBe(1);
  });

  test.skipIf(missing)(`is found by its marker: shim, agent, and what it started${why}`, async () => {
    const place = open(tree);
    const charge = chargeOf(shell("sleep 300 & (setsid sleep 301 &); echo up; wait"));
    const run = await place.start(charge, { PATH: "/usr/bin:/bin" });
    await until("it is up", () => place.said("stdout") === "up\n");
    await until("all are found", () => place.runner.find().length === 4);
    const found = place.runner.find();
    expect(found.map(({ is }) => is).sort()).toEqual(["main", "member", "member", "shim"]);
    expect(found.find(({ is }) => is === "main")).toEqual({
      agent: "desk",
      replica: 0,
      runId: run.runId,
      pid: run.pid,
      started: run.started,
      is: "main",
      source: charge.source,
      origin: charge.origin,
      shim: run.shim,
    });
    expect(place.runner.members(charge, run)).toHaveLength(3);
    expect(place.runner.environment(run)?.["PATH"]).toBe("/usr/bin:/bin");
    expect(place.runner.usage(charge, run)).toMatchObject({ pids: 3 });
    expect(await place.runner.kill(charge, run)).toEqual([]);
    expect(place.runner.members(charge, run)).toEqual([]);
    expect(await place.endOf(charge, run)).toMatchObject({ code: 137, signal: "SIGKILL" });
  });

  test.skipIf(missing)(`whose shim was killed goes on, and ends unknown${why}`, async () => {
    const place = open(tree);
    const charge = chargeOf(shell("trap 'exit 0' TERM; while :; do sleep 0.05; done"));
    const run = await place.start(charge, { PATH: "/usr/bin:/bin" });
    process.kill(run.shim, "SIGKILL");
    await until("the shim is gone", () => system.processes.look(run.shim)?.zombie !== false);
    expect(place.runner.lives(run)).toBe(true);
    expect(place.runner.find().map(({ is }) => is)).toContain("main");
    const ended = place.endOf(charge, run);
    place.runner.signal(charge, run, "SIGTERM");
    expect(await ended).toEqual({ oom: false });
  });

  test.skipIf(missing)(`leaves nothing after it is forgotten${why}`, async () => {
    const place = open(tree);
    const charge = chargeOf(shell("exit 0"));
    const run = await place.start(charge);
    await place.endOf(charge, run);
    const folder = join(place.folder, "runs", run.runId);
    const { group, limits } = JSON.parse(readFileSync(join(folder, "placement.json"), "utf8"));
    const groups: string[] = [group, ...Object.values(Object(limits)).map((one) => Object(one).folder)];
    place.runner.forget(charge, run.runId);
    expect(existsSync(folder)).toBe(false);
    await until("its groups are gone", () => groups.every((one) => one === undefined || !existsSync(one)));
  });
});

describe("a start", () => {
  test("says at once what can never work", async () => {
    const place = open("group");
    const plain = join(place.folder, "plain.txt");
    writeFileSync(plain, "text");
    const why = async (...args: Parameters<typeof chargeOf>): Promise<unknown> =>
      place.runner.start(chargeOf(...args), place.nextRun(), {});
    const never = (text: string): unknown => ({ is: "failed", why: text, permanent: true });
    expect(await why(["/bin/nothing-here"])).toEqual(never("/bin/nothing-here is not there"));
    expect(await why(["sh"])).toEqual(never("sh is no absolute path"));
    expect(await why([tmpdir()])).toEqual(never(`${tmpdir()} is no file, so it cannot be executed`));
    expect(await why([plain])).toEqual(never(`${plain} may not be executed: chmod +x ${plain}`));
    expect(await why(shell("exit 0"), { cwd: "/nothing-here" })).toEqual(
      never("the folder /nothing-here is not there"),
    );
    expect(await why(shell("exit 0"), { cwd: plain })).toEqual(
      never(`${plain} is no folder, so nothing can run in it`),
    );
    expect(await place.runner.start(chargeOf(shell("exit 0")), "odd", { "a.b": "c" })).toEqual(
      never('a variable cannot be named "a.b"'),
    );
    expect(place.runner.find()).toEqual([]);
  });

  test("does not write through a link that somebody laid at the place of a log", async () => {
    const place = open("group");
    const victim = join(place.folder, "victim");
    writeFileSync(victim, "mine");
    mkdirSync(join(place.folder, "logs/desk/0"), { recursive: true });
    const log = join(place.folder, "logs/desk/0/stdout.log");
    symlinkSync(victim, log);
    expect(await place.runner.start(chargeOf(shell("echo theirs")), "r", {})).toEqual({
      is: "failed",
      why: `${log} is a link, and logs do not follow links: remove it`,
      permanent: true,
    });
    expect(readFileSync(victim, "utf8")).toBe("mine");
  });

  test("of more open files than this machine allows is refused, and a lower number holds", async () => {
    const place = open("group");
    const refused = await place.runner.start(
      chargeOf(shell("exit 0"), { limits: { files: 2 ** 31 - 1 } }),
      place.nextRun(),
      {},
    );
    expect(refused).toMatchObject({ is: "failed", permanent: true });
    const charge = chargeOf(shell("ulimit -n; ulimit -c"), { limits: { files: 64 } });
    await place.endOf(charge, await place.start(charge));
    expect(place.said("stdout")).toBe("64\n0\n");
  });
});

describe("a stranger", () => {
  test("who has the number of an agent is never signalled", async () => {
    const place = open("group");
    const charge = chargeOf(shell("trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done"));
    const run = await place.start(charge, { PATH: "/usr/bin:/bin" });
    await until("it is up", () => place.said("stdout") === "up\n");
    for (const other of [
      { ...run, started: String(Number(run.started) - 1) },
      { ...run, bootId: "another" },
      { ...run, runId: "another" },
    ]) {
      expect(place.runner.lives(other)).toBe(false);
      expect(place.runner.environment(other)).toBeUndefined();
      place.runner.signal(charge, other, "SIGTERM");
      place.runner.signal(charge, other, "SIGKILL");
    }
    expect(await place.runner.kill(charge, { ...run, runId: "another", started: "1" })).toEqual([]);
    expect(place.runner.lives(run)).toBe(true);
  });
});

describe("limits", () => {
  const noMemory = HELD.memory ? "" : " (skipped: control groups for memory are not ours here)";
  const noPids = HELD.pids ? "" : " (skipped: control groups for processes are not ours here)";
  const none = HELD.memory && HELD.pids && HELD.cpu ? "" : " (skipped: control groups are not ours here)";

  test.skipIf(noMemory !== "")(`of memory end an agent that takes more, and say so${noMemory}`, async () => {
    const place = open();
    const eat = "const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1));";
    const charge = chargeOf([process.execPath, "-e", eat], { limits: { memory: 96 << 20 } });
    const run = await place.start(charge);
    expect(await place.endOf(charge, run)).toMatchObject({ signal: "SIGKILL", oom: true });
  });

  test.skipIf(noPids !== "")(`of processes hold for the whole tree${noPids}`, async () => {
    const place = open();
    const script = "i=0; while [ $i -lt 20 ]; do sleep 300 & i=$((i+1)); done; echo all; wait";
    const charge = chargeOf(shell(script), { limits: { pids: 8 } });
    const run = await place.start(charge, { PATH: "/usr/bin:/bin" });
    expect(await place.endOf(charge, run)).not.toMatchObject({ code: 0 });
    expect(place.said("stdout")).toBe("");
    expect(place.said("stderr")).toMatch(/fork/i);
    expect(await place.runner.kill(charge, run)).toEqual([]);
  });

  test.skipIf(none !== "")(`are read as they are, and changed while it runs${none}`, async () => {
    const place = open();
    const charge = chargeOf(shell("while :; do sleep 0.1; done"), {
      limits: { memory: 200_000_001, pids: 50, cpu: 500 },
    });
    const run = await place.start(charge, { PATH: "/usr/bin:/bin" });
    expect(place.runner.limitsHeld()).toEqual({ memory: true, pids: true, cpu: true });
    expect(place.runner.readLimits(charge, run)).toEqual({ memory: 200_000_001, pids: 50, cpu: 500 });
    const other = { ...charge, limits: { memory: 300 << 20, pids: 60 } };
    expect(place.runner.limit(other, run)).toBe(true);
    expect(place.runner.readLimits(other, run)).toEqual({ memory: 300 << 20, pids: 60 });
    expect(place.runner.limit({ ...charge, limits: { files: 7 } }, run)).toBe(false);
    expect(place.runner.usage(charge, run)?.memory).toBeGreaterThan(0);
  });
});
