import { type SchemaNode, schemaAt } from "../../document/schema-facts.ts";
import { CODES } from "../../model/codes.ts";
import type { Path } from "../../model/source.ts";
import type { Candidate } from "./candidates.ts";

/** Loaded for `aac explain` alone: the schema is large. */

export function codes(typed: string): readonly Candidate[] {
  // A hundred of them would hide the fields.
  if (!/^a/i.test(typed)) return [];
  return Object.entries(CODES)
    .map(([value, [, about]]) => ({ value, about }))
    .toSorted((a, b) => (a.value < b.value ? -1 : 1));
}

/** The keys at the place that was typed so far: `spec.healthCheck.in`, or the same without `spec`. */
export function fields(typed: string): readonly Candidate[] {
  const cut = typed.lastIndexOf(".") + 1;
  const shown = typed.slice(0, cut);
  const path: Path = shown.split(".").filter((step) => step !== "");
  const top = cut === 0 ? keysOf([]) : [];
  const direct = cut === 0 ? [] : keysOf(path);
  const below = direct.length > 0 ? direct : keysOf(["spec", ...path]);
  return [...top, ...below].map(([key, node]) => ({
    value: `${shown}${key}`,
    about: (node.description ?? "").split(/[;.](?:\s|$)/)[0] ?? "",
  }));
}

function keysOf(path: Path): readonly (readonly [string, SchemaNode])[] {
  const node = schemaAt("agent", path);
  const keys =
    node?.properties ?? (node?.type === "array" ? schemaAt("agent", [...path, 0])?.properties : {});
  return Object.entries(keys ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
