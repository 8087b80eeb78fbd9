import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Document,
  type Node as YamlNode,
  type Pair,
  Parser,
  type YAMLMap,
} from "yaml";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { Span } from "../model/source.ts";
import type { Entry, Node } from "./node.ts";
import { LIMITS } from "./limits.ts";
import { explainSyntax } from "./syntax.ts";
import { checkText } from "./text.ts";

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/;

export interface ParsedDocument {
  readonly file: string;
  /** Its number within the file, from 0. */
  readonly index: number;
  readonly root: Node;
}

export interface Parsed {
  readonly documents: readonly ParsedDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

export function parse(file: string, text: string): Parsed {
  const refused = checkText(file, text);
  if (refused.length > 0) return { documents: [], diagnostics: refused };
  const diagnostics: Diagnostic[] = [];
  const documents: ParsedDocument[] = [];
  const composed = compose(file, text, diagnostics);
  composed.forEach((yaml, index) => {
    if (diagnostics.length >= LIMITS.problems) return;
    const before = diagnostics.length;
    report(file, text, yaml, diagnostics);
    if (diagnostics.length > before) return;
    const root = new Reader(file, text, diagnostics).read(yaml);
    if (diagnostics.length === before && root !== undefined) documents.push({ file, index, root });
  });
  if (composed.length === 0 && diagnostics.length === 0) diagnostics.push(empty(file, 0, text.length));
  return { documents, diagnostics };
}

/** The depth is watched while the tokens come in: the composer after it works by recursion. */
function compose(file: string, text: string, diagnostics: Diagnostic[]): Document.Parsed[] {
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    uniqueKeys: false,
    merge: false,
    logLevel: "silent",
  });
  const parser = new Parser();
  const composed: Document.Parsed[] = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) for (const doc of composer.next(token)) composed.push(doc);
    if (parser.stack.length > LIMITS.depth + 2) {
      const at = { file, start: offset, end: offset + 1 };
      diagnostics.push(
        diagnostic("AAC1013", at, `nested more than ${LIMITS.depth} levels deep`, {
          notes: ["an agent needs seven; a file like this is refused before it is read on"],
        }),
      );
      return [];
    }
    if (lexeme !== "\u0002" && lexeme !== "\u0018" && lexeme !== "\u001f" && lexeme !== "\uFEFF")
      offset += lexeme.length;
  }
  for (const token of parser.end()) for (const doc of composer.next(token)) composed.push(doc);
  for (const doc of composer.end(false, text.length)) composed.push(doc);
  return composed;
}

function report(file: string, text: string, yaml: Document.Parsed, diagnostics: Diagnostic[]): void {
  if (yaml.directives.yaml.explicit === true) {
    const start = Math.max(0, text.lastIndexOf("%YAML", yaml.range[1]));
    diagnostics.push(
      diagnostic("AAC1017", { file, start, end: start + 5 }, "a `%YAML` line is not read here", {
        notes: [
          "it would change what `no`, `on`, `012` and `12:30` mean in this file alone",
          "remove the line: aac reads YAML 1.2",
        ],
      }),
    );
  }
  for (const error of yaml.errors.slice(0, LIMITS.problems)) {
    const [start, end] = error.pos;
    diagnostics.push(explainSyntax(file, text, error.code, error.message, start, end));
  }
  const contents = yaml.contents as YamlNode | null;
  if (yaml.errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null))) {
    diagnostics.push(empty(file, yaml.range[0], yaml.range[1]));
  }
}

function empty(file: string, start: number, end: number): Diagnostic {
  return diagnostic("AAC1018", { file, start, end: Math.min(end, start + 1) }, "this document is empty", {
    notes: [
      'an empty file never means "delete everything"',
      "write an agent, or remove the document: aac init NAME makes one",
    ],
  });
}

/** Turns the nodes of yaml into ours: aliases and merges spread out within caps, every key checked. */
class Reader {
  readonly #file: string;
  readonly #diagnostics: Diagnostic[];
  readonly #anchors = new Map<string, YamlNode>();
  readonly #open = new Set<YamlNode>();
  readonly #text: string;
  #nodes = 0;
  #aliasText = 0;
  /** The outermost alias that is being spread out: where too much of it is reported. */
  #aliasAt: Span | undefined;
  #aliasNodes = 0;
  #inAlias = 0;
  #stopped = false;

