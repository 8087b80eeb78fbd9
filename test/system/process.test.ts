import { spawnSync } from "node:child_process";
import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Ran, RunRequest } from "../../src/model/system.ts";
import { processes } from "../../src/system/process.ts";
import { until } from "../helpers/until.ts";

const folder = mkdtempSync(join(tmpdir(), "aac-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PATH = "/usr/bin:/bin";

function shell(script: string, more: Partial<RunRequest> = {}): Promise<Ran> {
  return processes.run({
    command: ["/bin/sh", "-c", script],
    cwd: folder,
    environment: { PATH },
    timeoutMs: 20_000,
    ...more,
  });
}

/** Who lives of what a test started: each test gives its own value to its processes. */
const living = (value: string): number =>
  processes.list().filter((one) => !one.zombie && one.environment?.["TEST_OF"] === value).length;

describe("a command", () => {
  test("has its code, its signal, its output and its lines told", async () => {
    const lines: string[] = [];
    const line = (text: string): void => void lines.push(text);
    expect(await shell("printf 'a\\nü\\r\\nlast'; exit 3", { line })).toEqual({
      is: "ended",
      code: 3,
      output: "a\nü\r\nlast",
    });
    expect(lines).toEqual(["a", "ü", "last"]);
    expect(await shell("kill -USR1 $$")).toEqual({ is: "signalled", signal: "SIGUSR1", output: "" });
  });

  test("has nothing to read and a session of its own", async () => {
    const ran = await shell("cat; cat /proc/self/stat");
    if (ran.is !== "ended") throw new Error(ran.is);
    const [, , , , group, session] = ran.output.split(" ");
    expect(session).toBe(group);
    expect(session).not.toBe(String(processes.look(process.pid)?.session));
  });

  test("that says too much has its last 64 KiB kept, and whole letters", async () => {
    const ran = await shell(
      "i=0; while [ $i -lt 3000 ]; do echo 'üüüüüüüüüüüüüüüüüüüüüüüüüüü'; i=$((i+1)); done",
    );
    if (ran.is !== "ended") throw new Error(ran.is);
    expect(Buffer.byteLength(ran.output)).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(ran.output)).toBeGreaterThan(65_000);
    expect(ran.output).toMatch(/^[ü\n]+$/);
  });

  test("that never ends a line is told in parts", async () => {
    const lines: string[] = [];
    await shell("head -c 200000 /dev/zero | tr '\\0' x", { line: (text) => void lines.push(text) });
    expect(lines.join("")).toBe("x".repeat(200_000));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
  });

  test("is ended with its whole family when its time is up", async () => {
    const script =
      "trap '' TERM; (setsid sleep 300 &); setsid sh -c 'sleep 301 & sleep 302' & echo up; sleep 303";
    const environment = { PATH, TEST_OF: "timeout" };
    expect(await shell(script, { timeoutMs: 400, environment })).toEqual({ is: "timed out", output: "up\n" });
    await until("all of it is gone", () => living("timeout") === 0);
  });

  test("is ended with its whole family when it is stopped", async () => {
    const stop = new AbortController();
    const environment = { PATH, TEST_OF: "stop" };
    const line = (): void => stop.abort();
    const ran = shell("setsid sleep 300 & echo up; wait", { environment, signal: stop.signal, line });
    expect(await ran).toEqual({ is: "stopped", output: "up\n" });
    await until("all of it is gone", () => living("stop") === 0);
    expect(await shell("exit 0", { signal: stop.signal })).toEqual({ is: "stopped", output: "" });
  });

  test("leaves nobody behind at its own end, also who made a session of his own and holds its output", async () => {
    const environment = { PATH, TEST_OF: "end" };
    expect(await shell("sleep 300 & (setsid sleep 301 &); exit 4", { environment })).toMatchObject({
      code: 4,
    });
    await until("all of it is gone", () => living("end") === 0);
  });

  test("that cannot be started says why", async () => {
    const plain = join(folder, "plain");
    writeFileSync(plain, "x");
    const why = async (program: string, cwd = folder): Promise<unknown> =>
      processes.run({ command: [program], cwd, environment: {}, timeoutMs: 5000 });
    expect(await why("/nothing/here")).toEqual({ is: "not started", why: "/nothing/here is not there" });
    expect(await why(plain)).toEqual({ is: "not started", why: `${plain} may not be executed` });
    expect(await why("/bin/sh", "/nothing")).toEqual({
      is: "not started",
      why: "the folder /nothing is not there",
    });
    expect(await why("/bin/sh\0")).toMatchObject({ is: "not started" });
  });
});

describe("a detached program", () => {
  const log = (name: string): string => join(folder, name);
  const detach = (script: string, stdout: string): ReturnType<typeof processes.detach> =>
    processes.detach({
      command: ["/bin/sh", "-c", script],
      cwd: folder,
      environment: { PATH },
      stdout,
      stderr: log("detached.err"),
    });

  test("appends to files that only we can read, and says when it ends", async () => {
    const out = log("detached.out");
    for (const word of ["one", "two"]) {
      const started = detach(`echo ${word}; echo bad >&2`, out);
      if (started.is !== "started") throw new Error(started.why);
      await started.ended;
      expect(processes.look(started.pid)).toBeUndefined();
    }
    expect(readFileSync(out, "utf8")).toBe("one\ntwo\n");
    expect(readFileSync(log("detached.err"), "utf8")).toBe("bad\nbad\n");
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test("is refused where a log is a link, a pipe, a folder or has another name", () => {
    const target = log("target");
    writeFileSync(target, "");
    symlinkSync(target, log("link"));
    linkSync(target, log("hard"));
    spawnSync("/bin/sh", ["-c", `mkfifo ${log("pipe")}`]);
    for (const [path, why] of [
      [log("link"), `${log("link")} is a link, and logs do not follow links: remove it`],
      [log("pipe"), `${log("pipe")} is no file: remove it`],
      [log("hard"), `${log("hard")} has another name elsewhere (a hard link): remove it`],
      [log("no/folder"), `${log("no/folder")} cannot be opened for logs: its folder is not there`],
    ] as const)
      expect(detach("exit 0", path)).toEqual({ is: "not started", why, passing: false });
    expect(detach("exit 0", folder)).toMatchObject({ is: "not started", passing: false });
  });

  test("that is not there fails for good", () => {
    const request = { cwd: folder, environment: {}, stdout: log("o"), stderr: log("e") };
    expect(processes.detach({ ...request, command: ["/nothing/here"] })).toEqual({
      is: "not started",
      why: "/nothing/here is not there",
      passing: false,
    });
  });
});

describe("signals", () => {
  test("to nobody are told as such, and to everybody are refused", async () => {
    expect(processes.signal(2 ** 22 + 7, "SIGTERM")).toBe(false);
    for (const pid of [0, 1, -1, -5, 1.5, Number.NaN])
      expect(() => processes.signal(pid, "SIGCONT")).toThrow("refusing to signal");
    const started = processes.detach({
      command: ["/bin/sh", "-c", "while :; do sleep 0.05; done"],
      cwd: folder,
      environment: { PATH },
      stdout: join(folder, "s.out"),
      stderr: join(folder, "s.err"),
    });
    if (started.is !== "started") throw new Error(started.why);
    expect(processes.signal(started.pid, "SIGRTMIN+2", true)).toBe(true);
    await started.ended;
  });
});

describe("the list of processes", () => {
  test("has this one, with all that is known of it", () => {
    const own = processes.list().find(({ pid }) => pid === process.pid);
    expect(own).toEqual({ ...processes.look(process.pid), memory: own?.memory, cpuMs: own?.cpuMs });
    expect(own).toMatchObject({
      parent: process.ppid,
      zombie: false,
      cwd: process.cwd(),
      uid: process.getuid?.(),
    });
    expect(own?.environment?.["PATH"]).toBe(process.env["PATH"]);
    expect(processes.look(2 ** 22 + 7)).toBeUndefined();
  });
});
