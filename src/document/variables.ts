import type { Held } from "../model/checked.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import { find, type MapNode, type Node, type ScalarNode, textOf } from "./node.ts";
import { looksSecret } from "../base/secret-words.ts";

/** A value by name, from the nearest source that has it: `--set`, `--env-file`, `.env`, the environment. */
export type Lookup = (name: string) => string | undefined;

export interface Substituted {
  readonly held: ReadonlyMap<ScalarNode, Held>;
  /** Plain values that came from variables: a number is one if a number is wanted. */
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

  const visit = (node: Node, key: string): Node => {
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
          const value = visit(entry.value, entry.key === "value" && named !== undefined ? named : entry.key);
          if (value !== entry.value) node.entries[i] = { ...entry, value };
        });
        return node;
      }
    }
  };

  const replace = (node: ScalarNode, key: string): ScalarNode => {
    const text = node.text;
    const at = { file, start: node.start, end: node.end };
    const secrets: string[] = [];
    const late: string[] = [];
    const unset: string[] = [];
    let optional = false;
    let malformed = false;
    const result = text.replaceAll(PART, (whole, body: string | undefined, close: string | undefined) => {
      if (whole === "$$") return "$";
      const match = close === "}" ? BODY.exec(body ?? "") : null;
      const [, name = "", operator, rest = ""] = match ?? [];
      if (match === null || rest.includes("${")) {
        malformed = true;
        return whole;
      }
      if (looksSecret(name) || looksSecret(key)) {
        secrets.push(name);
        if (operator === ":-") optional = true;
        if (operator === ":-" && rest !== "") {
          diagnostics.push(
            diagnostic("AAC2202", at, `the default of \`\${${name}}\` is not used: \`${name}\` is a secret`, {
              notes: [
                "a default would put the secret into this file",
                `write \`\${${name}}\`, or \`\${${name}:-}\` where it may be absent`,
              ],
            }),
          );
        }
        return whole;
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
        return whole;
      }
      if (services.has(name)) {
        late.push(name);
        return whole;
      }
      unset.push(name);
      return whole;
    });
    if (malformed) {
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
    const whole = /^\$\{[^}]*\}$/.test(text);
    if (secrets.length > 0) held.set(node, { why: "secret", names: secrets, optional, whole });
    else if (late.length > 0) held.set(node, { why: "service", names: late, optional: false, whole });
    else if (unset.length > 0) {
      held.set(node, { why: "unset", names: unset, optional: false, whole });
      diagnostics.push(
        diagnostic("AAC1052", at, `\`${unset.join("`, `")}\` is not set`, {
          notes: [
            "a plan needs it",
            `give it: \`--set ${unset[0] ?? ""}=…\`, \`--env-file\`, a \`.env\` beside the file, the environment, or a default: \`\${${unset[0] ?? ""}:-…}\``,
          ],
        }),
      );
    }
    if (held.has(node)) return node;
    const made: ScalarNode = { ...node, value: result, text: result };
    if (node.plain) replaced.add(made);
    return made;
  };

  for (const [i, entry] of root.entries.entries()) {
    if (entry.key === "profiles") {
      const chosen = profile === undefined ? undefined : find(entry.value, profile);
      if (chosen !== undefined) visit(chosen.value, chosen.key);
    } else {
      const value = visit(entry.value, entry.key);
      if (value !== entry.value) root.entries[i] = { ...entry, value };
    }
  }
  return { held, replaced, diagnostics };
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

export function serviceVariable(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
