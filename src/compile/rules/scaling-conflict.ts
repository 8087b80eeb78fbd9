import { canonicalJson, type Json } from "../../base/canonical.ts";
import type { Rule } from "../rule.ts";

/** Two blocks may say how many replicas there are; they may not say two things. */
export const scalingConflict: Rule = {
  agent({ doc }, report) {
    const { scaling, autoscaling } = doc.value.spec;
    if (scaling === undefined || autoscaling === undefined) return;
    for (const key of ["minReplicas", "maxReplicas", "metrics"] as const) {
      const one = scaling[key];
      const other = autoscaling[key];
      if (one === undefined || other === undefined) continue;
      if (canonicalJson(one as unknown as Json) === canonicalJson(other as unknown as Json)) continue;
      report(
        "AAC2004",
        doc.at(["spec", "autoscaling", key], "key"),
        `\`scaling\` and \`autoscaling\` disagree about \`${key}\``,
        {
          notes: ["keep it in one of the two"],
          related: [{ at: doc.at(["spec", "scaling", key], "key"), message: "the other one" }],
        },
      );
    }
    if (
      autoscaling.enabled === false &&
      (scaling.metrics !== undefined || scaling.maxReplicas !== undefined)
    ) {
      report(
        "AAC2004",
        doc.at(["spec", "autoscaling", "enabled"]),
        "`autoscaling` is off, but `scaling` says how to scale",
        {
          notes: ["write `scaling.replicas` alone, or turn autoscaling on"],
          related: [
            {
              at: doc.at(
                ["spec", "scaling", scaling.metrics === undefined ? "maxReplicas" : "metrics"],
                "key",
              ),
              message: "this",
            },
          ],
        },
      );
    }
  },
};
