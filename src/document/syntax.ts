import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";

/** The parser's own errors in our words, with what to do. Codes are the yaml package's. */
const WORDS: Readonly<Record<string, readonly [message: string, ...notes: string[]]>> = {
  BAD_INDENT: [
    "this line does not line up with the ones above it",
    "give keys of one map the same number of spaces",
  ],
  TAB_AS_INDENT: ["a tab stands where spaces belong", "YAML counts spaces only: replace the tab by two"],
  MULTILINE_IMPLICIT_KEY: [
    "this key runs over more than one line",
    "a `:` is missing here, or a quote was not closed",
  ],
  BLOCK_AS_IMPLICIT_KEY: ["a second `:` in one line", "write the value in quotes, or on a line of its own"],
  MISSING_CHAR: ["something is missing here", "a bracket, a brace, a comma or a quote was not closed"],
  UNEXPECTED_TOKEN: ["this does not belong here", "check the line above for a missing `:` or quote"],
  BAD_ALIAS: ["an alias needs a name", "write `*name`; for text that starts with *, write quotes"],
  BAD_DQ_ESCAPE: [
    "a backslash in double quotes starts something that YAML does not know",
    "write \\\\ for a backslash, or use single quotes",
  ],
  BAD_PROP_ORDER: ["anchor and value are in the wrong order", "write `key: &name value`"],
  BAD_SCALAR_START: ["a value cannot start with this character", "write quotes around the value"],
  KEY_OVER_1024_CHARS: ["this key is longer than 1024 characters", "a `:` may be missing before it"],
  MISSING_ANCHOR: ["`&` without a name", "write `&name`; for text that starts with &, write quotes"],
  MULTIPLE_ANCHORS: ["two anchors on one value", "keep one"],
  BAD_COLLECTION_TYPE: ["a tag that does not fit its value", "remove the tag"],
  MULTIPLE_DOCS: ["a second document begins here", "start it with a line of `---`"],
};

export function explainSyntax(
  file: string,
  text: string,
  code: string,
  raw: string,
  start: number,
  end: number,
): Diagnostic {
  const open = /must be sufficiently indented and end with a (.)/.exec(raw)?.[1];
  const unclosed =
    open === undefined
      ? undefined
      : ([`the list or map that begins here is not closed`, `write its \`${open}\``] as const);
  const [message, ...notes] = unclosed ?? WORDS[code] ?? ["this is not valid YAML", plainSentence(raw)];
  // The parser may point past the last character: then the last one is what to look at.
  const from = Math.max(0, Math.min(start, text.length - 1));
  const to = Math.max(from + 1, Math.min(end, text.length, from + 80));
  return diagnostic("AAC1001", { file, start: from, end: to }, message, { notes });
}

const plainSentence = (raw: string): string => (raw.split("\n")[0] ?? "").slice(0, 160);
