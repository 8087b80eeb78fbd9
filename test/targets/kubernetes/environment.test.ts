import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { asItIs, referencesOf } from "../../../targets/kubernetes/wants/environment.ts";
import { compileFiles } from "../../helpers/compile-text.ts";
import { agent, containerAt, deploymentOf, type Given, named, wanted } from "./wanted.ts";

const environmentOf = async (lines: readonly string[], given: Given = {}): Promise<Json | undefined> =>
  containerAt(await deploymentOf(lines, given), "env");

const secret = (name: string, key: string, optional = false): Json => ({
  valueFrom: { secretKeyRef: { name, key, ...(optional ? { optional } : {}) } },
});
const text = (value: string): Json => ({ value });

describe("a secret", () => {
  test.each([
    ["environment: [{name: KEY, from: secret}]", secret("desk-secrets", "KEY")],
    ["environment: [{name: KEY, from: secret, secretName: s, secretKey: k}]", secret("s", "k")],
    ["environment: [{name: KEY, from: secret, optional: true}]", secret("desk-secrets", "KEY", true)],
    ["secrets: [{name: KEY}]", secret("desk-secrets", "KEY")],
    ["secrets: [{name: KEY, optional: true}]", secret("desk-secrets", "KEY", true)],
    [
      "secrets: [{name: KEY, from: kubernetes-secret, secretName: s, secretKey: k, optional: true}]",
      secret("s", "k", true),
    ],
  ])("is looked up by the kubelet: %s", async (line, reference) => {
    expect(await environmentOf([line])).toEqual({ KEY: reference });
  });

  test("that is bare is what `secrets` says of it", async () => {
    const lines = [
      "secrets: [{name: KEY, from: kubernetes-secret, secretName: s, secretKey: k}]",
      "environment: [{name: OPENAI_KEY, from: secret, secretKey: KEY}]",
    ];
    expect(await environmentOf(lines)).toEqual({ KEY: secret("s", "k"), OPENAI_KEY: secret("s", "k") });
  });

  test("has a digest where the cluster knows one, null where it cannot tell, none where nothing is there", async () => {
    const lines = [
      "environment:",
      "  - {name: A, from: secret, secretName: s, secretKey: a}",
      "  - {name: B, from: secret, secretName: s, secretKey: b}",
      "  - {name: C, from: secret, secretName: s, secretKey: c, optional: true}",
      "  - {name: D, from: secret, secretName: s, secretKey: d}",
    ];
    const { fields } = await deploymentOf(lines, { cluster: { secrets: { "s/a": "k1:aa", "s/b": null } } });
    expect(fields["secrets"]).toEqual({ A: "k1:aa", B: null, D: null });
    const unasked = await deploymentOf(lines, { cluster: null });
    expect(unasked.fields["secrets"]).toEqual({ A: null, B: null, C: null, D: null });
  });

  test("of an env file, or in the text of a plain variable, is the cluster's own too", async () => {
    const lines = ["environment: [{name: DATABASE_URL, from: env}]"];
    const origin = { from: "variable", name: "x" } as const;
    const secrets = {
      API_KEY: { is: "known", origin },
      DATABASE_URL: { is: "known", origin },
      NONE: { is: "absent", optional: true },
    } as const;
    expect(await environmentOf(lines, { facts: { desk: { secrets, texts: { EXTRA: "more" } } } })).toEqual({
      API_KEY: secret("desk-secrets", "API_KEY"),
      DATABASE_URL: secret("desk-secrets", "DATABASE_URL"),
      EXTRA: text("more"),
    });
  });
});

describe("a text with a secret in it", () => {
  const lines = [
    "services: [{name: db, port: 5432, host: db.example.com}]",
    "environment: [{name: DB, value: 'pg://me:${DB_PASSWORD}@${DB_HOST}/$${x}?k=${DB_KEY}'}]",
  ];

  test("is put together by the kubelet, and stands nowhere whole", async () => {
    const { fields } = await deploymentOf(lines, {
      cluster: { secrets: { "desk-secrets/DB_PASSWORD": "k:1", "desk-secrets/DB_KEY": "k:2" } },
    });
    const env = containerAt(await deploymentOf(lines), "env");
    expect(env).toMatchObject({
      AAC_SECRET_DB_KEY: secret("desk-secrets", "DB_KEY"),
      AAC_SECRET_DB_PASSWORD: secret("desk-secrets", "DB_PASSWORD"),
      DB: text("pg://me:$(AAC_SECRET_DB_PASSWORD)@db.example.com/$${x}?k=$(AAC_SECRET_DB_KEY)"),
    });
    expect(fields["secrets"]).toEqual({ DB: "k:2+k:1" });
  });

  test("cannot be compared where nobody can tell one of its parts", async () => {
    const { fields } = await deploymentOf(lines, {
      cluster: { secrets: { "desk-secrets/DB_PASSWORD": "k:1", "desk-secrets/DB_KEY": null } },
    });
    expect(fields["secrets"]).toEqual({ DB: null });
  });

  test("knows the line of the whole for each of its parts", async () => {
    const { written } = await deploymentOf(lines);
    const base = "spec/template/spec/containers/desk/env";
    expect(written[`${base}/AAC_SECRET_DB_KEY`]).toEqual(written[`${base}/DB`]);
    expect(written[`${base}/DB`]?.line).toBe(7);
  });
});

