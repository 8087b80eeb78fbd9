import { nearest } from "../../base/nearest.ts";
import type { Rule } from "../rule.ts";

/** The format names no targets; which there are is known here. */
export const overrideTarget: Rule = {
  agent({ ir, doc }, report, { targets }) {
    for (const name of Object.keys(ir.overrides)) {
      if (targets.includes(name)) continue;
      const near = nearest(name, targets);
      report("AAC2023", doc.at(["spec", "overrides", name], "key"), `there is no target \`${name}\``, {
        label: near === undefined ? undefined : `did you mean \`${near}\`?`,
        notes: [`one of: ${targets.join(", ")}`],
      });
    }
  },
};
