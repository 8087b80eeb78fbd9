import type { Held } from "../model/checked.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { Span } from "../model/source.ts";
import { find, type MapNode, type Node, type ScalarNode, textOf } from "./node.ts";
import { judgeLiteral, looksSecret } from "../base/secret-words.ts";

import { DEAD } from "./spellings/dead-blocks.ts";

/** A value by name, from the nearest source that has it: `--set`, `--env-file`, `.env`, the environment. */
export type Lookup = (name: string) => string | undefined;

export interface Substituted {
  readonly held: ReadonlyMap<ScalarNode, Held>;
  /** Values that came from variables: a number is one if a number is wanted. */
  readonly replaced: ReadonlySet<ScalarNode>;
  readonly diagnostics: readonly Diagnostic[];
}

const PART = /\$\$|\$\{([^}]*)(\}?)/g;
const BODY = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\?)([^]*))?$/;

/** Replaces `${NAME}` within scalar values, once, never in keys. Profiles that were not chosen stay untouched. */
export function substitute(
  file: string,
  root: MapNode,
  profile: string | undefined,
  lookup: Lookup,
): Substituted {
  const held = new Map<ScalarNode, Held>();
  const replaced = new Set<ScalarNode>();
  const diagnostics: Diagnostic[] = [];
  const services = serviceVariables(root);

  const visit = (node: Node, key: string, path = ""): Node => {
    switch (node.is) {
      case "scalar":
        return node.text.includes("$") && typeof node.value === "string" ? replace(node, key) : node;
      case "list":
        node.items.forEach((item, i) => {
          node.items[i] = visit(item, key);
        });
        return node;
      case "map": {
        const named = textOf(find(node, "name")?.value);
        node.entries.forEach((entry, i) => {
          const below = path === "" ? entry.key : `${path}.${entry.key}`;
          // Nothing carries such a block out, so nothing has to be known for it.
          if (DEAD.has(below)) return;
          const ofVariable = named !== undefined && (entry.key === "value" || entry.key === "defaultValue");
          const value = visit(entry.value, ofVariable ? named : entry.key, below);
          if (value !== entry.value) node.entries[i] = { ...entry, value };
        });
        return node;
      }
    }
  };

  const replace = (node: ScalarNode, key: string): ScalarNode => {
    const at = { file, start: node.start, end: node.end };
    const parts = read(node.text);
    if (parts === undefined) {
      diagnostics.push(
        diagnostic("AAC1051", at, "this substitution cannot be read", {
          notes: [
            "there are `${NAME}`, `${NAME:-default}`, `${NAME:?message}`; nothing is computed in them",
            "for a dollar sign, write `$$`",
          ],
        }),
      );
      return node;
    }
    const left: Record<Held["why"], string[]> = { secret: [], service: [], unset: [] };
    let optional = false;
    // The text as it is without what stays open, and the same as a template, where `$$` is a dollar sign.
    let plain = "";
    let template = "";
    for (const part of parts) {
      const found = part.is === "text" ? part.text : fill(part, key, at);
      if (typeof found === "string") {
        plain += found;
        template += found.replaceAll("$", "$$$$");
        continue;
      }
      left[found.why].push(part.is === "text" ? "" : part.name);
      optional ||= found.optional;
      template += `\${${part.is === "text" ? "" : part.name}}`;
    }
    const why =
      left.secret.length > 0
        ? "secret"
        : left.service.length > 0
          ? "service"
          : left.unset.length > 0
            ? "unset"
            : undefined;
    if (left.unset.length > 0) diagnostics.push(notSet(at, left.unset));
    const made: ScalarNode = {
      ...node,
      value: why === undefined ? plain : template,
      text: why === undefined ? plain : template,
    };
    if (why === undefined) replaced.add(made);
    else held.set(made, { why, names: left[why], optional, whole: parts.length === 1 });
    return made;
  };

  const fill = (
    part: Substitution,
    key: string,
    at: Span,
  ): string | { why: Held["why"]; optional: boolean } => {
    const { name, operator, rest } = part;
    if (looksSecret(name) || looksSecret(key)) {
      if (operator === ":-" && rest !== "") {
        const real = judgeLiteral(rest) === "real";
        diagnostics.push(
          diagnostic(
            real ? "AAC2201" : "AAC2202",
            at,
            `the default of \`\${${name}}\` is not used: \`${name}\` is a secret`,
            {
              notes: [
                "a default would put the secret into this file",
                `write \`\${${name}}\`, or \`\${${name}:-}\` where it may be absent`,
              ],
            },
          ),
        );
      }
      return { why: "secret", optional: operator === ":-" };
    }
    const value = lookup(name);
    if (value !== undefined && (value !== "" || operator === undefined)) return value;
    if (operator === ":-") return rest;
    if (operator === ":?") {
      diagnostics.push(
        diagnostic("AAC1053", at, `\`${name}\` is not set${rest === "" ? "" : `: ${rest}`}`, {
          notes: [
            `give it: \`--set ${name}=…\`, \`--env-file\`, a \`.env\` beside the file, or the environment`,
          ],
        }),
      );
    }
    // The file is refused as it is: nothing more is said of this text.
    if (operator === ":?") return "";
    return { why: services.has(name) ? "service" : "unset", optional: false };
  };

  for (const [i, entry] of root.entries.entries()) {
    if (entry.key === "profiles") {
      const chosen = profile === undefined ? undefined : find(entry.value, profile);
      if (chosen !== undefined) visit(chosen.value, chosen.key, "spec");
    } else {
      const value = visit(entry.value, entry.key, entry.key);
      if (value !== entry.value) root.entries[i] = { ...entry, value };
    }
  }
  return { held, replaced, diagnostics };
}

