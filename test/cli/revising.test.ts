import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  beginRevision,
  type Ending,
  revisionsOf,
  type RevisionRequest,
} from "../../src/cli/revisions/revising.ts";
import { saysWhatStood } from "../../src/cli/revisions/revising.ts";
import type { Change } from "../../src/model/plan.ts";
import type { KindRules } from "../../src/model/resource.ts";
import type { Revision } from "../../src/model/revision.ts";
import { lives, wants } from "../plan/objects.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function home(): string {
  const folder = mkdtempSync(join(tmpdir(), "aac-revising-"));
  made.push(folder);
  return folder;
}

const RULES: KindRules = { replaceOn: {}, ignore: [], secret: [], code: ["code"], volatile: [], rolls: {} };
const STORE = { command: ["a"], code: { "main.py": "1", "more.py": "2" } };
const CREATE: Change = {
  is: "create",
  id: "store/process/main",
  resource: wants("store", "process", STORE),
  because: [{ is: "new" }],
};

function request(folder: string, more: Partial<RevisionRequest> = {}): RevisionRequest {
  return {
    apply: "a1b2",
    place: { project: "p", root: folder },
    session: { place: { home: folder }, needs: (all) => all.map(({ id }) => `code:${id}`) },
    target: { kinds: { process: RULES }, runs: "process" },
    plan: { changes: [CREATE], outside: 0, refusals: [] },
    desired: [wants("store", "process", STORE)],
    ir: { irVersion: 1, project: "p", agents: {} },
    facts: { agents: {}, target: null },
    does: "apply",
    ...more,
  };
}

const APPLIED: Ending = {
  outcome: "applied",
  lines: [{ id: CREATE.id, does: "create", came: "changed" }],
  millis: 1200,
  observed: [lives("store", "process", STORE)],
};

async function outcomes(folder: string): Promise<readonly (readonly [number, string])[]> {
  const heads = await revisionsOf({ place: { home: folder } }).store.heads();
  return heads.ok ? heads.value.map(({ number, outcome }) => [number, outcome]) : [];
}

async function read(folder: string, number: number): Promise<Revision> {
  const found = await revisionsOf({ place: { home: folder } }).store.read(number);
  if (!found.ok || found.value === undefined) throw new Error(`there is no revision ${number}`);
  return found.value;
}

describe("an apply is written down", () => {
  test("as pending before its first change, and with what came of it at its end", async () => {
    const folder = home();
    const revising = await beginRevision(request(folder));
    expect(revising.mark).toEqual({ apply: "a1b2", revision: 1 });
    expect(await outcomes(folder)).toEqual([[1, "pending"]]);
    expect((await read(folder, 1)).objects).toEqual([{ id: CREATE.id, does: "create", came: "untouched" }]);
    expect(await revising.close(APPLIED)).toEqual({ number: 1, notes: [] });
    const written = await read(folder, 1);
    expect(written).toMatchObject({
      outcome: "applied",
      millis: 1200,
      objects: [{ id: CREATE.id, does: "create", came: "changed" }],
      needs: ["code:store/process/main"],
      resources: [{ id: CREATE.id, fields: STORE, was: { identity: "store-1", asked: STORE } }],
    });
    expect(written.versions["store"]).toMatch(/^2 files [0-9a-f]{8}$/);
  });

  test("under a number that was never given before, whatever became of the others", async () => {
    const folder = home();
    for (let i = 1; i <= 12; i++) await (await beginRevision(request(folder))).close(APPLIED);
    writeFileSync(join(folder, "revisions/20.json"), "damaged");
    const revising = await beginRevision(request(folder));
    expect(revising.mark.revision).toBe(21);
    const { number, notes } = await revising.close(APPLIED);
    expect(number).toBe(21);
    expect(notes.join("\n")).toContain("20.json cannot be read");
  });

  test("one that was killed is closed as interrupted by the next, and nothing is believed to have stood", async () => {
    const folder = home();
    await beginRevision(request(folder));
    const next = await beginRevision(request(folder));
    expect(await outcomes(folder)).toEqual([
      [2, "pending"],
      [1, "interrupted"],
    ]);
    await next.close(APPLIED);
    expect(saysWhatStood(await read(folder, 1))).toBe(false);
    expect(saysWhatStood(await read(folder, 2))).toBe(true);
  });

  test("how an object is exchanged is carried over from an apply that asked for it", async () => {
    const folder = home();
    const desired = [wants("store", "process", STORE, { exchange: "start first" })];
    await (await beginRevision(request(folder, { desired }))).close(APPLIED);
    await (await beginRevision(request(folder, { desired: [] }))).close(APPLIED);
    expect((await read(folder, 2)).resources[0]?.exchange).toBe("start first");
  });

  test("after everything was taken down, nothing stood, and that is known", async () => {
    const folder = home();
    const revising = await beginRevision(request(folder, { does: "destroy", desired: [] }));
    await revising.close({
      ...APPLIED,
      lines: [{ id: CREATE.id, does: "delete", came: "changed" }],
      observed: [],
    });
    expect(saysWhatStood(await read(folder, 1))).toBe(true);
  });

  test("where nobody could look afterwards, nothing is claimed to have stood", async () => {
    const folder = home();
    await (await beginRevision(request(folder))).close({ ...APPLIED, observed: undefined });
    expect(saysWhatStood(await read(folder, 1))).toBe(false);
  });

  test("what the kept ones need stays, and what only older ones needed may go", async () => {
    const folder = home();
    const kept: (readonly string[])[] = [];
    for (let i = 1; i <= 12; i++) {
      const session = {
        place: { home: folder },
        needs: () => [`code:${i}`],
        keep: (needed: ReadonlySet<string>) => Promise.resolve(void kept.push([...needed])),
      };
      await (await beginRevision(request(folder, { session }))).close(APPLIED);
    }
    expect(kept[0]).toEqual(["code:1"]);
    expect(kept.at(-1)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((i) => `code:${i}`));
  });

  test("a place where nothing can be written is a note, and no reason not to apply", async () => {
    const [folder, elsewhere] = [home(), home()];
    symlinkSync(elsewhere, join(folder, "revisions"));
    const revising = await beginRevision(request(folder));
    expect(revising.mark).toEqual({ apply: "a1b2", revision: 1 });
    const { number, notes } = await revising.close(APPLIED);
    expect(number).toBeUndefined();
    expect(notes).toEqual([expect.stringContaining("this apply is not in the history: the state folder")]);
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});
