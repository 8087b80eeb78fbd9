import { fnv1a64 } from "../../base/fnv.ts";
import { byCodeUnit } from "../../base/canonical.ts";
import { type Code, CODES, type Level } from "../../model/codes.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Report } from "../../model/report.ts";
import type { Span } from "../../model/source.ts";
import { type Sources, sources } from "../frame.ts";
import { count } from "./human.ts";

/** GitHub shows 5,000 results of a run and refuses above 25,000. */
const MOST_RESULTS = 5000;
const LEVELS = { error: "error", warning: "warning", info: "note" } as const satisfies Record<Level, string>;

/** SARIF 2.1.0, as code scanning takes it. */
export function sarif(report: Report): string {
  const texts = sources(report);
  const codes = [...new Set(report.diagnostics.map((one) => one.code))].sort(byCodeUnit);
  const indexes = new Map(codes.map((code, i) => [code, i]));
  const located = report.diagnostics.filter((one) => one.at !== undefined);
  const kept = worst(located, MOST_RESULTS);
  const seen = new Map<string, number>();
  // Code scanning refuses a whole file for one result without a place: such a fault is told as a notification.
  const notifications: object[] = report.diagnostics
    .filter((one) => one.at === undefined)
    .map((one) => ({
      level: LEVELS[one.level],
      message: { text: wording(one) },
      associatedRule: { id: one.code, index: indexes.get(one.code) },
    }));
  if (located.length > kept.length) {
    const text = `${count(located.length - kept.length, "result")} beyond the first ${MOST_RESULTS} left out, the least grave ones; aac validate shows all.`;
    notifications.push({ level: "warning", message: { text } });
  }
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "aac",
            version: report.version,
            informationUri: "https://agent.dev",
            rules: codes.map(rule),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications }],
        results: kept.map((one) => ({
          ruleId: one.code,
          ruleIndex: indexes.get(one.code),
          level: LEVELS[one.level],
          message: { text: wording(one) },
          locations: one.at === undefined ? [] : [{ physicalLocation: physical(one.at, texts) }],
          relatedLocations: one.related.map((other, id) => ({
            id,
            physicalLocation: physical(other.at, texts),
            message: { text: literal(other.message) },
          })),
          partialFingerprints: { "aacFingerprint/v1": fingerprint(one, texts, seen) },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** The gravest, in the order they came in. */
function worst(diagnostics: readonly Diagnostic[], most: number): readonly Diagnostic[] {
  if (diagnostics.length <= most) return diagnostics;
  const share = { error: 0, warning: 0, info: 0 };
  let left = most;
  for (const level of ["error", "warning", "info"] as const) {
    share[level] = Math.min(left, diagnostics.filter((one) => one.level === level).length);
    left -= share[level];
  }
  return diagnostics.filter((one) => share[one.level]-- > 0);
}

function rule(code: Code): object {
  const [level, title] = CODES[code];
  const words = title.match(/[A-Za-z0-9]+/g) ?? [];
  return {
    id: code,
    name: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(""),
    shortDescription: { text: sentence(title) },
    help: { text: `aac explain ${code}` },
    defaultConfiguration: { level: LEVELS[level] },
  };
}

function wording(one: Diagnostic): string {
  const parts = [one.message, ...(one.label === undefined ? [] : [one.label]), ...one.notes];
  return literal(parts.map(sentence).join(" "));
}

/** No capital is put in front: a note may begin with a command or a name. */
const sentence = (text: string): string => (/[.!?…:]$/.test(text) ? text : `${text}.`);

/** Viewers make links of `[text](target)`; a key of that form must not become one. */
const literal = (text: string): string => text.replace(/\[([^[\]]*)\]\(/g, "\\[$1\\](");

function physical(span: Span, texts: Sources): object {
  const range = texts.range(span);
  return {
    artifactLocation: artifact(span.file),
    ...(range === undefined
      ? {}
      : {
          region: {
            startLine: range.start.line,
            startColumn: range.start.column,
            endLine: range.end.line,
            endColumn: range.end.column,
          },
        }),
  };
}

function artifact(file: string): object {
  const path = file === "<stdin>" ? "stdin" : file.replaceAll("\\", "/").replace(/^(?:\.\/+)+/, "");
  // encodeURIComponent throws at half a surrogate pair.
  const encoded = path.toWellFormed().split("/").map(encodeURIComponent).join("/");
  if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${path.slice(0, 2)}${encoded.slice(4)}` };
  if (path.startsWith("/")) return { uri: `file://${encoded}` };
  return { uri: encoded, uriBaseId: "%SRCROOT%" };
}

/** The same for the same fault wherever its line has moved to; like faults on like lines are numbered. */
function fingerprint(one: Diagnostic, texts: Sources, seen: Map<string, number>): string {
  const place = one.at === undefined ? undefined : texts.range(one.at)?.start;
  const file = one.at?.file ?? "";
  // So much tells lines apart; a file may be one line of megabytes.
  const line =
    place === undefined
      ? ""
      : texts.slice(file, place.lineStart, Math.min(place.lineEnd, place.lineStart + 1000));
  const key = JSON.stringify([one.code, file, one.message, line.trim()]);
  const nth = (seen.get(key) ?? 0) + 1;
  seen.set(key, nth);
  return fnv1a64(`${key}${nth}`);
}
