/** A piece of a file, as offsets into its text: counted into lines only when somebody looks. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Texts by the path they are shown under; `<stdin>` for standard input. */
export type Texts = ReadonlyMap<string, string>;

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column, both from 1. A column is a UTF-16 unit, as editors and SARIF count. */
export function positionAt(text: string, offset: number): Position {
  const end = Math.min(offset, text.length);
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf("\n"); next !== -1 && next < end; next = text.indexOf("\n", next + 1)) {
    line++;
    lineStart = next + 1;
  }
  return { line, column: end - lineStart + 1 };
}

/** A path through a document: keys and list positions. */
export type Path = readonly (string | number)[];

/** `spec.ports[0].container`, as people write it. */
export function showPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `["${step}"]`;
  }
  return text;
}
