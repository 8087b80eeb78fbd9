import { canonicalJson } from "../../base/canonical.ts";
import { isKnownKey, judgeLiteral, looksSecret, passwordInUrl } from "../../base/secret-words.ts";
import { type Entry, find, type MapNode, type Node, toJson } from "../node.ts";
import { aliasedEntry } from "./shared.ts";

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)/g;

/**
 * Whether a block may move under `spec.config`, where there is a place for it. What stands there is written
 * into a file that the agent reads: a secret must not.
 */
export function mayMove(root: MapNode, entry: Entry): boolean {
  if (holds(entry.value, looksSecret(entry.key))) return false;
  const config = find(find(root, "spec")?.value, "config");
  if (config === undefined) return true;
  if (aliasedEntry(config)) return false;
  if (config.value.is !== "map") return config.value.is === "scalar" && config.value.value === null;
  const there = find(config.value, entry.key);
  return there === undefined || canonicalJson(toJson(there.value)) === canonicalJson(toJson(entry.value));
}

function holds(node: Node, secretKey: boolean): boolean {
  switch (node.is) {
    case "map":
      return node.entries.some((entry) => holds(entry.value, secretKey || looksSecret(entry.key)));
    case "list":
      return node.items.some((item) => holds(item, secretKey));
    case "scalar": {
      const { text, value } = node;
      if ([...text.matchAll(VARIABLE)].some(([, name = ""]) => looksSecret(name))) return true;
      if (isKnownKey(text) || passwordInUrl(text) !== undefined) return true;
      // A short password looks like any word: under such a key every text stays where it is.
      return secretKey && ((typeof value === "string" && value !== "") || judgeLiteral(text) === "real");
    }
  }
}
