import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ask, desk, deskIn } from "../desk.ts";
import { badDay, behind, contents, isRoot, plant, type Planted, walk } from "./bad-day.ts";

const PORT = 18_700;
const FILES = deskIn(".", desk("desk", PORT, { more: ["config: {mood: calm}"] }));
const SLOW = 120_000;

describe("a state folder that could be anybody's is not used", () => {
  test(
    "a link, a folder that others may change and one of another user are refused with the repair",
    { timeout: SLOW },
    () =>
      badDay("hostile-home", FILES, async (day) => {
        const state = join(day.root, "state");
        const own = join(state, "aac");
        const elsewhere = join(day.root, "elsewhere");
        mkdirSync(state);
        mkdirSync(elsewhere);
        writeFileSync(join(elsewhere, "canary"), "untouched");
        const before = contents(elsewhere);

        symlinkSync(elsewhere, own);
        for (const args of ["plan", "apply --yes", "status", "logs", "destroy --yes", "daemon start"])
          await day.says(args, 1, "AAC4005", own, "is a link", `rm ${own}`, "nothing was read from it");
        expect(contents(elsewhere)).toEqual(before);
        expect(day.processes()).toEqual([]);
        day.repair(await day.says("plan", 1));
        await day.says("plan", 0);
        expect(existsSync(own)).toBe(false);

        mkdirSync(own, { mode: 0o700 });
        for (const mode of [0o770, 0o702]) {
          chmodSync(own, mode);
          const said = await day.says("apply --yes", 1, "can be changed by others", `chmod go-w ${own}`);
          expect(readdirSync(own)).toEqual([]);
          expect(day.processes()).toEqual([]);
          day.repair(said);
        }
        if (isRoot) {
          chownSync(own, 12_345, 12_345);
          await day.says("apply --yes", 1, "belongs to user 12345", "XDG_STATE_HOME");
          expect(readdirSync(own)).toEqual([]);
          chownSync(own, 0, 0);
        }
        await day.says("apply --yes", 0);
      }),
  );

  test("folders inside it are looked at too", { timeout: SLOW }, () =>
    badDay("hostile-inside", FILES, async (day) => {
      await day.says("apply --yes", 0);
      const pid = await day.pidOf("desk");
      for (const folder of ["agents", "agents/desk", "agents/desk/0", "logs", "runs", "daemon"]) {
        const path = join(day.home, folder);
        const kept = join(day.root, "kept");
        renameSync(path, kept);
        symlinkSync(kept, path);
        const said = await day.says("apply --yes", 1, path, "is a link");
        day.repair(said);
        renameSync(kept, path);
      }
      await day.says("apply --yes", 0);
      expect(await day.pidOf("desk")).toBe(pid);
    }),
  );
});

describe("what somebody planted in the place of a file is never followed", () => {
  const places: readonly (readonly [string, readonly Planted[]])[] = [
    ["key", ["link", "pipe", "hard link", "socket"]],
    ["journal.jsonl", ["link", "pipe", "hard link", "socket"]],
    ["lock.sqlite", ["link", "pipe"]],
    ["lock.json", ["link", "pipe"]],
    ["daemon/place.json", ["link", "pipe"]],
    ["daemon/daemon.log", ["link", "pipe"]],
    ["daemon/alive", ["link"]],
    ["agents/desk/config.json", ["link", "pipe"]],
    ["agents/desk/0/record.json", ["link", "pipe", "hard link", "socket", "folder"]],
    ["agents/desk/0/status.json", ["link", "pipe"]],
  ];
  test("it is refused with the command that moves it aside, and the agent goes on", { timeout: SLOW }, () =>
    badDay("hostile-planted", FILES, async (day) => {
      await day.says("apply --yes", 0);
      const pid = await day.pidOf("desk");
      // The supervisor writes at its own times: what is planted has to stay for as long as it is looked at.
      await day.says("daemon stop", 0);
      const canary = join(day.root, "canary");
      writeFileSync(canary, "untouched", { mode: 0o640 });
      for (const [name, kinds] of places)
        for (const kind of kinds) {
          const path = join(day.home, name);
          const kept = join(day.root, "kept");
          renameSync(path, kept);
          const done = await plant(kind, path, canary);
          const said = await day.says("apply --yes", 1, path, "AAC4005", "nothing was read from it");
          await day.says("status", 1, path);
          expect(readFileSync(canary, "utf8")).toBe("untouched");
          day.repair(said);
          expect(existsSync(path)).toBe(false);
          await done();
          renameSync(kept, path);
        }
      expect(walk(day.root).filter(({ path }) => path === canary)).toMatchObject([{ mode: 0o640 }]);
      await day.says("apply --yes", 0);
      expect(await day.pidOf("desk")).toBe(pid);
    }),
  );

  test(
    "at the path of a log it keeps the agent from starting, and nothing is written through it",
    { timeout: SLOW },
    () =>
      badDay("hostile-log", deskIn(".", desk("desk", PORT + 1)), async (day) => {
        const canary = join(day.root, "canary");
        writeFileSync(canary, "untouched");
        const folder = join(day.home, "logs", "desk", "0");
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        for (const kind of ["link", "hard link", "pipe"] as const) {
          const path = join(folder, "stdout.log");
          await plant(kind, path, canary);
          await day.says("apply --yes --no-rollback", 7, path, "remove it");
          await day.says("logs", 1, path, `mv ${path}`);
          await day.says("destroy --yes", 0);
          expect(readFileSync(canary, "utf8")).toBe("untouched");
          renameSync(path, join(day.root, `aside-${kind}`));
        }
        await day.says("apply --yes", 0);
      }),
  );
});

