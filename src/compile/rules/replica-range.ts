import type { Rule } from "../rule.ts";

export const replicaRange: Rule = {
  agent({ ir, doc }, report) {
    const auto = ir.scaling.auto;
    const block = doc.value.spec.scaling?.maxReplicas !== undefined ? "scaling" : "autoscaling";
    if (auto !== undefined && auto.min > auto.max) {
      report(
        "AAC2007",
        doc.at(["spec", block, "maxReplicas"]),
        `at least ${auto.min} replicas, but at most ${auto.max}`,
        {
          notes: ["swap the two, or raise `maxReplicas`"],
        },
      );
    } else if (
      auto !== undefined &&
      doc.value.spec.scaling?.replicas !== undefined &&
      ir.scaling.replicas > auto.max
    ) {
      report(
        "AAC2007",
        doc.at(["spec", "scaling", "replicas"]),
        `starts with ${ir.scaling.replicas} replicas, but has at most ${auto.max}`,
        {
          notes: ["write fewer, or raise `maxReplicas`"],
        },
      );
    }
    const { scaling } = doc.value.spec;
    if (
      scaling?.replicas !== undefined &&
      scaling.minReplicas !== undefined &&
      scaling.replicas < scaling.minReplicas
    ) {
      report(
        "AAC2007",
        doc.at(["spec", "scaling", "replicas"]),
        `starts with ${scaling.replicas} replicas, but has at least ${scaling.minReplicas}`,
        {
          notes: ["write more, or lower `minReplicas`"],
        },
      );
    }
    const { minCPU, maxCPU, minMemory, maxMemory } = ir.scaling.vertical ?? {};
    const vertical = ["spec", "autoscaling", "vertical"];
    if (minCPU !== undefined && maxCPU !== undefined && minCPU.value > maxCPU.value) {
      report(
        "AAC2007",
        doc.at([...vertical, "minCPU"]),
        `at least ${minCPU.text} of cpu, but at most ${maxCPU.text}`,
      );
    }
    if (minMemory !== undefined && maxMemory !== undefined && minMemory.value > maxMemory.value) {
      report(
        "AAC2007",
        doc.at([...vertical, "minMemory"]),
        `at least ${minMemory.text} of memory, but at most ${maxMemory.text}`,
      );
    }
  },
};
