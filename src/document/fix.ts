import type { Diagnostic } from "../model/diagnostic.ts";
import { type Formatted, formatText, sameComments } from "./format.ts";
import { LayoutEdits } from "./layout/edits.ts";
import type { Item } from "./layout/layout.ts";
import { printLayout } from "./layout/print.ts";
import { cleanText, readLayout } from "./layout/read.ts";
import { sameMeaning } from "./layout/same.ts";
import { type Entry, find, made, type MapNode, type Node } from "./node.ts";
import { parse } from "./parse.ts";
import { rewriteSpellings } from "./spellings/rewrite.ts";
import { aliasedEntry } from "./spellings/shared.ts";

export interface Fixed extends Formatted {
  /** How many places were rewritten. */
  readonly changes: number;
}

/**
 * Writes other spellings as the canonical ones, and lays the file out. The diagnostics are those that are left,
 * at their places before it. Variables stay as they are: what can be read only with their values is not rewritten.
 */
export function fixText(file: string, text: string): Fixed {
  const { documents: written, diagnostics: refused } = parse(file, text);
  if (refused.some((one) => one.level === "error")) return { text, diagnostics: refused, changes: 0 };
  const found = written.flatMap(({ root }) => specs(root).flatMap((one) => rewriteSpellings(file, one.root)));
  const told = found.filter((one) => !open(one, text));
  const left = told.filter((one) => one.fixable !== true);
  // Of two values for one thing the tree keeps one: in the file its author has to choose.
  if (left.some((one) => one.code === "AAC1103")) return { text, diagnostics: told, changes: 0 };

  const clean = cleanText(text);
  const parts = readLayout(clean);
  const roots = parts?.filter((part) => part.mark !== "...").map((part) => part.root) ?? [];
  const { documents } = parse(file, clean);
  if (parts === undefined || roots.length !== documents.length)
    return { text, diagnostics: told, changes: 0 };
  const fixes = documents.map((document, i) => fixRoot(file, document.root, roots[i]));
  const changes = fixes.reduce((sum, fix) => sum + fix.changes, 0);
  if (changes === 0) return { text: formatText(file, text).text, diagnostics: told, changes };
  const fixed = formatText(file, printLayout(parts)).text;
  const fine =
    !fixes.some((fix) => fix.lost) && sameComments(text, fixed) && sameAgents(file, clean, fixed, fixes);
  return fine ? { text: fixed, diagnostics: left, changes } : { text, diagnostics: told, changes: 0 };
}

interface RootFix {
  readonly changes: number;
  readonly lost: boolean;
  /** Dead blocks by their name under `spec.config`: of the document, and of each of its profiles. */
  readonly moved: readonly ReadonlyMap<string, Node>[];
}

function fixRoot(file: string, root: Node, item: Item | undefined): RootFix {
  const runs = specs(root).flatMap((one) => {
    const piece = item === undefined ? undefined : one.piece(item);
    if (piece === undefined) return [];
    const edits = new LayoutEdits(one.root, one.written, piece);
    rewriteSpellings(file, one.root, edits);
    edits.done();
    return [edits];
  });
  return {
    changes: runs.reduce((sum, edits) => sum + edits.changes, 0),
    lost: runs.some((edits) => edits.lost),
    moved: runs.map((edits) => edits.moved),
  };
}

interface Spec {
  /** What the rewriting goes through. */
  readonly root: MapNode;
  /** The part of it that stands in the file, and where. */
  readonly written: Node;
  readonly piece: (document: Item) => Item | undefined;
}

/** The document, and each of its profiles as if it were the `spec` of one. */
function specs(root: Node): Spec[] {
  if (root.is !== "map") return [];
  const profiles = find(root, "profiles");
  const named = profiles?.value.is === "map" && !aliasedEntry(profiles) ? profiles.value.entries : [];
  return [
    { root, written: root, piece: (item) => item },
    ...named.flatMap((entry): Spec[] => {
      const { value } = entry;
      if (value.is !== "map" || aliasedEntry(entry)) return [];
      const alone: MapNode = {
        is: "map",
        start: value.start,
        end: value.end,
        entries: [made.entry("spec", value)],
      };
      return [{ root: alone, written: value, piece: (item) => inner(inner(item, profiles), entry) }];
    }),
  ];
}

function inner(item: Item | undefined, entry: Entry | undefined): Item | undefined {
  if (item === undefined || entry === undefined || !("items" in item.value)) return undefined;
  return item.value.items.find((one) => one.at === entry.keyStart);
}

/** A text that a variable is a part of: whether it can be read is found out when its value is known. */
function open(one: Diagnostic, text: string): boolean {
  return (
    one.code === "AAC1104" && one.at !== undefined && text.slice(one.at.start, one.at.end).includes("${")
  );
}

/** Whether both texts mean the same agents. Dead blocks may have moved, as they are. */
function sameAgents(file: string, before: string, after: string, fixes: readonly RootFix[]): boolean {
  const [left, right] = [parse(file, before), parse(file, after)];
  if (right.diagnostics.length > 0 || left.documents.length !== right.documents.length) return false;
  return left.documents.every((one, i) => {
    const other = right.documents[i];
    if (other === undefined) return false;
    const moved = fixes[i]?.moved ?? [];
    const kept = specs(other.root).every((spec, n) => holdsAll(spec.root, moved[n]));
    return kept && sameMeaning(meaning(file, one.root, moved), meaning(file, other.root, moved));
  });
}

function holdsAll(root: MapNode, moved: ReadonlyMap<string, Node> = new Map()): boolean {
  const config = find(find(root, "spec")?.value, "config")?.value;
  return [...moved].every(([name, block]) => {
    const there = find(config, name)?.value;
    return there !== undefined && sameMeaning(there, block);
  });
}

/** The tree in canonical spelling, without the dead blocks wherever they stand. */
function meaning(file: string, root: Node, moved: RootFix["moved"]): Node {
  specs(root).forEach((one, i) => {
    rewriteSpellings(file, one.root);
    const names = moved[i] ?? new Map<string, Node>();
    const spec = find(one.root, "spec")?.value;
    const entry = find(spec, "config");
    if (names.size === 0 || spec?.is !== "map" || entry === undefined) return;
    const rest = entry.value.is === "map" ? entry.value.entries.filter(({ key }) => !names.has(key)) : [];
    spec.entries.splice(
      spec.entries.indexOf(entry),
      1,
      ...(rest.length === 0 ? [] : [{ ...entry, value: made.map(entry.value, rest) }]),
    );
  });
  return root;
}
