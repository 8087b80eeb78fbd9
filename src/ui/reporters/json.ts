import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Report } from "../../model/report.ts";
import type { Span } from "../../model/source.ts";
import { type Place, type Sources, sources } from "../frame.ts";
import { tally } from "./human.ts";

/** For programs. `schema/validation-report.schema.json` describes it; fields are added, never changed. */
export function json(report: Report): string {
  const texts = sources(report);
  const document = {
    apiVersion: "aac.dev/v1",
    kind: "ValidationReport",
    version: report.version,
    summary: {
      files: report.files.length,
      agents: report.agents,
      ...tally(report.diagnostics),
      durationMs: report.millis,
    },
    files: report.files,
    diagnostics: report.diagnostics.map((one) => entry(one, texts)),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function entry(one: Diagnostic, texts: Sources): object {
  return {
    code: one.code,
    level: one.level,
    message: one.message,
    // JSON leaves out what is undefined.
    label: one.label,
    notes: one.notes,
    fixable: one.fixable ?? false,
    ...(one.at === undefined ? {} : where(one.at, texts)),
    related: one.related.map((other) => ({ message: other.message, ...where(other.at, texts) })),
  };
}

function where(span: Span, texts: Sources): object {
  const range = texts.range(span);
  return {
    file: span.file,
    ...(range === undefined ? {} : { range: { start: point(range.start), end: point(range.end) } }),
  };
}

const point = ({ line, column, offset }: Place): object => ({ line, column, offset });
