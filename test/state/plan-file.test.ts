import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical.ts";
import { Secret } from "../../src/base/secret.ts";
import type { Observed, Resource } from "../../src/model/resource.ts";
import { plan } from "../../src/plan/plan.ts";
import { readPlan, type SavedPlan, type Unreadable, writePlan } from "../../src/state/plan-file.ts";
import { files } from "../../src/system/files.ts";
import { compileFiles } from "../helpers/compile-text.ts";
import { fakeClock } from "../helpers/fake-clock.ts";
import { rounds, seed } from "../helpers/figure.ts";
import { fakeTarget, fakeWorld, ORIGIN, own } from "../helpers/fake-target.ts";
import { GOOD } from "../helpers/run-aac.ts";

const CANARY = "sk-canary-8d1f0c77aa52";
const SECRETIVE = GOOD.replace("  ports:", "  environment:\n    - {name: API_KEY, from: secret}\n  ports:");
const target = fakeTarget(fakeWorld(), fakeClock());

const all = mkdtempSync(join(tmpdir(), "aac-plan-"));
const fresh = (): string => join(mkdtempSync(join(all, "place-")), "plan.json");
afterAll(() => rmSync(all, { recursive: true }));

const box = (agent: string, fields: Resource["fields"]): Resource =>
  own({ id: `${agent}/box/main`, agent, kind: "box", name: "main", fields });

async function saved(fields: Resource["fields"] = { limit: 2 }): Promise<SavedPlan> {
  const { ir } = await compileFiles({ "agent.yaml": SECRETIVE }, { variables: { API_KEY: CANARY } });
  const before = box("web", { limit: 1, secrets: { KEY: "k:old" } });
  const observed: Observed[] = [{ ...before, asked: before.fields, origin: ORIGIN, identity: "one" }];
  const desired = [box("web", { ...fields, secrets: { KEY: "k:new" } }), box("api", {})];
  return {
    apiVersion: "agent.dev/v1",
    kind: "SavedPlan",
    version: 1,
    madeBy: "0.1.0",
    madeAt: "2026-01-01T00:00:00.000Z",
    place: {
      project: "p",
      target: "fake",
      where: "ana@desk",
      key: "0123456789ab",
      origin: ORIGIN,
      root: "/p",
      portRange: [20_000, 29_999],
      chosen: {},
    },
    destroy: false,
    ir,
    facts: { agents: {}, target: {} },
    desired,
    plan: plan({
      desired,
      observed,
      rules: target.kinds,
      scope: { paths: ["."], origin: ORIGIN },
      destroy: false,
      prune: false,
      replace: new Set(),
      release: false,
    }),
  };
}

function readBack(path: string): { readonly plan: SavedPlan; readonly text: string } {
  const read = readPlan(files, path);
  if (!read.ok) throw new Error(`it cannot be read: ${JSON.stringify(read.error)}`);
  return read.value;
}

describe("a plan that is saved", () => {
  test("comes back as it was, and written again has the same bytes", async () => {
    const [first, second] = [fresh(), fresh()];
    const plan = await saved();
    writePlan(files, first, plan);
    const back = readBack(first);
    expect(back.plan).toEqual(plan);
    expect(back.text).toBe(readFileSync(first, "utf8"));
    writePlan(files, second, back.plan);
    expect(readFileSync(second)).toEqual(readFileSync(first));
  });

  test("does so whatever stands in its fields", async () => {
    const from = seed();
    process.stdout.write(`plan files: seed ${from}\n`);
    const plan = await saved();
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), json), (fields) => {
        const [first, second] = [fresh(), fresh()];
        writePlan(files, first, { ...plan, desired: [box("web", fields)] });
        const back = readBack(first);
        writePlan(files, second, back.plan);
        expect(readFileSync(second)).toEqual(readFileSync(first));
        expect(Object.keys(back.plan.desired[0]?.fields ?? {}).toSorted()).toEqual(
          Object.keys(fields).toSorted(),
        );
      }),
      { numRuns: rounds(10), seed: from },
    );
  }, 600_000);

  test("is nobody else's to read, also in the place of a file that was everybody's", async () => {
    const [first, second] = [fresh(), fresh()];
    writePlan(files, first, await saved());
    expect(statSync(first).mode & 0o777).toBe(0o600);
    writeFileSync(second, "old", { mode: 0o666 });
    chmodSync(second, 0o666);
    writePlan(files, second, await saved());
    expect(statSync(second).mode & 0o777).toBe(0o600);
  });

  test("takes the place of a link, and leaves alone what it led to", async () => {
    const [path, victim] = [fresh(), fresh()];
    writeFileSync(victim, "theirs");
    symlinkSync(victim, path);
    writePlan(files, path, await saved());
    expect(readFileSync(victim, "utf8")).toBe("theirs");
    expect(readBack(path).plan.kind).toBe("SavedPlan");
  });

  test("holds no secret, neither in its changes nor as a value that somebody put there by mistake", async () => {
    const path = fresh();
    // A secret has no way to be printed, wherever it gets.
    const slipped: Json = JSON.parse(JSON.stringify({ key: new Secret(CANARY) }));
    writePlan(files, path, await saved({ limit: 2, slipped }));
    const text = readFileSync(path, "utf8");
    expect(text).not.toContain(CANARY);
    expect(readBack(path).plan.ir.agents["reading-room"]?.environment["API_KEY"]?.is).toBe("secret");
    expect(text).toContain('"(secret)"');
    const change = readBack(path).plan.plan.changes.find(({ id }) => id === "web/box/main");
    const field = change?.is === "update" ? change.fields.find(({ secret }) => secret) : undefined;
    expect(field).toEqual({ path: "secrets/KEY", secret: true, origin: "edit" });
  });
});

