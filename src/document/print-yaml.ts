import { Document, isScalar, visit } from "yaml";
import { byCodeUnit, type Json } from "../base/canonical.ts";

/** What some reader takes for the end of a line, or a terminal for a command. A tab and a line feed are neither. */
const ODD = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\p{Cs}]/gu;

/** At the beginning of several lines, or alone on one of them, blanks would be taken for the indentation. */
const BLANKS = /(?<![^])[ \t\n]|^[ \t]+$/m;

/**
 * Documents as YAML that each reader reads alike: texts that YAML 1.1 would take for something else are quoted, lines
 * are never folded, nothing is an alias of something else, and keys are sorted.
 */
export function printYaml(documents: readonly Json[]): string {
  return documents.map(print).join("---\n");
}

const isFrail = (text: string): boolean =>
  text.search(ODD) >= 0 || (text.includes("\n") && BLANKS.test(text));

function print(value: Json): string {
  const document = new Document(value, {
    aliasDuplicateObjects: false,
    compat: "yaml-1.1",
    sortMapEntries: ({ key: a }, { key: b }) => byCodeUnit(String(a), String(b)),
  });
  visit(document, (_, node) => {
    if (isScalar(node) && typeof node.value === "string" && isFrail(node.value)) node.type = "QUOTE_DOUBLE";
  });
  // They stand in double quotes by now, where an escape means the character.
  return document
    .toString({ lineWidth: 0 })
    .replaceAll(ODD, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
