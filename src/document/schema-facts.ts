import agent from "../../schema/agent.schema.json" with { type: "json" };
import common from "../../schema/common.schema.json" with { type: "json" };
import project from "../../schema/project.schema.json" with { type: "json" };
import type { Path } from "../model/source.ts";
import { find, type Node } from "./node.ts";

/**
 * What the schemas say at a place of a document. Large, and only wanted once something is wrong or somebody
 * asks: whoever imports this does so lazily.
 */
export interface SchemaNode {
  readonly $ref?: string;
  readonly allOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const FILES = { agent, common, project } as unknown as Readonly<
  Record<string, SchemaNode & { definitions: Record<string, SchemaNode> }>
>;

export type SchemaName = "agent" | "project";

/** The node itself, without references and with the words of the place that refers to it kept. */
function follow(node: SchemaNode, file: string): { readonly node: SchemaNode; readonly file: string } {
  if (node.$ref !== undefined) {
    const [where = "", pointer = ""] = node.$ref.split("#");
    const next = where === "" ? file : (where.split(".")[0] ?? file);
    const name = pointer.split("/").at(-1) ?? "";
    const target = FILES[next]?.definitions[name];
    return target === undefined ? { node, file } : follow(target, next);
  }
  const only = node.allOf?.[0];
  if (only === undefined) return { node, file };
  const inner = follow(only, file);
  const { allOf: _, ...words } = node;
  return { node: { ...inner.node, ...words }, file: inner.file };
}

/** The schema of the place at a path; a union is decided by what is written there, where a document is given. */
export function schemaAt(name: SchemaName, path: Path, root?: Node): SchemaNode | undefined {
  const start = FILES[name];
  if (start === undefined) return undefined;
  let at = follow(start, name);
  let written = root;
  for (const step of path) {
    if (at.node.oneOf !== undefined) {
      const branch = branchFor(at.node.oneOf, at.file, written) ?? at.node.oneOf[0];
      if (branch !== undefined) at = follow(branch, at.file);
    }
    const more = typeof at.node.additionalProperties === "object" ? at.node.additionalProperties : undefined;
    const next: SchemaNode | undefined =
      typeof step === "number" ? at.node.items : (at.node.properties?.[step] ?? more);
    if (next === undefined) return undefined;
    at = follow(next, at.file);
    written = written?.is === "list" ? written.items[Number(step)] : find(written, String(step))?.value;
  }
  return at.node;
}

/** All branches of a union, without references. */
export function branches(name: SchemaName, union: SchemaNode): readonly SchemaNode[] {
  return (union.oneOf ?? []).map((branch) => {
    const own = follow(branch, name).node;
    return own.$ref === undefined ? own : follow(branch, "common").node;
  });
}

/** The branch that was meant: by the tag `from` for a map, by the type of what is written for the rest. */
export function branchFor(
  union: readonly SchemaNode[],
  file: string,
  written: Node | undefined,
): SchemaNode | undefined {
  const all = union.map((branch) => follow(branch, file).node);
  if (written?.is === "map") {
    const tag = find(written, "from")?.value;
    if (tag === undefined)
      return all.find((branch) => branch.properties !== undefined && branch.properties["from"] === undefined);
    return all.find((branch) => tag.is === "scalar" && branch.properties?.["from"]?.const === tag.value);
  }
  const type = written === undefined ? undefined : typeName(written);
  return all.find((branch) => branch.type === type || (branch.type === "integer" && type === "number"));
}

function typeName(node: Node): string {
  if (node.is === "list") return "array";
  if (node.is === "map") return "object";
  return node.value === null ? "null" : typeof node.value;
}
