/** Texts of a file inside a recipe: what they hold must not end where they stand. */

/** One word for a shell. */
export function shell(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Arguments as an engine reads them without a shell. */
export function json(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}
