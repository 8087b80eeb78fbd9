import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * The import table of the house. A room that is not listed may not exist: whoever builds one says here what it
 * may lean on and why.
 */
interface Room {
  readonly may: readonly string[];
  readonly because: string;
}

const ROOMS: Readonly<Record<string, Room>> = {
  base: { may: [], because: "base holds leaves: everything leans on it, so it leans on nothing" },
  model: { may: ["base"], because: "model holds nouns, and nouns know no verbs" },
  document: {
    may: ["base", "model", "schema"],
    because: "document turns text into a checked document and knows nothing of what is done with it",
  },
  compile: {
    may: ["base", "model"],
    because: "compile is pure: it sees nouns, never text, files or targets",
  },
  plan: {
    may: ["base", "model"],
    because: "plan decides from what is wanted and what is live, and asks nobody",
  },
  apply: {
    may: ["base", "model"],
    because: "apply carries out what was decided, through what it is given",
  },
  facts: {
    may: ["base", "model"],
    because: "facts says what the outside world adds, through the ports that it is given",
  },
  supervisor: {
    may: ["base", "model"],
    because: "supervisor drives a runner and knows neither processes nor containers",
  },
  control: {
    may: ["base", "model"],
    because: "control carries words between two programs and weighs none of them",
  },
  state: { may: ["base", "model"], because: "state keeps what helps, and nothing here says what is live" },
  ui: { may: ["base", "model"], because: "ui shows nouns and must not be able to do anything" },
  system: { may: ["base", "model"], because: "system is the port to the outside world and decides nothing" },
  schema: {
    may: ["document"],
    because: "schema is the truth; its generator reads the spellings table and nothing else",
  },
  wanted: {
    may: ["base", "model"],
    because: "wanted says what an agent asks for in the words that all targets share, and knows none of them",
  },
  targets: {
    may: ["base", "model", "wanted", "control", "supervisor"],
    because: "a target sees the IR only, so that adding one touches no other room",
  },
  cli: {
    may: [
      "base",
      "model",
      "wanted",
      "document",
      "compile",
      "facts",
      "plan",
      "apply",
      "supervisor",
      "control",
      "state",
      "ui",
      "system",
      "schema",
      "targets",
      "cli",
    ],
    because: "cli is the one place that wires everything",
  },
};

/** Tools that are no part of the program: they build it. */
const BUILD_TOOLS = new Set(["src/build.ts", "schema/generate.ts"]);
/** Looks for a Node that is new enough before anything else is loaded, so it can lean on nothing of ours. */
const LAUNCHER = "src/cli/aac.cjs";
const REGISTRY = "targets/registry.ts";

/** A narrower door than a room: the one file that may be reached. */
const DOORS: Readonly<Record<string, { readonly only: readonly string[]; readonly because: string }>> = {
  "schema>document": {
    only: ["src/document/spellings/table.ts"],
    because: "the editor schema is made from the spellings table, from nothing else of document",
  },
  "targets>control": {
    only: ["src/control/client.ts"],
    because: "a target speaks with the supervisor, and is none",
  },
  "targets>supervisor": {
    only: ["src/supervisor/logs/read.ts"],
    because: "logs are read from their files, whether a supervisor runs or not",
  },
  "cli>targets": { only: [REGISTRY], because: "cli knows targets by the registry alone" },
};

/** Packages and parts of Node that one room owns, or one file alone. */
const OWNED: readonly {
  readonly package: RegExp;
  readonly by: readonly string[];
  readonly because: string;
}[] = [
  { package: /^yaml(?:\/|$)/, by: ["document", "schema"], because: "YAML is read and written in one place" },
  {
    package: /^ajv(?:-formats)?(?:\/|$)/,
    by: ["document", "schema"],
    because: "validators are compiled beforehand, and ajv must not be loaded at run time",
  },
  {
    package: /^(?:esbuild|json-schema-to-typescript)$/,
    by: [],
    because: "these build the program and are no part of it",
  },
  {
    package: /^(?:ink|react)(?:\/|$)/,
    by: ["src/ui/ink/host.tsx"],
    because: "what is shown is decided in pure views; one file brings them to a terminal",
  },
  {
    package: /^diff$/,
    by: ["ui"],
    because: "which words of two values differ is shown to people, and decides nothing",
  },
  { package: /^node:sqlite$/, by: ["state"], because: "one room locks and remembers" },
  { package: /^commander$/, by: ["cli"], because: "only the command line knows its parser" },
  {
    package: /^dockerode(?:\/|$)/,
    by: ["targets/docker/client.ts"],
    because: "it is loaded when an engine is asked, and one file says what is known of its ways",
  },
  {
    package: /^@kubernetes\/client-node(?:\/|$)/,
    by: ["targets/kubernetes/client.ts"],
    because: "it is loaded when a cluster is asked, and all others see a cluster as requests and answers",
  },
  {
    package: /^node:https?$/,
    by: ["system", "targets/kubernetes/client.ts"],
    because: "the outside world has one door; a cluster's certificates are known to its client alone",
  },
  {
    package: /^(?:node:)?(?:fs|child_process|net|http|https|timers|worker_threads)(?:\/|$)/,
    by: ["system"],
    because: "the outside world has one door, so that tests can stand in for it",
  },
  {
    package: /^node:/,
    by: ["system", "cli"],
    because: "the pure rooms run anywhere, also where there is no Node",
  },
];

