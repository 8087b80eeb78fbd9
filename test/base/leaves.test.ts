import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../src/base/canonical.ts";
import { matchesGlob } from "../../src/base/glob.ts";
import { findCycles } from "../../src/base/graph.ts";
import { nearest } from "../../src/base/nearest.ts";
import { isBelow, joinPath, leadsOut } from "../../src/base/paths.ts";
import { judgeLiteral, looksSecret, passwordInUrl, secretInQuery } from "../../src/base/secret-words.ts";
import { veil } from "../../src/base/veil.ts";

describe("canonical JSON", () => {
  test("the order of keys leaves no trace, and what it says is what JSON reads", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = value as Json;
        const text = canonicalJson(json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(json)));
        expect(canonicalJson(JSON.parse(canonicalJson(json, 2)) as Json)).toBe(text);
      }),
    );
  });
});

describe("cycles", () => {
  const graph = (edges: Record<string, string[]>): ReadonlyMap<string, string[]> =>
    new Map(Object.entries(edges));

  test("are named whole, beginning with the smallest name", () => {
    expect(findCycles(graph({ c: ["a"], a: ["b"], b: ["c"], d: ["a"] }))).toEqual([["a", "b", "c"]]);
    expect(findCycles(graph({ a: ["a"] }))).toEqual([["a"]]);
    expect(findCycles(graph({ a: ["b"], b: [], c: ["b", "nowhere"] }))).toEqual([]);
  });

  test("a chain of 100,000 is walked without recursion", () => {
    const chain = new Map(Array.from({ length: 100_000 }, (_, i) => [`n${i}`, [`n${i + 1}`]]));
    expect(findCycles(chain)).toEqual([]);
  });
});

describe("patterns", () => {
  test.each([
    ["**/agent.yaml", "agent.yaml", true],
    ["**/agent.yaml", "a/b/agent.yaml", true],
    ["agents/*/agent.yaml", "agents/a/b/agent.yaml", false],
    ["agents/**/*.agent.yaml", "agents/x.agent.yaml", true],
    ["a?.yaml", "ab.yaml", true],
    ["*", "a/b", false],
  ])("%s on %s: %s", (pattern, path, fits) => {
    expect(matchesGlob(pattern, path)).toBe(fits);
  });
});

describe("what was meant", () => {
  test.each([
    ["healthChek", "healthCheck"],
    ["helathCheck", "healthCheck"],
    ["HEALTHCHECK", "healthCheck"],
    ["banana", undefined],
  ])("%s → %s", (typed, meant) => {
    expect(nearest(typed, ["healthCheck", "runtime", "ports"])).toBe(meant);
  });
});

describe("paths", () => {
  test("are joined from the file that names them, and seen to lead out", () => {
    expect(joinPath("agents/a/agent.yaml", "../b/data")).toBe("agents/b/data");
    expect(joinPath("agent.yaml", "../b")).toBe("../b");
    expect(leadsOut("../b")).toBe(true);
    expect(leadsOut("/etc")).toBe(true);
    expect(leadsOut("..b")).toBe(false);
    expect(isBelow("/srv/data/x", "/srv/data")).toBe(true);
    expect(isBelow("/srv/data", "/srv/data")).toBe(true);
    expect(isBelow("/srv/database", "/srv/data")).toBe(false);
    expect(isBelow("../shed", "../shed")).toBe(true);
  });
});

describe("secrets", () => {
  test.each(["OPENAI_API_KEY", "apiKey", "DB_PASSWORD", "github-token", "credentials"])(
    "%s names one",
    (name) => {
      expect(looksSecret(name)).toBe(true);
    },
  );
  test.each(["max_tokens", "KEYBOARD", "monkey", "public_key", "tokenizer", "secretName"])(
    "%s names none",
    (name) => {
      expect(looksSecret(name)).toBe(false);
    },
  );
  test.each([
    ["sk-test-aaaaaaaaaaaaaaaaaaaa", "real"],
    ["Tr0ub4dor-and-3", "real"],
    ["your-api-key", "placeholder"],
    ["changeme", "placeholder"],
    ["true", "plain"],
    ["8080", "plain"],
  ])("%s is %s", (text, what) => {
    expect(judgeLiteral(text)).toBe(what);
  });

  test("are found inside addresses", () => {
    expect(passwordInUrl("postgres://app:hunter2@db/x")).toBe("hunter2");
    expect(passwordInUrl("postgres://app:${DB_PASSWORD}@db/x")).toBeUndefined();
    expect(passwordInUrl("https://example.org/a:b@c")).toBeUndefined();
    expect(secretInQuery("https://hook.example.org/?token=Zx81kQpLm27Ty")).toBe("token");
    expect(secretInQuery("https://example.org/?page=Zx81kQpLm27Ty")).toBeUndefined();
  });

  test("are covered in a line, and nothing moves", () => {
    const line = "    - {name: DB_PASSWORD, value: Zx81kQpLm27Ty} # note";
    expect(veil(line, "")).toBe("    - {name: DB_PASSWORD, value: •••••••••••••} # note");
    expect(veil("      value: Zx81kQpLm27Ty", "    - name: API_TOKEN\n")).toBe("      value: •••••••••••••");
    expect(veil("      value: Zx81kQpLm27Ty", "    - name: REGION\n")).toBe("      value: Zx81kQpLm27Ty");
    expect(veil("    - API_KEY=sk-test-aaaaaaaaaaaaaaaaaaaa", "")).toBe(
      "    - API_KEY=••••••••••••••••••••••••••••",
    );
    expect(veil("  apiKey: ${OPENAI_API_KEY}", "")).toBe("  apiKey: ${OPENAI_API_KEY}");
  });
});
