import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { codeOf, type CodeRequest } from "../../src/facts/code.ts";
import type { Files } from "../../src/model/system.ts";
import { files as real } from "../../src/system/files.ts";
import { memoryFiles } from "./memory-files.ts";
import { gather, hash, HEAD } from "./sources.ts";

const ROOT = "/project";
const NOTHING = { agents: new Set<string>(), secrets: new Set<string>() };

/** The code of a folder that stands in memory, with what is said of it. */
function code(texts: Readonly<Record<string, string>>, more: Partial<CodeRequest> = {}) {
  const folder = more.folder ?? ROOT;
  const files = memoryFiles(
    Object.fromEntries(Object.entries(texts).map(([path, text]) => [`${ROOT}/${path}`, text])),
  );
  return codeOf({ folder, root: ROOT, include: [], exclude: [], files, hash, apart: NOTHING, ...more });
}

const paths = (...given: Parameters<typeof code>): string[] => Object.keys(code(...given).digests);

describe("what the code of an agent is", () => {
  test("files that describe, environments, caches and secrets are not code, the rest is, sorted", () => {
    const texts = {
      "agent.yaml": "",
      "night.agent.yaml": "",
      ".aac.yaml": "",
      ".gitignore": "",
      "README.md": "",
      LICENSE: "",
      ".env": "TOKEN=x",
      ".env.local": "",
      ".git/HEAD": "",
      ".aac/secrets/llm/key": "x",
      "node_modules/a/index.js": "",
      "deep/node_modules/a/index.js": "",
      ".venv/bin/python": "",
      "__pycache__/main.pyc": "",
      "target/release/app": "",
      "main.py": "print(1)",
      "dist/bundle.js": "",
      "prompts/README.md": "",
      Dockerfile: "",
    };
    expect(paths(texts)).toEqual(["Dockerfile", "dist/bundle.js", "main.py", "prompts/README.md"]);
    expect(code(texts).digests["main.py"]).toBe(hash(new TextEncoder().encode("print(1)")));
  });

  test("a folder below with an agent file of its own is another agent's", () => {
    expect(paths({ "main.py": "", "other/agent.yml": "", "other/main.py": "", "lib/a.py": "" })).toEqual([
      "lib/a.py",
      "main.py",
    ]);
  });

  test("ignore files of the folder, of folders above up to the root, and below hold as git and builders read them", () => {
    const texts = {
      ".gitignore": "*.tmp\n/agents/desk/generated/\n",
      "agents/desk/.gitignore": "!kept.tmp\nout/\n",
      "agents/desk/.dockerignore": "docs\n*.md\n!notes.md\n",
      "agents/desk/.aacignore": "/notes.txt\n",
      "agents/desk/data/.gitignore": "*\n",
      "agents/desk/main.py": "",
      "agents/desk/a.tmp": "",
      "agents/desk/kept.tmp": "",
      "agents/desk/out/x.py": "",
      "agents/desk/generated/x.py": "",
      "agents/desk/docs/x.py": "",
      "agents/desk/notes.md": "",
      "agents/desk/plan.md": "",
      "agents/desk/notes.txt": "",
      "agents/desk/in/notes.txt": "",
      "agents/desk/data/rows.csv": "",
    };
    expect(paths(texts, { folder: `${ROOT}/agents/desk` })).toEqual([
      "in/notes.txt",
      "kept.tmp",
      "main.py",
      "notes.md",
    ]);
  });

  test("an agent whose whole folder is ignored still has its code", () => {
    const texts = { ".gitignore": "agents/\n", ".dockerignore": "agents\n", "agents/desk/main.py": "" };
    expect(paths(texts, { folder: `${ROOT}/agents/desk` })).toEqual(["main.py"]);
  });

  test("a builder's list that leaves out all and takes back a folder keeps that folder", () => {
    const texts = { ".dockerignore": "**\n!src/**\n", "src/in/main.py": "", "notes.md": "" };
    expect(paths(texts)).toEqual(["src/in/main.py"]);
  });

  test("data that agents write is left out with one line, unless it is asked for", () => {
    const texts = {
      "main.py": "",
      "notes.db": "",
      "notes.db-wal": "",
      "run.log": "",
      "run.log.1": "",
      "x.sqlite3": "",
    };
    const found = code(texts);
    expect(Object.keys(found.digests)).toEqual(["main.py"]);
    expect(found.notes).toEqual([
      "`notes.db` and 4 more files are taken as data, not as code; `code: {include: […]}` says otherwise",
    ]);
    expect(paths(texts, { include: ["notes.db"] })).toEqual(["main.py", "notes.db"]);
  });

  test("include takes back what is ignored, exclude leaves out more and has the last word", () => {
    const texts = {
      ".gitignore": "build/\n",
      "main.py": "",
      "build/app": "",
      "build/tmp/x": "",
      "docs/a.md": "",
      "README.md": "",
      "target/release/app": "",
      "node_modules/x/build/app": "",
      ".env": "",
    };
    const include = ["build", "./README.md", "target/release/app", "**/app", ".env"];
    expect(paths(texts, { include, exclude: ["docs/", "build/tmp/**"] })).toEqual([
      "README.md",
      "build/app",
      "main.py",
      "target/release/app",
    ]);
  });

  test("files that secrets are read from and agent files of any name are nobody's code", () => {
    const apart = { agents: new Set([`${ROOT}/desk.yaml`]), secrets: new Set([`${ROOT}/keys/api`]) };
    expect(
      paths({ "desk.yaml": "", "keys/api": "", "keys/public": "" }, { apart, include: ["keys/api"] }),
    ).toEqual(["keys/public"]);
  });

  test("too many or too large files are said and left out, the same ones each time", () => {
    const texts = { "a.py": "12345", "b.py": "12345", "c.py": "12345", "d.py": "1" };
    const few = code(texts, { bounds: { files: 2, bytes: 1000 } });
    expect(Object.keys(few.digests)).toEqual(["a.py", "b.py"]);
    expect(few.notes).toEqual([
      "its folder holds more code than 2 files or 1 MB: a change of `c.py` and `d.py` is not seen; name what is no code in .aacignore or under `code: {exclude: […]}`",
    ]);
    expect(paths(texts, { bounds: { files: 10, bytes: 11 } })).toEqual(["a.py", "b.py", "d.py"]);
  });
});

