import type { Rule } from "../rule.ts";

/** No scheduler can promise more than it will allow. */
export const requestsAboveLimits: Rule = {
  agent({ ir, doc }, report) {
    for (const kind of ["cpu", "memory", "ephemeral-storage"] as const) {
      const limit = ir.resources.limits[kind];
      const request = ir.resources.requests[kind];
      if (limit === undefined || request === undefined || request.value <= limit.value) continue;
      report(
        "AAC2003",
        doc.at(["spec", "resources", "requests", kind]),
        `requests ${request.text} of ${kind}, but its limit is ${limit.text}`,
        {
          label: "more than the limit",
          notes: [`write at most ${limit.text}, or raise the limit`],
          related: [{ at: doc.at(["spec", "resources", "limits", kind]), message: "the limit" }],
        },
      );
    }
  },
};
