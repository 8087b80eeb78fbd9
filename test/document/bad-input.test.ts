import { spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../src/base/canonical.ts";
import { matchesGlob } from "../../src/base/glob.ts";
import { load, type Loaded } from "../../src/cli/project/project.ts";
import { compile, MOST_AGENTS } from "../../src/compile/compile.ts";
import { applyLevels } from "../../src/compile/levels.ts";
import { check } from "../../src/document/check.ts";
import { parse } from "../../src/document/parse.ts";
import { decode } from "../../src/document/text.ts";
import { explainRefused } from "../../src/document/validate.ts";
import type { CheckedAgent } from "../../src/model/checked.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { Ir } from "../../src/model/ir.ts";
import { positionAt } from "../../src/model/source.ts";
import { files } from "../../src/system/files.ts";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";
import { FORMATS } from "../../src/ui/reporters/index.ts";

/**
 * Bad files and what becomes of them, row by row. A fixture says itself what is expected: `# ← CODE` stands on
 * the line where the fault must be shown (or `# ← CODE at LINE`). Errors and warnings must be exactly these.
 */
const ROWS: Readonly<Record<string, string>> = {
  "01": "aliases that expand without end are refused",
  "02": "a file that is too deep, too long or too rich is refused",
  "03": "keys that reach the prototype are refused at any depth",
  "04": "merge keys work within caps, and merge maps only",
  "05": "a version directive is refused",
  "06": "values mean what YAML 1.2 says, and nothing is turned into another type in silence",
  "07": "a key that is written twice is shown with both places",
  "08": "tags and empty documents are refused, several documents are not",
  "09": "what cannot be seen or is not text is refused",
  "10": "numbers, durations and amounts stay in reach",
  "11": "an unknown key is an error, with the one that was meant",
  "12": "no pattern can be made to run for long",
  "13": "a reference is never followed",
  "14": "a substitution looks up a name, once, and computes nothing",
  "15": "circles, crowds and ports that two want",
  "16": "a path that leads out of the project is refused",
  "17": "a link that leads out of the project is refused",
  "26": "one text is no command unless a shell is asked for",
  "31": "what the system cannot take is refused before anything starts",
  "34": "a secret in the file is refused and never repeated",
};

const BAD = new URL("../../fixtures/bad/", import.meta.url);
const ROOT = new URL("../../", import.meta.url).pathname;
/** Every secret in the fixtures holds one of these. */
const SECRET = /S3CR3T|99887766554433221100/;

const fixtures = readdirSync(BAD)
  .filter((name) => name.endsWith(".yaml"))
  .sort();
const scratch = mkdtempSync(join(tmpdir(), "aac-bad-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Judged {
  readonly diagnostics: readonly Diagnostic[];
  readonly agents: readonly CheckedAgent[];
  readonly ir: Ir;
  readonly text: string;
}

function judge(text: string, variables: Readonly<Record<string, string>> = {}, profile?: string): Judged {
  const file = "agent.yaml";
  const diagnostics: Diagnostic[] = [];
  const agents: CheckedAgent[] = [];
  const parsed = parse(file, text);
  diagnostics.push(...parsed.diagnostics);
  for (const document of parsed.documents) {
    const checked = check(document, {
      lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
      profile,
    });
    diagnostics.push(...checked.diagnostics);
    diagnostics.push(...explainRefused(checked.refused));
    if (checked.agent !== undefined) agents.push(checked.agent);
  }
  const compiled = compile(agents, {
    project: null,
    allowPaths: [],
    targets: ["docker"],
    production: false,
    unread: new Set<string>(),
  });
  return {
    diagnostics: applyLevels([...diagnostics, ...compiled.diagnostics], {}, new Map([[file, text]])),
    agents,
    ir: compiled.ir,
    text,
  };
}

const lineOf = (judged: Judged, one: Diagnostic): number => positionAt(judged.text, one.at?.start ?? -1).line;
const serious = (judged: Judged): string[] =>
  judged.diagnostics
    .filter((one) => one.level !== "info")
    .map((one) => `${one.code} at ${lineOf(judged, one)}`);

function expected(text: string): string[] {
  const found = text
    .split("\n")
    .flatMap((line, i) =>
      [...line.matchAll(/# ← (AAC\d{4})(?: at (\d+))?/g)].map(
        ([, code = "", at]) => `${code} at ${at ?? i + 1}`,
      ),
    );
  return found.sort();
}

/** A document with a fault of its text or shape gives no agent, not even a part of one. */
function halfAccepted(judged: Judged): number[] {
  const lines = judged.text.split("\n");
  // A directive belongs to the document after it.
  const before = (line: number): number =>
    lines.slice(0, line).filter((one) => /^---(?:\s|$)/.test(one)).length +
    (lines[line - 1]?.startsWith("%") === true ? 1 : 0);
  const documentOf = (line: number): number =>
    Math.max(0, before(line) - (/^(?:%.*\n)*---/.test(judged.text) ? 1 : 0));
  const refused = new Set(
    judged.diagnostics
      .filter((one) => one.level === "error" && /^AAC1[01]/.test(one.code))
      .map((one) => documentOf(lineOf(judged, one))),
  );
  return judged.agents.map((one) => one.index).filter((index) => refused.has(index));
}

const agent = (spec: string, more = ""): string =>
  `apiVersion: agent.dev/v1\nkind: Agent\nmetadata:\n  name: bad\nspec:\n  runtime: python\n${spec}${more}`;
const codes = (judged: { readonly diagnostics: readonly Diagnostic[] }): string[] =>
  judged.diagnostics.filter((one) => one.level !== "info").map((one) => one.code);

describe("the table", () => {
  test("every fixture belongs to a row", () => {
    expect(fixtures.length).toBeGreaterThan(90);
    expect(fixtures.filter((name) => ROWS[name.slice(0, 2)] === undefined)).toEqual([]);
  });
});

for (const [row, sentence] of Object.entries(ROWS)) {
  const own = fixtures.filter((name) => name.startsWith(`${row}-`));
  if (own.length === 0) continue;
  describe(`row ${Number(row)}: ${sentence}`, () => {
    test.each(own)("%s shows each fault at its line and gives no half agent", (name) => {
      const judged = judge(readFileSync(new URL(name, BAD), "utf8"));
      expect(serious(judged).sort()).toEqual(expected(judged.text));
      expect(halfAccepted(judged)).toEqual([]);
      expect(JSON.stringify(judged.diagnostics)).not.toMatch(SECRET);
      expect(judged.diagnostics.filter((one) => one.message === "" || one.message.endsWith("."))).toEqual([]);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    });
  });
}

describe("row 34, in print", () => {
  test.each(fixtures.filter((name) => name.startsWith("34-")))(
    "no reporter prints the secret of %s",
    async (name) => {
      const { diagnostics, text, ir } = judge(readFileSync(new URL(name, BAD), "utf8"));
      const report = {
        diagnostics,
        texts: new Map([["agent.yaml", text]]),
        files: ["agent.yaml"],
        agents: 0,
        millis: 0,
        version: "0",
      };
      for (const load of Object.values(FORMATS)) {
        const print = await load();
        for (const paint of [plainPaint, colourPaint])
          expect(print(report, { paint, width: 100 })).not.toMatch(SECRET);
      }
      if (name === "34-default.yaml") expect(canonicalJson(ir as unknown as Json)).not.toMatch(SECRET);
    },
  );

  test("a value from outside under a secret name never enters the IR", () => {
    const judged = judge(
      agent(
        "  environment:\n    - {name: API_KEY, value: '${API_KEY}'}\n    - {name: URL, value: 'https://u:${DB_PASSWORD}@h/'}\n",
      ),
      { API_KEY: "S3CR3T", DB_PASSWORD: "S3CR3T" },
    );
    expect(codes(judged)).toEqual([]);
    expect(
      JSON.stringify([judged.ir, judged.diagnostics, judged.agents.map((one) => one.value)]),
    ).not.toMatch(SECRET);
  });
});

describe("row 3, beyond keys", () => {
  test("names such as constructor find nothing that is not there", () => {
    const judged = judge(
      agent(
        "  services: [{name: other, port: 1, host: h}]\n  environment:\n    - {name: A, from: service, service: constructor, format: '{host}'}\n    - {name: toString, from: config}\n    - {name: __proto__, value: polluted}\n  config: {a: 1}\n",
      ),
    );
    expect(codes(judged).sort()).toEqual(["AAC2105", "AAC2204"]);
    expect(Object.getPrototypeOf(judged.ir.agents["bad"]?.environment ?? null)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["value"]).toBeUndefined();
  });
});

describe("row 4, what works", () => {
  test("anchors, aliases and merges of maps and of lists of maps", () => {
    const judged = judge(
      "x-base: &base {a: 1, b: 2}\nx-more: &more {b: 3, c: 4}\n" +
        agent("  config:\n    one: {<<: *base, a: 5}\n    two: {<<: [*more, *base]}\n    three: *more\n"),
    );
    expect(codes(judged)).toEqual([]);
    expect(judged.ir.agents["bad"]?.config?.value).toEqual({
      one: { a: 5, b: 2 },
      two: { a: 1, b: 3, c: 4 },
      three: { b: 3, c: 4 },
    });
  });
});

describe("row 6, what works", () => {
  test("texts of a variable stay as they are written", () => {
    const judged = judge(
      agent(
        "  environment:\n    - {name: A, value: no}\n    - {name: B, value: 1.10}\n    - {name: C, value: 12:30}\n    - {name: D, value: 0755}\n    - {name: E, value: 0x1F}\n    - {name: F, value: true}\n",
      ),
    );
    const values = Object.values(judged.ir.agents["bad"]?.environment ?? {}).flatMap((one) =>
      one.is === "text" ? [one.text] : [],
    );
    expect(judged.diagnostics.filter((one) => one.level === "error")).toEqual([]);
    expect(values.slice(0, 6)).toEqual(["no", "1.10", "12:30", "0755", "0x1F", "true"]);
  });

  test("values of config are read by YAML 1.2", () => {
    const judged = judge(
      agent("  config: {a: no, b: 1.10, c: 12:30, d: 0755, e: 0o755, f: on, g: 2026-01-01, h: 1_000}\n"),
    );
    expect(judged.ir.agents["bad"]?.config?.value).toEqual({
      a: "no",
      b: 1.1,
      c: "12:30",
      d: 755,
      e: 493,
      f: "on",
      g: "2026-01-01",
      h: "1_000",
    });
  });

  test("the error tells to write quotes", () => {
    const judged = judge(agent("", "").replace("name: bad", "name: bad\n  description: 1.10"));
    expect(judged.diagnostics.find((one) => one.code === "AAC1042")?.label).toBe('write "1.10" in quotes');
  });
});

describe("row 7, both places", () => {
  test("the first place comes with the second", () => {
    const judged = judge(agent("  config:\n    a: 1\n    b: 2\n    a: 3\n"));
    const [one] = judged.diagnostics;
    expect([
      one?.code,
      ...(one?.related ?? []).map(({ at }) => positionAt(judged.text, at.start).line),
    ]).toEqual(["AAC1002", 8]);
  });
});

describe("row 8, what works", () => {
  test("several documents are several agents", () => {
    const judged = judge(`${agent("")}---\n${agent("").replace("name: bad", "name: second")}`);
    expect(codes(judged)).toEqual([]);
    expect(Object.keys(judged.ir.agents)).toEqual(["bad", "second"]);
  });

  test.each(["", " ", "\n\n", "---\n", "---\n---\n", "null", "---\n...\n", "\uFEFF", "# nothing"])(
    "%j is empty and so an error",
    (text) => {
      const judged = judge(text);
      expect(new Set(codes(judged))).toEqual(new Set(["AAC1018"]));
      expect(judged.agents).toEqual([]);
    },
  );
});

describe("row 9, bytes", () => {
  const bytes = (...parts: (string | readonly number[])[]): Uint8Array =>
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

  test.each([
    ["a byte that never occurs", [0xff]],
    ["a sequence that is cut off", [0xe2, 0x82]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["half of a surrogate pair", [0xed, 0xa0, 0x80]],
    ["Latin-1", [0xe9, 0x20]],
  ])("%s is not UTF-8", (_, wrong) => {
    const result = decode("agent.yaml", bytes(agent("  config: {a: "), wrong, "}\n"));
    expect(result.ok ? undefined : result.error.code).toBe("AAC1011");
  });

  test("UTF-16 is told by its code, through the whole way", async () => {
    const folder = project("utf16", { "agent.yaml": Buffer.from(`\uFEFF${agent("")}`, "utf16le") });
    const loaded = await loadAll(folder);
    expect(codes(loaded)).toEqual(["AAC1011"]);
    expect(loaded.agents).toEqual([]);
  });

  test.each(["\u0000", "\u0001", "\u0007", "\u001b", "\u007f", "\u0008"])(
    "the control character %j is shown at its line",
    (char) => {
      const judged = judge(agent(`  config:\n    a: x${char}y\n`));
      expect(serious(judged)).toEqual(["AAC1011 at 8"]);
      expect(judged.agents).toEqual([]);
    },
  );

  test.each(["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"])(
    "%j, which turns the text around, is shown at its line",
    (char) => {
      const judged = judge(agent(`  config:\n    a: x${char}y\n`));
      expect(serious(judged)).toEqual(["AAC1020 at 8"]);
      expect(judged.agents).toEqual([]);
    },
  );

  test.each(["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e"])(
    "%j cannot be seen in a name",
    (char) => {
      const judged = judge(agent("").replace("name: bad", `name: ba${char}d`));
      expect(serious(judged)).toEqual(["AAC1020 at 4"]);
      expect(judged.agents).toEqual([]);
    },
  );
});

describe("row 11, the word that was meant", () => {
  test.each([
    ["  enviroment: []\n", "environment"],
    ["  healthChek: {}\n", "healthCheck"],
    ["  depends_on: [a]\n", "dependsOn"],
    ["  env_file: a\n", "envFile"],
    ["  livenessProbe: {}\n", "healthCheck.liveness"],
  ])("%j", (spec, meant) => {
    const [one] = judge(agent(spec)).diagnostics;
    expect([one?.code, one?.label?.includes(`\`${meant}\``)]).toEqual(["AAC1004", true]);
  });
});

describe("row 12: no pattern can be made to run for long", () => {
  const patterns = new Set<string>();
  for (const name of ["agent", "common", "project", "agent.editor"]) {
    for (const match of readFileSync(
      new URL(`../../schema/${name}.schema.json`, import.meta.url),
      "utf8",
    ).matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)) {
      patterns.add(JSON.parse(match[1] ?? '""') as string);
    }
  }
  const LENGTH = 100_000;
  const fill = (unit: string): string => unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH);
  const hostile = [
    "a",
    "0",
    "1",
    "-",
    ".",
    "a-",
    "1.",
    "1s",
    "1ms",
    "1m",
    "0.0",
    "%",
    " ",
    "\n",
    "A",
    "_",
    "SIG",
    "SIGA",
    "python:",
    "python:a.",
    "/",
    "é",
    "\u{1F600}",
  ].flatMap((unit) => [
    fill(unit),
    `${fill(unit)}!`,
    `x${fill(unit)}`,
    `1.1.1-${fill(unit)}!`,
    `python:${fill(unit)}!`,
  ]);

  test("there are patterns to try", () => {
    expect(patterns.size).toBeGreaterThan(10);
  });

  test.each([...patterns])(
    "%s answers a text of 100,000 characters in steps that grow with its length",
    (pattern) => {
      // The engine without backtracking takes only what is linear; where it takes the pattern, that is the proof.
      const regex = new RegExp(pattern, "u");
      for (const text of hostile) expect(typeof regex.test(text)).toBe("boolean");
    },
  );

  test("path patterns back up no further than to the last star", () => {
    const segment = "a".repeat(3000);
    for (const [pattern, path] of [
      [`${"*a".repeat(1000)}b`, segment],
      [`${"a*".repeat(1000)}b`, segment],
      [`${"*".repeat(5000)}b`, segment],
      [`${"?*".repeat(1000)}b`, segment],
      [`${"**/".repeat(1000)}b`, "a/".repeat(3000)],
      [`${"**/a/".repeat(500)}b`, "a/".repeat(2000)],
      [`${"**/*a*/".repeat(300)}b`, `${"aaaa/".repeat(1500)}c`],
    ] as const) {
      expect(matchesGlob(pattern, path)).toBe(false);
      expect(matchesGlob(pattern, pattern.replaceAll(/\*+/g, "x").replaceAll("?", "y"))).toBe(true);
    }
    expect(matchesGlob("**/agent.yaml", "a/b/agent.yaml")).toBe(true);
  });

  test("no more than a hundred faults are told, and that there are more", () => {
    const judged = judge(agent(Array.from({ length: 1000 }, (_, i) => `  zzz${i}: 1\n`).join("")));
    expect(judged.diagnostics.length).toBeGreaterThan(90);
    expect(judged.diagnostics.length).toBeLessThanOrEqual(101);
  });
});

describe("row 13, what works", () => {
  test("under config a reference is a text like any other", () => {
    const judged = judge(agent("  config: {$ref: 'http://127.0.0.1:9/x'}\n"));
    expect(codes(judged)).toEqual([]);
    expect(judged.ir.agents["bad"]?.config?.value).toEqual({ $ref: "http://127.0.0.1:9/x" });
  });
});

describe("row 14, what works", () => {
  test("what comes out of a substitution is not replaced again", () => {
    const judged = judge(agent("  environment:\n    - {name: A, value: '${ONE} and $${TWO}'}\n"), {
      ONE: "${TWO}",
      TWO: "wrong",
    });
    expect(codes(judged)).toEqual([]);
    expect(JSON.stringify(judged.ir.agents["bad"]?.environment["A"])).toContain("${TWO} and ${TWO}");
    expect(JSON.stringify(judged.ir)).not.toContain("wrong");
  });

  test("a value cannot bring structure with it", () => {
    const judged = judge(
      agent("  config: {a: '${ONE}'}\n  environment:\n    - {name: A, value: '${ONE}'}\n"),
      { ONE: "x\nruntime: go\n- {}" },
    );
    expect(judged.ir.agents["bad"]?.config?.value).toEqual({ a: "x\nruntime: go\n- {}" });
    expect(judged.ir.agents["bad"]?.program.runtime?.name).toBe("python");
  });

  test("keys are never replaced", () => {
    const judged = judge(agent("  config: {'${ONE}': 1}\n"), { ONE: "x" });
    expect(judged.ir.agents["bad"]?.config?.value).toEqual({ "${ONE}": 1 });
  });
});

describe("row 15, in numbers", () => {
  const [first] = judge(agent("")).agents;
  const crowd = (count: number): CheckedAgent[] =>
    Array.from({ length: count }, (_, i) => ({
      ...(first as CheckedAgent),
      value: { ...(first as CheckedAgent).value, metadata: { name: `a${i}` } },
    }));
  const settings = {
    project: null,
    allowPaths: [],
    targets: ["docker"],
    production: false,
    unread: new Set<string>(),
  };

  test("more than 100,000 agents are refused, whole", () => {
    expect(MOST_AGENTS).toBe(100_000);
    const compiled = compile(
      Array.from({ length: 100_001 }, () => first as CheckedAgent),
      settings,
    );
    expect(compiled.diagnostics.map((one) => one.code)).toEqual(["AAC1023"]);
    expect([Object.keys(compiled.ir.agents), compiled.views]).toEqual([[], []]);
  });

  test("10,001 are not", () => {
    const compiled = compile(crowd(10_001), settings);
    expect(compiled.diagnostics.filter((one) => one.level === "error")).toEqual([]);
    expect(Object.keys(compiled.ir.agents).length).toBe(10_001);
  });

  test("the whole circle is named, and the owners of a port", () => {
    const circle = judge(readFileSync(new URL("15-cycle.yaml", BAD), "utf8")).diagnostics.find(
      (one) => one.code === "AAC2103",
    );
    expect(circle?.message).toContain("bad-15-cycle → second → third → bad-15-cycle");
    expect(circle?.related.length).toBe(2);
    const port = judge(
      readFileSync(new URL("15-port-of-the-machine-twice.yaml", BAD), "utf8"),
    ).diagnostics.find((one) => one.code === "AAC2001");
    expect(`${port?.message} ${port?.label}`).toMatch(/`bad-15-port-of-the-machine-twice`.*`second`/);
    expect(port?.related.length).toBe(1);
  });
});

function project(name: string, contents: Readonly<Record<string, string | Uint8Array>>): string {
  const root = join(scratch, name, "project");
  for (const [path, content] of Object.entries({ ".aac.yaml": "project: test\n", ...contents })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  mkdirSync(join(scratch, name, "outside", "folder"), { recursive: true });
  writeFileSync(join(scratch, name, "outside", "file"), "A=1\n");
  return root;
}

async function loadAll(cwd: string): Promise<Loaded> {
  return load({ cwd, files, environment: {}, named: [], whole: true });
}

describe("row 16, what a project allows", () => {
  test("a listed folder may be used, its neighbour may not", async () => {
    const root = project("allowed", {
      ".aac.yaml": "allowPaths: [../outside]\n",
      "agent.yaml": agent("  envFile: [../outside/file, ../outsider/file]\n"),
    });
    const loaded = await loadAll(root);
    expect(
      loaded.diagnostics
        .filter((one) => one.level === "error")
        .map((one) => [one.code, loaded.texts.get("agent.yaml")?.slice(one.at?.start, one.at?.end)]),
    ).toEqual([["AAC2006", "../outsider/file"]]);
  });
});

describe("row 17: a link that leads out of the project is refused", () => {
  const envFile = (path: string): string => agent(`  envFile: [${path}]\n`);
  const bind = (path: string): string => agent(`  volumes: [{source: ${path}, target: /data}]\n`);

  async function errors(
    name: string,
    link: string,
    target: string,
    text: string,
    settings = "project: test\n",
  ): Promise<string[]> {
    const root = project(name, { "agent.yaml": text, "inside/file": "A=1\n", ".aac.yaml": settings });
    symlinkSync(target, join(root, link));
    const loaded = await loadAll(root);
    const shown = loaded.texts.get("agent.yaml") ?? "";
    return loaded.diagnostics
      .filter((one) => one.level === "error")
      .map((one) => `${one.code} at ${positionAt(shown, one.at?.start ?? -1).line}`);
  }

  test("a file", async () => {
    expect(await errors("file", "link", "../outside/file", envFile("link"))).toEqual(["AAC2006 at 7"]);
  });

  test("a file, by its absolute path", async () => {
    expect(
      await errors("absolute", "link", join(scratch, "absolute", "outside", "file"), envFile("link")),
    ).toEqual(["AAC2006 at 7"]);
  });

  test("a folder", async () => {
    expect(await errors("folder", "link", "../outside/folder", bind("./link"))).toEqual(["AAC2006 at 7"]);
  });

  test("a folder on the way to a file", async () => {
    expect(await errors("way", "link", "../outside", envFile("link/file"))).toEqual(["AAC2006 at 7"]);
  });

  test("a link behind a link", async () => {
    const root = project("chain", { "agent.yaml": envFile("one") });
    symlinkSync("two", join(root, "one"));
    symlinkSync("../outside/file", join(root, "two"));
    expect(codes(await loadAll(root))).toEqual(["AAC2006"]);
  });

  test("the root of the machine", async () => {
    expect(await errors("root", "link", "/", bind("./link"))).toEqual(["AAC2006 at 7"]);
  });

  test("to a place that is not there yet", async () => {
    expect(await errors("dangling", "link", "../outside/later", envFile("link"))).toEqual(["AAC2006 at 7"]);
  });

  test("through which a folder would be made outside", async () => {
    expect(await errors("made", "link", "../outside", bind("./link/new"))).toEqual(["AAC2006 at 7"]);
  });

  test("a link that stays inside is fine", async () => {
    expect(await errors("inside", "link", "inside/file", envFile("link"))).toEqual([]);
  });

  test("a link to a place that the project allows is fine", async () => {
    expect(
      await errors("listed", "link", "../outside/file", envFile("link"), "allowPaths: [../outside]\n"),
    ).toEqual([]);
  });

  test("a link that leads to itself is no hang", async () => {
    await expect(errors("circle", "link", "link", envFile("link"))).resolves.toBeDefined();
  });
});

describe("row 26, what works", () => {
  test("one text with `shell: true`, and a list without", () => {
    expect(codes(judge(agent('  command: "x; rm -rf ."\n  shell: true\n')))).toEqual([]);
    const judged = judge(agent('  command: [x, "; rm -rf ."]\n'));
    expect(codes(judged)).toEqual([]);
    expect(JSON.stringify(judged.ir.agents["bad"]?.program)).toContain('["x","; rm -rf ."]');
  });
});

describe("row 31, in numbers", () => {
  const one = (text: string): Judged => judge(agent(`  environment:\n    - name: A\n      value: ${text}\n`));

  test("131,071 bytes are the most that one text may have", () => {
    expect(codes(one("a".repeat(131_069)))).toEqual([]);
    const judged = one("a".repeat(131_072));
    expect(serious(judged)).toEqual(["AAC2016 at 9"]);
    expect(judged.diagnostics.find((found) => found.code === "AAC2016")?.message).toContain("131072");
  });

  test("bytes count, not characters", () => {
    expect(serious(one("é".repeat(70_000)))).toEqual(["AAC2016 at 9"]);
  });

  test("2 MB are the most that all texts may have", () => {
    const texts = Array.from(
      { length: 20 },
      (_, i) => `    - {name: A${i}, value: ${i === 0 ? `&long ${"a".repeat(110_000)}` : "*long"}}\n`,
    );
    const judged = judge(agent(`  environment:\n${texts.join("")}`));
    expect(codes(judged)).toEqual(["AAC2016"]);
    expect(judged.diagnostics.find((found) => found.code === "AAC2016")?.message).toMatch(
      /2[ ,.]?200[ ,.]?0\d\d/,
    );
  });
});

/** One file each, in a process of its own that is ended after 90 s: a hang is a failure, not a hung test. */
interface Big {
  readonly name: string;
  readonly text: () => string;
  readonly code: string;
  readonly line?: number;
}

const repeat = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join("");
const laughs = repeat(
  9,
  (i) =>
    `    l${i}: &l${i} [${Array.from({ length: 9 }, () => (i === 0 ? "ha" : `*l${i - 1}`)).join(", ")}]\n`,
);

const BIG: readonly Big[] = [
  { name: "9 × 9 laughs", text: () => agent(`  config:\n${laughs}`), code: "AAC1014" },
  {
    name: "9 × 9 laughs by merges",
    text: () =>
      agent(
        `  config:\n    m0: &m0 {${repeat(9, (k) => `k${k}: 1, `)}}\n${repeat(9, (i) => `    m${i + 1}: &m${i + 1} {${repeat(9, (k) => `k${k}: {<<: *m${i}}, `)}}\n`)}`,
      ),
    code: "AAC1014",
  },
  {
    name: "fifty aliases of a huge text",
    text: () => agent(`  config:\n    a: &a ${"x".repeat(900_000)}\n${repeat(50, (i) => `    b${i}: *a\n`)}`),
    code: "AAC1014|AAC1012",
  },
  {
    name: "1.1 MiB",
    text: () => agent(`  config:\n    a: ${"x".repeat(1_153_434)}\n`),
    code: "AAC1012",
    line: 1,
  },
  { name: "100,000 [", text: () => "[".repeat(100_000), code: "AAC1013", line: 1 },
  {
    name: "100,000 [ and their ]",
    text: () => agent(`  config:\n    a: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n`),
    code: "AAC1013",
    line: 8,
  },
  { name: "100,000 {", text: () => "{".repeat(100_000), code: "AAC1013", line: 1 },
  {
    name: "maps 100,000 deep",
    text: () => agent(`  config: ${"{a: ".repeat(100_000)}1${"}".repeat(100_000)}\n`),
    code: "AAC1013",
    line: 7,
  },
  { name: "500,000 × `- `", text: () => "- ".repeat(500_000), code: "AAC1013", line: 1 },
  { name: "500,000 × `? `", text: () => "? ".repeat(500_000), code: "AAC1013", line: 1 },
  {
    name: "maps in lines, 1,400 deep",
    text: () => repeat(1_400, (i) => `${" ".repeat(i)}a:\n`),
    code: "AAC1013",
  },
  {
    name: "100,001 values",
    text: () => agent(`  config:\n    a:\n${"    - 1\n".repeat(100_001)}`),
    code: "AAC1012",
  },
  {
    name: "100,001 empty values in one line",
    text: () => agent(`  config: {a: [${"1,".repeat(100_001)}]}\n`),
    code: "AAC1012",
    line: 7,
  },
  { name: "80,000 unknown keys", text: () => agent(repeat(80_000, (i) => `  z${i}: 1\n`)), code: "AAC1004" },
  {
    name: "60,000 keys of config",
    text: () => agent(`  config:\n${repeat(60_000, (i) => `    z${i}: 1\n`)}`),
    code: "",
  },
  {
    name: "90,000 times the same key",
    text: () => agent(`  config:\n${"    a: 1\n".repeat(90_000)}`),
    code: "AAC1002",
  },
  {
    name: "20,000 variables",
    text: () => agent(`  environment:\n${repeat(20_000, (i) => `  - {name: A${i}, value: b}\n`)}`),
    code: "",
  },
  {
    name: "20,000 placeholders",
    text: () => agent(`  environment:\n${repeat(20_000, (i) => `  - {name: KEY_${i}, value: your-key}\n`)}`),
    code: "AAC2202",
  },
  {
    name: "20,000 ports",
    text: () => agent(`  ports:\n${repeat(20_000, (i) => `  - {container: ${i + 1}, host: ${i + 1}}\n`)}`),
    code: "",
  },
  {
    name: "30,000 wrong ports",
    text: () => agent(`  ports:\n${repeat(30_000, () => "  - {container: 0}\n")}`),
    code: "AAC1008",
  },
  {
    name: "30,000 unions that fit nothing",
    text: () => agent(`  environment:\n${repeat(30_000, (i) => `  - {nam: A${i}, from: x}\n`)}`),
    code: "AAC1004|AAC1006",
  },
  {
    name: "60,000 dependencies that are not there",
    text: () => agent(`  dependsOn: [${repeat(60_000, (i) => `a${i}, `)}]\n`),
    code: "AAC2102",
  },
  {
    name: "20,000 services that nobody offers",
    text: () => agent(`  services:\n${repeat(20_000, (i) => `  - {name: s${i}, port: 1}\n`)}`),
    code: "AAC2105",
  },
  {
    name: "6,000 documents that wait in a circle",
    text: () =>
      repeat(
        6_000,
        (i) =>
          `---\napiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: a${i}}\nspec: {runtime: go, dependsOn: [a${(i + 1) % 6_000}]}\n`,
      ),
    code: "AAC2103",
  },
  {
    name: "a key of 1,000,000 characters",
    text: () => agent(`  config:\n    ${"k".repeat(1_000_000)}: 1\n`),
    code: "AAC1001|AAC1012|",
  },
  {
    name: "a key of 900,000 characters in quotes, unknown",
    text: () => agent(`  ? "${"k".repeat(900_000)}"\n  : 1\n`),
    code: "AAC1004|AAC1012|AAC1001",
  },
  {
    name: "a name of 900,000 characters",
    text: () => agent("").replace("name: bad", `name: ${"a-".repeat(450_000)}`),
    code: "AAC1007|AAC1009",
  },
  {
    name: "a duration of 900,000 characters",
    text: () => agent(`  healthCheck: {path: /, interval: ${"1s".repeat(450_000)}x}\n`),
    code: "AAC1007",
  },
  {
    name: "an amount of 900,000 digits",
    text: () => agent(`  resources: {limits: {cpu: "${"9".repeat(900_000)}"}}\n`),
    code: "AAC2010|AAC1007",
  },
  {
    name: "a number of 900,000 digits",
    text: () => agent(`  config: {a: ${"9".repeat(900_000)}}\n`),
    code: "AAC1008",
  },
  {
    name: "300,000 × `${`",
    text: () => agent(`  config: {a: '${"${".repeat(300_000)}'}\n`),
    code: "AAC1051",
  },
  {
    name: "a substitution of 900,000 characters",
    text: () => agent(`  config: {a: '\${A:-${"x".repeat(900_000)}}'}\n`),
    code: "",
  },
  {
    name: "an unclosed quote before 900,000 characters",
    text: () => agent(`  config: {a: "${"x ".repeat(450_000)}\n`),
    code: "AAC1001",
  },
  { name: "500,000 comments", text: () => agent("#\n".repeat(500_000)), code: "" },
  { name: "200,000 lines of `---`", text: () => "---\n".repeat(200_000), code: "AAC1018" },
  {
    name: "300,000 × `&a `",
    text: () => agent(`  config: {a: ${"&a ".repeat(300_000)}1}\n`),
    code: "AAC1001",
  },
  {
    name: "300,000 × `!a `",
    text: () => agent(`  config: {a: ${"!a ".repeat(300_000)}1}\n`),
    code: "AAC1001|AAC1016",
  },
  {
    name: "900,000 spaces before a colon",
    text: () => agent(`  config: {a${" ".repeat(900_000)}: 1}\n`),
    code: "|AAC1001",
  },
  {
    name: "900,000 blank characters at a line end",
    text: () => agent(`  config: {a: 1}${" \t".repeat(450_000)}x\n`),
    code: "AAC1001",
  },
  {
    name: "a command of 400,000 words in one text",
    text: () => agent(`  command: ${"a ".repeat(400_000)}\n`),
    code: "AAC2013|AAC2016",
  },
  {
    name: "an address of 900,000 characters",
    text: () =>
      agent(
        `  environment: [{name: A, value: "${"a:".repeat(50_000)}//"}, {name: B, value: "http://${"a".repeat(100_000)}"}]\n`,
      ),
    code: "",
  },
];

interface Outcome {
  readonly codes: readonly string[];
  readonly lines: readonly number[];
  readonly agents: number;
  readonly grown: number;
  readonly count: number;
}

/** Runs in the other process: the whole way of one file, then what is left of it in memory. */
const CHILD = `
import { readFileSync } from "node:fs";
const [file] = process.argv.slice(-1);
const { load } = await import("${ROOT}src/cli/project/project.ts");
const { files } = await import("${ROOT}src/system/files.ts");
const { positionAt } = await import("${ROOT}src/model/source.ts");
await import("${ROOT}src/document/validate.ts");
const folder = file.slice(0, file.lastIndexOf("/"));
const once = (named) => load({ cwd: folder, files, environment: {}, named: [named], whole: false });
await once("small.agent.yaml");
globalThis.gc();
const before = process.memoryUsage().heapUsed;
// In a function of its own, so that nothing of it is still held when memory is counted.
async function measured() {
  const loaded = await once(file);
  const serious = loaded.diagnostics.filter((one) => one.level !== "info");
  const text = loaded.texts.get(file.slice(folder.length + 1)) ?? "";
  return JSON.stringify({ codes: [...new Set(serious.map((one) => one.code))], lines: serious.slice(0, 3).map((one) => positionAt(text, one.at?.start ?? -1).line), agents: loaded.agents.length, count: loaded.diagnostics.length });
}
const out = JSON.parse(await measured());
await new Promise(setImmediate);
globalThis.gc();
globalThis.gc();
process.stdout.write(JSON.stringify({ ...out, grown: process.memoryUsage().heapUsed - before }));
`;

const DEADLINE = 90_000;

describe("big and hostile files, each within 90 s, with memory given back", () => {
  const outcomes = new Map<string, Outcome | string>();

  beforeAll(async () => {
    const folder = join(scratch, "big");
    mkdirSync(folder);
    writeFileSync(join(folder, "small.agent.yaml"), agent(""));
    const waiting = [...BIG.entries()];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [i, { name, text }] = next;
        const file = join(folder, `big${i}.agent.yaml`);
        writeFileSync(file, text());
        outcomes.set(name, await inChild(file));
      }
    };
    await Promise.all(Array.from({ length: 2 }, work));
  }, 20 * DEADLINE);

  async function inChild(file: string): Promise<Outcome | string> {
    const child = spawn(
      process.execPath,
      ["--expose-gc", "--max-old-space-size=1024", "--input-type=module", "-e", CHILD, "--", file],
      { signal: AbortSignal.timeout(DEADLINE), killSignal: "SIGKILL" },
    );
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const ended = await new Promise<string>((resolve) => {
      child.on("error", (error) =>
        resolve(error.name === "AbortError" ? "hangs: not done after 90 s" : error.message),
      );
      child.on("close", (code) =>
        resolve(
          code === 0
            ? ""
            : `ended with ${code}: ${err.match(/^\w*(?:Error|FATAL).*$/m)?.[0] ?? err.slice(0, 300)}`,
        ),
      );
    });
    return ended === "" ? (JSON.parse(out) as Outcome) : ended;
  }

  test.each(BIG)("$name", ({ name, code, line }) => {
    const outcome = outcomes.get(name);
    if (outcome === undefined || typeof outcome === "string") throw new Error(outcome ?? "was not run");
    const [found] = outcome.codes;
    expect(code.split("|")).toContain(found ?? "");
    if (line !== undefined) expect(outcome.lines[0]).toBe(line);
    if (/^AAC1[01]/.test(found ?? "")) expect(outcome.agents).toBe(0);
    expect(outcome.grown).toBeLessThan(64 * 1024 * 1024);
  });
});