test("a file that cannot be read is named, and one that has just gone is left out", () => {
  const files = memoryFiles({ "/project/main.py": "", "/project/shut.py": "", "/project/gone.py": "" });
  const read: Files["read"] = (path, limit) =>
    path.endsWith("shut.py")
      ? { is: "refused", why: "permission denied" }
      : path.endsWith("gone.py")
        ? { is: "absent" }
        : files.read(path, limit);
  const found = code({}, { files: { ...files, read } });
  expect(Object.keys(found.digests)).toEqual(["main.py"]);
  expect(found.notes).toEqual(["`shut.py` cannot be read, so a change of it is not seen"]);
});

describe("the code of a live agent", () => {
  const texts = { "main.py": "", "new.py": "", "letter.txt": "", "cache/state.json": "" };

  test("new files count only where git tracks them, and an untracked one that looks like code is named", () => {
    const remembered = new Set(["main.py", "gone.py"]);
    const found = code(texts, { remembered, tracked: new Set(["main.py", "letter.txt"]) });
    expect(Object.keys(found.digests)).toEqual(["letter.txt", "main.py"]);
    expect(found.notes).toEqual(["`new.py` is new and not tracked by git, so not code yet: `git add` it"]);
  });

  test("without git, new files count where they end as the code does", () => {
    expect(paths(texts, { remembered: new Set(["main.py"]) })).toEqual(["main.py", "new.py"]);
    expect(paths({ main: "", output: "" }, { remembered: new Set(["main"]) })).toEqual(["main"]);
  });

  test("one that never had code takes all of it", () => {
    expect(paths(texts, { remembered: new Set() })).toHaveLength(4);
  });
});

