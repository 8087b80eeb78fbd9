import type { CheckedAgent, Held } from "../model/checked.ts";
import type { Agent } from "../model/document.gen.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { Path } from "../model/source.ts";
import { find, made, type MapNode, type Node, type ScalarNode } from "./node.ts";
import { oddTexts } from "./odd-texts.ts";
import type { ParsedDocument } from "./parse.ts";
import { locate, settle } from "./places.ts";
import { mergeProfile } from "./profiles.ts";
import { rewriteProfile, rewriteSpellings } from "./spellings/rewrite.ts";
import { findNode, parsePointer } from "./node-path.ts";
import { agent as valid, type SchemaError } from "./validators.gen.js";
import { type Lookup, substitute } from "./variables.ts";

export interface CheckOptions {
  readonly lookup: Lookup;
  readonly profile?: string | undefined;
  /** The file's path from the project's root, where it is shown otherwise. */
  readonly path?: string;
}

export interface Checked {
  readonly agent?: CheckedAgent;
  readonly diagnostics: readonly Diagnostic[];
  /** What the schema refuses: `explainErrors` words it, which needs the schema itself and so is loaded then. */
  readonly refused: readonly Refused[];
  /** The name, where there is one, though the rest may be wrong. */
  readonly name?: string;
  readonly profiles: readonly string[];
}

export interface Refused {
  readonly file: string;
  readonly root: Node;
  readonly errors: readonly SchemaError[];
  /** True for a text that stays open until start: its form cannot be judged. */
  readonly open: (node: Node) => boolean;
  /** Only what stands here is told: the rest belongs to another look at the same file. */
  readonly within?: { readonly start: number; readonly end: number };
}

export function check(parsed: ParsedDocument, options: CheckOptions): Checked {
  const { file, index, root } = parsed;
  if (root.is !== "map") {
    const at = { file, start: root.start, end: Math.min(root.end, root.start + 40) };
    const message = "an agent is a map that begins with `apiVersion: agent.dev/v1`";
    return {
      diagnostics: [
        diagnostic("AAC1005", at, message, { notes: ["aac init NAME writes one to start from"] }),
      ],
      profiles: [],
      refused: [],
    };
  }
  const profiles = find(root, "profiles")?.value;
  const names = profiles?.is === "map" ? profiles.entries.map((entry) => entry.key) : [];
  const substituted = substitute(file, root, options.profile, options.lookup);
  const diagnostics = [...substituted.diagnostics, ...rewriteSpellings(file, root)];
  if (options.profile !== undefined) {
    const chosen = find(profiles, options.profile);
    if (chosen !== undefined) diagnostics.push(...rewriteProfile(file, chosen.value));
    mergeProfile(root, options.profile);
  }
  dropNothings(root);
  const errors = validate(root, substituted.replaced);
  const open = (node: Node): boolean => node.is === "scalar" && substituted.held.has(node);
  const wrong = errors.filter(
    (error) =>
      error.keyword !== "pattern" || !open(findNode(root, parsePointer(error.instancePath, root)).node),
  );
  const name = find(find(root, "metadata")?.value, "name")?.value;
  const known = name?.is === "scalar" && typeof name.value === "string" ? { name: name.value } : {};
  if (diagnostics.some((one) => one.level === "error") || wrong.length > 0) {
    return {
      diagnostics,
      refused: [{ file, root, errors: wrong, open }],
      profiles: names,
      ...known,
    };
  }
  const refused: Refused[] = [];
  for (const other of names.filter((one) => one !== options.profile)) {
    const looked = checkProfile(file, root, other);
    diagnostics.push(...looked.diagnostics);
    refused.push(...looked.refused);
  }
  const settled = settle(root);
  const agent: CheckedAgent = {
    file,
    path: options.path ?? file,
    index,
    value: settled.value as unknown as Agent,
    held: heldByPath(root, substituted.held),
    odd: oddTexts(file, root),
    at: (path, part = "value") => locate(file, settled, path, part),
  };
  return { agent, diagnostics, refused, profiles: names, ...known };
}

