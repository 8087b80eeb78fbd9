import type { Level } from "../../model/codes.ts";
import { CODES } from "../../model/codes.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Report } from "../../model/report.ts";
import { type Sources, showPlace, sources, visible } from "../frame.ts";
import { count, summary, tally } from "./human.ts";

/** So many annotations of a kind GitHub shows for a step; the others stay in its log. */
const SHOWN = 10;
const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const satisfies Record<
  Level,
  string
>;

/** Workflow commands, the worst first, since the first ones are those that are shown. */
export function github(report: Report): string {
  const texts = sources(report);
  const ordered = (["error", "warning", "info"] as const).flatMap((level) =>
    report.diagnostics.filter((one) => one.level === level),
  );
  const lines = ordered.map((one) => annotation(one, texts));
  return `${[...lines, summary(report) + beyond(report)].join("\n")}\n`;
}

function beyond(report: Report): string {
  const { errors, warnings, infos } = tally(report.diagnostics);
  const rest = [
    ...(errors > SHOWN ? [count(errors - SHOWN, "error")] : []),
    ...(warnings > SHOWN ? [count(warnings - SHOWN, "warning")] : []),
    ...(infos > SHOWN ? [count(infos - SHOWN, "notice")] : []),
  ];
  return rest.length === 0
    ? ""
    : ` · GitHub annotates only ${SHOWN} of a kind; in this log alone: ${rest.join(", ")}`;
}

function annotation(one: Diagnostic, texts: Sources): string {
  const title = `title=${property(`${one.code} ${CODES[one.code][1]}`)}`;
  const properties = [...where(one, texts), title].join(",");
  // Standard input is no file of the repository: its place is told in words.
  const prefix = one.at?.file === "<stdin>" ? `${showPlace(one.at, texts)} ` : "";
  const message = [
    prefix + one.message,
    ...(one.label === undefined ? [] : [one.label]),
    ...one.related.map((other) => `${showPlace(other.at, texts)} ${other.message}`),
    ...one.notes,
  ];
  return `::${COMMANDS[one.level]} ${properties}::${data(message.join("\n"))}`;
}

function where({ at }: Diagnostic, texts: Sources): string[] {
  if (at === undefined || at.file === "<stdin>") return [];
  const file = `file=${property(at.file)}`;
  const range = texts.range(at);
  if (range === undefined) return [file];
  const lines = [file, `line=${range.start.line}`, `endLine=${range.end.line}`];
  // The runner refuses columns that belong to different lines.
  if (range.start.line !== range.end.line) return lines;
  return [...lines, `col=${range.start.column}`, `endColumn=${range.end.column}`];
}

/** Line breaks are escaped first: what `visible` then finds are other controls, which no log needs. */
const data = (text: string): string =>
  visible(text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"));

const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
