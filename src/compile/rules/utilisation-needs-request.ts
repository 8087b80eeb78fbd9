import type { Json } from "../../base/canonical.ts";
import type { Rule } from "../rule.ts";

/** A percentage is a percentage of what was requested. */
export const utilisationNeedsRequest: Rule = {
  agent({ ir, doc }, report) {
    const auto = ir.scaling.auto;
    if (auto === undefined) return;
    const wanted = new Map<"cpu" | "memory", readonly (string | number)[]>();
    const { autoscaling, scaling } = doc.value.spec;
    if (auto.cpuPercent !== undefined)
      wanted.set("cpu", ["spec", "autoscaling", "targetCPUUtilizationPercentage"]);
    if (auto.memoryPercent !== undefined)
      wanted.set("memory", ["spec", "autoscaling", "targetMemoryUtilizationPercentage"]);
    auto.metrics.forEach((metric, i) => {
      const name = utilisationOf(metric);
      const block = autoscaling?.metrics !== undefined ? "autoscaling" : "scaling";
      if (name !== undefined && !wanted.has(name)) wanted.set(name, ["spec", block, "metrics", i]);
    });
    for (const [name, path] of wanted) {
      if (ir.resources.requests[name] !== undefined || ir.resources.limits[name] !== undefined) continue;
      report(
        "AAC2008",
        doc.at(path, "key"),
        `scales by a share of the ${name} that it requests, but requests none`,
        {
          notes: [`write \`resources.requests.${name}\`: the share is counted from it`],
        },
      );
    }
    if (auto.metrics.length === 0 && auto.cpuPercent === undefined && auto.memoryPercent === undefined) {
      const block = autoscaling !== undefined ? "autoscaling" : "scaling";
      const key = scaling?.maxReplicas !== undefined ? "maxReplicas" : undefined;
      report(
        "AAC2008",
        doc.at(key === undefined ? ["spec", block] : ["spec", "scaling", key], "key"),
        "scales, but by nothing that is measured",
        {
          notes: [
            "write `autoscaling.targetCPUUtilizationPercentage: 70`, or `metrics`; for a fixed number, `scaling.replicas` alone",
          ],
        },
      );
    }
  },
};

function utilisationOf(metric: Json): "cpu" | "memory" | undefined {
  const resource = field(metric, "resource") ?? field(metric, "containerResource");
  const name = field(resource, "name");
  const target = field(resource, "target");
  const share = field(target, "averageUtilization") !== undefined || field(target, "type") === "Utilization";
  return share && (name === "cpu" || name === "memory") ? name : undefined;
}

function field(value: Json | undefined, key: string): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, Json>)[key]
    : undefined;
}