describe("a file that is no plan", () => {
  async function refused(write: (path: string, plan: Record<string, unknown>) => void): Promise<Unreadable> {
    const path = fresh();
    write(path, JSON.parse(JSON.stringify(await saved())) as Record<string, unknown>);
    const read = readPlan(files, path);
    if (read.ok) throw new Error("it was read");
    return read.error;
  }
  const text = (value: unknown) => (path: string) =>
    writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  const changed = (key: string, value: unknown) => (path: string, plan: Record<string, unknown>) =>
    writeFileSync(path, JSON.stringify({ ...plan, [key]: value }));

  test("is told apart from one that is not there", async () => {
    expect(await refused(() => undefined)).toEqual({ is: "absent" });
  });

  test.each([
    ["empty", "", "it is not JSON"],
    ["cut off", '{"kind":"SavedPlan","version":1,', "it is not JSON"],
    ["a page of text", "apiVersion: agent.dev/v1\n", "it is not JSON"],
    ["a list", [], "it was not made by `aac plan --out`"],
    ["null", null, "it was not made by `aac plan --out`"],
    ["a report of a plan", { kind: "PlanReport", version: 1 }, "it was not made by `aac plan --out`"],
    ["a plan with nothing in it", { kind: "SavedPlan", version: 1 }, "`madeBy` is missing in it"],
  ])("because it is %s", async (_, value, why) => {
    expect(await refused(text(value))).toEqual({ is: "not a plan", why });
  });

  test("because it is a folder", async () => {
    const error = await refused((path) => mkdirSync(path));
    expect(error.is).toBe("not a plan");
  });

  test("because it is of another version, whose name is told", async () => {
    expect(await refused(changed("version", 2))).toEqual({ is: "newer", madeBy: "0.1.0" });
    expect(await refused(text({ kind: "SavedPlan" }))).toEqual({ is: "newer", madeBy: "another version" });
  });

  test.each(["madeBy", "madeAt", "place", "destroy", "ir", "facts", "desired", "plan"])(
    "because %s was taken out of it",
    async (key) => {
      expect(await refused(changed(key, undefined))).toEqual({
        is: "not a plan",
        why: `\`${key}\` is missing in it`,
      });
    },
  );

  const wrong: readonly unknown[] = [null, 5, "text", [5], {}];
  test.each(["place", "destroy", "ir", "facts", "desired", "plan"])(
    "because %s was changed by hand into something else",
    async (key) => {
      for (const value of wrong)
        expect(await refused(changed(key, value)), JSON.stringify(value)).toEqual({
          is: "not a plan",
          why: `\`${key}\` in it was changed`,
        });
    },
  );

  test("because a change in it is none", async () => {
    const plan = await saved();
    for (const broken of [null, { is: "create", id: "a" }, { is: "burn", id: "a" }, { is: "delete", id: 5 }])
      expect(
        await refused(changed("plan", { ...plan.plan, changes: [...plan.plan.changes, broken] })),
      ).toEqual({ is: "not a plan", why: "`plan` in it was changed" });
  });
});
