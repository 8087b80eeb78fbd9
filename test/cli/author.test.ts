import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { authorOf, commandOf, commitOf, isDirty, pipelineOf } from "../../src/cli/revisions/author.ts";
import type { Facts } from "../../src/model/facts.ts";
import { system } from "../../src/system/system.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "aac-author-")));
  made.push(path);
  return path;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync(
    "git",
    ["-c", "user.name=ana", "-c", "user.email=ana@desk.test", "-c", "init.defaultBranch=main", ...args],
    {
      cwd,
      encoding: "utf8",
    },
  ).trim();

/** A clone with one commit, of an agent in a folder of its own. */
function clone(): { readonly root: string; readonly id: string } {
  const root = folder();
  git(root, "init", "-q");
  write(join(root, "desk/agent.yaml"), "kind: Agent\n");
  write(join(root, "desk/main.py"), "print(1)\n");
  write(join(root, "notes.md"), "none\n");
  git(root, "add", "-A");
  git(root, "commit", "-qm", "one");
  return { root, id: git(root, "rev-parse", "HEAD") };
}

const factsOf = (root: string, ...code: readonly string[]): Facts => ({
  agents: {
    desk: {
      folder: join(root, "desk"),
      code: Object.fromEntries(code.map((name) => [name, "digest"])),
      secrets: {},
      texts: {},
      absent: [],
      locks: {},
    },
  },
  target: null,
});

describe("the commit of what is applied", () => {
  test("is read from git's files, on a branch, at a commit, packed, and in a second work tree", () => {
    const { root, id } = clone();
    const at = (path: string): string | undefined => commitOf(system.files, path);
    expect(at(root)).toBe(id);
    expect(at(join(root, "desk"))).toBe(id);
    git(root, "pack-refs", "--all");
    expect(at(root)).toBe(id);
    const other = join(folder(), "other");
    git(root, "worktree", "add", "-q", other);
    expect(at(other)).toBe(id);
    git(root, "checkout", "-q", "--detach");
    expect(at(root)).toBe(id);
  });

  test("is not known where there is no git, no commit, or something else under its name", () => {
    const [none, empty, odd] = [folder(), folder(), folder()];
    git(empty, "init", "-q");
    write(join(odd, ".git/HEAD"), "ref: refs/heads/../../../../etc/passwd\n");
    for (const path of [none, empty, odd]) expect(commitOf(system.files, path)).toBeUndefined();
  });

  test("an edit, also one that is staged, makes it dirty", async () => {
    const { root } = clone();
    const dirty = (): Promise<boolean> => isDirty(system, root, factsOf(root, "main.py"));
    expect(await dirty()).toBe(false);
    write(join(root, "desk/main.py"), "print(2)\n");
    expect(await dirty()).toBe(true);
    git(root, "add", "-A");
    expect(await dirty()).toBe(true);
    git(root, "commit", "-qm", "two");
    expect(await dirty()).toBe(false);
  });

  test("a new file makes it dirty where an agent is made of it, and not where it only lies there", async () => {
    const { root } = clone();
    write(join(root, "desk.plan.json"), "{}");
    write(join(root, "desk/src/möre.py"), "print(3)\n");
    expect(await isDirty(system, root, factsOf(root, "main.py"))).toBe(false);
    expect(await isDirty(system, root, factsOf(root, "main.py", "src/möre.py"))).toBe(true);
  });

  test("where nobody can tell, it is not said to be exactly that commit", async () => {
    const { root, id } = clone();
    const host = { ...system.host, environment: { PATH: "/nowhere" } };
    expect(await isDirty({ ...system, host }, root, factsOf(root))).toBe(true);
    expect(authorOf(system, root).commit).toEqual({ id, isDirty: true });
  });
});

describe("a pipeline's run", () => {
  test.each([
    [{}, undefined],
    [{ CI: "false" }, undefined],
    [{ CI: "true" }, "CI"],
    [
      {
        CI: "true",
        GITHUB_SERVER_URL: "https://git.test",
        GITHUB_REPOSITORY: "acme/desk",
        GITHUB_RUN_ID: "77",
      },
      "https://git.test/acme/desk/actions/runs/77",
    ],
    [
      { CI: "true", CI_JOB_URL: "https://git.test/acme/desk/-/jobs/5" },
      "https://git.test/acme/desk/-/jobs/5",
    ],
    [{ BUILD_URL: "https://bot:t0ken@ci.test/job/desk/9/?token=abc#top" }, "https://ci.test/job/desk/9/"],
  ])("is what its surroundings %j name: %s", (environment, run) => {
    expect(pipelineOf(environment)).toBe(run);
  });
});

describe("the command", () => {
  test("is kept as it could be typed again, without the values of variables", () => {
    const args = [
      "apply",
      "--set",
      "TOKEN=correct-horse",
      "--set=KEY=battery",
      "--reason",
      "too cold",
      "-f",
      "a=b",
    ];
    expect(commandOf(args)).toBe("aac apply --set TOKEN=… --set=KEY=… --reason 'too cold' -f a=b");
  });

  test("a key that somebody typed anywhere in it is covered", () => {
    const shown = commandOf(["stop", "--reason", "leaked sk-ant-REDACTED"]);
    expect(shown).not.toContain("ABCDEFGH");
  });
});
