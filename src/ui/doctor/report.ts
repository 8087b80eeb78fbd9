import type { Finding } from "../../model/doctor.ts";

/** All that was looked at, in the order in which a person should read it. */
export interface DoctorReport {
  readonly project: string;
  readonly target: string;
  /** The one that was asked about. */
  readonly agent?: string;
  readonly sections: readonly Section[];
}

export interface Section {
  /** `this machine`, `docker` */
  readonly title: string;
  readonly findings: readonly Finding[];
}

export function tallyOf({
  sections,
}: Pick<DoctorReport, "sections">): Readonly<Record<Finding["is"], number>> {
  const all = sections.flatMap(({ findings }) => findings);
  const of = (is: Finding["is"]): number => all.filter((one) => one.is === is).length;
  return { ok: of("ok"), warn: of("warn"), fail: of("fail"), unneeded: of("unneeded") };
}
