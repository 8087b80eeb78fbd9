/** What the lines of a text are without the indentation that only the place of the text gives them. */

/** Plain and quoted texts: YAML folds their line ends, and drops the spaces around them. */
export function textLines(source: string): string[] {
  const lines = source.split("\n");
  const quoted = source.startsWith('"');
  return lines.map((line, i) => {
    const begun = i === 0 ? line : line.replace(/^[ \t]+/, "");
    if (i === lines.length - 1) return begun;
    const ended = begun.replace(/[ \t]+$/, "");
    const slashes = /\\*$/.exec(ended)?.[0].length ?? 0;
    // `\ ` before a line end is a space that is meant.
    return quoted && slashes % 2 === 1 && ended.length < begun.length
      ? begun.slice(0, ended.length + 1)
      : ended;
  });
}

/** `|` and `>`. `blank`: blank lines below it are not part of it. */
export function blockLines(
  header: string,
  source: string,
  parentIndent: number,
): { lines: string[]; blank: boolean } {
  const written = /[1-9]/.exec(header)?.[0];
  const raw = (source.endsWith("\n") ? source.slice(0, -1) : source).split("\n");
  const first = raw.find((line) => line.trim() !== "");
  const indent =
    written === undefined
      ? (first?.search(/[^ ]/) ?? Number.MAX_SAFE_INTEGER)
      : parentIndent + Number(written);
  const lines = raw.map((line) => line.slice(indent));
  if (source === "") return { lines: [], blank: false };
  let end = lines.length;
  if (!header.includes("+")) while (end > 0 && lines[end - 1] === "") end--;
  return { lines: lines.slice(0, end), blank: end < lines.length };
}
