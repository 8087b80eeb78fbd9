import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
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
import { findProgram, runtimeProgram } from "../../../targets/local-process/environment/programs.ts";

let home = "";
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "aac-programs-")));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function script(path: string, text: string, mode = 0o755): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, mode);
  return file;
}

/** A program that answers as an interpreter of that version, and counts how often it was asked. */
function interpreter(path: string, version: string): string {
  const file = join(home, path);
  const answer = JSON.stringify({ path: file, version, platform: "here" });
  return script(path, `echo asked >> '${home}/asked'\necho a warning first\necho '${answer}'`);
}

const bin = (...folders: readonly string[]): string => folders.map((one) => join(home, one)).join(":");

function at(environment: Readonly<Record<string, string>>): System {
  return { ...system, host: { ...system.host, environment } };
}

describe("a program on PATH", () => {
  test("is the first one that may be executed", () => {
    script("a/tool", "", 0o644);
    mkdirSync(join(home, "b/tool"), { recursive: true });
    const right = script("c/tool", "");
    script("d/tool", "");
    expect(findProgram(system, "tool", bin("missing", "a", "b", "c", "d"))).toBe(right);
  });

  test("keeps the name under which it was found: a shim answers by its name", () => {
    script("shims/any", "");
    mkdirSync(join(home, "bin"));
    symlinkSync(join(home, "shims/any"), join(home, "bin/tool"));
    expect(findProgram(system, "tool", bin("bin"))).toBe(join(home, "bin/tool"));
  });

  test("is never looked for in the current folder, and never a path", () => {
    script("tool", "");
    const before = process.cwd();
    expect(findProgram(system, "tool", `:.:${home.slice(1)}`)).toBeUndefined();
    expect(findProgram(system, "../tool", bin("a"))).toBeUndefined();
    expect(process.cwd()).toBe(before);
  });
});

describe("a runtime", () => {
  test("is the one whose name carries the version, though another comes first", async () => {
    interpreter("bin/python3", "3.11.7");
    const path = interpreter("bin/python3.12", "3.12.4");
    const found = await runtimeProgram(at({}), "python", "3.12", bin("bin"));
    expect(found).toEqual({ ok: true, value: { path, version: "3.12.4", platform: "here" } });
  });

  test("is taken from a version manager, the newest that fits", async () => {
    interpreter("bin/python3", "3.11.7");
    interpreter(".pyenv/versions/3.12.9/bin/python", "3.12.9");
    const newest = interpreter(".pyenv/versions/3.12.10/bin/python", "3.12.10");
    interpreter(".pyenv/versions/3.13.0/bin/python", "3.13.0");
    const found = await runtimeProgram(at({ HOME: home }), "python", "3.12", bin("bin"));
    expect(found).toMatchObject({ ok: true, value: { path: newest } });
    const node = interpreter(".nvm/versions/node/v20.9.0/bin/node", "20.9.0");
    interpreter("bin/node", "24.1.0");
    const old = await runtimeProgram(at({ HOME: home }), "nodejs", "20", bin("bin"));
    expect(old).toMatchObject({ ok: true, value: { path: node } });
  });

  test("is the plain one on PATH whose version fits", async () => {
    const path = interpreter("bin/python3", "3.11.7");
    expect(await runtimeProgram(at({}), "python", "3.11", bin("bin"))).toMatchObject({
      ok: true,
      value: { path },
    });
    expect(await runtimeProgram(at({}), "python", undefined, bin("bin"))).toMatchObject({ ok: true });
    const node = interpreter("bin/node", "24.1.0");
    for (const version of [undefined, "24", "24.1", "24.1.0", "lts"])
      expect(await runtimeProgram(at({}), "nodejs", version, bin("bin"))).toMatchObject({
        ok: true,
        value: { path: node },
      });
  });

  test("in another version is an error that lists what was found", async () => {
    const path = interpreter("bin/python3", "3.11.7");
    expect(await runtimeProgram(at({}), "python", "3.12", bin("bin"))).toEqual({
      ok: false,
      error: {
        message: `python 3.12 is wanted; found: python3 3.11.7 at ${path}`,
        lines: [],
        passing: false,
      },
    });
    const tenth = await runtimeProgram(at({}), "python", "3.1", bin("bin"));
    expect(tenth.ok).toBe(false);
    const none = await runtimeProgram(at({}), "nodejs", undefined, bin("bin"));
    expect(none).toMatchObject({ ok: false, error: { message: "node is wanted; found: none on PATH" } });
  });

  test("is never Python 2 where no version is asked for", async () => {
    interpreter("bin/python", "2.7.18");
    expect(await runtimeProgram(at({}), "python", undefined, bin("bin"))).toMatchObject({ ok: false });
  });

  test("is passed over where a shim fails or says nothing of use, and one file is asked once", async () => {
    script("shims/python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127");
    script("bin/python3.12", "echo not json");
    interpreter("bin/python3", "3.11.7");
    symlinkSync("python3", join(home, "bin/python"));
    expect(await runtimeProgram(at({}), "python", "3.12", bin("shims", "bin"))).toMatchObject({ ok: false });
    expect(readFileSync(join(home, "asked"), "utf8")).toBe("asked\n");
  });

  test("of this machine names a real program, not a shim", async () => {
    const found = await runtimeProgram(system, "nodejs", undefined, dirname(process.execPath));
    expect(found).toMatchObject({
      ok: true,
      value: { path: realpathSync(process.execPath), version: process.versions.node },
    });
    expect(found.ok && found.value.platform).toContain(`${process.platform}-${process.arch}`);
  });
});
