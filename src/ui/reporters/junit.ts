import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Report } from "../../model/report.ts";
import { type Sources, showPlace, sources } from "../frame.ts";

/** Stands for the suite of what no file is to blame for. */
const NO_FILE = "(project)";

/** JUnit XML: one suite a file, one case a diagnostic; only errors fail. */
export function junit(report: Report): string {
  const texts = sources(report);
  const suites = new Map<string, Diagnostic[]>(report.files.map((file) => [file, []]));
  for (const one of report.diagnostics) {
    const file = one.at?.file ?? NO_FILE;
    const suite = suites.get(file);
    if (suite === undefined) suites.set(file, [one]);
    else suite.push(one);
  }
  const bodies = [...suites].map(([file, diagnostics]) => suite(file, diagnostics, texts));
  const cases = [...suites.values()].reduce((sum, one) => sum + Math.max(1, one.length), 0);
  const time = (report.millis / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="aac validate" tests="${cases}" failures="${failures(report.diagnostics)}" errors="0" time="${time}">`,
    ...bodies,
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(file: string, diagnostics: readonly Diagnostic[], texts: Sources): string {
  const cases =
    diagnostics.length === 0
      ? [`    <testcase classname="${attribute(file)}" name="no faults"/>`]
      : diagnostics.map((one) => testcase(file, one, texts));
  return [
    `  <testsuite name="${attribute(file)}" tests="${cases.length}" failures="${failures(diagnostics)}" errors="0" skipped="0">`,
    ...cases,
    "  </testsuite>",
  ].join("\n");
}

function testcase(file: string, one: Diagnostic, texts: Sources): string {
  const start = one.at === undefined ? undefined : texts.range(one.at)?.start;
  const place = start === undefined ? "" : ` ${start.line}:${start.column}`;
  const body = content(details(one, texts));
  const told =
    one.level === "error"
      ? `<failure type="${one.code}" message="${attribute(one.message)}">${body}</failure>`
      : `<system-out>${body}</system-out>`;
  return `    <testcase classname="${attribute(file)}" name="${attribute(`${one.code}${place} ${one.message}`)}">${told}</testcase>`;
}

function details(one: Diagnostic, texts: Sources): string {
  return [
    ...(one.at === undefined ? [] : [showPlace(one.at, texts)]),
    `${one.level} ${one.code}: ${one.message}`,
    ...(one.label === undefined ? [] : [one.label]),
    ...one.related.map((other) => `${showPlace(other.at, texts)} ${other.message}`),
    ...one.notes,
  ].join("\n");
}

const failures = (diagnostics: readonly Diagnostic[]): number =>
  diagnostics.filter((one) => one.level === "error").length;

/** All that XML 1.0 may hold, even as a reference; halves of surrogate pairs are among the rest. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};
const entity = (char: string): string => ENTITIES[char] ?? char;

const content = (text: string): string => text.replace(FORBIDDEN, "").replace(/[&<>\r]/g, entity);
/** A reader makes spaces of raw line breaks in an attribute. */
const attribute = (text: string): string => text.replace(FORBIDDEN, "").replace(/[&<>"'\t\n\r]/g, entity);
