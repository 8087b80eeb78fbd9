import { Lexer } from "yaml";
import type { Diagnostic } from "../model/diagnostic.ts";
import { printLayout } from "./layout/print.ts";
import { cleanText, readLayout } from "./layout/read.ts";
import { sameTree } from "./layout/same.ts";
import { parse, type ParsedDocument } from "./parse.ts";

export interface Formatted {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** How often a text is laid out until nothing changes any more; once is the rule. */
const ROUNDS = 3;

/**
 * The canonical layout of an agent file. Comments, quotes, anchors, number spellings and the order of keys
 * stay. A file that cannot be read, or that would come out as anything else, is given back as it is.
 */
export function formatText(file: string, text: string): Formatted {
  const { documents, diagnostics } = parse(file, text);
  if (diagnostics.some((one) => one.level === "error")) return { text, diagnostics };
  const settled = settle(text);
  if (settled === undefined || !sameComments(text, settled)) return { text, diagnostics };
  const after = parse(file, settled);
  return { text: sameDocuments(documents, after.documents) ? settled : text, diagnostics };
}

function settle(text: string): string | undefined {
  let before = cleanText(text);
  for (let round = 0; round < ROUNDS; round++) {
    const parts = readLayout(before);
    if (parts === undefined) return undefined;
    const after = printLayout(parts);
    if (after === before) return after;
    before = after;
  }
  const parts = readLayout(before);
  return parts !== undefined && printLayout(parts) === before ? before : undefined;
}

function sameDocuments(a: readonly ParsedDocument[], b: readonly ParsedDocument[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => {
      const other = b[i];
      return other !== undefined && sameTree(one.root, other.root);
    })
  );
}

/** Whether two texts hold the same comments, in whatever order. */
export function sameComments(a: string, b: string): boolean {
  const [left, right] = [comments(a), comments(b)];
  return left.length === right.length && left.every((one, i) => one === right[i]);
}

function comments(text: string): string[] {
  const found: string[] = [];
  for (const lexeme of new Lexer().lex(cleanText(text)))
    if (lexeme.startsWith("#")) found.push(lexeme.trimEnd());
  return found.sort();
}
