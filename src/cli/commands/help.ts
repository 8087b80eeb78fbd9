import { nearest } from "../../base/nearest.ts";
import { helpFor, overview } from "../help.ts";
import { markdown, reference } from "../reference/markdown.ts";
import { exitCodesPage, groups, overviewPage, type Page, pageOf } from "../reference/page.ts";
import { roff } from "../reference/roff.ts";
import { COMMANDS, type CommandSpec, type Context, OTHER_WORDS } from "../table.ts";
import { UsageError } from "../usage.ts";
import { word } from "./request.ts";

const EXIT_CODES = "exit-codes";

export async function run(context: Context): Promise<number> {
  const [topic, more] = context.args;
  const form = word(context.options["output"]) ?? "text";
  const isAll = context.options["all"] === true;
  if (more !== undefined || (isAll && topic !== undefined))
    throw new UsageError("name one command", "aac help apply");
  if (isAll) context.out(all(form, context.version));
  else context.out(one(topic, form, context.version));
  return 0;
}

function one(topic: string | undefined, form: string, version: string): string {
  if (form !== "text") {
    const page = pageFor(topic);
    return form === "man" ? roff(page, version) : markdown(page);
  }
  if (topic === undefined) return overview();
  return topic === EXIT_CODES ? listed(exitCodesPage()) : helpFor(commandFor(topic));
}

function all(form: string, version: string): string {
  if (form === "markdown") return reference();
  const commands = groups().flatMap((group) => group.commands);
  if (form === "man") return commands.map((command) => roff(pageOf(command), version)).join("");
  return commands.map(helpFor).join("\n");
}

function pageFor(topic: string | undefined): Page {
  if (topic === undefined) return overviewPage();
  return topic === EXIT_CODES ? exitCodesPage() : pageOf(commandFor(topic));
}

function commandFor(topic: string): CommandSpec {
  const found = COMMANDS.find(({ name }) => name === topic);
  if (found?.load !== undefined) return found;
  if (found !== undefined) throw new UsageError(`\`aac ${topic}\` is not built yet`);
  const ours = Object.hasOwn(OTHER_WORDS, topic) ? OTHER_WORDS[topic] : undefined;
  if (ours !== undefined) throw new UsageError(`there is no \`aac ${topic}\`: here this is \`${ours}\``);
  const names = [...COMMANDS.flatMap(({ name, load }) => (load === undefined ? [] : [name])), EXIT_CODES];
  const near = nearest(topic, names);
  throw new UsageError(
    `there is no help on \`${topic}\`${near === undefined ? "" : `: did you mean \`aac help ${near}\`?`}`,
    "aac --help lists the commands",
  );
}

/** As `--help` lists options. */
function listed({ about, sections }: Page): string {
  const rows = sections.flatMap((section) => section.rows);
  const width = Math.max(...rows.map(([term]) => term.length));
  return [
    about,
    "",
    ...rows.map(([term, says]) => `  ${term.padEnd(width)}  ${says.replaceAll("`", "")}`),
    "",
  ].join("\n");
}
