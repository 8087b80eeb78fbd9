import type { Rule } from "../rule.ts";

/** `memory: 512` is 512 bytes: allowed, and never what was meant. */
export const oddAmounts: Rule = {
  agent({ ir, doc }, report) {
    for (const kind of ["limits", "requests"] as const) {
      const { cpu, memory } = ir.resources[kind];
      if (memory !== undefined && memory.value < 1024 * 1024) {
        report(
          "AAC2019",
          doc.at(["spec", "resources", kind, "memory"]),
          `\`${memory.text}\` is ${memory.value} bytes`,
          {
            label: /^[1-9]\d*$/.test(memory.text) ? `did you mean \`${memory.text}Mi\`?` : undefined,
            notes: ["no program runs in so little memory"],
          },
        );
      }
      if (cpu !== undefined && cpu.value >= 256_000) {
        report(
          "AAC2019",
          doc.at(["spec", "resources", kind, "cpu"]),
          `\`${cpu.text}\` is ${cpu.value / 1000} whole cores`,
          {
            label: /^\d+$/.test(cpu.text) ? `did you mean \`${cpu.text}m\`?` : undefined,
            notes: ["no machine has so many"],
          },
        );
      }
      if (cpu?.value === 0) {
        report("AAC2010", doc.at(["spec", "resources", kind, "cpu"]), "no processor time at all", {
          notes: ["leave it out where there is no limit"],
        });
      }
    }
  },
};
