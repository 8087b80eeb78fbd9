import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { check, type Checked } from "../../src/document/check.ts";
import { parse } from "../../src/document/parse.ts";
import { settle } from "../../src/document/places.ts";
import { SPELLINGS } from "../../src/document/spellings/table.ts";
import { explainRefused } from "../../src/document/validate.ts";
import { agent as valid } from "../../src/document/validators.gen.js";

type Node = Readonly<Record<string, unknown>>;

const read = (name: string): Node =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}`, import.meta.url), "utf8")) as Node;
const schemas = {
  agent: read("agent.schema.json"),
  common: read("common.schema.json"),
  project: read("project.schema.json"),
};
const WILD = new URL("../../fixtures/wild/", import.meta.url);

/** Strict but for one thing: `anyOf: [{required: [runtime]}, …]` names properties that are declared beside it. */
const ajv = new Ajv({
  strict: true,
  strictRequired: false,
  allErrors: true,
  schemas: Object.values(schemas) as object[],
});
const editorAjv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
editorAjv.addVocabulary(["deprecationMessage", "x-spellings"]);
const editor = editorAjv.compile(read("agent.editor.schema.json"));
const canonical = ajv.getSchema(String(schemas.agent["$id"])) as ValidateFunction;

interface Place {
  readonly file: string;
  readonly pointer: string;
  readonly node: Node;
}

/** Every place of a schema that says what may stand in a file; a bare reference has the words of what it refers to. */
function places(file: string, node: unknown, pointer = ""): Place[] {
  if (typeof node !== "object" || node === null) return [];
  const record = node as Node;
  const bare = Object.keys(record).length === 1 && "$ref" in record;
  const escape = (key: string): string => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
  const named = ["properties", "definitions", "patternProperties"].flatMap((word) =>
    Object.entries((record[word] ?? {}) as Node).flatMap(([key, inner]) =>
      places(file, inner, `${pointer}/${word}/${escape(key)}`),
    ),
  );
  const single = [
    "items",
    "additionalProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "contains",
  ].flatMap((word) => places(file, record[word], `${pointer}/${word}`));
  const several = ["oneOf", "anyOf", "allOf"].flatMap((word) =>
    ((record[word] ?? []) as unknown[]).flatMap((inner, i) => places(file, inner, `${pointer}/${word}/${i}`)),
  );
  return [...(bare ? [] : [{ file, pointer, node: record }]), ...named, ...single, ...several];
}

const all = Object.entries(schemas).flatMap(([file, schema]) => places(file, schema));

function accept(text: string): Checked & { readonly said: readonly string[]; readonly written: unknown } {
  const parsed = parse("agent.yaml", text);
  const [document] = parsed.documents;
  if (document === undefined)
    return {
      diagnostics: parsed.diagnostics,
      profiles: [],
      refused: [],
      said: parsed.diagnostics.map((one) => `${one.code} ${one.message}`),
      written: undefined,
    };
  const written: unknown = settle(document.root).value;
  const checked = check(document, { lookup: () => undefined });
  const refused = explainRefused(checked.refused);
  const said = [...parsed.diagnostics, ...checked.diagnostics, ...refused]
    .filter((one) => one.level === "error")
    .map((one) => `${one.code} ${one.message}`);
  return { ...checked, said, written };
}

function merged(base: unknown, over: unknown): unknown {
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap(base) || !isMap(over)) return over ?? base;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [
      key,
      merged(base[key], over[key]),
    ]),
  );
}

const MINIMAL = {
  apiVersion: "agent.dev/v1",
  kind: "Agent",
  metadata: { name: "minimal" },
  spec: { runtime: "python" },
};

describe("the schemas", () => {
  test("are found whole", () => {
    expect(all.length).toBeGreaterThan(350);
  });

  test("every node says what it is", () => {
    expect(
      all
        .filter(({ node }) => typeof node["description"] !== "string" || node["description"] === "")
        .map(({ file, pointer }) => `${file}#${pointer}`),
    ).toEqual([]);
  });

  test("every node shows at least one example", () => {
    expect(
      all
        .filter(({ node }) => !Array.isArray(node["examples"]) || node["examples"].length === 0)
        .map(({ file, pointer }) => `${file}#${pointer}`),
    ).toEqual([]);
  });

  test("every example and every default is what its own node takes", () => {
    const faults = all.flatMap(({ file, pointer, node }) => {
      const id = String(schemas[file as keyof typeof schemas]["$id"]);
      const validate = ajv.getSchema(`${id}#${pointer}`) ?? ajv.compile({ $ref: `${id}#${pointer}` });
      const values = [
        ...((node["examples"] ?? []) as unknown[]),
        ...("default" in node ? [node["default"]] : []),
      ];
      return values
        .filter((value) => validate(value) !== true)
        .map((value) => `${file}#${pointer}: ${JSON.stringify(value)} ${ajv.errorsText(validate.errors)}`);
    });
    expect(faults).toEqual([]);
  });

  test("a map that lists its keys takes no others", () => {
    // A metric is handed on in the words of the autoscaler, which are many.
    const free = new Set(["/definitions/ScalingMetric"]);
    const open = all
      .filter(
        ({ node, pointer }) =>
          node["properties"] !== undefined && node["additionalProperties"] !== false && !free.has(pointer),
      )
      .map(({ file, pointer }) => `${file}#${pointer}`);
    expect(open).toEqual([]);
  });

  test("nothing that is generated from them is stale", () => {
    const run = spawnSync(process.execPath, ["schema/generate.ts", "--check"], {
      cwd: new URL("../../", import.meta.url),
      encoding: "utf8",
    });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: "" });
  }, 60_000);

  test("the compiled validator judges as the schema does", () => {
    for (const spec of [
      { runtime: "python" },
      { runtime: "perl" },
      { image: "a:1", ports: [{ container: 0 }] },
      { runtime: "go", nonsense: 1 },
    ]) {
      const document = { ...MINIMAL, spec };
      expect([JSON.stringify(spec), valid(document)]).toEqual([JSON.stringify(spec), canonical(document)]);
    }
  });
});

