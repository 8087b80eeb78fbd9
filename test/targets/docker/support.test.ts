import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { check } from "../../../targets/docker/check.ts";
import { notBuiltYet, support } from "../../../targets/docker/support.ts";
import { compileFiles } from "../../helpers/compile-text.ts";
import { type Field, formatFields } from "../../helpers/format-fields.ts";

const FIELDS = formatFields();
const byPath = new Map(FIELDS.map((field) => [field.path, field]));

/** What has to stand beside a field so that it asks for something. */
const BESIDE: Readonly<Record<string, (value: unknown) => object>> = {
  "volumes.size": (size) => ({ volumes: [{ target: "/tmp", type: "tmpfs", size }] }),
  "volumes.storageClass": (storageClass) => ({
    volumes: [{ source: "data", target: "/data", storageClass }],
  }),
  "volumes.accessMode": (accessMode) => ({ volumes: [{ source: "data", target: "/data", accessMode }] }),
  "network.name": (name) => ({ network: { mode: "custom", name } }),
  "isolation.writable": (writable) => ({ isolation: { filesystem: "readonly", writable } }),
};

/** Of fields whose first example is nothing, or more than there is: what is asked for in its place. */
const ASKED: Readonly<Record<string, readonly unknown[]>> = {
  runtime: ["python", "python:3.12", "nodejs"],
  "security.seccomp": ["default", "unconfined"],
  "isolation.level": ["none", "resource-limits", "process", "container"],
  "isolation.network": ["full", "none"],
  "supervision.maxRestarts": [0, "unlimited"],
  "supervision.successCodes": [[0, 143]],
  "logging.destination": ["/var/log/chatbot.log"],
};

/** An agent with one field more than it needs, and what the target says of it. */
async function said(path: string, value: unknown): Promise<readonly Diagnostic[]> {
  const [first = "", ...rest] = path.split(".");
  const inner = rest.reduceRight<unknown>((held, key) => ({ [key]: held }), value);
  const spec = { runtime: "python", ...(BESIDE[path]?.(value) ?? { [first]: inner }) };
  const document = { apiVersion: "agent.dev/v1", kind: "Agent", metadata: { name: "probe" }, spec };
  const { loaded } = await compileFiles({ "agent.yaml": stringify(document) });
  expect(loaded.compiled.views.length, JSON.stringify(document)).toBe(1);
  return check(loaded.compiled.views);
}

const entry = (path: string): Field => {
  const field = byPath.get(path);
  if (field === undefined) throw new Error(`the format has no ${path}`);
  return field;
};

const valuesOf = (path: string): readonly unknown[] => ASKED[path] ?? entry(path).examples;

const having = (is: string): string[] =>
  Object.entries(support).flatMap(([path, how]) => (how.is === is ? [path] : []));

describe("the table of what a container carries", () => {
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
    const errors = (await said(path, valuesOf(path)[0])).filter(({ level }) => level === "error");
    expect(errors.map(({ code }) => code)).toEqual([
      support[path]?.is === "refused" && support[path].why.startsWith("not built") ? "AAC2303" : "AAC2306",
    ]);
    expect(errors[0]?.at).toBeDefined();
    expect(errors[0]?.notes.length).toBe(1);
  });

  test.each([...having("enforced"), ...having("emulated")])(
    "%s is carried and not spoken of",
    async (path) => {
      // One note tells what becomes of a plain check, and has a test of its own.
      const isLiveness = ({ message }: Diagnostic): boolean => message.includes("restarts nobody");
      for (const value of valuesOf(path)) {
        const found = (await said(path, value)).filter((one) => !isLiveness(one));
        expect([value, found.map(({ message }) => message)]).toEqual([value, []]);
      }
    },
  );

  test.each(having("not for this target"))("%s gets one note", async (path) => {
    const found = await said(path, valuesOf(path)[0]);
    expect(found.map(({ code, level }) => [code, level])).toEqual([["AAC2304", "info"]]);
    expect(found[0]?.at).toBeDefined();
  });

  test("what is still to come stands in one list", () => {
    expect(notBuiltYet()).toMatchInlineSnapshot(`
      [
        "autoscaling",
        "build.push",
        "build: a build context or a Dockerfile outside the agent's own folder",
        "configReload",
        "dependsOn: waiting until an agent has ended",
        "healthCheck.liveness",
        "healthCheck: a check of the start that asks something else than that of readiness",
        "inheritEnv",
        "isolation.level: a sandbox",
        "isolation.network: a network that reaches only some",
        "isolation.writable",
        "lifecycle",
        "network.security",
        "overrides: overrides of docker",
        "priority",
        "resources.limits.connections",
        "resources.limits.ephemeral-storage",
        "resources.limits.gpu",
        "resources.limits.io",
        "runtime: the runtimes go, rust and java without a \`build\` or an \`image\`",
        "scaling.maxReplicas",
        "scaling.metrics",
        "scaling: several replicas with a port of the machine",
        "security.seccomp: a seccomp profile of your own",
        "supervision.backoff",
        "supervision.circuitBreaker",
        "supervision.maxRestarts: a limit of restarts where every end is followed by one",
        "supervision.successCodes",
        "update.maxSurge",
        "update.maxUnavailable",
        "update: a rolling update of an agent that holds a port of the machine",
        "volumes: volumes of type configmap",
      ]
    `);
  });
});