  constructor(file: string, text: string, diagnostics: Diagnostic[]) {
    this.#file = file;
    this.#text = text;
    this.#diagnostics = diagnostics;
  }

  read(yaml: Document.Parsed): Node | undefined {
    return this.#node(yaml.contents, 0);
  }

  #node(node: YamlNode | null, depth: number): Node {
    const at = span(this.#file, node);
    const nothing: Node = { is: "scalar", start: at.start, end: at.end, value: null, text: "", plain: true };
    if (node === null || this.#stopped || !this.#count(at, depth)) return nothing;
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) {
        // Its name may be a secret that was meant as text: it is not repeated.
        this.#add("AAC1001", at, "this alias stands for nothing", [
          "no `&name` of that name comes before it; for text that starts with *, write quotes",
        ]);
        return nothing;
      }
      if (this.#open.has(target)) {
        this.#add("AAC1014", at, "this alias contains itself", ["write the part out where it is needed"]);
        return nothing;
      }
      this.#inAlias++;
      if (this.#inAlias === 1) this.#aliasAt = at;
      const copy = this.#node(target, depth);
      this.#inAlias--;
      if (this.#inAlias === 0) this.#aliasAt = undefined;
      return copy;
    }
    if (node.tag !== undefined && node.tag !== "!") {
      const tag = shortTag(node.tag);
      // A long one may be a secret that begins with an exclamation mark.
      const shown = /^!{1,2}[a-z/]{1,16}$/i.test(tag) ? `the tag \`${tag}\`` : "a tag";
      this.#add("AAC1016", this.#tagBefore(at), `${shown} is not read here`, [
        "tags can make programs run code or change types, so none is accepted",
        "remove it; for text, write quotes",
      ]);
      return nothing;
    }
    if ("anchor" in node && typeof node.anchor === "string") this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node, at);
    if (!isCollection(node)) return nothing;
    this.#open.add(node);
    try {
      if (isSeq(node)) {
        const items = node.items.map((item) => this.#node(item as YamlNode | null, depth + 1));
        return { is: "list", start: at.start, end: at.end, items, origin: node };
      }
      return isMap(node) ? this.#map(node, at, depth) : nothing;
    } finally {
      this.#open.delete(node);
    }
  }

  #scalar(node: YamlNode & { value?: unknown; source?: string; type?: string }, at: Span): Node {
    const { value } = node;
    const plain = node.type === "PLAIN";
    const text = typeof value === "string" ? value : (node.source ?? "");
    const known = value === null || ["string", "boolean", "number"].includes(typeof value);
    if (
      typeof value === "number" &&
      (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    ) {
      this.#add("AAC1008", at, "this number cannot be kept exactly", [
        "infinity, not-a-number and whole numbers above 9007199254740991 would come out as something else",
        "if text is meant, write quotes",
      ]);
    }
    if (this.#inAlias > 0) this.#aliasText += text.length;
    if (this.#aliasText > LIMITS.aliasText)
      this.#stop("AAC1014", at, "aliases expand to more than 4 MiB of text");
    const kept = known ? (value as string | number | boolean | null) : text;
    return { is: "scalar", start: at.start, end: at.end, value: kept, text, plain, origin: node };
  }

  #map(node: YAMLMap, at: Span, depth: number): Node {
    const written = new Map<string, Entry>();
    const merged: Entry[][] = [];
    for (const pair of node.items) {
      const key = this.#key(pair);
      if (key === undefined) continue;
      const value = this.#node(pair.value as YamlNode | null, depth + 1);
      if (key.text === "<<") {
        merged.push(...this.#merge(value, key.at));
        continue;
      }
      const first = written.get(key.text);
      if (first !== undefined) {
        this.#add(
          "AAC1002",
          key.at,
          `\`${clip(key.text)}\` is written twice in the same map`,
          ["most tools silently keep only one of the two", "keep the one that is meant"],
          [
            {
              at: { file: this.#file, start: first.keyStart, end: first.keyEnd },
              message: "first written here",
            },
          ],
        );
        continue;
      }
      // A key without a value stands at its key, so that a message has something to underline.
      const placed = value.start === value.end ? { ...value, start: key.at.start, end: key.at.end } : value;
      written.set(key.text, {
        key: key.text,
        keyStart: key.at.start,
        keyEnd: key.at.end,
        value: placed,
        ...(this.#inAlias > 0 ? { shared: true } : {}),
      });
    }
    for (const entries of merged) {
      for (const entry of entries)
        if (!written.has(entry.key)) written.set(entry.key, { ...entry, shared: true });
    }
    return { is: "map", start: at.start, end: at.end, entries: [...written.values()], origin: node };
  }

  /** A tag stands before the place of its node. */
  #tagBefore(at: Span): Span {
    const start = this.#text.lastIndexOf("!", at.start);
    const between = start < 0 ? "" : this.#text.slice(start, at.start);
    if (start < 0 || /\n\s*\S/.test(between.trimEnd()) || between.length > 200) return at;
    const from = this.#text[start - 1] === "!" ? start - 1 : start;
    return { ...at, start: from, end: from + Math.max(1, this.#text.slice(from).search(/[\s,\]}]/)) };
  }

  #merge(value: Node, at: Span): Entry[][] {
    if (this.#stopped) return [];
    const sources = value.is === "list" ? value.items : [value];
    return sources.flatMap((source) => {
      if (source.is === "map") return [source.entries];
      this.#add("AAC1024", at, "`<<` takes a map, or a list of maps", [
        "write `<<: *name`, where &name marks a map",
      ]);
      return [];
    });
  }

  #key(pair: Pair): { text: string; at: Span } | undefined {
    const node = pair.key as YamlNode | null;
    const at = span(this.#file, node);
    const text = isScalar(node)
      ? typeof node.value === "string"
        ? node.value
        : ((node as { source?: string }).source ?? "")
      : "";
    if (!isScalar(node) || text === "") {
      this.#add("AAC1019", at, "a key must be text", ["lists, maps and nothing at all cannot be keys here"]);
      return undefined;
    }
    if (FORBIDDEN.has(text)) {
      this.#add("AAC1015", at, `\`${text}\` may not be a key`, [
        "programs that read it could be made to misbehave",
        "choose another name",
      ]);
      return undefined;
    }
    if (INVISIBLE.test(text)) {
      this.#add("AAC1020", at, "this key holds a character that cannot be seen", [
        "it looks like another key but is not",
        "type the key anew",
      ]);
      return undefined;
    }
    return { text, at };
  }

  #count(at: Span, depth: number): boolean {
    this.#nodes++;
    if (this.#inAlias > 0) this.#aliasNodes++;
    if (depth > LIMITS.depth) this.#stop("AAC1013", at, `nested more than ${LIMITS.depth} levels deep`);
    else if (this.#aliasNodes > LIMITS.aliasNodes)
      this.#stop("AAC1014", at, `aliases expand to more than ${LIMITS.aliasNodes} values`);
    else if (this.#nodes > LIMITS.nodes)
      this.#stop("AAC1012", at, `more than ${LIMITS.nodes} values in one document`);
    return !this.#stopped;
  }

  #stop(code: "AAC1012" | "AAC1013" | "AAC1014", at: Span, message: string): void {
    this.#stopped = true;
    this.#add(code, this.#aliasAt ?? at, message, ["a file like this is refused before it is read on"]);
  }

  #add(
    code: Diagnostic["code"],
    at: Span,
    message: string,
    notes: string[],
    related: Diagnostic["related"] = [],
  ): void {
    if (this.#diagnostics.length < LIMITS.problems)
      this.#diagnostics.push(diagnostic(code, at, message, { notes, related }));
  }
}

function span(file: string, node: YamlNode | null): Span {
  const range = node?.range;
  return { file, start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

const shortTag = (tag: string): string => clip(tag.replace("tag:yaml.org,2002:", "!!"));
const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