const PURE = ["base", "model", "wanted", "document", "compile", "plan", "ui"];
/** In other rooms: files that decide and do nothing. */
const PURE_FILES =
  /^(?:src\/supervisor\/(?:machine|backoff|breaker|health|dependencies)|src\/supervisor\/logs\/index-file|targets\/[a-z-]+\/(?:desired|steps|variables|command|kinds|support|check|charge))\.ts$/;
/** Brings pure views to a real terminal, which is nothing pure. */
const HOST = "src/ui/ink/host.tsx";
const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\basync\b/, "async"],
  [/\bawait\b/, "await"],
  [/\bDate\b/, "Date"],
  [/\bprocess\./, "process."],
  [/\bconsole\b/, "console"],
  [/\bperformance\b/, "performance"],
  [/\bMath\.random\b/, "Math.random"],
  [/\bset(?:Timeout|Interval|Immediate)\b/, "setTimeout"],
  [/\bimport\(/, "import()"],
];
const TIMERS = /\bset(?:Timeout|Interval|Immediate)\b/;
const MAY_LOAD_LAZILY = new Set(["src/ui/reporters/index.ts"]);

const TARGET_NAMES = new Set(["docker", "kubernetes", "local-process"]);
/** Files that name a target outside targets/ and cli/, each with the reason why that is right for now. */
const NAMES_A_TARGET: Readonly<Record<string, string>> = {};

const ROOT = new URL("../", import.meta.url).pathname;

interface Source {
  readonly file: string;
  readonly room: string;
  readonly text: string;
  /** Without comments; strings emptied, so that words in them do not count. */
  readonly code: string;
  readonly strings: readonly string[];
  readonly imports: readonly { readonly from: string; readonly lazy: boolean }[];
}

const sources = ["src", "targets", "schema"]
  .flatMap(filesBelow)
  .filter((file) => /\.(?:ts|tsx|cjs|js)$/.test(file))
  .map(readSource);
const handWritten = sources.filter(({ file }) => !/\.gen\./.test(file));

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(ROOT.length))
    .sort();
}

