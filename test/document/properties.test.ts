import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { canonicalJson, type Json } from "../../src/base/canonical.ts";
import { type Compiled, compile } from "../../src/compile/compile.ts";
import { applyLevels } from "../../src/compile/levels.ts";
import { check } from "../../src/document/check.ts";
import { parse } from "../../src/document/parse.ts";
import { settle } from "../../src/document/places.ts";
import { decode } from "../../src/document/text.ts";
import { explainRefused } from "../../src/document/validate.ts";
import type { CheckedAgent } from "../../src/model/checked.ts";
import { type Code, CODES } from "../../src/model/codes.ts";
import { arrange, bySource, type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";

/** SEED repeats a run; FULL=1 is the long form. */
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = process.env["FULL"] === "1" ? 20_000 : 300;
const runs = { seed, numRuns };
const TIMEOUT = process.env["FULL"] === "1" ? 3_600_000 : 120_000;
process.stdout.write(`properties: SEED=${seed}, ${numRuns} runs each\n`);

const FIXTURES = new URL("../../fixtures/", import.meta.url).pathname;
const fixtures = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((one) => one.isFile() && /\.ya?ml$/.test(one.name) && !one.parentPath.includes("/expect"))
  .map((one) => join(one.parentPath, one.name))
  .sort()
  .map((path) => ({ path: path.slice(FIXTURES.length), bytes: readFileSync(path) }));

interface Walked {
  readonly compiled: Compiled;
  readonly diagnostics: readonly Diagnostic[];
  readonly agents: readonly CheckedAgent[];
}

/** The whole way, as the command line takes it. */
function walk(text: string, profile?: string): Walked {
  const file = "agent.yaml";
  const parsed = parse(file, text);
  const diagnostics: Diagnostic[] = [...parsed.diagnostics];
  const agents: CheckedAgent[] = [];
  for (const document of parsed.documents) {
    const checked = check(document, {
      lookup: (name) => (name.length % 2 === 0 ? name : undefined),
      profile,
    });
    diagnostics.push(...checked.diagnostics);
    diagnostics.push(...explainRefused(checked.refused));
    if (checked.agent !== undefined) agents.push(checked.agent);
  }
  const compiled = compile(agents, {
    project: "p",
    allowPaths: [],
    targets: ["docker", "kubernetes", "local-process"],
    production: true,
    unread: new Set<string>(),
  });
  return {
    compiled,
    agents,
    diagnostics: applyLevels(
      [...diagnostics, ...compiled.diagnostics],
      { AAC2404: "error" },
      new Map([[file, text]]),
    ),
  };
}

function expectSound(text: string): void {
  for (const profile of [undefined, "production"]) {
    const { diagnostics, compiled } = walk(text, profile);
    expect(diagnostics).toEqual(arrange(diagnostics));
    for (const one of diagnostics) {
      expect(one.message).not.toBe("");
      if (one.at === undefined) continue;
      const { start, end } = one.at;
      if (!(start >= 0 && start <= end && end <= text.length))
        throw new Error(`${one.code} stands at ${start}–${end} of ${text.length}`);
    }
    const again = walk(text, profile);
    expect(canonicalJson(again.compiled.ir as unknown as Json)).toBe(
      canonicalJson(compiled.ir as unknown as Json),
    );
    expect(again.diagnostics).toEqual(diagnostics);
  }
}

const WORDS = [
  ..."apiVersion: agent.dev/v1|kind: Agent|metadata:|name: a|spec:|runtime: python|image: a:1|command:|ports:|- container: 80|host: 8080|environment:|- name: A|value: b|from: secret|services:|dependsOn: [a]|config:|profiles:|production:|healthCheck:|volumes:|- ./a:/b:ro|resources: {limits: {cpu: 1}}|null|true|-1|1e309|0755".split(
    "|",
  ),
  ..."&a |*a |<<: *a|!t |${A}|${|$$|---\n|...\n|%YAML 1.1\n|# c|'|\"|[|]|{|}|, |: |? |- |  |\n|\n  |\n    |\n      |\t|\\|é|😀|\uFEFF|\u200b|\0".split(
    "|",
  ),
  "| ",
  "> ",
];

const tokens = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(""));
const lines = fc
  .array(fc.tuple(fc.nat({ max: 4 }), fc.constantFrom(...WORDS)), { maxLength: 40 })
  .map((all) => all.map(([depth, word]) => `${"  ".repeat(depth)}${word}`).join("\n"));