interface Substitution {
  readonly is: "substitution";
  readonly name: string;
  readonly operator: ":-" | ":?" | undefined;
  readonly rest: string;
}

/** The parts of a text; undefined where a substitution in it cannot be read. */
function read(text: string): ({ readonly is: "text"; readonly text: string } | Substitution)[] | undefined {
  const parts: ({ is: "text"; text: string } | Substitution)[] = [];
  let end = 0;
  for (const match of text.matchAll(PART)) {
    if (match.index > end) parts.push({ is: "text", text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    if (match[0] === "$$") {
      parts.push({ is: "text", text: "$" });
      continue;
    }
    const body = match[2] === "}" ? BODY.exec(match[1] ?? "") : null;
    const [, name = "", operator, rest = ""] = body ?? [];
    if (body === null || rest.includes("${")) return undefined;
    parts.push({
      is: "substitution",
      name,
      operator: operator === ":-" || operator === ":?" ? operator : undefined,
      rest,
    });
  }
  if (end < text.length) parts.push({ is: "text", text: text.slice(end) });
  return parts;
}

function notSet(at: Span, names: readonly string[]): Diagnostic {
  const first = names[0] ?? "";
  return diagnostic("AAC1052", at, `\`${names.join("`, `")}\` ${names.length === 1 ? "is" : "are"} not set`, {
    notes: [
      "a plan needs it",
      `give it: \`--set ${first}=…\`, \`--env-file\`, a \`.env\` beside the file, the environment, or a default: \`\${${first}:-…}\``,
    ],
  });
}

/** `NAME_HOST`, `NAME_PORT`, `NAME_URL` of each service that the agent names: set when it starts. */
function serviceVariables(root: MapNode): ReadonlySet<string> {
  const names = new Set<string>();
  const services = find(find(root, "spec")?.value, "services")?.value;
  if (services?.is !== "list") return names;
  for (const item of services.items) {
    const name = textOf(find(item, "name")?.value);
    if (name === undefined) continue;
    const stem = serviceVariable(name);
    for (const end of ["HOST", "PORT", "URL"]) names.add(`${stem}_${end}`);
  }
  return names;
}

function serviceVariable(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
