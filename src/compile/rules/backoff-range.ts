import type { Rule } from "../rule.ts";

export const backoffRange: Rule = {
  agent({ ir, doc }, report) {
    const { initial, max } = ir.supervision.backoff;
    if (initial.ms <= max.ms) return;
    const written = doc.value.spec.supervision?.backoff;
    const key = written?.initial === undefined ? "max" : "initial";
    report(
      "AAC2018",
      doc.at(["spec", "supervision", "backoff", key]),
      `waits ${initial.text} at first, but never more than ${max.text}`,
      {
        notes: ["swap the two, or raise `max`"],
      },
    );
  },
};
