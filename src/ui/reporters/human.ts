import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Report } from "../../model/report.ts";
import { frame, sources } from "../frame.ts";
import { type Paint, plainPaint } from "../paint.ts";

export interface HumanOptions {
  readonly paint: Paint;
  /** Of the screen; 100 where it is not known. */
  readonly width?: number | undefined;
  /** So many pieces of advice are shown, the others only counted. All without it. */
  readonly maxInfo?: number | undefined;
}

/** Frames for people, each set off by an empty line, and what it comes to. */
export function human(report: Report, { paint, width, maxInfo }: HumanOptions): string {
  const texts = sources(report);
  const options = { paint, width: width === undefined || !(width > 0) ? 100 : width };
  let advice = 0;
  const shown = report.diagnostics.filter(
    (one) => one.level !== "info" || ++advice <= (maxInfo ?? Number.POSITIVE_INFINITY),
  );
  const frames = shown.map((one) => `${frame(one, texts, options)}\n\n`);
  return `${frames.join("")}${summary(report, paint, report.diagnostics.length - shown.length)}\n`;
}

interface Tally {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

export function tally(diagnostics: readonly Diagnostic[]): Tally {
  const of = (level: Diagnostic["level"]): number => diagnostics.filter((one) => one.level === level).length;
  return { errors: of("error"), warnings: of("warning"), infos: of("info") };
}

/** One line: what was looked at, what was found, how long it took. */
export function summary(report: Report, paint: Paint = plainPaint, hidden = 0): string {
  const files = count(report.files.length, "file");
  const time = duration(report.millis);
  const { errors, warnings, infos } = tally(report.diagnostics);
  const found = [
    ...(errors > 0 ? [paint.red(count(errors, "error"))] : []),
    ...(warnings > 0 ? [paint.yellow(count(warnings, "warning"))] : []),
    ...(infos > 0
      ? [paint.blue(count(infos, "piece of advice", "pieces of advice")) + unshown(hidden, infos)]
      : []),
  ];
  if (found.length > 0) return `${files} · ${found.join(", ")} · ${time}`;
  if (report.files.length === 0) return `no files, nothing to check · ${time}`;
  return `${paint.green("✓")} ${files}, ${count(report.agents, "agent")}: all in order · ${time}`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function unshown(hidden: number, all: number): string {
  if (hidden === 0) return "";
  return hidden === all ? " (not shown)" : ` (${hidden} not shown)`;
}

function duration(millis: number): string {
  const whole = Math.round(millis);
  return whole < 1000 ? `${whole} ms` : `${(whole / 1000).toFixed(1)} s`;
}
