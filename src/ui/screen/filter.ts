/** `chat fail` finds what has both words; `!chat` what has not that one. */
export function matches(text: string, filter: string): boolean {
  const low = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "!")
    .every((word) => (word.startsWith("!") ? !low.includes(word.slice(1)) : low.includes(word)));
}
