import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import type { Report } from "../../src/model/report.ts";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";
import { FORMATS, isFormat } from "../../src/ui/reporters/index.ts";
import { github } from "../../src/ui/reporters/github.ts";
import { human, type HumanOptions } from "../../src/ui/reporters/human.ts";
import { json } from "../../src/ui/reporters/json.ts";
import { junit } from "../../src/ui/reporters/junit.ts";
import { sarif } from "../../src/ui/reporters/sarif.ts";

const plain: HumanOptions = { paint: plainPaint, width: 100 };
const AGENT = "name: a\r\nports: [80, 80]\nimage: x:latest\n";
const HOSTILE = "a b/%2C,:#?[ü]\n::error::x \"'<&>\u001B.yaml";
const NASTY = "100%\r\n::warning::owned ]]> <b a=\"1\" c='2'> & \u0000\u001B[31m\uD800 \uFFFF 🚀";

const texts = new Map([
  ["agent.yaml", AGENT],
  ["clean.yaml", "name: b\n"],
  [HOSTILE, "one: 1\ntwo: 2\n"],
]);
const span = (file: string, start: number, end: number) => ({ file, start, end });

const ports = diagnostic("AAC2002", span("agent.yaml", 21, 23), "container port 80 is used twice", {
  label: "again here",
  notes: ["ports share one network", "remove one"],
  related: [{ at: span("agent.yaml", 17, 19), message: "first here" }],
  fixable: true,
});
const tag = diagnostic("AAC2404", span("agent.yaml", 32, 40), "the tag `latest` moves");
const unset = diagnostic("AAC1052", span("agent.yaml", 6, 7), "`A` is not set");
const hostile = diagnostic("AAC1004", span(HOSTILE, 7, 13), NASTY, { label: NASTY, notes: [NASTY] });
const unread = diagnostic("AAC1010", span("gone.yaml", 0, 0), "`gone.yaml` cannot be read");
const nowhere = diagnostic("AAC1023", undefined, "more than 100000 agents");
const everything = [unset, ports, tag, hostile, unread, nowhere];

const report = (diagnostics: readonly Diagnostic[], more: Partial<Report> = {}): Report => ({
  diagnostics,
  texts,
  files: ["agent.yaml", "clean.yaml", HOSTILE],
  agents: 3,
  millis: 31,
  version: "0.1.0",
  ...more,
});

