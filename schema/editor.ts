/**
 * The schema that editors get: the canonical one with the common definitions inside it, plus every other
 * spelling that is read, marked deprecated. Made from the same table that rewrites them.
 */
import { SPELLINGS } from "../src/document/spellings/table.ts";

type Node = Record<string, unknown>;

export function editorSchema(agent: Node, common: Node): Node {
  const schema = structuredClone(agent);
  schema["$id"] = String(agent["$id"]).replace("agent.schema", "agent.editor.schema");
  schema["title"] = "AgentFile";
  schema["definitions"] = {
    ...structuredClone(common["definitions"] as Node),
    ...(schema["definitions"] as Node),
  };
  pointInside(schema);
  for (const spelling of SPELLINGS) {
    if (spelling.editor === undefined) continue;
    const note = { description: spelling.says, deprecated: true, deprecationMessage: spelling.says };
    insert(schema, spelling.path.split("."), { ...spelling.editor, ...note });
  }
  const spec = (schema["definitions"] as Node)["AgentSpec"] as Node;
  const keys = spec["properties"] as Node;
  for (const key of Object.keys(keys))
    keys[key] = orElse(keys[key], { type: "null", description: "Nothing: as if the key were not written." });
  return schema;
}

function pointInside(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const record = node as Node;
  if (typeof record["$ref"] === "string") record["$ref"] = record["$ref"].replace("common.schema.json", "");
  for (const value of Object.values(record)) pointInside(value);
}

/** Walks to the place, through references, and adds a property or one more way to write what is there. */
function insert(schema: Node, steps: readonly string[], fragment: Node): void {
  let node = schema;
  steps.forEach((step, i) => {
    const last = i === steps.length - 1;
    const target = resolve(schema, node);
    if (step === "[]") {
      if (last) target["items"] = orElse(target["items"], fragment);
      else node = resolve(schema, (target["items"] ?? {}) as Node);
      return;
    }
    const properties = (target["properties"] ??= {}) as Node;
    if (last)
      properties[step] = properties[step] === undefined ? fragment : orElse(properties[step], fragment);
    else
      node = (properties[step] ??= { type: "object", additionalProperties: false, properties: {} }) as Node;
  });
}

/** Several spellings of one place share one anyOf. */
function orElse(existing: unknown, fragment: Node): Node {
  const node = (existing ?? {}) as Node;
  if (node["x-spellings"] === true) {
    (node["anyOf"] as Node[]).push(fragment);
    return node;
  }
  const { description, default: preset, examples, ...rest } = node;
  return {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    ...(examples === undefined ? {} : { examples }),
    "x-spellings": true,
    anyOf: [{ ...rest, description }, fragment],
  };
}

/** The definition behind a reference, an `allOf` of one, a list's canonical branch or the node itself. */
function resolve(schema: Node, node: Node): Node {
  const ref = node["$ref"];
  if (typeof ref === "string") {
    const found = ref
      .split("/")
      .slice(1)
      .reduce<unknown>((at, step) => (at as Node)[step], schema);
    return resolve(schema, found as Node);
  }
  const all = node["allOf"];
  if (Array.isArray(all) && all.length === 1) return resolve(schema, all[0] as Node);
  const list = (node["oneOf"] as Node[] | undefined)?.find((branch) => branch["type"] === "array");
  if (list !== undefined) return list;
  if (node["x-spellings"] === true) return resolve(schema, (node["anyOf"] as Node[])[0] as Node);
  return node;
}