describe("on a real disk", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });
  function disk(texts: Readonly<Record<string, string>>): string {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "code-")));
    folders.push(root);
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  }

  test("a link is known by where it leads, and nothing is read through it", async () => {
    const agent = { "agents/desk/agent.yaml": `${HEAD}  runtime: python\n`, "agents/desk/main.py": "1" };
    const root = disk({ ...agent, "shared/lib.py": "a", "big/x.py": "x" });
    const desk = join(root, "agents/desk");
    symlinkSync("../../shared/lib.py", join(desk, "lib.py"));
    symlinkSync("../../big", join(desk, "big"));
    symlinkSync("main.py", join(desk, "same.py"));
    symlinkSync("circle", join(desk, "circle"));
    const look = async (from = root) => (await gather(real, from, {})).facts["desk"]?.code ?? {};
    const before = await look();
    expect(Object.keys(before)).toEqual(["big", "circle", "lib.py", "main.py", "same.py"]);
    writeFileSync(join(root, "shared/lib.py"), "changed");
    expect(await look()).toEqual(before);
    rmSync(join(desk, "same.py"));
    symlinkSync("lib.py", join(desk, "same.py"));
    const after = await look();
    expect(after["same.py"]).not.toBe(before["same.py"]);
    expect({ ...after, "same.py": "" }).toEqual({ ...before, "same.py": "" });

    const other = disk({ ...agent, "shared/lib.py": "elsewhere", "big/x.py": "x" });
    symlinkSync("../../shared/lib.py", join(other, "agents/desk/lib.py"));
    expect((await look(other))["lib.py"]).toBe(before["lib.py"]);
  });

  test("a change of one file is a change of one digest", async () => {
    const root = disk({
      "agent.yaml": `${HEAD}  runtime: python\n`,
      "main.py": "1",
      "lib/a.py": "2",
      "requirements.txt": "x",
    });
    const first = (await gather(real, root)).facts["desk"];
    writeFileSync(join(root, "lib/a.py"), "3");
    const second = (await gather(real, root)).facts["desk"];
    expect(Object.keys(first?.code ?? {})).toEqual(["lib/a.py", "main.py", "requirements.txt"]);
    expect({ ...second?.code, "lib/a.py": first?.code["lib/a.py"] }).toEqual(first?.code);
    expect(second?.code["lib/a.py"]).not.toBe(first?.code["lib/a.py"]);
    expect(first?.locks).toEqual({ "requirements.txt": hash(new TextEncoder().encode("x")) });
  });
});

describe("whether the folder goes in at all", () => {
  const project = (spec: string): Promise<readonly string[]> =>
    gather(
      memoryFiles({ "/project/agent.yaml": HEAD + spec, "/project/main.py": "", "/project/bin/run": "" }),
      "/project",
    ).then(({ facts }) => Object.keys(facts["desk"]?.code ?? {}));

  test("an image alone brings its own code", async () => {
    expect(await project("  image: desk:1.0\n")).toEqual([]);
    expect(await project("  image: desk:1.0\n  command: [python, -m, desk]\n")).toEqual([]);
    expect(await project("  image: desk:1.0\n  command: [/usr/bin/env]\n")).toEqual([]);
  });

  test("a runtime, a build, or a command that is a file of the folder needs it", async () => {
    const all = ["bin/run", "main.py"];
    expect(await project("  runtime: python\n")).toEqual(all);
    expect(await project("  image: desk:1.0\n  build: {context: .}\n")).toEqual(all);
    expect(await project("  image: desk:1.0\n  command: [python, /app/main.py]\n")).toEqual(all);
    expect(await project("  command: [./bin/run]\n")).toEqual(all);
  });
});

test("a folder that is mounted to write into holds data, one that is only read is code", async () => {
  const spec =
    "  runtime: python\n  volumes:\n    - {source: ./data, target: /app/data}\n    - {source: ./prompts, target: /app/prompts, readOnly: true}\n";
  const files = memoryFiles({
    [`${ROOT}/agent.yaml`]: HEAD + spec,
    [`${ROOT}/main.py`]: "",
    [`${ROOT}/data/notes.txt`]: "",
    [`${ROOT}/prompts/one.txt`]: "",
  });
  const { facts } = await gather(files, ROOT);
  expect(Object.keys(facts["desk"]?.code ?? {})).toEqual(["main.py", "prompts/one.txt"]);
});