type Mutation = {
  readonly do: "delete" | "double" | "swap" | "insert";
  readonly at: number;
  readonly length: number;
  readonly to: number;
  readonly bytes: Uint8Array;
};
const mutation: fc.Arbitrary<Mutation> = fc.record({
  do: fc.constantFrom("delete", "double", "swap", "insert"),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 40 }),
  to: fc.nat(),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 6 }),
    fc.constantFrom(...WORDS).map((word) => Buffer.from(word)),
  ),
});

function mutate(bytes: Buffer, mutations: readonly Mutation[]): Buffer {
  return mutations.reduce((now, one) => {
    const at = now.length === 0 ? 0 : one.at % now.length;
    const piece = now.subarray(at, at + one.length);
    const without = Buffer.concat([now.subarray(0, at), now.subarray(at + one.length)]);
    const to = without.length === 0 ? 0 : one.to % without.length;
    if (one.do === "delete") return without;
    if (one.do === "double") return Buffer.concat([now.subarray(0, at), piece, now.subarray(at)]);
    if (one.do === "swap") return Buffer.concat([without.subarray(0, to), piece, without.subarray(to)]);
    return Buffer.concat([now.subarray(0, at), one.bytes, now.subarray(at)]);
  }, bytes);
}

describe("whatever a file holds, it is answered and never thrown at", () => {
  test(
    "any text",
    () => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.string({ unit: "binary" }),
            fc.string({ unit: "grapheme", maxLength: 300 }),
            tokens,
            lines,
          ),
          expectSound,
        ),
        runs,
      );
    },
    TIMEOUT,
  );

  test(
    "any text where a spec belongs",
    () => {
      const inside = fc.oneof(tokens, lines).map(
        (text) =>
          `apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: a}\nspec:\n  runtime: python\n${text
            .split("\n")
            .map((line) => `  ${line}`)
            .join("\n")}\n`,
      );
      fc.assert(fc.property(inside, expectSound), runs);
    },
    TIMEOUT,
  );

  test(
    "any value for any key that there is",
    () => {
      const keys = [
        ...new Set(
          fixtures.flatMap(({ bytes }) =>
            [...bytes.toString().matchAll(/^\s*(?:- )?([A-Za-z_]+):/gm)].map((match) => match[1] ?? ""),
          ),
        ),
      ];
      const leaf = fc.oneof(
        fc.constantFrom<unknown>(null, true, 0, -1, 1.5, "", "a", "80:80", "${A}", "${API_KEY}", "5s", "1Mi"),
        fc.string({ maxLength: 5 }),
      );
      const { value } = fc.letrec<{ value: unknown }>((tie) => ({
        value: fc.oneof(
          { maxDepth: 4, depthSize: "small" },
          leaf,
          fc.array(tie("value"), { maxLength: 3 }),
          fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 4 }),
        ),
      }));
      const spec = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 });
      fc.assert(
        fc.property(spec, spec, (own, over) =>
          expectSound(
            JSON.stringify({
              apiVersion: "agent.dev/v1",
              kind: "Agent",
              metadata: { name: "a" },
              spec: { runtime: "go", ...own },
              profiles: { production: over },
            }),
          ),
        ),
        runs,
      );
    },
    TIMEOUT,
  );

  test(
    "fixtures with bytes deleted, doubled, moved and put in",
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...fixtures),
          fc.array(mutation, { minLength: 1, maxLength: 6 }),
          ({ bytes }, mutations) => {
            const text = decode("agent.yaml", mutate(bytes, mutations));
            if (text.ok) expectSound(text.value);
            else expect(text.error.code).toBe("AAC1011");
          },
        ),
        runs,
      );
    },
    TIMEOUT,
  );
});

