import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { check } from "../../../targets/local-process/check.ts";
import { notBuiltYet, support } from "../../../targets/local-process/support.ts";
import { compileFiles } from "../../helpers/compile-text.ts";
import { type Field, formatFields } from "../../helpers/format-fields.ts";

const FIELDS = formatFields();
const byPath = new Map(FIELDS.map((field) => [field.path, field]));

/** An agent with one field more than it needs, and what the target says of it. */
async function said(path: string, value: unknown): Promise<readonly Diagnostic[]> {
  const [first = "", ...rest] = path.split(".");
  const inner = rest.reduceRight<unknown>((held, key) => ({ [key]: held }), value);
  const document = {
    apiVersion: "agent.dev/v1",
    kind: "Agent",
    metadata: { name: "probe" },
    spec: { runtime: "python", [first]: inner },
  };
  const { loaded } = await compileFiles({ "agent.yaml": stringify(document) });
  expect(loaded.compiled.views.length, JSON.stringify(document)).toBe(1);
  return check(loaded.compiled.views);
}

const entry = (path: string): Field => {
  const field = byPath.get(path);
  if (field === undefined) throw new Error(`the format has no ${path}`);
  return field;
};

const having = (is: string): string[] =>
  Object.entries(support).flatMap(([path, how]) => (how.is === is ? [path] : []));

describe("the table of what a process carries", () => {
  test("names each field of the format, or something above it", () => {
    expect(FIELDS.length).toBeGreaterThan(150);
    const named = (path: string): boolean =>
      path.split(".").some((_, i, steps) => support[steps.slice(0, i + 1).join(".")] !== undefined);
    expect(FIELDS.filter(({ path, isLeaf }) => isLeaf && !named(path)).map(({ path }) => path)).toEqual([]);
  });

  test("names nothing that the format does not have", () => {
    expect(Object.keys(support).filter((path) => !byPath.has(path))).toEqual([]);
  });

  test("has an example of each of its fields to be tried", () => {
    expect(Object.keys(support).filter((path) => entry(path).examples.length === 0)).toEqual([]);
  });

  test.each(having("refused"))("%s is refused where it is written", async (path) => {
    const [first] = entry(path).examples;
    // What the file asks for by default anyway is no question.
    const asked = path === "network.mode" ? "none" : path === "security.seccomp" ? "./seccomp.json" : first;
    const errors = (await said(path, asked)).filter(({ level }) => level === "error");
    expect(errors.map(({ code }) => code)).toEqual([
      support[path]?.is === "refused" && support[path].why.startsWith("not built") ? "AAC2303" : "AAC2306",
    ]);
    expect(errors[0]?.at).toBeDefined();
    expect(errors[0]?.notes.length).toBe(1);
  });

  test.each([...having("enforced"), ...having("emulated")])(
    "%s is carried and not spoken of",
    async (path) => {
      for (const value of entry(path).examples)
        expect([value, (await said(path, value)).map(({ message }) => message)]).toEqual([value, []]);
    },
  );

  test.each(having("not for this target"))("%s gets one note", async (path) => {
    const asked = path === "logging.destination" ? "/var/log/chatbot.log" : entry(path).examples[0];
    const found = await said(path, asked);
    expect(found.map(({ code, level }) => [code, level])).toEqual([["AAC2304", "info"]]);
    expect(found[0]?.at).toBeDefined();
  });

  test("what is still to come stands in one list", () => {
    expect(notBuiltYet()).toMatchInlineSnapshot(`
      [
        "autoscaling",
        "dependencies: packages where the runtime is neither python nor nodejs",
        "isolation",
        "overrides: overrides of local-process",
        "resources.limits.connections",
        "resources.limits.io",
        "runtime: the runtimes go, rust and java",
        "scaling",
        "security.capabilities",
        "security.noNewPrivileges",
        "security.readOnlyRootFilesystem",
        "security.runAsGroup",
        "security.runAsUser",
        "security.seccomp",
        "update",
        "volumes",
      ]
    `);
  });
});
