import type { Rule } from "../rule.ts";

/** None more and none fewer: no replica could ever be exchanged. */
export const stuckUpdate: Rule = {
  agent({ ir, doc }, report) {
    const none = (value: number | string | undefined): boolean =>
      value === 0 || (typeof value === "string" && /^0+%?$/.test(value));
    if (!none(ir.update.maxSurge) || !none(ir.update.maxUnavailable)) return;
    report(
      "AAC2022",
      doc.at(["spec", "update", "maxUnavailable"]),
      "an update may start none more and stop none, so it can never move",
      {
        notes: ["write `maxSurge: 1`, or `maxUnavailable: 1`"],
      },
    );
  },
};