describe("order means nothing", () => {
  /** Documents that compile, as plain values. */
  const values = fixtures.flatMap(({ path, bytes }) => {
    const text = decode(path, bytes);
    const parsed = text.ok ? parse(path, text.value) : { documents: [] };
    return parsed.documents.flatMap((document): { path: string; value: Json }[] => {
      const { value } = settle(document.root);
      const walked = walk(stringify(value));
      return walked.agents.length === 1 &&
        !walked.diagnostics.some((one) => one.level === "error" && one.code !== "AAC2404")
        ? [{ path, value }]
        : [];
    });
  });

  const KEYED = new Set(["environment", "secrets", "services", "volumes"]);

  function shuffled(value: Json, key: string, next: () => number): Json {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      const items = (value as readonly Json[]).map((item) => shuffled(item, "", next));
      return KEYED.has(key) ? sortedBy(items, next) : items;
    }
    const map = value as Readonly<Record<string, Json>>;
    // A check that names no port asks the first one: there the place of a port does mean something.
    const portsToo =
      Array.isArray(map["ports"]) && map["healthCheck"] === undefined && map["healthcheck"] === undefined;
    const entries = Object.entries(map).map(([name, inner]): [string, Json] => {
      const mixed = shuffled(inner, name, next);
      return [
        name,
        name === "ports" && portsToo && Array.isArray(mixed) ? sortedBy(mixed as Json[], next) : mixed,
      ];
    });
    return Object.fromEntries(sortedBy(entries, next));
  }

  function sortedBy<T>(items: readonly T[], next: () => number): T[] {
    return items
      .map((item) => ({ item, by: next() }))
      .sort((a, b) => a.by - b.by)
      .map(({ item }) => item);
  }

  /** Small and repeatable: Lehmer's generator. */
  function dice(from: number): () => number {
    let state = (from % 2_147_483_646) + 1;
    return () => (state = (state * 48_271) % 2_147_483_647);
  }

  test("there are documents to try", () => {
    expect(values.length).toBeGreaterThan(20);
  });

  test(
    "keys of maps and items of keyed lists in any order give the same agents",
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...values), fc.nat(), ({ value }, from) => {
          const plain = walk(stringify(value)).compiled.ir.agents;
          const other = walk(stringify(shuffled(value, "", dice(from)))).compiled.ir.agents;
          expect(canonicalJson(other as unknown as Json, 1)).toBe(canonicalJson(plain as unknown as Json, 1));
        }),
        runs,
      );
    },
    TIMEOUT,
  );

  test(
    "documents in any order give the same agents",
    () => {
      const some = fc.uniqueArray(fc.constantFrom(...values), {
        minLength: 2,
        maxLength: 5,
        selector: ({ value }) => walk(stringify(value)).agents[0]?.value.metadata.name,
      });
      const agentsOf = (all: readonly { value: Json }[]): string => {
        const { agents } = walk(all.map(({ value }) => stringify(value)).join("---\n")).compiled.ir;
        // Where a document stands in its file is told, and is no difference between agents.
        return canonicalJson(
          Object.fromEntries(
            Object.entries(agents).map(([name, one]) => [name, { ...one, source: null }]),
          ) as unknown as Json,
          1,
        );
      };
      fc.assert(
        fc.property(some, (all) => {
          expect(agentsOf(all.toReversed())).toBe(agentsOf(all));
        }),
        { seed, numRuns: Math.ceil(numRuns / 3) },
      );
    },
    TIMEOUT,
  );
});

describe("diagnostics in order", () => {
  const codes = Object.keys(CODES) as Code[];
  const one = fc
    .record({
      code: fc.constantFrom(...codes.slice(0, 4)),
      file: fc.constantFrom("a", "b"),
      start: fc.nat({ max: 3 }),
      message: fc.constantFrom("x", "y"),
      nowhere: fc.boolean(),
    })
    .map(({ code, file, start, message, nowhere }) =>
      diagnostic(code, nowhere ? undefined : { file, start, end: start }, message),
    );

  test("arrange sorts, drops doubles, loses nothing else and does the same when done again", () => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (all) => {
        const arranged = arrange(all);
        for (const [i, later] of arranged.entries()) {
          const before = arranged[i - 1];
          if (before !== undefined) expect(bySource(before, later)).toBeLessThanOrEqual(0);
        }
        const name = (each: Diagnostic): string => JSON.stringify([each.code, each.at, each.message]);
        expect(arranged.map(name).length).toBe(new Set(arranged.map(name)).size);
        expect(new Set(arranged.map(name))).toEqual(new Set(all.map(name)));
        expect(arrange(arranged)).toEqual(arranged);
        expect(arrange(all.toReversed()).map(name)).toEqual(arranged.map(name));
      }),
      runs,
    );
  });
});
