import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { ForegroundRequest, Fronted } from "../../src/model/system.ts";
import { processes } from "../../src/system/process.ts";
import { until } from "../helpers/until.ts";

vi.setConfig({ testTimeout: 30_000 });

const folder = mkdtempSync(join(tmpdir(), "aac-foreground-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Shown {
  readonly done: Fronted;
  readonly out: string;
  readonly err: string;
}

async function shell(script: string, more: Partial<ForegroundRequest> = {}): Promise<Shown> {
  const heard = { stdout: "", stderr: "" };
  const done = await processes.foreground({
    command: ["/bin/sh", "-c", script],
    cwd: folder,
    environment: { PATH: "/usr/bin:/bin" },
    output: (bytes, stream) => {
      heard[stream] += Buffer.from(bytes).toString("latin1");
      return Promise.resolve();
    },
    signal: new AbortController().signal,
    ...more,
  });
  return { done, out: heard.stdout, err: heard.stderr };
}

async function* chunks(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Promise.resolve(new Uint8Array(size).fill(97 + (i % 26)));
}

describe("a program in front", () => {
  test("has its streams apart, its code, and a signal as a shell tells it", async () => {
    expect(await shell("echo out; echo bad >&2; exit 3")).toEqual({
      done: { is: "ended", code: 3 },
      out: "out\n",
      err: "bad\n",
    });
    expect((await shell("kill -9 $$")).done).toEqual({ is: "ended", code: 137 });
    expect((await shell("cat")).done).toEqual({ is: "ended", code: 0 });
  });

  test("gets all of its input and its end, also where it gives back more than a pipe holds", async () => {
    const { done, out } = await shell("cat", { input: chunks(40, 65_536) });
    expect(done).toEqual({ is: "ended", code: 0 });
    expect(out.length).toBe(40 * 65_536);
    expect(out.slice(0, 1)).toBe("a");
    expect(out.slice(-1)).toBe("n");
  });

  test("may leave its input unread", async () => {
    const { done, out } = await shell("head -c 3", { input: chunks(100, 65_536) });
    expect(done).toEqual({ is: "ended", code: 0 });
    expect(out).toBe("aaa");
  });

  test("has ended although what it left behind holds its output open", async () => {
    const { done, out } = await shell("sleep 30 & echo $!");
    expect(done).toEqual({ is: "ended", code: 0 });
    const left = Number(out);
    expect(processes.look(left)?.argv).toEqual(["sleep", "30"]);
    processes.signal(left, "SIGKILL");
  });

  test("is told the signal that ends it, and all of it is ended that does not care", async () => {
    const polite = new AbortController();
    let told = "";
    const asked = processes.foreground({
      command: [
        "/bin/sh",
        "-c",
        'trap "echo interrupted; exit 5" INT; echo up; while :; do sleep 0.05; done',
      ],
      cwd: folder,
      environment: { PATH: "/usr/bin:/bin" },
      output: (bytes) => {
        told += Buffer.from(bytes).toString();
        if (told === "up\n") polite.abort("SIGINT");
        return Promise.resolve();
      },
      signal: polite.signal,
    });
    expect(await asked).toEqual({ is: "stopped" });
    expect(told).toBe("up\ninterrupted\n");
    const deaf = new AbortController();
    const pids: number[] = [];
    const stubborn = processes.foreground({
      command: [
        "/bin/sh",
        "-c",
        'trap "" TERM; setsid sh -c "trap \\"\\" TERM; echo \\$\\$; sleep 60" & wait',
      ],
      cwd: folder,
      environment: { PATH: "/usr/bin:/bin" },
      output: (bytes) => {
        pids.push(Number(Buffer.from(bytes).toString()));
        deaf.abort("SIGTERM");
        return Promise.resolve();
      },
      signal: deaf.signal,
    });
    expect(await stubborn).toEqual({ is: "stopped" });
    const [hidden = 0] = pids;
    expect(hidden).toBeGreaterThan(1);
    await until("who left its session is gone too", () => processes.look(hidden)?.zombie !== false);
  });

  test("that cannot be started says why", async () => {
    expect((await shell("exit 0", { command: ["/nothing/here"] })).done).toEqual({
      is: "not started",
      why: "/nothing/here is not there",
    });
    expect((await shell("exit 0", { cwd: "/nothing" })).done).toMatchObject({ is: "not started" });
    const before = AbortSignal.abort("SIGINT");
    expect((await shell("exit 0", { signal: before })).done).toEqual({ is: "stopped" });
  });
});
