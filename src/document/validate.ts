import { nearest } from "../base/nearest.ts";
import { isKnownKey, looksSecret, passwordInUrl } from "../base/secret-words.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import { type Path, showPath, type Span } from "../model/source.ts";
import { ourWord } from "./foreign.ts";
import type { Node, ScalarNode } from "./node.ts";
import { findNode, parsePointer, type Place } from "./node-path.ts";
import { type SchemaName, schemaAt } from "./schema-facts.ts";
import type { Refused } from "./check.ts";
import { LIMITS } from "./limits.ts";
import { formHint, yamlTrick } from "./slips.ts";
import { foldUnions } from "./unions.ts";
import type { SchemaError } from "./validators.gen.js";

/** The validator's findings as diagnostics that point into the file, each fault once. */
export function explainErrors(
  file: string,
  root: Node,
  errors: readonly SchemaError[],
  open: (node: Node) => boolean = () => false,
  schema: SchemaName = "agent",
  within?: { readonly start: number; readonly end: number },
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const error of foldUnions(schema, errors, root)) {
    const path = parsePointer(error.instancePath, root);
    const place = findNode(root, path);
    if (open(place.node)) continue;
    const facts = schemaAt(schema, path, root);
    const found = explain(error, path, place, file, {
      schema,
      known: Object.keys(facts?.properties ?? {}),
      meaning: facts?.description,
      hidden: maySecret(root, path, place.node),
    });
    const start = found?.at?.start ?? 0;
    if (within !== undefined && (start < within.start || start > within.end)) continue;
    if (found !== undefined) diagnostics.push(found);
    if (diagnostics.length >= LIMITS.problems) break;
  }
  return withoutDoubles(withoutEchoes(diagnostics));
}

/** `containerPort` is told once, as the word that is meant, and not again as `container` that is missing. */
function withoutEchoes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const renamed = diagnostics.filter((one) => one.code === "AAC1004" && one.label !== undefined);
  if (renamed.length === 0) return diagnostics;
  return diagnostics.filter((one) => {
    const { at } = one;
    const missing = one.code === "AAC1003" ? /([^.]+) is required$/.exec(one.message)?.[1] : undefined;
    if (at === undefined || missing === undefined) return true;
    return !renamed.some(
      (key) =>
        key.label?.includes(`\`${missing}\``) === true &&
        (key.at?.start ?? -1) >= at.start &&
        (key.at?.start ?? -1) < at.end,
    );
  });
}

/** A value of the wrong type is not among the allowed values either: once is enough. */
function withoutDoubles(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const wrongTypes = new Set(
    diagnostics.filter((one) => one.code === "AAC1005" || one.code === "AAC1042").map((one) => one.at?.start),
  );
  const specific = new Set(
    diagnostics
      .filter((one) => one.code === "AAC1006" && one.label !== undefined)
      .map((one) => one.at?.start),
  );
  return diagnostics.filter((one) =>
    one.code === "AAC1006" || one.code === "AAC1007"
      ? one.label !== undefined || !wrongTypes.has(one.at?.start)
      : !((one.code === "AAC1005" || one.code === "AAC1042") && specific.has(one.at?.start)),
  );
}

function maySecret(root: Node, path: Path, node: Node): boolean {
  if (node.is !== "scalar") return false;
  if (isKnownKey(node.text) || passwordInUrl(node.text) !== undefined) return true;
  if (path.some((step) => typeof step === "string" && looksSecret(step))) return true;
  const parent = findNode(root, path.slice(0, -1)).node;
  const name = parent.is === "map" ? parent.entries.find((entry) => entry.key === "name")?.value : undefined;
  return path.at(-1) !== "name" && name?.is === "scalar" && looksSecret(name.text);
}

interface Facts {
  readonly schema: SchemaName;
  readonly known: readonly string[];
  readonly meaning: string | undefined;
  /** What stands here may be a secret, so it is not repeated. */
  readonly hidden: boolean;
}