describe("for people", () => {
  test("there are frames set apart by empty lines and a last line that counts", () => {
    expect(human(report([unset, ports, tag]), plain)).toBe(
      [
        "warning AAC1052  `A` is not set",
        "   ┌─ agent.yaml:1:7",
        " 1 │ name: a",
        "   │       ^",
        "",
        "error AAC2002  container port 80 is used twice",
        "   ┌─ agent.yaml:2:13",
        " 2 │ ports: [80, 80]",
        "   │             ^^ again here",
        "   ├─ agent.yaml:2:9  first here",
        "   = ports share one network",
        "   = remove one",
        "",
        "advice AAC2404  the tag `latest` moves",
        "   ┌─ agent.yaml:3:8",
        " 3 │ image: x:latest",
        "   │        ^^^^^^^^",
        "",
        "3 files · 1 error, 1 warning, 1 piece of advice · 31 ms",
        "",
      ].join("\n"),
    );
  });

  test("the last line is right in number", () => {
    const last = (diagnostics: readonly Diagnostic[], more: Partial<Report> = {}): string | undefined =>
      human(report(diagnostics, more), plain).trimEnd().split("\n").at(-1);
    expect(last([])).toBe("✓ 3 files, 3 agents: all in order · 31 ms");
    expect(last([], { files: ["a"], agents: 1, millis: 1234.5 })).toBe(
      "✓ 1 file, 1 agent: all in order · 1.2 s",
    );
    expect(last([], { files: [], agents: 0, millis: 0.4 })).toBe("no files, nothing to check · 0 ms");
    expect(last([ports, ports, unset, unset, tag, tag])).toBe(
      "3 files · 2 errors, 2 warnings, 2 pieces of advice · 31 ms",
    );
    expect(last([nowhere], { files: ["a"] })).toBe("1 file · 1 error · 31 ms");
  });

  test("advice can be held back, and is counted all the same", () => {
    expect(human(report([tag, tag, tag]), { ...plain, maxInfo: 1 })).toBe(
      [
        "advice AAC2404  the tag `latest` moves",
        "   ┌─ agent.yaml:3:8",
        " 3 │ image: x:latest",
        "   │        ^^^^^^^^",
        "",
        "3 files · 3 pieces of advice (2 not shown) · 31 ms",
        "",
      ].join("\n"),
    );
    expect(human(report([tag]), { ...plain, maxInfo: 0 })).toBe(
      "3 files · 1 piece of advice (not shown) · 31 ms\n",
    );
  });

  test("a width that is not known is a hundred", () => {
    const long = new Map([["agent.yaml", `a: ${"x".repeat(300)}`]]);
    const one = diagnostic("AAC1004", span("agent.yaml", 0, 1), "unknown key");
    for (const width of [undefined, 0, -1, Number.NaN]) {
      const row = human(report([one], { texts: long }), { paint: plainPaint, width }).split("\n")[2];
      expect(row).toHaveLength(100);
    }
  });

  test("colours change no word", () => {
    const coloured = human(report(everything), { paint: colourPaint, width: 100 });
    expect(stripVTControlCharacters(coloured)).toBe(human(report(everything), plain));
    expect(human(report(everything), plain)).not.toContain("\u001B");
  });
});

describe("as JSON", () => {
  const schema: unknown = JSON.parse(
    readFileSync(new URL("../../schema/validation-report.schema.json", import.meta.url), "utf8"),
  );
  const valid = new Ajv({ strict: true, allErrors: true }).compile(schema as object);

  test("every report is as its schema says", () => {
    for (const some of [everything, [], [nowhere]]) {
      valid(JSON.parse(json(report(some))));
      expect(valid.errors).toBeNull();
    }
    expect(valid({ ...(JSON.parse(json(report([]))) as object), extra: 1 })).toBe(false);
  });

  test("a diagnostic keeps all it knows, with lines, columns and offsets", () => {
    expect(json(report([ports], { files: ["agent.yaml"] }))).toBe(`{
  "apiVersion": "aac.dev/v1",
  "kind": "ValidationReport",
  "version": "0.1.0",
  "summary": {
    "files": 1,
    "agents": 3,
    "errors": 1,
    "warnings": 0,
    "infos": 0,
    "durationMs": 31
  },
  "files": [
    "agent.yaml"
  ],
  "diagnostics": [
    {
      "code": "AAC2002",
      "level": "error",
      "message": "container port 80 is used twice",
      "label": "again here",
      "notes": [
        "ports share one network",
        "remove one"
      ],
      "fixable": true,
      "file": "agent.yaml",
      "range": {
        "start": {
          "line": 2,
          "column": 13,
          "offset": 21
        },
        "end": {
          "line": 2,
          "column": 15,
          "offset": 23
        }
      },
      "related": [
        {
          "message": "first here",
          "file": "agent.yaml",
          "range": {
            "start": {
              "line": 2,
              "column": 9,
              "offset": 17
            },
            "end": {
              "line": 2,
              "column": 11,
              "offset": 19
            }
          }
        }
      ]
    }
  ]
}
`);
  });

  test("a fault without a file or a text has no such keys", () => {
    const parsed = JSON.parse(json(report([unread, nowhere]))) as { diagnostics: unknown };
    expect(parsed.diagnostics).toEqual([
      {
        code: "AAC1010",
        level: "error",
        message: unread.message,
        notes: [],
        fixable: false,
        file: "gone.yaml",
        related: [],
      },
      { code: "AAC1023", level: "error", message: nowhere.message, notes: [], fixable: false, related: [] },
    ]);
  });
});

