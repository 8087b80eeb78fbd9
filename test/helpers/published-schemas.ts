import { readFileSync } from "node:fs";
import { Ajv } from "ajv";

export type Node = Readonly<Record<string, unknown>>;

/** The published forms of what is printed for programs. */
export const PUBLISHED = [
  "plan",
  "saved-plan",
  "apply-report",
  "status",
  "stats",
  "drift",
  "events",
  "graph",
  "history",
  "doctor",
] as const;
export type Published = (typeof PUBLISHED)[number];

const ajv = new Ajv({ strict: true, allErrors: true });
const VALIDATORS = new Map(PUBLISHED.map((name) => [name, ajv.compile(publishedSchema(name))]));

export function publishedSchema(name: Published): Node {
  const file = new URL(`../../schema/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Node;
}

/** What is wrong with a document, one line each; nothing where it is as its schema says. */
export function faultsOf(name: Published, text: string): readonly string[] {
  const validate = VALIDATORS.get(name);
  if (validate === undefined) throw new Error(`there is no schema ${name}`);
  validate(JSON.parse(text));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}