function readSource(file: string): Source {
  const text = readFileSync(join(ROOT, file), "utf8");
  const { code, strings } = strip(text);
  const imports: { from: string; lazy: boolean }[] = [];
  // `\u0001N\u0001` stands where the string with number N was.
  for (const match of code.matchAll(
    /\b(import|export)\b(?:[^;()\u0001]*?\bfrom)?\s*(\(?)\s*\u0001(\d+)\u0001/g,
  )) {
    const from = strings[Number(match[3])];
    if (from !== undefined) imports.push({ from, lazy: match[2] === "(" });
  }
  for (const match of code.matchAll(/\brequire\s*\(\s*\u0001(\d+)\u0001/g))
    imports.push({ from: strings[Number(match[1])] ?? "", lazy: true });
  return {
    file,
    room: roomOf(file),
    text,
    code: code.replaceAll(/\u0001\d+\u0001/g, '""'),
    strings,
    imports,
  };
}

function roomOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  if (first !== "src") return first;
  return second.includes(".") ? file : second;
}

/** Takes comments, strings, templates and patterns out of a source, by the rules of the language as far as they matter here. */
function strip(text: string): { code: string; strings: string[] } {
  const strings: string[] = [];
  let code = "";
  let at = 0;
  const depths: number[] = [];
  let depth = 0;
  const template = (): void => {
    let value = "";
    for (; at < text.length; at++) {
      if (text[at] === "\\") value += text.slice(at, ++at + 1);
      else if (text[at] === "`") {
        at++;
        break;
      } else if (text[at] === "$" && text[at + 1] === "{") {
        at += 2;
        depths.push(depth);
        depth = 0;
        code += "(";
        return;
      } else value += text[at];
    }
    strings.push(value);
    code += `\u0001${strings.length - 1}\u0001`;
  };
  while (at < text.length) {
    const char = text[at] ?? "";
    const next = text[at + 1];
    if (char === "/" && next === "/") at = orEnd(text.indexOf("\n", at), text);
    else if (char === "/" && next === "*") at = orEnd(text.indexOf("*/", at + 2), text) + 2;
    else if (char === '"' || char === "'") {
      const quoted = char === '"' ? /"((?:\\[^]|[^"\\])*)"/y : /'((?:\\[^]|[^'\\])*)'/y;
      quoted.lastIndex = at;
      strings.push(quoted.exec(text)?.[1] ?? "");
      code += `\u0001${strings.length - 1}\u0001`;
      at = quoted.lastIndex > 0 ? quoted.lastIndex : text.length;
    } else if (char === "`") {
      at++;
      template();
    } else if (
      char === "/" &&
      /(?:^|[(,=:[!&|?{};<>+~^*%]|\breturn|\btypeof|\bcase)\s*$/.test(code.slice(-40))
    ) {
      const match = /^\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/.exec(text.slice(at));
      code += match === null ? char : " 0 ";
      at += match?.[0].length ?? 1;
    } else {
      if (char === "{") depth++;
      if (char === "}" && depth === 0 && depths.length > 0) {
        depth = depths.pop() ?? 0;
        code += ")+";
        at++;
        template();
        continue;
      }
      if (char === "}") depth--;
      code += char;
      at++;
    }
  }
  return { code, strings };
}

function orEnd(index: number, text: string): number {
  return index < 0 ? text.length : index;
}

function faultOf(source: Source, from: string): string | undefined {
  if (BUILD_TOOLS.has(source.file) || source.file === LAUNCHER) return undefined;
  const says = (reason: string): string => `${source.file} imports ${from}: ${reason}`;
  if (!from.startsWith(".")) {
    const rule = OWNED.find((one) => one.package.test(from));
    if (rule === undefined) return says("no room owns this package: add it to OWNED with the reason");
    return [source.room, source.file].some((owner) => rule.by.includes(owner))
      ? undefined
      : says(rule.because);
  }
  const target = normalize(join(dirname(source.file), from));
  if (target === "package.json")
    return source.room === "cli" ? undefined : says("only cli knows its own version");
  const room = roomOf(target);
  const own = ROOMS[source.room];
  if (own === undefined) return says(`\`${source.room}\` is no room of the house`);
  if (
    room === "targets" &&
    source.room === "targets" &&
    source.file !== REGISTRY &&
    target.split("/")[1] !== source.file.split("/")[1]
  )
    return says("one target never leans on another");
  if (room === source.room) return undefined;
  if (!own.may.includes(room)) return says(own.because);
  const door = DOORS[`${source.room}>${room}`];
  return door === undefined || door.only.includes(target) ? undefined : says(door.because);
}

