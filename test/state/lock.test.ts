import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Holder } from "../../src/model/holder.ts";
import { takeLock } from "../../src/state/lock.ts";
import { files } from "../../src/system/files.ts";
import { until } from "../helpers/until.ts";

const program = new URL("../helpers/hold-lock.ts", import.meta.url).pathname;
const me: Holder = { pid: process.pid, host: "here", command: "aac apply", since: "2026-01-01T00:00:00Z" };
const children: ChildProcess[] = [];
const place = (): string => join(mkdtempSync(join(tmpdir(), "aac-lock-")), "state");

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Another process that tries to take the lock, and what it says. */
async function another(folder: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [program, folder], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until("the other process says how it went", () => said.includes("\n"));
  return { child, said: said.trim() };
}

describe("one writer a place", () => {
  test("a second one is told who writes", async () => {
    const folder = place();
    const { child, said } = await another(folder);
    expect(said).toBe("held");
    const mine = takeLock(files, folder, me);
    expect(mine.is).toBe("taken");
    expect(mine.is === "taken" ? mine.holder?.pid : 0).toBe(child.pid);
  });

  test("a writer that was killed leaves nothing to clear away", async () => {
    const folder = place();
    for (let round = 0; round < 5; round++) {
      const { child, said } = await another(folder);
      expect(said).toBe("held");
      child.kill("SIGKILL");
      await until("it is gone", () => child.exitCode !== null || child.signalCode !== null);
      const mine = takeLock(files, folder, me);
      expect(mine.is).toBe("held");
      expect(mine.is === "held" ? mine.former?.pid : 0).toBe(child.pid);
      if (mine.is === "held") mine.release();
    }
  }, 60_000);

  test("of ten that try at once, one wins", async () => {
    const folder = place();
    const all = await Promise.all(Array.from({ length: 10 }, () => another(folder)));
    expect(all.filter(({ said }) => said === "held")).toHaveLength(1);
  }, 60_000);

  test("a released lock can be taken again, and a second release does nothing", () => {
    const folder = place();
    const first = takeLock(files, folder, me);
    expect(first.is).toBe("held");
    if (first.is === "held") {
      first.release();
      first.release();
    }
    const second = takeLock(files, folder, me);
    expect(second.is).toBe("held");
    if (second.is === "held") second.release();
  });

  test("who had it before is known with what it was for, and nobody where it was never had", () => {
    const folder = place();
    const first = takeLock(files, folder, { ...me, apply: "one" });
    expect(first.is === "held" ? first.former : "taken").toBeUndefined();
    if (first.is === "held") first.release();
    const second = takeLock(files, folder, { ...me, apply: "two" });
    expect(second.is === "held" ? second.former : "taken").toEqual({ ...me, apply: "one" });
    if (second.is === "held") second.release();
  });

  test("nobody else can read who writes", () => {
    const folder = place();
    const lock = takeLock(files, folder, me);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "lock.json")).mode & 0o777).toBe(0o600);
    if (lock.is === "held") lock.release();
  });
});