describe("a plain variable", () => {
  test("of a config map is looked up by the kubelet", async () => {
    const line =
      "environment: [{name: SITE, from: configmap, configMapName: site, configMapKey: region, optional: true}]";
    expect(await environmentOf([line])).toEqual({
      SITE: { valueFrom: { configMapKeyRef: { key: "region", name: "site", optional: true } } },
    });
  });

  test("of the caller or the config is its text", async () => {
    const lines = [
      "config: {greeting: hello}",
      "environment: [{name: REGION, from: env, envKey: AWS_REGION}, {name: GREETING, from: config, key: greeting}]",
    ];
    expect(await environmentOf(lines, { facts: { desk: { texts: { REGION: "eu" } } } })).toEqual({
      AAC_CONFIG: text("/etc/aac/config.json"),
      GREETING: text("hello"),
      REGION: text("eu"),
    });
  });

  test("says the ports, unless its author does", async () => {
    const ports =
      "ports: [{container: 53, protocol: udp}, {container: 9090, name: grpc-admin}, {container: 8080}]";
    expect(await environmentOf([ports])).toEqual({ PORT: text("8080"), PORT_GRPC_ADMIN: text("9090") });
    expect(await environmentOf([ports, "environment: [{name: PORT, value: '1'}]"])).toMatchObject({
      PORT: text("1"),
    });
  });
});

describe("a service", () => {
  const search = agent("search", "ports: [{container: 9200}]", "services: [{name: index, port: 9200}]");
  const user = agent(
    "desk",
    "services: [{name: index, protocol: http}]",
    "environment: [{name: OWN, from: service, service: index, format: '{scheme}://{host}:{port}/v1'}]",
  );

  test("of another agent is reached by its name at the port that it listens on", async () => {
    const all = await wanted({ "a.agent.yaml": search, "b.agent.yaml": user });
    expect(containerAt(named(all, "desk/Deployment/desk"), "env")).toEqual({
      INDEX_HOST: text("search"),
      INDEX_PORT: text("9200"),
      INDEX_URL: text("http://search:9200"),
      OWN: text("http://search:9200/v1"),
    });
  });

  test("that nobody of the project offers may be one of the cluster's, by its name", async () => {
    const lines = (optional: string): readonly string[] => [
      "services: [{name: postgres, port: 5432}]",
      `environment: [{name: DB, from: service, service: postgres, format: '{host}:{port}'${optional}}]`,
    ];
    expect(await environmentOf(lines(""))).toEqual({ DB: text("postgres:5432") });
    expect(await environmentOf(lines(", optional: true"))).toBeUndefined();
  });
});

describe("texts as they are", () => {
  /** As a kubelet reads the value of a variable, an argument or the command of a probe. */
  const expanded = (input: string): string =>
    input.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (_, name: string | undefined) =>
      name === undefined ? "$" : `<${name}>`,
    );

  test.each(["costs $5", "$(HOME)", "$$", "a$$(b)", "$é", "$", "$($(x))"])("%s", (input) => {
    expect(expanded(asItIs(input))).toBe(input);
  });

  test("whatever stands in them", () => {
    const any = fc.array(fc.constantFrom("$", "(", ")", "a", "é", "{", "💡"), { maxLength: 12 });
    fc.assert(
      fc.property(any, (signs) => {
        const input = signs.join("");
        expect(expanded(asItIs(input))).toBe(input);
      }),
      { numRuns: 2000 },
    );
  });

  test("a price is written as a price", () => {
    expect(asItIs("costs $5, or $x")).toBe("costs $5, or $x");
  });
});

test("references are sorted by variable, each with its place", async () => {
  const lines = [
    "environment:",
    "  - {name: Z, from: secret, secretName: s, secretKey: z}",
    "  - {name: A, from: configmap, configMapName: m, configMapKey: a, optional: true}",
    "  - {name: URL, value: 'x:${B_KEY}:${A_KEY}'}",
  ];
  const { ir } = await compileFiles({ "agent.yaml": agent("desk", ...lines) });
  const desk = ir.agents["desk"];
  if (desk === undefined) throw new Error("it is there");
  const own = { variable: "URL", kind: "Secret", name: "desk-secrets", optional: false };
  expect(referencesOf(desk, { secrets: {}, texts: {} })).toEqual([
    { variable: "A", kind: "ConfigMap", name: "m", key: "a", optional: true },
    { ...own, key: "A_KEY", part: "A_KEY" },
    { ...own, key: "B_KEY", part: "B_KEY" },
    { variable: "Z", kind: "Secret", name: "s", key: "z", optional: false },
  ]);
});
