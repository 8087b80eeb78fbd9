import agent from "../../schema/agent.schema.json" with { type: "json" };
import common from "../../schema/common.schema.json" with { type: "json" };

/** One field of the format below `spec`, by its path without lists: `ports.container`. A free key is `*`. */
export interface Field {
  readonly path: string;
  readonly examples: readonly unknown[];
  /** Nothing of the format stands below it. */
  readonly isLeaf: boolean;
}

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly examples?: readonly unknown[];
}

const AGENT = agent as unknown as Schema;
const COMMON = common as unknown as Schema;

/** Every field that an author can write below `spec`, once. */
export function formatFields(): readonly Field[] {
  const found = new Map<string, { examples: unknown[] }>();
  walk({ $ref: "#/definitions/AgentSpec" }, AGENT, "", (path, examples) => {
    const known = found.get(path) ?? { examples: [] };
    known.examples.push(...examples);
    found.set(path, known);
  });
  const paths = [...found.keys()];
  return [...found].map(([path, { examples }]) => ({
    path,
    examples,
    isLeaf: !paths.some((other) => other.startsWith(`${path}.`)),
  }));
}

function walk(
  schema: Schema,
  file: Schema,
  path: string,
  tell: (path: string, examples: readonly unknown[]) => void,
): void {
  if (schema.$ref !== undefined) {
    const [where, name = ""] = schema.$ref.split("#/definitions/");
    const next = where === "" ? file : COMMON;
    const target = next.definitions?.[name];
    if (target === undefined) throw new Error(`the schema refers to ${schema.$ref}, which is not there`);
    walk(target, next, path, tell);
  }
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  for (const [key, one] of Object.entries(schema.properties ?? {})) {
    tell(below(key), one.examples ?? []);
    walk(one, file, below(key), tell);
  }
  for (const part of [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])])
    walk(part, file, path, tell);
  if (schema.items !== undefined) walk(schema.items, file, path, tell);
  if (typeof schema.additionalProperties === "object")
    walk(schema.additionalProperties, file, below("*"), tell);
}
