import type { Page, Row } from "./page.ts";

/** By hand, when the words change: the day of a build would make other bytes of the same sources. */
const WRITTEN = "2026-11-21";
/** Readers of the source, and its checkers, want short lines; the reader of the page sees none of them. */
const WIDTH = 72;

/** A page for `man`. All text is escaped: nothing in it can be taken for a request or a macro. */
export function roff(page: Page, version: string): string {
  const [command, rest] = page.synopsis;
  const lines = [
    `.TH ${quoted(page.name.toUpperCase())} 1 ${WRITTEN} ${quoted(`aac ${version}`)} ${quoted("Agents as code")}`,
    ".SH NAME",
    ...text(`${escaped(page.name)} \\- ${escaped(page.about)}`),
    ".SH SYNOPSIS",
    ...text(`\\fB${escaped(command)}\\fR ${escaped(rest)}`.trimEnd()),
    ...page.sections.flatMap(({ title, rows }) => [
      `.SH ${quoted(title.toUpperCase())}`,
      ...rows.flatMap(term),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function term([name, about]: Row): readonly string[] {
  const [, flags = name, value] = /^(-.*?)( <.*>)?$/.exec(name) ?? [];
  const behind = value === undefined ? "" : ` \\fI${escaped(value.trim().replaceAll(/[<>]/g, ""))}\\fR`;
  return [".TP", guarded(`\\fB${escaped(flags)}\\fR${behind}`), ...text(spans(about))];
}

/** Words in backquotes, which stay together, in bold. */
const spans = (about: string): string =>
  about
    .split("`")
    .map((part, i) => (i % 2 === 0 ? escaped(part) : `\\fB${escaped(part)}\\fR`))
    .join("");

/** Also beyond ASCII: older readers know only that. */
export function escaped(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("…", "...")
    .replaceAll(
      /[^\n -~]/gu,
      (char) => `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

/** As one argument of a macro. */
const quoted = (plain: string): string => `"${escaped(plain).replaceAll('"', "\\(dq")}"`;

/** A dot or an apostrophe at the beginning would make a request of the line. */
const guarded = (line: string): string => (/^[.']/.test(line) ? `\\&${line}` : line);

function text(words: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words.split(/[ \n]+/)) {
    if (line !== "" && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].filter((one) => one !== "").map(guarded);
}
