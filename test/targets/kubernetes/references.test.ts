import { expect, test } from "vitest";
import { differ, fixedFields } from "../../../targets/kubernetes/live/dry-run.ts";
import { needsOf, secretsOf } from "../../../targets/kubernetes/wants/references.ts";

const secret = (name: string, key: string, more = {}) => ({
  valueFrom: { secretKeyRef: { name, key, ...more } },
});
const fields = {
  spec: {
    template: {
      spec: {
        serviceAccountName: "desk",
        containers: {
          desk: {
            env: {
              AAC_SECRET_PASSWORD: secret("db", "password"),
              AAC_SECRET_USER: secret("db", "user"),
              API_KEY: secret("desk-secrets", "API_KEY"),
              DEBUG: secret("desk-secrets", "DEBUG", { optional: true }),
              LEVEL: { valueFrom: { configMapKeyRef: { name: "levels", key: "level" } } },
              PRICE: { value: "$$(AAC_SECRET_USER) is no reference" },
              URL: { value: "db://$(AAC_SECRET_USER):$(AAC_SECRET_PASSWORD)@db" },
            },
          },
        },
        volumes: { rules: { configMap: { name: "rules" } } },
      },
    },
  },
};

test("what pods need is each thing that no apply makes, without what may be missing", () => {
  expect(needsOf(fields)).toEqual([
    { kind: "Secret", name: "db", key: "password" },
    { kind: "Secret", name: "db", key: "user" },
    { kind: "Secret", name: "desk-secrets", key: "API_KEY" },
    { kind: "ConfigMap", name: "levels", key: "level" },
    { kind: "ConfigMap", name: "rules" },
    { kind: "ServiceAccount", name: "desk" },
  ]);
  expect(needsOf({})).toEqual([]);
});

test("a longer text is made of the secrets that it names, in the order of their names", () => {
  const found = secretsOf(fields);
  expect(found.get("URL")).toEqual([
    { name: "db", key: "password" },
    { name: "db", key: "user" },
  ]);
  expect(found.get("API_KEY")).toEqual([{ name: "desk-secrets", key: "API_KEY" }]);
  expect(found.has("PRICE")).toBe(false);
});

test("a secret of which nobody can tell is no reason to ask the server", () => {
  expect(differ({ secrets: { A: null } }, { secrets: { A: "k:1" } })).toBe(false);
  expect(differ({ secrets: { A: "k:2" } }, { secrets: { A: "k:1" } })).toBe(true);
  expect(differ({ a: { b: [1, 2] } }, { a: { b: [1, 2] } })).toBe(false);
  expect(differ({ a: { b: [1, 2] } }, { a: { b: [2, 1] } })).toBe(true);
});

test("a reason of the server stands at each field that it is about", () => {
  const live = { spec: { selector: { matchLabels: { app: "a" } }, replicas: 1 } };
  const wanted = { spec: { selector: { matchLabels: { app: "b", more: "c" } }, replicas: 2 } };
  expect(fixedFields(live, wanted, [{ path: "spec/selector", words: "field is immutable" }])).toEqual({
    "spec/selector/matchLabels/app": "field is immutable",
    "spec/selector/matchLabels/more": "field is immutable",
  });
});