describe("the scanner of this test", () => {
  test("sees each way to import, and none in comments, strings and templates", () => {
    const { code, strings } = strip(
      'import a from "x";\nimport type {\n  b,\n} from "y"; // import "no"\nimport "z";\nexport * from "w";\nconst t = `import q from "no"; ${f(`in ${1}`, "v")} end`;\nconst r = /["`]/;\nawait import("u");\n/* import "no" */ const s = "a\\"import \\\\";',
    );
    const found = [
      ...code.matchAll(/\b(import|export)\b(?:[^;()\u0001]*?\bfrom)?\s*(\(?)\s*\u0001(\d+)\u0001/g),
    ].map((match) => strings[Number(match[3])]);
    expect(found).toEqual(["x", "y", "z", "w", "u"]);
    expect(strings).toContain("v");
    expect(strings.at(-1)).toBe('a\\"import \\\\');
    expect(strip("const a = b / c / d; const e = (f) / g;").code).toBe(
      "const a = b / c / d; const e = (f) / g;",
    );
  });

  test("finds the sources and their imports", () => {
    expect(sources.length).toBeGreaterThan(90);
    const total = sources.reduce((sum, one) => sum + one.imports.length, 0);
    const lines = sources
      .filter(({ file }) => !file.includes("/templates/") && !/\.gen\./.test(file))
      .reduce((sum, { text }) => sum + (text.match(/^(?:import|export) [^;=]*?\bfrom "/gm)?.length ?? 0), 0);
    expect(total).toBeGreaterThanOrEqual(lines);
  });
});

describe("rooms", () => {
  test("every source stands in a room of the house", () => {
    expect(
      sources
        .filter(({ file, room }) => ROOMS[room] === undefined && !BUILD_TOOLS.has(file))
        .map(({ file }) => file),
    ).toEqual([]);
  });

  test("each room imports only what it may", () => {
    expect(
      sources.flatMap((source) => source.imports.flatMap(({ from }) => faultOf(source, from) ?? [])),
    ).toEqual([]);
  });

  test("no room is kept out of the table and none is listed that is empty", () => {
    expect(
      [...new Set(sources.map(({ room }) => room))].filter((room) => !BUILD_TOOLS.has(room)).sort(),
    ).toEqual(Object.keys(ROOMS).sort());
  });

  test("a wrong import is named with file, import and reason", () => {
    const fake = (file: string): Source => ({
      file,
      room: roomOf(file),
      text: "",
      code: "",
      strings: [],
      imports: [],
    });
    expect(faultOf(fake("src/base/a.ts"), "../model/ir.ts")).toBe(
      `src/base/a.ts imports ../model/ir.ts: ${ROOMS["base"]?.because ?? ""}`,
    );
    expect(faultOf(fake("src/ui/a.ts"), "yaml")).toContain("src/ui/a.ts imports yaml: YAML is read");
    expect(faultOf(fake("src/compile/rules/a.ts"), "../../system/files.ts")).toContain("compile is pure");
    expect(faultOf(fake("src/document/a.ts"), "node:path")).toContain("run anywhere");
    expect(faultOf(fake("targets/docker/index.ts"), "../kubernetes/index.ts")).toContain("one target never");
    expect(faultOf(fake("src/cli/a.ts"), "../../targets/docker/index.ts")).toContain("registry alone");
    expect(faultOf(fake("src/cli/a.ts"), "left-pad")).toContain("no room owns");
    expect(faultOf(fake("targets/docker/session.ts"), "dockerode")).toContain("one file says");
    expect(faultOf(fake("targets/docker/client.ts"), "dockerode")).toBeUndefined();
    expect(faultOf(fake("targets/docker/client.ts"), "@kubernetes/client-node")).toContain("all others see");
    expect(faultOf(fake("targets/kubernetes/session.ts"), "node:https")).toContain("certificates");
    expect(faultOf(fake("src/cli/a.ts"), "../base/graph.ts")).toBeUndefined();
  });

  test("timers are wound up in system only", () => {
    expect(
      handWritten
        .filter(
          ({ room, file, code }) =>
            room !== "system" && !BUILD_TOOLS.has(file) && file !== LAUNCHER && TIMERS.test(code),
        )
        .map(({ file }) => file),
    ).toEqual([]);
  });

  test("the pure rooms wait for nothing, read no clock, print nothing and throw no dice", () => {
    const faults = handWritten
      .filter(({ room, file }) => (PURE.includes(room) && file !== HOST) || PURE_FILES.test(file))
      .flatMap(({ file, code }) =>
        IMPURE.flatMap(([pattern, word]) => {
          if (word === "import()" && MAY_LOAD_LAZILY.has(file)) return [];
          const index = code.search(pattern);
          return index < 0
            ? []
            : [
                `${file} uses ${word} near ${JSON.stringify(code.slice(Math.max(0, index - 20), index + 30))}`,
              ];
        }),
      );
    expect(faults).toEqual([]);
  });

  test("no hand-written file is longer than 400 lines", () => {
    const long = handWritten
      .map(({ file, text }) => ({ file, lines: text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });

  test("targets are named in targets/ and cli/ only", () => {
    const naming = handWritten
      .filter(({ room, file }) => room !== "targets" && room !== "cli" && NAMES_A_TARGET[file] === undefined)
      .flatMap(({ file, strings }) =>
        [...new Set(strings.filter((one) => TARGET_NAMES.has(one)))].map((name) => `${file} names "${name}"`),
      );
    expect(naming).toEqual([]);
  });

  test("an exception that nothing needs any more is taken out", () => {
    const stale = Object.keys(NAMES_A_TARGET).filter(
      (file) =>
        !handWritten.some((one) => one.file === file && one.strings.some((text) => TARGET_NAMES.has(text))),
    );
    expect(stale).toEqual([]);
  });
});
