import type { Rule } from "../rule.ts";

export const probeTimes: Rule = {
  agent({ ir, doc }, report) {
    const apart = doc.value.spec.healthCheck;
    // A default gives way to what is written: only a written timeout can contradict.
    const isWritten = (base: readonly string[]): boolean => {
      const kind = base[2];
      const own =
        kind === "startup" || kind === "readiness" || kind === "liveness"
          ? apart?.[kind]?.timeout
          : undefined;
      return (own ?? apart?.timeout) !== undefined;
    };
    const seen = new Set<string>();
    for (const kind of ["startup", "readiness", "liveness"] as const) {
      const probe = ir.health[kind];
      if (probe === undefined) continue;
      const base = apart?.[kind] === undefined ? ["spec", "healthCheck"] : ["spec", "healthCheck", kind];
      if (seen.has(base.join("."))) continue;
      seen.add(base.join("."));
      if (probe.interval.ms === 0) {
        report(
          "AAC2011",
          doc.at([...base, "interval"]),
          "an interval of nothing would check without a pause",
          { notes: ["write at least 1s"] },
        );
      } else if (probe.timeout.ms === 0) {
        report("AAC2011", doc.at([...base, "timeout"]), "no check can be answered in no time", {
          notes: ["write at least 1s"],
        });
      } else if (probe.timeout.ms > probe.interval.ms && isWritten(base)) {
        report(
          "AAC2012",
          doc.at([...base, "timeout"]),
          `a check may take ${probe.timeout.text}, but the next is due after ${probe.interval.text}`,
          {
            notes: ["the next check waits for the one before: keep the timeout at or below the interval"],
          },
        );
      }
    }
  },
};
