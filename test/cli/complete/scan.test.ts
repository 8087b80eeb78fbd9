import { describe, expect, test } from "vitest";
import {
  agentNames,
  contextsIn,
  isSavedPlan,
  keysBelow,
  listBelow,
  valueOf,
} from "../../../src/cli/complete/scan.ts";
import { canonicalJson } from "../../../src/base/canonical.ts";

describe("names of agents in a file", () => {
  test.each([
    ["metadata:\n  name: desk\n", ["desk"]],
    ["# first\nmetadata: # of it\n\n    # deeper\n    name: 'desk' # the one\n", ["desk"]],
    ["metadata: {labels: {team: a}, name: desk}\n", ["desk"]],
    ["metadata:\r\n  labels:\r\n    name: no\r\n  name: desk\r\n", ["desk"]],
    ["metadata:\n  name: one\n---\nmetadata:\n  name: two\n", ["one", "two"]],
    ["spec:\n  name: no\n", []],
    ["metadata:\nspec:\n  name: no\n", []],
    ["metadata:\n  name:\n", []],
    ["metadata:\n  name: Desk\n", []],
    ["metadata:\n  name: $(id)\n", []],
    ["metadata:\n  name: 'a b'\n", []],
    ["", []],
  ])("%j holds %j", (text, names) => {
    expect(agentNames(text)).toEqual(names);
  });
});

describe("what .aac.yaml says", () => {
  const text =
    'project: desk # ours\nfiles:\n- "agents/**/agent.yaml"\n- more.yaml\nenvironments:\n  live:\n    production: true\n  # not yet\n  lab: {target: docker}\nrules: {AAC2402: error}\n';

  test("values, lists and keys right below a key", () => {
    expect(valueOf(text, "project")).toBe("desk");
    expect(valueOf(text, "target")).toBeUndefined();
    expect(listBelow(text, "files")).toEqual(["agents/**/agent.yaml", "more.yaml"]);
    expect(listBelow("files: [a.yaml, 'b/*.yaml']\n", "files")).toEqual(["a.yaml", "b/*.yaml"]);
    expect(listBelow(text, "allowPaths")).toBeUndefined();
    expect(keysBelow(text, "environments")).toEqual(["live", "lab"]);
    expect(keysBelow("environments: {live: {production: true}, lab: {}}\n", "environments")).toEqual([
      "live",
      "lab",
    ]);
    expect(keysBelow(text, "profiles")).toEqual([]);
  });
});

describe("contexts of a kubeconfig", () => {
  const block = `apiVersion: v1
clusters:
- cluster: {server: "https://10.0.0.1"}
  name: no
contexts:
- context:
    cluster: one
    namespace: desks
    user: ana
  name: ana@one
- name: "arn:aws:eks:eu:1:cluster/two"
  context:
    cluster: two
current-context: ana@one
users:
- name: no
`;
  const found = [
    { name: "ana@one", namespace: "desks" },
    { name: "arn:aws:eks:eu:1:cluster/two", namespace: undefined },
  ];

  test("as kubectl writes them, indented or not, and as JSON", () => {
    expect(contextsIn(block)).toEqual(found);
    expect(contextsIn(block.replaceAll(/^(- | {2,})/gm, "  $1"))).toEqual(found);
    const json = {
      contexts: [
        { name: "ana@one", context: { namespace: "desks" } },
        { name: "arn:aws:eks:eu:1:cluster/two", context: {} },
        { name: 5 },
      ],
    };
    expect(contextsIn(JSON.stringify(json))).toEqual(found);
  });

  test.each(["", "contexts: []\n", "contexts:\n", "{", "{}", "[]", '{"contexts": 1}', "contexts:\n- x\n"])(
    "%j holds none",
    (text) => {
      expect(contextsIn(text)).toEqual([]);
    },
  );
});

test("a saved plan is told by its first bytes", () => {
  const plan = { kind: "SavedPlan", version: 1, desired: [], apiVersion: "agent.dev/v1" };
  expect(isSavedPlan(canonicalJson(plan, 1).slice(0, 80))).toBe(true);
  expect(isSavedPlan(canonicalJson({ ...plan, apiVersion: "v1" }, 1))).toBe(false);
  expect(isSavedPlan('{"name": "a package", "desired": 1}')).toBe(false);
});
