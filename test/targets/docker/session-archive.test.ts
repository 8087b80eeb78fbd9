import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { system } from "../../../src/system/system.ts";
import { archiveOf, type Entry } from "../../../targets/docker/image/archive.ts";
import { buildContext } from "../../../targets/docker/image/build-context.ts";
import type { Engine } from "../../../targets/docker/engine.ts";
import type { BuiltImageFields } from "../../../targets/docker/shapes.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "aac-archive-"));
  folders.push(made);
  return made;
};

const file = (path: string, text: string, mode = 0o644): Entry => ({
  is: "file",
  path,
  bytes: new TextEncoder().encode(text),
  mode,
});
const LONG = `${"deep/".repeat(30)}ünïcode and spaces.txt`;
const ENTRIES: readonly Entry[] = [
  file("b.txt", "b".repeat(513)),
  file("a.sh", "#!/bin/sh\n", 0o755),
  file(LONG, "long"),
  file("empty", ""),
  { is: "link", path: "current", to: "a.sh" },
];

test("the same files give the same bytes, in whatever order they come", () => {
  const archive = archiveOf(ENTRIES);
  expect(system.digests.sha256(archiveOf(ENTRIES.toReversed()))).toBe(system.digests.sha256(archive));
  expect(archive.length % 512).toBe(0);
});

test("any program finds the files again, with long names, links and the right to be run", () => {
  const into = folder();
  execFileSync("tar", ["-xf", "-", "-C", into], { input: archiveOf(ENTRIES) });
  expect(readFileSync(join(into, LONG), "utf8")).toBe("long");
  expect(readFileSync(join(into, "b.txt"), "utf8")).toBe("b".repeat(513));
  expect(readFileSync(join(into, "current"), "utf8")).toBe("#!/bin/sh\n");
  expect(statSync(join(into, "empty")).size).toBe(0);
  expect([statSync(join(into, "a.sh")).mode & 0o111, statSync(join(into, "b.txt")).mode & 0o111]).toEqual([
    0o111, 0,
  ]);
});

const OURS = "FROM busybox\nCOPY . .\n";

function contextOf(root: string, fields: Partial<BuiltImageFields>) {
  const place = { root } as Engine["place"];
  const all = {
    reference: "a:1",
    from: "build",
    context: "agent",
    args: {},
    dockerfile: OURS,
    code: {},
  } as const;
  return buildContext({ system, place }, { ...all, ...fields });
}

function unpacked(archive: Uint8Array): readonly string[] {
  const listed = execFileSync("tar", ["-tf", "-"], { input: archive, encoding: "utf8" });
  return listed.trim().split("\n");
}

test("an image is made from the planned files alone, beside a recipe that is none of them", () => {
  const root = folder();
  mkdirSync(join(root, "agent/lib"), { recursive: true });
  for (const path of ["main.py", "lib/a.py", ".env", "notes.txt", ".dockerignore"])
    writeFileSync(join(root, "agent", path), path);
  symlinkSync("../main.py", join(root, "agent/lib/main.py"));
  const digest = (path: string): string => system.digests.sha256(path);
  const code = {
    "main.py": digest("main.py"),
    "lib/a.py": digest("lib/a.py"),
    ".dockerignore": digest(".dockerignore"),
    "lib/main.py": "of a link",
  };
  const built = contextOf(root, { code });
  if (!built.ok) throw new Error(built.error.message);
  expect(built.value.dockerfile).toBe(".aac.Dockerfile");
  expect(unpacked(built.value.archive)).toEqual([
    ".aac.Dockerfile",
    ".dockerignore",
    "lib/a.py",
    "lib/main.py",
    "main.py",
  ]);
  const into = folder();
  execFileSync("tar", ["-xf", "-", "-C", into], { input: built.value.archive });
  expect(readFileSync(join(into, "lib/main.py"), "utf8")).toBe("main.py");
  expect(readFileSync(join(into, ".aac.Dockerfile"), "utf8")).toBe(OURS);
  expect(readFileSync(join(into, ".dockerignore"), "utf8")).toBe(".aac.Dockerfile\n.dockerignore\n");
});

test("an author's own recipe is taken where it stands, whether or not it counts as code", () => {
  const root = folder();
  mkdirSync(join(root, "agent"), { recursive: true });
  writeFileSync(join(root, "agent/Dockerfile"), OURS);
  const listed = contextOf(root, {
    dockerfile: "Dockerfile",
    code: { Dockerfile: system.digests.sha256(OURS) },
  });
  expect(listed.ok && [listed.value.dockerfile, unpacked(listed.value.archive)]).toEqual([
    "Dockerfile",
    ["Dockerfile"],
  ]);
  const beside = contextOf(root, { dockerfile: "Dockerfile" });
  expect(beside.ok && unpacked(beside.value.archive)).toEqual([".aac.Dockerfile", ".dockerignore"]);
  const missing = contextOf(root, { dockerfile: "Other" });
  expect(missing).toMatchObject({ ok: false, error: { message: "Other is not there" } });
});

test("a file that was edited or removed since the plan was made ends the build before it begins", () => {
  const root = folder();
  mkdirSync(join(root, "agent"), { recursive: true });
  writeFileSync(join(root, "agent/main.py"), "now");
  expect(contextOf(root, { code: { "main.py": system.digests.sha256("then") } })).toMatchObject({
    ok: false,
    error: { message: "main.py was edited since the plan was made: plan again" },
  });
  expect(contextOf(root, { code: { "gone.py": "x" } })).toMatchObject({
    ok: false,
    error: { message: "gone.py is gone since the plan was made: plan again" },
  });
});
