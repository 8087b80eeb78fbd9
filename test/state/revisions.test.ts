import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Revision } from "../../src/model/revision.ts";
import { fileRevisions } from "../../src/state/revisions.ts";
import { system } from "../../src/system/system.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function home(): string {
  const folder = mkdtempSync(join(tmpdir(), "aac-revisions-"));
  made.push(folder);
  return folder;
}

const revision = (number: number, more: Partial<Revision> = {}): Revision => ({
  version: 1,
  number,
  apply: `apply-${number}`,
  does: "apply",
  began: "2026-11-21T02:14:00.000Z",
  outcome: "applied",
  by: { user: "ana", host: "desk", command: "aac apply", madeBy: "0.1.0" },
  objects: [{ id: "store/process/0", does: "create", came: "changed" }],
  versions: { store: "4 files 3fa2c1d0" },
  needs: ["code:1"],
  ir: { irVersion: 1, project: "p", agents: {} },
  facts: { agents: {}, target: null },
  resources: [
    {
      id: "store/process/0",
      agent: "store",
      kind: "process",
      name: "0",
      after: [],
      follows: [],
      fields: { command: ["sleep", "1"] },
      exchange: "stop first",
      holdsData: false,
      protect: false,
      source: "store/agent.yaml",
      written: {},
      was: { identity: "1", asked: { command: ["sleep", "1"] } },
    },
  ],
  ...more,
});

async function numbersIn(folder: string): Promise<readonly number[]> {
  const heads = await fileRevisions(system, folder).heads();
  return heads.ok ? heads.value.map(({ number }) => number) : [];
}

describe("revisions in files", () => {
  test("what was written is read again, and the newest comes first", async () => {
    const folder = home();
    const store = fileRevisions(system, folder);
    for (const number of [1, 2, 10]) await store.write(revision(number));
    expect(await numbersIn(folder)).toEqual([10, 2, 1]);
    expect(await store.read(2)).toEqual({ ok: true, value: revision(2) });
    expect(await store.read(3)).toEqual({ ok: true, value: undefined });
    expect(store.unread()).toEqual([]);
  });

  test("where nothing was applied there are none", async () => {
    expect(await fileRevisions(system, join(home(), "nothing")).heads()).toEqual({ ok: true, value: [] });
  });

  test("a list of them reads no more than their heads", async () => {
    const folder = home();
    await fileRevisions(system, folder).write(
      revision(1, { facts: { agents: {}, target: "x".repeat(1_000_000) } }),
    );
    let bytes = 0;
    const counting = {
      ...system,
      files: {
        ...system.files,
        readAt: (path: string, offset: number, length: number) => {
          const read = system.files.readAt(path, offset, length);
          if (read.is === "read") bytes += read.bytes.length;
          return read;
        },
      },
    };
    const heads = await fileRevisions(counting, folder).heads();
    expect(heads.ok && heads.value.length).toBe(1);
    expect(bytes).toBeLessThan(20_000);
  });

  test("one with a head of a thousand objects is read as well", async () => {
    const folder = home();
    const objects = Array.from({ length: 1000 }, (_, i) => ({
      id: `agent-${i}/process/0`,
      does: "create" as const,
      came: "changed" as const,
    }));
    await fileRevisions(system, folder).write(revision(1, { objects }));
    expect(await fileRevisions(system, folder).heads()).toMatchObject({
      ok: true,
      value: [{ number: 1, objects }],
    });
  });

  test("ten are kept, and the oldest go", async () => {
    const folder = home();
    const store = fileRevisions(system, folder);
    for (let number = 1; number <= 13; number++) await store.write(revision(number));
    expect(await numbersIn(folder)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4]);
  });

  test("only its owner may read one, and nothing half written is left beside it", async () => {
    const folder = home();
    await fileRevisions(system, folder).write(revision(1));
    await fileRevisions(system, folder).write(revision(1, { outcome: "pending" }));
    expect(statSync(join(folder, "revisions")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "revisions/1.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "revisions"))).toEqual(["1.json"]);
  });

  test.each([
    ["half a line", '{"version":1,"num', "it is not whole"],
    ["an empty file", "", "it is not whole"],
    ["another document", '{"kind":"SavedPlan"}\n{}\n', "it is no revision"],
    ["one of a later version", '{"version":2,"by":{"madeBy":"9.0.0"}}\n', "it was written by aac 9.0.0"],
    ["one under the number of another", undefined, "it says that it is revision 2"],
  ])("%s is named with what to do, and hides no other", async (_, text, why) => {
    const folder = home();
    const store = fileRevisions(system, folder);
    await store.write(revision(2));
    const path = join(folder, "revisions/3.json");
    writeFileSync(path, text ?? readFileSync(join(folder, "revisions/2.json")), { mode: 0o600 });
    expect(await numbersIn(folder)).toEqual([2]);
    const [first, ...more] = store.unread();
    expect(more).toEqual([]);
    expect(first?.number).toBe(3);
    expect(first?.fault.message).toContain(`${path} cannot be read: ${why}`);
    expect(first?.fault.notes.join("\n")).toContain(`mv ${path} ${path}.old`);
    const read = await store.read(3);
    expect(read.ok ? undefined : read.error.code).toBe("AAC4006");
  });

  test("one whose end is lost still has its head", async () => {
    const folder = home();
    const store = fileRevisions(system, folder);
    await store.write(revision(1));
    const path = join(folder, "revisions/1.json");
    writeFileSync(path, readFileSync(path, "utf8").slice(0, -40));
    expect(await numbersIn(folder)).toEqual([1]);
    const read = await store.read(1);
    expect(read.ok ? "" : read.error.message).toContain("it is not whole");
  });

  test.each([
    ["a link", (path: string, other: string) => symlinkSync(other, path), "it is a link"],
    ["a file of two names", (path: string, other: string) => linkSync(other, path), "a hard link"],
  ])("%s is not read, and writing replaces it alone", async (_, put, why) => {
    const folder = home();
    const store = fileRevisions(system, folder);
    await store.write(revision(1));
    const other = join(folder, "other.json");
    writeFileSync(other, "theirs");
    put(join(folder, "revisions/2.json"), other);
    expect(await numbersIn(folder)).toEqual([1]);
    // What is no file of anybody's is not even listed as one of ours.
    const named = store.unread().map(({ fault }) => fault.message);
    expect(named.join("\n")).toContain(why);
    await store.write(revision(2));
    expect(await numbersIn(folder)).toEqual([2, 1]);
    expect(readFileSync(other, "utf8")).toBe("theirs");
  });

  test("a folder that others can change, or that is a link, is neither believed nor written to", async () => {
    const [open, linked, elsewhere] = [home(), home(), home()];
    mkdirSync(join(open, "revisions"));
    chmodSync(join(open, "revisions"), 0o777);
    symlinkSync(elsewhere, join(linked, "revisions"));
    for (const folder of [open, linked]) {
      const store = fileRevisions(system, folder);
      for (const result of [await store.heads(), await store.read(1), await store.write(revision(1))])
        expect(result.ok ? undefined : result.error.code).toBe("AAC4005");
    }
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("a disk that is full is said as a value", async () => {
    const full = {
      ...system,
      files: {
        ...system.files,
        replace() {
          throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        },
      },
    };
    const result = await fileRevisions(full, home()).write(revision(1));
    expect(result.ok ? "" : result.error.message).toContain("cannot be written: no space left on device");
  });
});