function explain(
  error: SchemaError,
  path: Path,
  place: Place,
  file: string,
  facts: Facts,
): Diagnostic | undefined {
  const { node } = place;
  const value: Span = { file, start: node.start, end: node.end };
  const key: Span = { file, start: place.keyStart, end: place.keyEnd };
  const name = showPath(path);
  const notes =
    facts.meaning === undefined || name === "" ? [] : [`\`${name}\`: ${facts.meaning.replace(/\.$/, "")}`];
  switch (error.keyword) {
    case "required":
      return required(error, path, node.is === "map" ? key : value, name);
    case "additionalProperties":
      return unknownKey(String(error.params["additionalProperty"]), node, name, file, facts);
    case "type":
      return wrongType(error.params["type"], node, name, value, notes);
    case "const":
    case "enum":
      return notAllowed(error, node, name, value, notes, facts.hidden);
    case "pattern":
      return wrongForm(node, name, path, value, notes, facts.hidden);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return outOfRange(error, node, name, path, value);
    case "minItems":
    case "maxItems":
    case "minLength":
    case "maxLength":
    case "minProperties":
    case "uniqueItems":
      return diagnostic("AAC1009", value, lengthMessage(error, name), { notes });
    case "anyOf":
      if (name !== "spec") return undefined;
      return diagnostic("AAC1032", key, "nothing says what to run", {
        notes: [
          "write one of `runtime`, `image`, `command` or `build` under `spec`",
          "for example `runtime: python`, which runs main.py",
        ],
      });
    default:
      return undefined;
  }
}

function required(error: SchemaError, path: Path, at: Span, name: string): Diagnostic {
  const missing = showPath([...path, String(error.params["missingProperty"])]);
  // The words that people know from the runtime they come from.
  const message = `${missing} is required`;
  const where = name === "" ? "at the start of the document" : `under \`${name}\``;
  return diagnostic("AAC1003", at, message, {
    notes: [`write \`${String(error.params["missingProperty"])}:\` ${where}`],
  });
}