/** A profile that was not chosen: as if it had been, except that its variables stay unknown. */
function checkProfile(
  file: string,
  root: MapNode,
  name: string,
): { diagnostics: Diagnostic[]; refused: Refused[] } {
  const chosen = find(find(root, "profiles")?.value, name)?.value;
  if (chosen?.is !== "map") return { diagnostics: [], refused: [] };
  const diagnostics = rewriteProfile(file, chosen);
  const merged = made.map(
    root,
    root.entries.filter((entry) => entry.key !== "profiles" || entry.value === chosen),
  );
  merged.entries.push(made.entry("profiles", made.map(chosen, [made.entry(name, chosen)])));
  mergeProfile(merged, name);
  const whole = made.map(
    root,
    merged.entries.filter((entry) => entry.key !== "profiles"),
  );
  dropNothings(whole);
  const open = (node: Node): boolean => node.is === "scalar" && node.text.includes("${");
  const errors = validate(whole, new Set());
  const within = { start: chosen.start, end: chosen.end };
  return { diagnostics, refused: errors.length === 0 ? [] : [{ file, root: whole, errors, open, within }] };
}

/** `dependencies:` with nothing behind it says nothing; in free maps and lists a null is the author's own. */
const FREE = new Set(["config", "capability_config", "overrides", "profiles"]);

export function dropNothings(node: Node): void {
  if (node.is === "list") node.items.forEach(dropNothings);
  if (node.is !== "map") return;
  for (let i = node.entries.length - 1; i >= 0; i--) {
    const entry = node.entries[i];
    if (entry === undefined || FREE.has(entry.key)) continue;
    if (entry.value.is === "scalar" && entry.value.value === null) node.entries.splice(i, 1);
    else dropNothings(entry.value);
  }
}

/** Runs the validator; a number or boolean that came out of a variable is taken as one where one is wanted. */
function validate(root: MapNode, replaced: ReadonlySet<ScalarNode>): readonly SchemaError[] {
  const run = (): readonly SchemaError[] => (valid(settle(root).value) ? [] : (valid.errors ?? []));
  const errors = run();
  if (errors.length === 0 || replaced.size === 0) return errors;
  let changed = false;
  for (const error of errors) {
    if (error.keyword !== "type") continue;
    const path = parsePointer(error.instancePath, root);
    const { node } = findNode(root, path);
    if (node.is !== "scalar" || !replaced.has(node)) continue;
    const value = asScalar(node.text, String(error.params["type"]));
    if (value === undefined) continue;
    changed = put(root, path, { ...node, value }) || changed;
  }
  return changed ? run() : errors;
}

function asScalar(text: string, type: string): number | boolean | undefined {
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  if (type === "integer" && /^-?(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (type === "number" && /^-?\d{1,12}(?:\.\d{1,6})?$/.test(text)) return Number(text);
  return undefined;
}

function put(root: Node, path: Path, value: Node): boolean {
  const parent = findNode(root, path.slice(0, -1)).node;
  const last = path.at(-1);
  if (parent.is === "list" && typeof last === "number") parent.items[last] = value;
  else if (parent.is === "map") {
    const i = parent.entries.findIndex((entry) => entry.key === last);
    const entry = parent.entries[i];
    if (entry === undefined) return false;
    parent.entries[i] = { ...entry, value };
  }
  return true;
}

function heldByPath(root: Node, held: ReadonlyMap<ScalarNode, Held>): ReadonlyMap<string, Held> {
  const byPath = new Map<string, Held>();
  if (held.size === 0) return byPath;
  const walk = (node: Node, pointer: string): void => {
    if (node.is === "scalar") {
      const found = held.get(node);
      if (found !== undefined) byPath.set(pointer, found);
    } else if (node.is === "list") node.items.forEach((item, i) => walk(item, `${pointer}/${i}`));
    else
      for (const entry of node.entries)
        if (entry.key !== "profiles" || pointer !== "") walk(entry.value, `${pointer}/${entry.key}`);
  };
  walk(root, "");
  return byPath;
}