describe("each spelling of the table", () => {
  const rows = SPELLINGS.map((row, i) => ({
    ...row,
    name: `${i} ${row.path} (${Object.keys(row.how)[0] ?? ""})`,
    document: merged(MINIMAL, row.example),
  }));

  test.each(rows)("$name is accepted by the editor schema as it is written", ({ document }) => {
    expect(editor(document), editorAjv.errorsText(editor.errors)).toBe(true);
  });

  test.each(rows)("$name is read, with no more than warnings, as a canonical agent", ({ document, says }) => {
    const { agent, said, diagnostics } = accept(stringify(document));
    expect(said).toEqual([]);
    expect(agent).toBeDefined();
    expect(valid(agent?.value)).toBe(true);
    if (says !== "")
      expect(diagnostics.map((one) => one.code)).toContainEqual(expect.stringMatching(/^AAC110[12]$/));
  });

  test.each(rows.filter(({ says }) => says !== ""))(
    "$name is refused by the canonical schema as it is written",
    ({ document }) => {
      expect(canonical(document)).toBe(false);
    },
  );

  test.each(rows.filter(({ says }) => says === ""))(
    "$name is a free choice and gets no warning",
    ({ document }) => {
      expect(accept(stringify(document)).diagnostics.map((one) => `${one.code} ${one.message}`)).toEqual([]);
    },
  );
});

describe("files found in the wild", () => {
  const names = readdirSync(WILD);

  test("there are many", () => {
    expect(names.length).toBeGreaterThanOrEqual(30);
  });

  test.each(names)("%s is accepted by the editor schema if it is accepted at all", (name) => {
    const { agent, written } = accept(readFileSync(new URL(`${name}/agent.yaml`, WILD), "utf8"));
    if (agent === undefined) return;
    expect(editor(written), editorAjv.errorsText(editor.errors)).toBe(true);
  });
});
