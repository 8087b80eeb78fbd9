import type { Node } from "./node.ts";
import { findNode, parsePointer } from "./node-path.ts";
import { branchFor, branches, type SchemaName, type SchemaNode, schemaAt } from "./schema-facts.ts";
import type { SchemaError } from "./validators.gen.js";

/**
 * A union that matches nowhere reports the faults of every branch. Here only those of the branch that was
 * meant stay: the one whose tag is written, else the one that has the type of what is written.
 */
export function foldUnions(name: SchemaName, errors: readonly SchemaError[], root: Node): SchemaError[] {
  const kept: SchemaError[] = [];
  for (const error of errors) {
    if (error.keyword !== "oneOf") {
      kept.push(error);
      continue;
    }
    const union = error.instancePath;
    const isInside = (one: SchemaError): boolean =>
      one.instancePath === union || one.instancePath.startsWith(`${union}/`);
    // The branches report right before their union.
    let from = kept.length;
    while (from > 0 && isInside(kept[from - 1] ?? error)) from--;
    const inside = kept.splice(from);
    kept.push(...meant(name, error, inside, root));
  }
  return dedupe(withoutBranches(kept));
}

/** `spec` needs one key of four: that is told once, not as four keys that are missing. */
function withoutBranches(errors: readonly SchemaError[]): readonly SchemaError[] {
  const unions = new Set(
    errors.filter((error) => error.keyword === "anyOf").map((error) => error.instancePath),
  );
  if (unions.size === 0) return errors;
  const wrongType = new Set(
    errors.filter((error) => error.keyword === "type").map((error) => error.instancePath),
  );
  return errors.filter((error) => {
    if (!unions.has(error.instancePath)) return true;
    if (error.keyword === "anyOf") return !wrongType.has(error.instancePath);
    return error.keyword !== "required";
  });
}

function meant(
  name: SchemaName,
  union: SchemaError,
  inside: readonly SchemaError[],
  root: Node,
): readonly SchemaError[] {
  const path = parsePointer(union.instancePath, root);
  const schema = schemaAt(name, path, root);
  const { node } = findNode(root, path);
  if (schema?.oneOf === undefined) return inside;
  const branch = branchFor(schema.oneOf, name, node) ?? branchFor(schema.oneOf, "common", node);
  const all = branches(name, schema);
  if (branch !== undefined) {
    const numbers = branch.type === "string" && all.some((one) => one.type === "integer") ? ["a number"] : [];
    return inside
      .filter((error) => belongs(error, union.instancePath, branch))
      .map((error) => withWords(error, numbers));
  }
  if (node.is === "map" && all.some((one) => one.properties?.["from"] !== undefined)) {
    const tags = all.flatMap((one) => one.properties?.["from"]?.const ?? []);
    return [
      {
        ...union,
        instancePath: `${union.instancePath}/from`,
        keyword: "enum",
        params: { allowedValues: tags },
      },
    ];
  }
  return [{ ...union, keyword: "type", params: { type: all.map((one) => one.type ?? "string") } }];
}

/** What else the place takes, besides the words of the branch that was meant. */
function withWords(error: SchemaError, more: readonly string[]): SchemaError {
  const { allowedValue, allowedValues } = error.params;
  if (more.length === 0 || (error.keyword !== "enum" && error.keyword !== "const")) return error;
  const words = Array.isArray(allowedValues) ? allowedValues : [allowedValue];
  return { ...error, keyword: "enum", params: { allowedValues: [...words, ...more] } };
}

function belongs(error: SchemaError, union: string, branch: SchemaNode): boolean {
  if (error.instancePath !== union) {
    const [step = ""] = error.instancePath.slice(union.length + 1).split("/");
    if (step === "from") return false;
    return branch.items !== undefined || branch.properties?.[step] !== undefined;
  }
  switch (error.keyword) {
    case "required":
      return branch.required?.includes(String(error.params["missingProperty"])) ?? false;
    case "additionalProperties":
      return branch.properties?.[String(error.params["additionalProperty"])] === undefined;
    case "const":
      return branch.const !== undefined;
    case "enum":
      return branch.enum !== undefined;
    case "type":
      return false;
    default:
      return true;
  }
}

function dedupe(errors: readonly SchemaError[]): SchemaError[] {
  const seen = new Map<string, SchemaError>();
  for (const error of errors) {
    const { limit, missingProperty, additionalProperty } = error.params;
    const key = [error.instancePath, error.keyword, limit, missingProperty, additionalProperty].join(
      "\u0000",
    );
    if (!seen.has(key)) seen.set(key, error);
  }
  return [...seen.values()];
}
