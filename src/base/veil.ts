import { isKnownKey, judgeLiteral, looksSecret, passwordInUrl, secretInQuery } from "./secret-words.ts";

const WORD = /[^\s"'`,{}[\]]+/g;
const PAIR = /([A-Za-z_][\w.-]*)(["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,{}[\]#"'][^,{}[\]#\n]*)/g;
const NAMED = /\bname["']?\s*:\s*["']?([A-Za-z_][\w.-]*)/g;
const VALUES = new Set(["value", "defaultValue", "from", "secretName", "secretKey", "path"]);

/**
 * A line of a file as it may be shown, though nobody has judged the file yet: what looks like a secret is
 * covered, character by character, so that what stands around it keeps its place. `before` is what comes
 * before the line: an entry of a list says there what it is named.
 */
export function veil(line: string, before: string): string {
  let shown = line;
  const cover = (start: number, length: number): void => {
    shown = shown.slice(0, start) + "•".repeat(length) + shown.slice(start + length);
  };
  for (const word of line.matchAll(WORD)) {
    const text = word[0].replace(/^[A-Za-z_][\w.-]*=/, "");
    if (isKnownKey(text) || passwordInUrl(text) !== undefined || secretInQuery(text) !== undefined) {
      cover(word.index + word[0].length - text.length, text.length);
    }
  }
  const near = `${before.split("\n").slice(-3).join("\n")}\n${line}`;
  const secret = [...near.matchAll(NAMED)].some(([, name = ""]) => looksSecret(name));
  for (const pair of line.matchAll(PAIR)) {
    const [, key = "", between = "", value = ""] = pair;
    if (!looksSecret(key) && !(secret && VALUES.has(key))) continue;
    if (looksLikeOne(value)) cover(pair.index + key.length + between.length, value.length);
  }
  return shown;
}

function looksLikeOne(value: string): boolean {
  if (value.includes("${")) return false;
  return value.split(/[\s"']+/).some((word) => judgeLiteral(word.replace(/^[*!&@`]+/, "")) === "real");
}
