import * as fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Fields } from "../../../src/model/resource.ts";
import { canonicalAmount } from "../../../targets/kubernetes/wants/amounts.ts";
import { afterOf, toFields, toManifest, type Wanted } from "../../../targets/kubernetes/manifest/fields.ts";
import type { Manifest } from "../../../targets/kubernetes/shapes.ts";

const WHERE = { project: "shop", namespace: "prod", origin: "host:/shop" };

const wanted = (kind: string, fields: Fields, more: Partial<Wanted> = {}): Wanted => ({
  kind,
  name: "desk",
  agent: "desk",
  source: "desk/agent.yaml",
  after: [],
  protect: false,
  fields,
  ...more,
});

const made = (kind: string, fields: Fields, more?: Partial<Wanted>): Manifest =>
  toManifest(wanted(kind, fields, more), WHERE);

const bytes = (value: unknown): string => canonicalJson(value as Json);

describe("the manifest of some fields", () => {
  test("says whose it is, and what was asked for", () => {
    const fields = { config: { greeting: "hello" } };
    const digest = createHash("sha256").update('{"config":{"greeting":"hello"}}').digest("hex");
    expect(
      made("ConfigMap", fields, { name: "desk-config", after: ["/Namespace/prod"], protect: true }),
    ).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "desk-config",
        namespace: "prod",
        labels: { "agent.dev/agent": "desk", "agent.dev/project": "shop" },
        annotations: {
          "agent.dev/after": '["/Namespace/prod"]',
          "agent.dev/digest": `v1:${digest}`,
          "agent.dev/origin": "host:/shop",
          "agent.dev/protect": "true",
          "agent.dev/source": "desk/agent.yaml",
        },
      },
      data: { "config.json": '{"greeting":"hello"}' },
    });
  });

  test("has lists where fields have maps, and puts annotations of the pods back", () => {
    const manifest = made("Deployment", {
      metadata: { labels: { team: "search" } },
      code: "c0de",
      configDigest: "d1",
      secrets: { KEY: "k:1", OTHER: null },
      spec: {
        template: {
          metadata: { labels: { team: "search" } },
          spec: {
            containers: { desk: { ports: { "53/UDP": {}, "8080/TCP": { name: "http" } } } },
            imagePullSecrets: { login: {} },
            volumes: { tmp: { emptyDir: {} } },
          },
        },
      },
    });
    expect(manifest.apiVersion).toBe("apps/v1");
    expect(manifest["spec"]).toEqual({
      template: {
        metadata: {
          annotations: {
            "agent.dev/code": "c0de",
            "agent.dev/config": "d1",
            "agent.dev/secrets": '{"KEY":"k:1","OTHER":null}',
          },
          labels: { "agent.dev/agent": "desk", "agent.dev/project": "shop", team: "search" },
        },
        spec: {
          containers: [
            {
              name: "desk",
              ports: [
                { containerPort: 53, protocol: "UDP" },
                { containerPort: 8080, protocol: "TCP", name: "http" },
              ],
            },
          ],
          imagePullSecrets: [{ name: "login" }],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
    });
  });

  test("a variable stands behind those that it is made of, and behind no other", () => {
    const env = {
      A_URL: { value: "x$(B_PART)" },
      B_PART: { valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      C: { value: "$$(B_PART)" },
    };
    const manifest = made("Deployment", { spec: { template: { spec: { containers: { desk: { env } } } } } });
    const text = bytes(manifest["spec"]);
    const order = ["B_PART", "C", "A_URL"].map((name) => text.indexOf(`"name":"${name}"`));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test("says nothing of whether it has come up, which no object can be asked to be", () => {
    const pod = { containers: { desk: {} } };
    const manifest = made("Deployment", { rolledOut: true, spec: { template: { spec: pod } } });
    expect(bytes(manifest)).not.toContain("rolledOut");
    expect(toFields(manifest)).toEqual({ spec: { template: { spec: pod } } });
  });

  test("of a namespace lies in none, and belongs to no agent", () => {
    const { metadata } = made("Namespace", {}, { name: "prod", agent: "", source: "" });
    expect([metadata.namespace, metadata.labels]).toEqual([undefined, { "agent.dev/project": "shop" }]);
  });
});

describe("the fields of a manifest", () => {
  const live = (kind: string, rest: Readonly<Record<string, Json>>): Fields =>
    toFields({ apiVersion: "v1", kind, metadata: { name: "desk" }, ...rest });

  test("leave out what marks an object as ours, and what the server says of it", () => {
    expect(
      toFields({
        apiVersion: "v1",
        kind: "Service",
        metadata: {
          name: "desk",
          namespace: "prod",
          uid: "u",
          resourceVersion: "7",
          labels: { "agent.dev/project": "shop", team: "search" },
          annotations: { "agent.dev/hold": "{}" },
          managedFields: [],
        },
        status: { loadBalancer: {} },
        spec: { ports: [{ port: 80, targetPort: 8080 }] },
      }),
    ).toEqual({
      metadata: { labels: { team: "search" } },
      spec: { ports: { "80/TCP": { targetPort: 8080 } } },
    });
  });

  test.each([
    ["1024Mi", "1Gi"],
    ["1073741824", "1Gi"],
    ["0.5", "500m"],
    ["2000m", "2"],
    ["512M", "512M"],
    ["1e3", "1k"],
    ["1.5Gi", "1536Mi"],
    ["0Mi", "0"],
    ["100u", "100u"],
    ["much", "much"],
  ])("an amount of %s is %s", (text, canonical) => {
    expect(canonicalAmount(text)).toBe(canonical);
    expect(live("PersistentVolumeClaim", { spec: { resources: { requests: { storage: text } } } })).toEqual({
      spec: { resources: { requests: { storage: canonical } } },
    });
  });

  test("an empty text is one, though the server leaves it out", () => {
    const pod = { containers: [{ name: "desk", env: [{ name: "EMPTY" }] }] };
    expect(live("Deployment", { spec: { template: { spec: pod } } })).toEqual({
      spec: { template: { spec: { containers: { desk: { env: { EMPTY: { value: "" } } } } } } },
    });
  });

  test("a list in which a key stands twice stays one", () => {
    const env = [
      { name: "A", value: "1" },
      { name: "A", value: "2" },
    ];
    const pod = { containers: [{ name: "desk", env }] };
    expect(live("Deployment", { spec: { template: { spec: pod } } })).toEqual({
      spec: { template: { spec: { containers: { desk: { env } } } } },
    });
  });

  test("a config that somebody broke is the text that it is", () => {
    expect(live("ConfigMap", { data: { "config.json": "{", other: "x" } })).toEqual({
      config: "{",
      data: { other: "x" },
    });
  });

  test("what stands in the annotation for an order is read back, and nothing else", () => {
    const { metadata } = made("Service", {}, { after: ["a/ConfigMap/a", "b/Deployment/b"] });
    expect(afterOf(metadata.annotations?.["agent.dev/after"])).toEqual(["a/ConfigMap/a", "b/Deployment/b"]);
    expect([afterOf(undefined), afterOf("{"), afterOf('[1, "a"]')]).toEqual([[], [], ["a"]]);
  });
});

describe("each leads to the other", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}[a-z0-9]$/);
  const text = fc.string({ maxLength: 12 });
  const amount = fc
    .tuple(fc.integer({ min: 0, max: 9_999_999 }), fc.constantFrom("", "m", "k", "M", "Ki", "Mi", "Gi"))
    .map(([number, unit]) => canonicalAmount(`${number}${unit}`));
  const port = fc
    .tuple(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom("TCP", "UDP"))
    .map(([number, protocol]) => `${number}/${protocol}`);
  const mapOf = (key: fc.Arbitrary<string>, value: fc.Arbitrary<Json>): fc.Arbitrary<Record<string, Json>> =>
    fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
  const some = (shape: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<Json> =>
    fc.record(shape, { requiredKeys: [], noNullPrototype: true });

  const labels = mapOf(name, fc.stringMatching(/^[a-z]{0,6}$/));
  const marks = fc.record({ labels }, { noNullPrototype: true });
  const container = some({
    image: name,
    command: fc.array(text, { minLength: 1, maxLength: 3 }),
    env: mapOf(
      fc.stringMatching(/^[A-Z][A-Z_]{0,6}$/),
      fc.oneof(
        text.map((value) => ({ value })),
        name.map((key) => ({ valueFrom: { secretKeyRef: { name: "s", key } } })),
      ),
    ),
    ports: mapOf(port, some({ name })),
    resources: some({ limits: mapOf(name, amount), requests: mapOf(name, amount) }),
    volumeMounts: mapOf(
      name.map((path) => `/${path}`),
      fc.record({ name }, { noNullPrototype: true }),
    ),
  });
  const pod = fc.record(
    {
      containers: mapOf(name, container),
      imagePullSecrets: mapOf(name, fc.constant({})),
      volumes: mapOf(name, fc.record({ emptyDir: some({ sizeLimit: amount }) }, { noNullPrototype: true })),
    },
    { requiredKeys: ["containers"], noNullPrototype: true },
  );
  const template = fc.record(
    { metadata: marks, spec: pod },
    { requiredKeys: ["spec"], noNullPrototype: true },
  );
  const deployment = fc.record(
    {
      metadata: marks,
      code: text,
      configDigest: text,
      secrets: mapOf(name, fc.option(name)),
      spec: fc.record(
        { replicas: fc.nat(9), template },
        { requiredKeys: ["template"], noNullPrototype: true },
      ),
    },
    { requiredKeys: ["spec"], noNullPrototype: true },
  );
  const config = fc.record(
    {
      config: mapOf(
        name,
        fc.jsonValue().map((value) => value as Json),
      ),
    },
    { noNullPrototype: true },
  );
  const service = some({
    metadata: marks,
    spec: some({ ports: mapOf(port, fc.record({ targetPort: fc.nat(99) }, { noNullPrototype: true })) }),
  });
  const any = fc.oneof(
    deployment.map((fields) => ["Deployment", fields] as const),
    config.map((fields) => ["ConfigMap", fields] as const),
    service.map((fields) => ["Service", fields] as const),
  );

  test("whatever the fields, and in whatever order the lists come back", () => {
    fc.assert(
      fc.property(any, fc.boolean(), ([kind, fields], turned) => {
        const manifest = made(kind, fields as Fields);
        const live = turned ? (reversed(manifest as unknown as Json) as unknown as Manifest) : manifest;
        expect(bytes(toFields(live))).toBe(bytes(fields));
        expect(bytes(made(kind, toFields(live)))).toBe(bytes(manifest));
      }),
      { numRuns: 400 },
    );
  });

  /** Lists of objects in another order; others mean something by theirs. */
  function reversed(value: Json): Json {
    if (Array.isArray(value)) {
      const items = (value as readonly Json[]).map(reversed);
      return items.every((one) => typeof one === "object") ? items.toReversed() : items;
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, reversed(one ?? null)]));
  }
});