function unknownKey(
  key: string,
  node: Node,
  name: string,
  file: string,
  facts: Facts,
): Diagnostic | undefined {
  if (node.is !== "map") return undefined;
  const entry = node.entries.find((one) => one.key === key);
  if (entry === undefined) return undefined;
  const at = { file, start: entry.keyStart, end: entry.keyEnd };
  const { known } = facts;
  const ours = ourWord(key);
  const near = nearest(key, known);
  const elsewhere = near === undefined && ours === undefined ? placeOf(key, name, facts.schema) : undefined;
  const sameWord = near !== undefined && near.toLowerCase() === key.toLowerCase().replaceAll(/[^a-z]/g, "");
  const beside = key === "value" && node.entries.some((one) => one.key === "from");
  const label = beside
    ? "with `from` the value comes from there: keep one of the two"
    : ours !== undefined && !sameWord
      ? `here this is ${quote(ours)}`
      : near !== undefined
        ? `did you mean \`${near}\`?`
        : elsewhere;
  const notes = [
    ...(label === undefined && known.length > 0
      ? [
          `${name === "" ? "the document" : `\`${name}\``} can hold: ${known.slice(0, 24).join(", ")}${known.length > 24 ? ", …" : ""}`,
        ]
      : []),
    ...(label === undefined && name === "" ? ["for keys of your own, begin the name with `x-`"] : []),
    `aac explain ${name === "" ? "AAC1004" : name.replaceAll(/\[\d+\]/g, "")}`,
  ];
  return diagnostic("AAC1004", at, `unknown key \`${key}\``, { label, notes });
}

const quote = (word: string): string => (/[ `]/.test(word) ? word : `\`${word}\``);

/** A known key in the wrong place: `image` below metadata belongs under spec. */
function placeOf(key: string, name: string, schema: SchemaName): string | undefined {
  if (schema !== "agent") return undefined;
  const home = ["spec", "metadata"].find(
    (one) => one !== name && schemaAt("agent", [one, key]) !== undefined,
  );
  return home === undefined ? undefined : `belongs under \`${home}\``;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a map",
  null: "nothing",
};

function wrongType(types: unknown, node: Node, name: string, at: Span, notes: string[]): Diagnostic {
  const list = (Array.isArray(types) ? types : [types]).map(String);
  const type = list.length === 1 ? (list[0] ?? "") : "";
  const wanted = [...new Set(list)].map((one) => TYPE_WORDS[one] ?? one).join(" or ");
  const shown = name === "" ? "the document" : `\`${name}\``;
  if (node.is === "scalar") {
    const trick = yamlTrick(type, node, shown, formHint(lastStep(name), node.text, []));
    if (trick !== undefined) return diagnostic("AAC1042", at, trick[0], { label: trick[1], notes });
  }
  const got = node.is === "list" ? "a list" : node.is === "map" ? "a map" : scalarWord(node);
  const hint =
    type === "array" && node.is === "scalar" ? ["write a list: `[a, b]`, or a line `- a` for each"] : [];
  const quoted =
    node.is === "scalar" &&
    !node.plain &&
    (type === "integer" || type === "number") &&
    /^-?\d+(?:\.\d+)?$/.test(node.text);
  return diagnostic("AAC1005", at, `${shown} takes ${wanted}, but this is ${got}`, {
    label: quoted ? "write it without quotes" : undefined,
    notes: [...hint, ...notes],
  });
}

const lastStep = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

function scalarWord(node: ScalarNode): string {
  if (node.value === null) return "nothing";
  return typeof node.value === "string"
    ? "text"
    : typeof node.value === "number"
      ? "a number"
      : `\`${String(node.value)}\``;
}

function notAllowed(
  error: SchemaError,
  node: Node,
  name: string,
  at: Span,
  notes: string[],
  hidden: boolean,
): Diagnostic {
  const allowed = (error.params["allowedValues"] ?? [error.params["allowedValue"]]) as unknown[];
  const text = node.is === "scalar" ? node.text : "";
  const shown = hidden ? "what stands here" : `\`${clip(text)}\``;
  if (name === "kind") {
    return diagnostic("AAC1031", at, "kind must be 'Agent'", {
      notes: text === "Workflow" ? ["`kind: Workflow` is not read yet"] : ["write `kind: Agent`"],
    });
  }
  const words = allowed.map(String);
  const near = text === "" ? undefined : nearest(text, words);
  const trick =
    node.is === "scalar" && node.plain && typeof node.value === "boolean" && /restart$/.test(name);
  return diagnostic("AAC1006", at, `\`${name}\` cannot be ${shown}`, {
    label: near !== undefined ? `did you mean \`${near}\`?` : trick ? 'write `no` or "no"' : undefined,
    notes: [words.length === 1 ? `write \`${words[0] ?? ""}\`` : `one of: ${words.join(", ")}`, ...notes],
  });
}

function wrongForm(
  node: Node,
  name: string,
  path: Path,
  at: Span,
  notes: string[],
  hidden: boolean,
): Diagnostic {
  const text = node.is === "scalar" ? node.text : "";
  if (name === "spec.runtime") {
    const [word = ""] = text.split(":");
    const near = nearest(word, ["python", "nodejs", "go", "rust", "java", "container", "exec", "node"]);
    return diagnostic("AAC1006", at, `invalid runtime '${clip(text)}'`, {
      label: near === undefined ? undefined : `did you mean \`${near === "node" ? "nodejs" : near}\`?`,
      notes: ["one of python, nodejs, go, rust, java (each with `:version` if wanted), container, exec"],
    });
  }
  const invisible = /[\u00AD\u200B-\u200F\u2060\uFEFF]/.test(text);
  if (invisible) {
    return diagnostic("AAC1020", at, `\`${name}\` holds a character that cannot be seen`, {
      notes: ["type the value anew"],
    });
  }
  const base60 = /^\d+:[0-5]\d$/.test(text) && node.is === "scalar" && node.plain;
  const last = path.at(-1);
  const hint = formHint(String(last), text, path);
  return diagnostic(
    base60 ? "AAC1042" : "AAC1007",
    at,
    `${hidden ? "what stands here" : `\`${clip(text)}\``} is not what \`${name}\` takes`,
    {
      label: base60 ? "text here, 750 or the like in older YAML" : hint,
      notes,
    },
  );
}

function outOfRange(error: SchemaError, node: Node, name: string, path: Path, at: Span): Diagnostic {
  const text = node.is === "scalar" ? node.text : "";
  const limit = String(error.params["limit"]);
  const word =
    { ">=": "at least", "<=": "at most", ">": "above", "<": "below" }[String(error.params["comparison"])] ??
    "within";
  if (path.at(-1) === "container" || (path.at(-1) === "port" && path.includes("ports"))) {
    return diagnostic("AAC1008", at, `invalid container port ${text}`, {
      notes: ["a port is a number from 1 to 65535"],
    });
  }
  return diagnostic("AAC1008", at, `\`${name}\` is ${word} ${limit}, not ${text}`);
}

function lengthMessage(error: SchemaError, name: string): string {
  const limit = String(error.params["limit"]);
  switch (error.keyword) {
    case "minItems":
    case "minProperties":
      return `\`${name}\` needs at least ${limit} ${limit === "1" ? "entry" : "entries"}`;
    case "maxItems":
      return `\`${name}\` can hold at most ${limit} entries`;
    case "minLength":
      return `\`${name}\` may not be empty`;
    case "maxLength":
      return `\`${name}\` is longer than ${limit} characters`;
    default:
      return `\`${name}\` holds the same entry twice`;
  }
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

/** The same for all that a check refused. */
export function explainRefused(refused: readonly Refused[]): Diagnostic[] {
  return refused.flatMap((one) =>
    explainErrors(one.file, one.root, one.errors, one.open, "agent", one.within),
  );
}
