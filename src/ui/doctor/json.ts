import { jsonText } from "../visible.ts";
import { type DoctorReport, tallyOf } from "./report.ts";

/** For programs: the same facts, in the same order. */
export function doctorJson(report: DoctorReport): string {
  const { project, target, agent, sections } = report;
  return `${jsonText(
    {
      apiVersion: "agent.dev/v1",
      kind: "Doctor",
      project,
      target,
      agent,
      found: tallyOf(report),
      sections: sections.map(({ title, findings }) => ({
        title,
        findings: findings.map(({ about, is, found, repair }) => ({ about, is, found, repair })),
      })),
    },
    2,
  )}\n`;
}
