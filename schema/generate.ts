/**
 * Everything that follows from the schemas: types (committed), the editor schema (committed) and the
 * precompiled validators (not committed: made by `npm ci` and before each test run).
 *
 *     node schema/generate.ts            writes all of it
 *     node schema/generate.ts --check    fails, naming the file, where what is committed is stale
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { buildSync } from "esbuild";
import { compile } from "json-schema-to-typescript";
import { editorSchema } from "./editor.ts";

const here = new URL("./", import.meta.url);
const root = new URL("../", here);
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(name, here), "utf8")) as Record<string, unknown>;

const agent = read("agent.schema.json");
const common = read("common.schema.json");
const project = read("project.schema.json");
const check = process.argv.includes("--check");
let stale = 0;

emit("src/model/document.gen.ts", await types(agent, "Agent"));
emit("src/model/project.gen.ts", await types(project, "ProjectFile"));
emit("schema/agent.editor.schema.json", `${JSON.stringify(editorSchema(agent, common), null, 2)}\n`);
if (!check) validators();
process.exitCode = stale > 0 ? 1 : 0;

function emit(path: string, text: string): void {
  const file = new URL(path, root);
  if (!check) {
    writeFileSync(file, text);
    return;
  }
  if (readFileSync(file, "utf8") === text) return;
  stale++;
  process.stderr.write(`${path} is stale: npm run gen\n`);
}

async function types(schema: Record<string, unknown>, name: string): Promise<string> {
  const text = await compile(structuredClone(schema), name, {
    cwd: here.pathname,
    additionalProperties: false,
    bannerComment: "// Generated from schema/ by `npm run gen`: do not edit.",
    style: { printWidth: 110 },
    unreachableDefinitions: false,
  });
  return text.replaceAll(/^(\s*)([a-zA-Z_"'-]+\??): /gm, "$1readonly $2: ");
}

/** Without what is only for people: the validators carry their schemas with them, and load faster so. */
function bare<T>(node: T): T {
  if (Array.isArray(node)) return node.map(bare) as T;
  if (typeof node !== "object" || node === null) return node;
  const words = new Set(["description", "examples", "default", "title"]);
  const kept = Object.entries(node).filter(
    ([key, value]) => !words.has(key) || (typeof value === "object" && !Array.isArray(value)),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, bare(value)])) as T;
}

/** One function a schema and no schema compiler at run time; small helpers of ajv are bundled in. */
function validators(): void {
  const ajv = new Ajv({
    schemas: [bare(common)],
    allErrors: true,
    messages: false,
    inlineRefs: false,
    strictRequired: false,
    code: { source: true, esm: true, optimize: 2 },
  });
  ajv.addSchema(bare(agent));
  ajv.addSchema(bare(project));
  const code = standalone.default(ajv, {
    agent: String(agent["$id"]),
    project: String(project["$id"]),
  });
  // Appending by concat copies all errors for each reference: thousands of faults would take minutes.
  const appended = code.replaceAll(
    /vErrors = vErrors === null \? (\w+)\.errors : vErrors\.concat\(\1\.errors\)/g,
    "vErrors = append(vErrors, $1.errors)",
  );
  const append =
    "function append(a, b) { if (a === null) return b; if (a.length < 5000) for (const one of b) a.push(one); return a; }";
  const result = buildSync({
    stdin: { contents: `${appended}\n${append}`, resolveDir: root.pathname, loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["main"],
    write: false,
  });
  writeFileSync(new URL("src/document/validators.gen.js", root), result.outputFiles[0]?.text ?? "");
  writeFileSync(
    new URL("src/document/validators.gen.d.ts", root),
    [
      "export interface SchemaError {",
      "  readonly instancePath: string;",
      "  readonly schemaPath: string;",
      "  readonly keyword: string;",
      "  readonly params: Readonly<Record<string, unknown>>;",
      "}",
      "interface Validator {",
      "  (value: unknown): boolean;",
      "  errors?: readonly SchemaError[] | null;",
      "}",
      "export const agent: Validator;",
      "export const project: Validator;",
      "",
    ].join("\n"),
  );
}
