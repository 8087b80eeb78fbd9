import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { check } from "../../../targets/kubernetes/check.ts";
import { notBuiltYet, support } from "../../../targets/kubernetes/support.ts";
import { compileFiles } from "../../helpers/compile-text.ts";
import { type Field, formatFields } from "../../helpers/format-fields.ts";

const FIELDS = formatFields();
const byPath = new Map(FIELDS.map((field) => [field.path, field]));

/** Fields of the items of a list: what else an item needs. */
const ITEMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ports: { container: 8080 },
  "network.ports": { container: 8080 },
};

/** What the schema's own example asks of another target, said for a cluster. */
const ASKED: Readonly<Record<string, unknown>> = {
  "network.mode": "none",
  "security.seccomp": "./seccomp.json",
  "logging.destination": "/var/log/chatbot.log",
  "supervision.stopSignal": "SIGINT",
};
/** Of fields that are carried: examples in a form that is. */
const CARRIED: Readonly<Record<string, readonly unknown[]>> = {
  // `exec` has no image by itself.
  runtime: ["python", "python:3.11", "nodejs"],
  secrets: [
    [{ name: "API_KEY" }],
    [{ name: "API_KEY", from: "kubernetes-secret", secretName: "keys", secretKey: "api" }],
  ],
  // Its timeout has a note of its own.
  "lifecycle.onStart": [{ command: ["python", "notify.py"] }],
};

/** An agent with one field more than it needs, and what the target says of it. */
async function said(path: string, value: unknown): Promise<readonly Diagnostic[]> {
  const list = Object.keys(ITEMS).find((one) => path.startsWith(`${one}.`));
  const [first = "", ...rest] = (list ?? path).split(".");
  const whole = list === undefined ? value : [{ ...ITEMS[list], [path.slice(list.length + 1)]: value }];
  const inner = rest.reduceRight<unknown>((held, key) => ({ [key]: held, ...BESIDE[key] }), whole);
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

/** What has to stand beside a field. */
const BESIDE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  timeout: { command: ["true"] },
};

const entry = (path: string): Field => {
  const field = byPath.get(path);
  if (field === undefined) throw new Error(`the format has no ${path}`);
  return field;
};

const having = (is: string): string[] =>
  Object.entries(support).flatMap(([path, how]) => (how.is === is ? [path] : []));

describe("the table of what a pod carries", () => {
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
    const asked = ASKED[path] ?? entry(path).examples[0];
    const errors = (await said(path, asked)).filter(({ level }) => level === "error");
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
      for (const value of CARRIED[path] ?? entry(path).examples)
        expect([value, (await said(path, value)).map(({ message }) => message)]).toEqual([value, []]);
    },
  );

  test.each(having("not for this target"))("%s gets one note", async (path) => {
    const found = await said(path, ASKED[path] ?? entry(path).examples[0]);
    expect(found.map(({ code, level }) => [code, level])).toEqual([["AAC2304", "info"]]);
    expect(found[0]?.at).toBeDefined();
  });

  test("what is still to come stands in one list", () => {
    expect(notBuiltYet()).toMatchInlineSnapshot(`
      [
        "autoscaling",
        "dependsOn: waiting until another agent has completed",
        "isolation.level",
        "isolation.network",
        "network.security",
        "overrides: overrides of kubernetes",
        "priority",
        "runtime: the runtimes go, rust and java without an image",
        "scaling.maxReplicas",
        "scaling.metrics",
        "supervision.restart",
      ]
    `);
  });
});
