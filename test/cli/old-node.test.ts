import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf } from "../helpers/run-aac.ts";

const first = new URL("../../src/cli/aac.cjs", import.meta.url).pathname;

/** The first file on a machine of its own, under a Node that says it is an old one. */
function underOldNode(
  root: string,
  args: readonly string[],
): { code: number | null; out: string; err: string } {
  copyFileSync(first, join(root, "aac.cjs"));
  const lie =
    'Object.defineProperty(process.versions,"node",{value:"20.11.0"});Object.defineProperty(process,"version",{value:"v20.11.0"});';
  const result = spawnSync(
    process.execPath,
    ["-e", `${lie}process.argv.splice(1,0,"aac");require("./aac.cjs")`, "--", ...args],
    { cwd: root, encoding: "utf8" },
  );
  return { code: result.status, out: result.stdout, err: result.stderr };
}

test("an old Node without another one is told in one line what is missing", () => {
  const { code, out, err } = underOldNode(folderOf({}), ["validate"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toBe(
    "aac needs Node 24.15 or newer, and this is v20.11.0: install a newer Node, then run aac again\n",
  );
});

test("an old Node hands over to the one that came with the package, with arguments and exit code", () => {
  const name = `node-${process.platform}-${process.arch}`;
  const root = folderOf({
    [`node_modules/${name}/package.json`]: `{"name":"${name}"}`,
    [`node_modules/${name}/bin/node`]: '#!/bin/sh\nshift\necho "newer: $*"\nexit 3\n',
  });
  chmodSync(join(root, `node_modules/${name}/bin/node`), 0o755);
  const { code, out } = underOldNode(root, ["validate", "-f", "a b"]);
  expect(out).toBe("newer: validate -f a b\n");
  expect(code).toBe(3);
});

test("the platform packages are optional, exact, and new enough", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(manifest.optionalDependencies)) {
    expect(name).toMatch(/^node-(?:bin-)?(?:linux|darwin|win)-(?:x64|arm64)$/);
    const [major = 0, minor = 0] = version.split(".").map(Number);
    expect(major > 24 || (major === 24 && minor >= 15), `${name}@${version}`).toBe(true);
  }
});
