import type { CommandSpec } from "../table.ts";
import { groups, overviewPage, type Page, pageOf, type Row, type Section } from "./page.ts";

/** One page, its headings a level below `depth`. */
export function markdown(page: Page, depth = 1): string {
  const [command, rest] = page.synopsis;
  const parts = [
    `${"#".repeat(depth)} ${code(command)}`,
    plain(page.about),
    `\`\`\`\n${`${command} ${rest}`.trimEnd()}\n\`\`\``,
    ...page.sections.filter(({ title }) => title !== "See also").flatMap((one) => section(one, depth + 1)),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** All of it in one file: each command has what is its own, and what holds for all stands once. */
export function reference(): string {
  const common = overviewPage().sections.filter(({ title }) => SHARED.has(title));
  const parts = [
    "# Commands of `aac`",
    "Made from the table of commands; `aac COMMAND --help` says the same in a terminal.",
    ...groups().flatMap(({ title, commands }) => [`## ${title}`, ...commands.map(ofCommand)]),
    ...common.flatMap((one) => section(one, 2)),
  ];
  return `${parts.join("\n\n")}\n`;
}

const SHARED = new Set(["Everywhere", "Exit status", "Environment", "Files"]);

function ofCommand(command: CommandSpec): string {
  const page = pageOf(command);
  return markdown(
    { ...page, sections: page.sections.filter(({ title }) => !SHARED.has(title)) },
    3,
  ).trimEnd();
}

function section({ title, rows }: Section, depth: number): readonly string[] {
  return [`${"#".repeat(depth)} ${title}`, rows.map(row).join("\n")];
}

const row = ([term, about]: Row): string => `- ${code(term)}: ${plain(about)}`;

/** With as many backquotes around it as it takes. */
function code(text: string): string {
  const fence = "`".repeat(1 + Math.max(0, ...(text.match(/`+/g) ?? []).map((one) => one.length)));
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

/** Words in backquotes stay what they are; all else means nothing to Markdown. */
export const plain = (text: string): string =>
  text
    .split("`")
    .map((part, i) =>
      i % 2 === 0 ? part.replaceAll(/[\\*_<>[\]#|&]/g, (char) => `\\${char}`) : `\`${part}\``,
    )
    .join("");