interface Log {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly columnKind: string;
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } };
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly {
        readonly level: string;
        readonly message: { readonly text: string };
      }[];
    }[];
    readonly results: readonly Result[];
  }[];
}
interface Rule {
  readonly id: string;
  readonly name: string;
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly Located[];
  readonly relatedLocations: readonly Located[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}
interface Located {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
    readonly region?: Readonly<Record<string, number>>;
  };
}

function runOf(some: Report) {
  const log = JSON.parse(sarif(some)) as Log;
  const [run] = log.runs;
  if (run === undefined) throw new Error("no run");
  return { log, run };
}

describe("as SARIF", () => {
  test("a log has what version 2.1.0 asks for", () => {
    const { log, run } = runOf(report(everything));
    expect(log.version).toBe("2.1.0");
    expect(log.$schema).toBe("https://json.schemastore.org/sarif-2.1.0.json");
    expect(log.runs).toHaveLength(1);
    expect(run.columnKind).toBe("utf16CodeUnits");
    expect(run.tool.driver).toMatchObject({
      name: "aac",
      version: "0.1.0",
      informationUri: "https://agent.dev",
    });
    const ids = run.tool.driver.rules.map((rule) => rule.id);
    expect(ids).toEqual([...new Set(ids)].sort());
    for (const result of run.results) {
      expect(ids[result.ruleIndex]).toBe(result.ruleId);
      expect(["error", "warning", "note"]).toContain(result.level);
      expect(result.message.text).not.toBe("");
      expect(result.locations).toHaveLength(1);
      for (const { physicalLocation } of [...result.locations, ...result.relatedLocations]) {
        expect(physicalLocation.artifactLocation.uri).toMatch(/^(?:[A-Za-z0-9._~!*'()/-]|%[0-9A-F]{2})+$/);
        const { startLine = 1, startColumn = 1, endLine = 1, endColumn = 1 } = physicalLocation.region ?? {};
        expect(Math.min(startLine, startColumn, endLine, endColumn)).toBeGreaterThanOrEqual(1);
        expect(endLine * 1e6 + endColumn).toBeGreaterThanOrEqual(startLine * 1e6 + startColumn);
      }
    }
  });

  test("a result and its rule say what the diagnostic says", () => {
    const { run } = runOf(report([ports]));
    expect(run.tool.driver.rules).toEqual([
      {
        id: "AAC2002",
        name: "ContainerPortUsedTwice",
        shortDescription: { text: "container port used twice." },
        help: { text: "aac explain AAC2002" },
        defaultConfiguration: { level: "error" },
      },
    ]);
    const at = { uri: "agent.yaml", uriBaseId: "%SRCROOT%" };
    expect(run.results).toEqual([
      {
        ruleId: "AAC2002",
        ruleIndex: 0,
        level: "error",
        message: {
          text: "container port 80 is used twice. again here. ports share one network. remove one.",
        },
        locations: [
          {
            physicalLocation: {
              artifactLocation: at,
              region: { startLine: 2, startColumn: 13, endLine: 2, endColumn: 15 },
            },
          },
        ],
        relatedLocations: [
          {
            id: 0,
            physicalLocation: {
              artifactLocation: at,
              region: { startLine: 2, startColumn: 9, endLine: 2, endColumn: 11 },
            },
            message: { text: "first here" },
          },
        ],
        partialFingerprints: { "aacFingerprint/v1": expect.stringMatching(/^[0-9a-f]{16}$/) },
      },
    ]);
  });

  test("files become relative URIs, and absolute ones stay apart from the root", () => {
    const uri = (file: string) =>
      runOf(report([diagnostic("AAC1004", span(file, 0, 0), "m")])).run.results[0]?.locations[0]
        ?.physicalLocation.artifactLocation;
    const uriBaseId = "%SRCROOT%";
    expect(uri("<stdin>")).toEqual({ uri: "stdin", uriBaseId });
    expect(uri("./agents\\a b\\ü#?.yaml")).toEqual({ uri: "agents/a%20b/%C3%BC%23%3F.yaml", uriBaseId });
    expect(uri("a:b%.yaml")).toEqual({ uri: "a%3Ab%25.yaml", uriBaseId });
    expect(uri("\uD800.yaml")).toEqual({ uri: "%EF%BF%BD.yaml", uriBaseId });
    expect(uri("/srv/a.yaml")).toEqual({ uri: "file:///srv/a.yaml" });
    expect(uri("C:\\srv\\a b.yaml")).toEqual({ uri: "file:///C:/srv/a%20b.yaml" });
  });

  test("a fault without a place is a notification, since code scanning refuses such a result", () => {
    const { run } = runOf(report([nowhere]));
    expect(run.results).toEqual([]);
    expect(run.invocations).toEqual([
      {
        executionSuccessful: true,
        toolExecutionNotifications: [
          {
            level: "error",
            message: { text: "more than 100000 agents." },
            associatedRule: { id: "AAC1023", index: 0 },
          },
        ],
      },
    ]);
  });

  test("text from a file never becomes a link", () => {
    const link = diagnostic("AAC1004", span("agent.yaml", 0, 1), "unknown key `[see](https://evil)`");
    expect(runOf(report([link])).run.results[0]?.message.text).toBe("unknown key `\\[see\\](https://evil)`.");
  });

  test("fingerprints stay when ten lines are put above, and like faults have different ones", () => {
    const text = "a: 1\n  bad: 2\nb: 3\n  bad: 2\n";
    const moved = `${"# new\n".repeat(10)}${text.replaceAll("  bad", "\tbad")}`;
    const prints = (of: string): readonly unknown[] => {
      const found = [...of.matchAll(/bad/g)].map(({ index }) =>
        diagnostic("AAC1004", span("f.yaml", index, index + 3), "unknown key `bad`"),
      );
      return runOf(report(found, { texts: new Map([["f.yaml", of]]) })).run.results.map(
        (result) => result.partialFingerprints["aacFingerprint/v1"],
      );
    };
    const before = prints(text);
    expect(prints(moved)).toEqual(before);
    expect(new Set(before).size).toBe(2);
    expect(prints(text.replaceAll("bad: 2", "bad: 3"))).not.toEqual(before);
  });

  test("five thousand results at most, the gravest, and the rest counted", () => {
    const infos = Array.from({ length: 5001 }, () => tag);
    const { run } = runOf(report([...infos, ports]));
    expect(run.results).toHaveLength(5000);
    expect(run.results.at(-1)?.ruleId).toBe("AAC2002");
    expect(run.invocations[0]?.toolExecutionNotifications).toEqual([
      {
        level: "warning",
        message: {
          text: "2 results beyond the first 5000 left out, the least grave ones; aac validate shows all.",
        },
      },
    ]);
  });
});

describe("as workflow commands", () => {
  test("the worst come first and a summary ends them", () => {
    expect(github(report([unset, tag, ports, unread, nowhere]))).toBe(
      [
        "::error file=agent.yaml,line=2,endLine=2,col=13,endColumn=15,title=AAC2002 container port used twice::container port 80 is used twice%0Aagain here%0Aagent.yaml:2:9 first here%0Aports share one network%0Aremove one",
        "::error file=gone.yaml,title=AAC1010 file cannot be read::`gone.yaml` cannot be read",
        "::error title=AAC1023 too many agents::more than 100000 agents",
        "::warning file=agent.yaml,line=1,endLine=1,col=7,endColumn=8,title=AAC1052 variable is not set::`A` is not set",
        "::notice file=agent.yaml,line=3,endLine=3,col=8,endColumn=16,title=AAC2404 image tag that moves::the tag `latest` moves",
        "3 files · 3 errors, 1 warning, 1 piece of advice · 31 ms",
        "",
      ].join("\n"),
    );
  });

  test("hostile names and messages stay inside their command", () => {
    const plainly = diagnostic("AAC1004", span(HOSTILE, 7, 13), "50%\r\n::error::b \u001B[31m, a:b");
    expect(github(report([plainly]))).toBe(
      [
        "::error file=a b/%252C%2C%3A#?[ü]%0A%3A%3Aerror%3A%3Ax \"'<&>␛.yaml,line=2,endLine=2,col=1,endColumn=7,title=AAC1004 unknown key::50%25%0D%0A::error::b ␛[31m, a:b",
        "3 files · 1 error · 31 ms",
        "",
      ].join("\n"),
    );
    expect(github(report(everything)).trimEnd().split("\n")).toHaveLength(everything.length + 1);
  });

  test("columns are left out of a span of several lines, and standard input is named in words", () => {
    const several = diagnostic("AAC1004", span("agent.yaml", 0, 12), "m");
    const piped = diagnostic("AAC1004", span("<stdin>", 2, 3), "m");
    const some = report([several, piped], {
      texts: new Map([...texts, ["<stdin>", "a\nb"]]),
      files: ["<stdin>"],
    });
    expect(github(some)).toBe(
      [
        "::error file=agent.yaml,line=1,endLine=2,title=AAC1004 unknown key::m",
        "::error title=AAC1004 unknown key::<stdin>:2:1 m",
        "1 file · 2 errors · 31 ms",
        "",
      ].join("\n"),
    );
  });

  test("the summary says how many are beyond the ten that are annotated", () => {
    const many = [
      ...Array.from({ length: 11 }, () => ports),
      ...Array.from({ length: 12 }, () => tag),
      unset,
    ];
    const rows = github(report(many)).trimEnd().split("\n");
    expect(rows).toHaveLength(25);
    expect(rows.at(-1)).toBe(
      "3 files · 11 errors, 1 warning, 12 pieces of advice · 31 ms · GitHub annotates only 10 of a kind; in this log alone: 1 error, 2 notices",
    );
  });
});

describe("as JUnit XML", () => {
  test("a file is a suite, a diagnostic a case, and only errors fail", () => {
    expect(junit(report([unset, ports, nowhere], { files: ["agent.yaml", "clean.yaml"] }))).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="aac validate" tests="4" failures="2" errors="0" time="0.031">
  <testsuite name="agent.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="agent.yaml" name="AAC1052 1:7 \`A\` is not set"><system-out>agent.yaml:1:7
warning AAC1052: \`A\` is not set</system-out></testcase>
    <testcase classname="agent.yaml" name="AAC2002 2:13 container port 80 is used twice"><failure type="AAC2002" message="container port 80 is used twice">agent.yaml:2:13
error AAC2002: container port 80 is used twice
again here
agent.yaml:2:9 first here
ports share one network
remove one</failure></testcase>
  </testsuite>
  <testsuite name="clean.yaml" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="clean.yaml" name="no faults"/>
  </testsuite>
  <testsuite name="(project)" tests="1" failures="1" errors="0" skipped="0">
    <testcase classname="(project)" name="AAC1023 more than 100000 agents"><failure type="AAC1023" message="more than 100000 agents">error AAC1023: more than 100000 agents</failure></testcase>
  </testsuite>
</testsuites>
`,
    );
  });

  test("hostile names and messages leave it well-formed, and come out as they went in", () => {
    const values = readXml(junit(report(everything)));
    const kept = ["\u0000", "\u001B", "\uD800", "\uFFFF"].reduce(
      (text, char) => text.replace(char, ""),
      NASTY,
    );
    expect(values).toContain(kept);
    expect(values).toContain(HOSTILE.replace("\u001B", ""));
    expect(values.some((one) => one.includes(`error AAC1004: ${kept}`))).toBe(true);
  });

  test("the little reader of this file does refuse what is not well-formed", () => {
    for (const bad of [
      "<a>",
      "<a></b>",
      '<a x="<"/>',
      "<a>&nope;</a>",
      "<a>]]></a>",
      "<a>\u0001</a>",
      '<a x="1" x="2"/>',
      "<a/><b/>",
      "<a x='1/>",
      "<a>\uD800</a>",
    ]) {
      expect(() => readXml(`<?xml version="1.0" encoding="UTF-8"?>\n${bad}`), bad).toThrow();
    }
  });
});

test("each format is loaded when it is asked for", async () => {
  expect(Object.keys(FORMATS)).toEqual(["human", "json", "sarif", "github", "junit"]);
  expect(isFormat("sarif")).toBe(true);
  expect(isFormat("toString")).toBe(false);
  for (const load of Object.values(FORMATS)) {
    const reporter = await load();
    const text = reporter(report(everything), plain);
    expect(text.endsWith("\n")).toBe(true);
    expect(reporter(report(everything), plain)).toBe(text);
    expect(reporter(report([], { files: [], agents: 0 }), plain).endsWith("\n")).toBe(true);
  }
});

test("no format repeats a secret", async () => {
  const text = "env:\n  TOKEN: sk-live-1234\n";
  const secret = diagnostic("AAC2201", span("agent.yaml", 14, 26), "`TOKEN` holds a secret");
  for (const load of Object.values(FORMATS)) {
    const reporter = await load();
    const shown = reporter(report([secret], { texts: new Map([["agent.yaml", text]]) }), plain);
    expect(shown).not.toContain("sk-live");
  }
});

/** Strict and small: one root, paired tags, quoted attributes once each, the five entities, allowed characters. Gives all values. */
function readXml(xml: string): readonly string[] {
  const values: string[] = [];
  const open: string[] = [];
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!xml.startsWith(declaration)) throw new Error("no declaration");
  if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(xml))
    throw new Error("forbidden character");
  let roots = 0;
  const token = /<(\/?)([a-z][a-z-]*)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/y;
  token.lastIndex = declaration.length;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (match === null) throw new Error(`no markup at ${at}: ${xml.slice(at, at + 40)}`);
    const [, closing, name = "", attributes = "", empty, text] = match;
    if (text !== undefined) {
      if (text.includes("]]>")) throw new Error("end of CDATA in text");
      if (open.length === 0 && text.trim() !== "") throw new Error("text outside the root");
      values.push(unescape(text));
    } else if (closing === "/") {
      if (open.pop() !== name || attributes !== "") throw new Error(`</${name}> closes nothing`);
    } else {
      if (open.length === 0 && roots++ > 0) throw new Error("a second root");
      const seen = new Set<string>();
      for (const [, key = "", value = ""] of attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)) {
        if (seen.has(key)) throw new Error(`${key} twice`);
        seen.add(key);
        // A reader makes spaces of raw white space here.
        values.push(unescape(value.replaceAll(/[\t\n\r]/g, " ")));
      }
      if (empty !== "/") open.push(name);
    }
  }
  if (open.length > 0 || roots !== 1) throw new Error("not closed");
  return values;
}

function unescape(text: string): string {
  const known = new Map([
    ["lt", "<"],
    ["gt", ">"],
    ["amp", "&"],
    ["quot", '"'],
    ["apos", "'"],
  ]);
  return text.replaceAll(/&([^;]{0,10});?/g, (_, name: string) => {
    const found =
      known.get(name) ?? (/^#[0-9]+$/.test(name) ? String.fromCodePoint(Number(name.slice(1))) : undefined);
    if (found === undefined) throw new Error(`unknown entity ${name}`);
    return found;
  });
}