describe("state that cannot be read", () => {
  const broken: readonly (readonly [string, string])[] = [
    ["agents/desk/0/record.json", "{ half a rec"],
    ["agents/desk/0/record.json", '{"version": 2, "charge": {}}'],
    ["agents/desk/0/record.json", "[]"],
    ["key", "not a key\n"],
    ["key", "v2:" + "0".repeat(64)],
    ["journal.jsonl", "SQLite format 3\u0000\n\u0001\u0002"],
    ["journal.jsonl", '{"version": 2, "is": "apply", "apply": "a", "at": "x", "objects": 1}\n'],
  ];
  test(
    "it is refused and nothing of it is lost; moved aside, the next apply finds what lives and starts no second one",
    { timeout: SLOW },
    () =>
      badDay("hostile-broken", FILES, async (day) => {
        await day.says("apply --yes", 0);
        for (const [name, text] of broken) {
          const path = join(day.home, name);
          writeFileSync(path, text);
          const before = contents(day.home);
          for (const args of ["plan", "status", "apply --yes"]) {
            const said = await day.says(args, 1, "AAC4006", path, "nothing was", `mv ${path} `);
            expect(said).not.toContain("create");
          }
          // The supervisor goes on, and says so.
          for (const [file, content] of Object.entries(contents(day.home)))
            if (!/\/(?:alive|status\.json|stdout\.log\.index|\..*\.tmp)$/.test(file))
              expect(content).toBe(before[file]);
          const kept = (): readonly string[] =>
            readdirSync(dirname(path)).filter((one) => one.startsWith(`${basename(path)}.old`));
          const keptBefore = kept();
          day.repair(await day.says("status", 1));
          // What was moved aside before is not written over.
          const [aside = ""] = kept().filter((one) => !keptBefore.includes(one));
          expect(readFileSync(join(dirname(path), aside), "utf8")).toBe(text);
          await day.says("apply --yes", 0);
          const mains = day
            .processes()
            .filter(({ argv }) => argv[0]?.endsWith("node") === true && argv[1] === "desk.js");
          expect(mains).toHaveLength(1);
          expect(await ask(PORT, "/health")).toBe('"health"');
          await day.says("plan --expect-no-changes", 0);
        }
      }),
  );

  test(
    "a plan file that is none, or of another version, is refused and left as it is",
    { timeout: SLOW },
    () =>
      badDay("hostile-plan-file", FILES, async (day) => {
        for (const text of [
          "",
          "{",
          "[]",
          "null",
          '{"kind": "SavedPlan", "version": 2, "madeBy": "9.0.0"}',
          '{"kind": "SavedPlan", "version": 1}',
        ]) {
          day.write("saved.plan", text);
          await day.says("apply saved.plan --yes", 2, "saved.plan", "AAC3004");
          expect(day.read("saved.plan")).toBe(text);
        }
        expect(existsSync(day.home)).toBe(false);
        await plant("folder", day.path("folder.plan"), "");
        await day.says("apply folder.plan --yes", 2, "folder.plan");
        await day.says("plan --out folder.plan", 2, "names no file");
        expect(day.processes()).toEqual([]);
      }),
  );
});

test(
  "a path that is too long for a socket is refused with advice before anything starts",
  { timeout: SLOW },
  () =>
    badDay("hostile-socket", FILES, async (day) => {
      const long = join(day.root, "r".repeat(110));
      mkdirSync(long, { mode: 0o700 });
      for (const args of ["apply --yes", "status"]) {
        const told = await day.aac(args, { environment: { XDG_RUNTIME_DIR: long } });
        expect(told.code).toBe(1);
        expect(told.err).toContain("the system takes at most 103");
        expect(told.err).toContain("set XDG_RUNTIME_DIR to a folder with a shorter path");
      }
      expect(day.processes()).toEqual([]);
      expect(readdirSync(long)).toEqual([]);
    }),
);

test("whatever the umask of the caller, files are 0600 and folders 0700", { timeout: SLOW }, () =>
  badDay("hostile-umask", FILES, async (day) => {
    const told = await behind(day, "umask 0", "apply --yes");
    expect(told.code).toBe(0);
    await day.says("stop desk", 0);
    await day.says("start desk", 0);
    const found = [...walk(join(day.root, "state")), ...walk(join(day.root, "run"))];
    expect(found.length).toBeGreaterThan(15);
    // The configuration is for reading alone.
    expect(
      found.filter(({ kind, mode, path }) =>
        kind === "folder" ? mode !== 0o700 : mode !== (path.endsWith("config.json") ? 0o400 : 0o600),
      ),
    ).toEqual([]);
  }),
);
