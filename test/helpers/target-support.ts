import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { AgentView } from "../../src/model/checked.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { FieldSupport } from "../../src/model/target.ts";
import { compileFiles } from "./compile-text.ts";
import { type Field, formatFields } from "./format-fields.ts";

/** What a target says of the format, and how each of its fields is tried on it. */
export interface Table {
  readonly support: FieldSupport;
  readonly check: (agents: readonly AgentView[]) => readonly Diagnostic[];
  /** Of fields whose examples ask for nothing on this target, or for more than there is: what is asked in their place. */
  readonly asked: Readonly<Record<string, readonly unknown[]>>;
  /** The spec of an agent that asks for nothing but one field, where that needs more than the field alone. */
  readonly specOf?: (path: string, value: unknown) => object | undefined;
  /** What is told of fields that are carried, and has a test of its own. */
  readonly isTold?: (one: Diagnostic) => boolean;
}

const FIELDS = formatFields();
const BY_PATH = new Map(FIELDS.map((field) => [field.path, field]));

/** The laws that each target's table of fields keeps: it is whole, and what it says is what the target does. */
export function describeSupport(name: string, table: Table): void {
  const { support, asked, isTold = () => false } = table;
  const valuesOf = (path: string): readonly unknown[] => asked[path] ?? entry(path).examples;
  const having = (is: string): string[] =>
    Object.entries(support).flatMap(([path, how]) => (how.is === is ? [path] : []));

  describe(`the table of what ${name} carries`, () => {
    test("names each field of the format, or something above it", () => {
      expect(FIELDS.length).toBeGreaterThan(150);
      const named = (path: string): boolean =>
        path.split(".").some((_, i, steps) => support[steps.slice(0, i + 1).join(".")] !== undefined);
      expect(FIELDS.filter(({ path, isLeaf }) => isLeaf && !named(path)).map(({ path }) => path)).toEqual([]);
    });

    test("names nothing that the format does not have", () => {
      expect(Object.keys(support).filter((path) => !BY_PATH.has(path))).toEqual([]);
    });

    test("has an example of each of its fields to be tried", () => {
      expect(Object.keys(support).filter((path) => entry(path).examples.length === 0)).toEqual([]);
    });

    test.each(having("refused"))("%s is refused where it is written", async (path) => {
      const errors = (await said(table, path, valuesOf(path)[0])).filter(({ level }) => level === "error");
      const how = support[path];
      expect(errors.map(({ code }) => code)).toEqual([
        how?.is === "refused" && how.why.startsWith("not built") ? "AAC2303" : "AAC2306",
      ]);
      expect(errors[0]?.at).toBeDefined();
      expect(errors[0]?.notes.length).toBe(1);
    });

    test.each([...having("enforced"), ...having("emulated")])(
      "%s is carried and not spoken of",
      async (path) => {
        for (const value of valuesOf(path)) {
          const found = (await said(table, path, value)).filter((one) => !isTold(one));
          expect([value, found.map(({ message }) => message)]).toEqual([value, []]);
        }
      },
    );

    test.each(having("not for this target"))("%s gets one note", async (path) => {
      const found = await said(table, path, valuesOf(path)[0]);
      expect(found.map(({ code, level }) => [code, level])).toEqual([["AAC2304", "info"]]);
      expect(found[0]?.at).toBeDefined();
    });
  });
}

/** An agent with one field more than it needs, and what the target says of it. */
async function said({ check, specOf }: Table, path: string, value: unknown): Promise<readonly Diagnostic[]> {
  const spec = { runtime: "python", ...(specOf?.(path, value) ?? nested(path, value)) };
  const document = { apiVersion: "agent.dev/v1", kind: "Agent", metadata: { name: "probe" }, spec };
  const { loaded } = await compileFiles({ "agent.yaml": stringify(document) });
  expect(loaded.compiled.views.length, JSON.stringify(document)).toBe(1);
  return check(loaded.compiled.views);
}

function nested(path: string, value: unknown): object {
  const [first = "", ...rest] = path.split(".");
  return { [first]: rest.reduceRight<unknown>((held, key) => ({ [key]: held }), value) };
}

function entry(path: string): Field {
  const field = BY_PATH.get(path);
  if (field === undefined) throw new Error(`the format has no ${path}`);
  return field;
}
