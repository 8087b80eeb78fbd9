import type { Finding } from "../../model/doctor.ts";
import type { Paint } from "../paint.ts";
import { hang, pad, widest } from "../plan/columns.ts";
import { count } from "../reporters/human.ts";
import { flat } from "../visible.ts";
import { type DoctorReport, type Section, tallyOf } from "./report.ts";

export interface TextOptions {
  readonly paint: Paint;
  readonly width: number;
}

/** Symbol and word both say it; a colour only repeats them. */
const SIGNS: Readonly<Record<Finding["is"], string>> = {
  ok: "✓ ok  ",
  warn: "! warn",
  fail: "✗ fail",
  unneeded: "-     ",
};
/** Longer names of things have their own line before what was found. */
const NAMES = 18;

/** A line for each thing that was looked at, and below one that is not well what to do. */
export function doctorText(report: DoctorReport, options: TextOptions): string {
  const { paint } = options;
  const { project, target, agent, sections } = report;
  const who = agent === undefined ? "" : `   ${flat(agent)}`;
  const title = `${flat(project)} → ${flat(target)}${who}   ${verdict(report)}`;
  const names = Math.min(
    NAMES,
    widest(sections.flatMap(({ findings }) => findings.map(({ about }) => flat(about)))),
  );
  const blocks = sections
    .filter(({ findings }) => findings.length > 0)
    .map((section) => sectionLines(section, names, options).join("\n"));
  return `${[paint.bold(title), ...blocks].join("\n\n")}\n`;
}

function verdict(report: DoctorReport): string {
  const { fail, warn } = tallyOf(report);
  if (fail === 0 && warn === 0) return "all is well";
  return [
    ...(fail === 0 ? [] : [count(fail, "failure")]),
    ...(warn === 0 ? [] : [count(warn, "warning")]),
  ].join(", ");
}

function sectionLines({ title, findings }: Section, names: number, options: TextOptions): readonly string[] {
  return [
    options.paint.bold(flat(title)),
    ...findings.flatMap((finding) => findingLines(finding, names, options)),
  ];
}

function findingLines(
  { about, is, found, repair }: Finding,
  names: number,
  { paint, width }: TextOptions,
): readonly string[] {
  const lead = `  ${SIGNS[is]}  ${pad(flat(about), names)}  `;
  const [first = "", ...more] = hang(lead, flat(found), width, false);
  const painted = `  ${SIGN_PAINTS[is](paint)(SIGNS[is])}${first.slice(2 + SIGNS[is].length)}`;
  // A command stays on one line, however long: it is there to be copied.
  return [painted, ...more, ...(repair === undefined ? [] : [`${" ".repeat(12 + names)}→ ${flat(repair)}`])];
}

const SIGN_PAINTS: Readonly<Record<Finding["is"], (paint: Paint) => (text: string) => string>> = {
  ok: ({ green }) => green,
  warn: ({ yellow }) => yellow,
  fail: ({ red }) => red,
  unneeded: ({ dim }) => dim,
};
