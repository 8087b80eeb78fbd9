import type { CheckedAgent } from "../model/checked.ts";
import type { Node, ScalarNode } from "./node.ts";

/** Plain scalars that stand where text is wanted and that YAML, or an older YAML, reads as something else. */
export function oddTexts(file: string, root: Node): CheckedAgent["odd"] {
  const odd: CheckedAgent["odd"][number][] = [];
  const walk = (node: Node): void => {
    if (node.is === "scalar") {
      const read = node.plain && typeof node.value === "string" ? otherReading(node) : undefined;
      if (read !== undefined)
        odd.push({ at: { file, start: node.start, end: node.end }, text: node.text, read });
    } else if (node.is === "list") node.items.forEach(walk);
    else {
      // `restart: no` can only be the word: nothing else is allowed there.
      for (const entry of node.entries)
        if (entry.key !== "restart" && entry.key !== "profiles") walk(entry.value);
    }
  };
  walk(root);
  return odd;
}

const PLAIN_NUMBER = /^[-+]?(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][-+]?\d+)?$|^0[xob][0-9a-fA-F_]+$/;

function otherReading(node: ScalarNode): string | undefined {
  const { text } = node;
  const first = text.charCodeAt(0);
  // Most texts begin with a letter that no odd reading begins with.
  if (first > 57 && !/^(?:y|yes|n|no|on|off)$/i.test(text)) return undefined;
  if (/^(?:y|yes|on)$/i.test(text)) return "true";
  if (/^(?:n|no|off)$/i.test(text)) return "false";
  if (/^\d+(?::[0-5]\d)+$/.test(text)) return "a number in base 60";
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return "a date";
  if (!PLAIN_NUMBER.test(text)) return undefined;
  const number = Number(text.replaceAll("_", ""));
  if (/^0\d+$/.test(text)) return `the number ${/^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : number}`;
  return Number.isFinite(number) && String(number) !== text ? `the number ${number}` : undefined;
}
