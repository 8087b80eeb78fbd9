import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import agent from "../schema/agent.schema.json" with { type: "json" };
import common from "../schema/common.schema.json" with { type: "json" };
import { BUILT, TARGETS } from "../targets/registry.ts";
import { agentsOf, emitFixture, type EmitOptions } from "./helpers/emit-fixture.ts";
import { canaries, cases, FIXTURES, run } from "./helpers/load-fixture.ts";
import { planFixture } from "./helpers/plan-fixture.ts";

/**
 * Each folder of fixtures/ is a project, with what is said about it and what comes of it in `expect/`.
 * After a change that is meant: `vitest run test/golden.test.ts -u`, then read the difference.
 */
describe("golden", () => {
  test.each(cases())("%s", async (name) => {
    const at = (file: string): string => join(FIXTURES, name, "expect", file);
    const { diagnostics, ir } = await run(name);
    await expect(diagnostics).toMatchFileSnapshot(at("diagnostics.txt"));
    if (ir === undefined) expect(existsSync(at("ir.json")), "a faulty project has no ir.json").toBe(false);
    else await expect(ir).toMatchFileSnapshot(at("ir.json"));
  });

  test.each(cases())("%s gives the same bytes again", async (name) => {
    const { loaded: _, ...first } = await run(name);
    const { loaded: __, ...second } = await run(name);
    expect(second).toEqual(first);
  });

  test.each(cases().filter((name) => canaries(name).length > 0))("%s keeps its secrets", async (name) => {
    const { diagnostics, ir } = await run(name);
    const told = canaries(name).filter((canary) => diagnostics.includes(canary));
    expect(told.map(hint), "in diagnostics.txt").toEqual([]);
    const kept = canaries(name).filter((canary) => ir?.includes(canary) === true);
    expect(kept.map(hint), "in ir.json").toEqual([]);
  });

  test("every field of the format stands in a case that is in order", async () => {
    const written = new Set<string>();
    for (const name of cases()) {
      const { loaded, ir } = await run(name);
      if (ir !== undefined) for (const one of loaded.agents) collect(one.value, "", written);
    }
    expect(
      fields(agent as unknown as Schema, agent as unknown as Schema, "").filter(
        (field) => !written.has(field),
      ),
    ).toEqual([]);
  });
});

/**
 * What each target that is built makes of a case, and what its first plan says: on a machine that has all that is
 * asked for, with nothing of it live yet.
 */
describe.each(TARGETS.filter((name) => BUILT[name] !== undefined))("golden on %s", (target) => {
  test.each(cases())("%s", async (name) => {
    const at = (end: string): string => join(FIXTURES, name, "expect", `${target}.${end}`);
    const planned = await planFixture(name, target);
    if (planned === undefined) {
      expect(existsSync(at("resources.json")), "what is refused has no resources").toBe(false);
      expect(existsSync(at("plan.txt")), "what is refused has no plan").toBe(false);
      return;
    }
    await expect(planned.resources).toMatchFileSnapshot(at("resources.json"));
    await expect(planned.text).toMatchFileSnapshot(at("plan.txt"));
    const told = canaries(name).filter((one) => `${planned.resources}${planned.text}`.includes(one));
    expect(told.map(hint), "secrets of the case").toEqual([]);
    const again = await planFixture(name, target);
    expect([again?.resources, again?.text]).toEqual([planned.resources, planned.text]);
  });

  test("most cases that are in order can be planned", async () => {
    const planned = await Promise.all(cases().map((name) => planFixture(name, target)));
    expect(planned.filter((one) => one !== undefined).length).toBeGreaterThan(20);
  });
});

/** Of a few cases, the files that other tools get; of the rest, that none fails in another way than by being refused. */
describe("emitted", () => {
  const kept: readonly (EmitOptions & { readonly name: string; readonly format: string })[] = [
    { name: "usual", format: "compose", profile: "laptop" },
    { name: "usual", format: "kubernetes", profile: "production" },
    { name: "quickstart", format: "compose" },
    { name: "quickstart", format: "kubernetes" },
    { name: "signal-box", format: "compose" },
    { name: "signal-box", format: "kubernetes" },
  ];
  const at = (name: string, file: string): string => join(FIXTURES, name, "expect", file);

  test.each(kept)("$name for $format", async ({ name, format, ...options }) => {
    const made = await emitFixture(name, format, options);
    if (made.is === "refused") expect.fail(made.why.join("\n"));
    await expect(made.text).toMatchFileSnapshot(at(name, `${format}.yaml`));
    await expect(made.lost).toMatchFileSnapshot(at(name, `${format}.lost.txt`));
    expect(await emitFixture(name, format, options)).toEqual(made);
  });

  test.each([
    { name: "usual", agent: "store" },
    { name: "quickstart", agent: "haiku-desk" },
  ])("$name as a Dockerfile", async ({ name, agent }) => {
    const made = await emitFixture(name, "dockerfile", { agent });
    if (made.is === "refused") expect.fail(made.why.join("\n"));
    expect(made.lost).toBe("");
    await expect(made.text).toMatchFileSnapshot(at(name, "Dockerfile"));
  });

  test.each(cases())("%s is written or refused, and keeps its secrets", async (name) => {
    const made = await Promise.all([
      emitFixture(name, "compose"),
      emitFixture(name, "kubernetes"),
      ...(await agentsOf(name)).map((agent) => emitFixture(name, "dockerfile", { agent })),
    ]);
    const told = canaries(name).filter((canary) => JSON.stringify(made).includes(canary));
    expect(told.map(hint)).toEqual([]);
    for (const one of made) if (one.is === "refused") expect(one.why).not.toEqual([]);
  });
});

const hint = (canary: string): string => `${canary.slice(0, 6)}…`;

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

/** Paths such as `/spec/ports/[]/container`; a key that is free is `*`. */
function fields(schema: Schema, file: Schema, path: string): string[] {
  if (schema.$ref !== undefined) {
    const [where, name = ""] = schema.$ref.split("#/definitions/");
    const next = where === "" ? file : (common as unknown as Schema);
    return fields(next.definitions?.[name] ?? {}, next, path);
  }
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, one]) => [
    `${path}/${key}`,
    ...fields(one, file, `${path}/${key}`),
  ]);
  const parts = [...(schema.allOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => fields(one, file, path));
  const items = schema.items === undefined ? [] : fields(schema.items, file, `${path}/[]`);
  const rest =
    typeof schema.additionalProperties === "object"
      ? fields(schema.additionalProperties, file, `${path}/*`)
      : [];
  return [...new Set([...inner, ...parts, ...items, ...rest])];
}

/** Where keys are free, what stands below them counts for `*` too. */
function collect(value: unknown, path: string, into: Set<string>): void {
  if (Array.isArray(value)) value.forEach((item) => collect(item, `${path}/[]`, into));
  else if (typeof value === "object" && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      into.add(`${path}/${key}`);
      collect(one, `${path}/${key}`, into);
      if (/^\/(?:profiles|spec\/(?:dependsOn|overrides))$/.test(path)) collect(one, `${path}/*`, into);
    }
  }
}
