import type { Rule } from "../rule.ts";

/** A check asks one of the agent's own ports. */
export const healthPortExposed: Rule = {
  agent({ ir, doc }, report) {
    const own = Object.values(ir.ports).filter((port) => port.protocol === "tcp");
    const apart = doc.value.spec.healthCheck;
    const told = new Set<number>();
    for (const kind of ["startup", "readiness", "liveness"] as const) {
      const probe = ir.health[kind];
      if (probe === undefined || (probe.type !== "http" && probe.type !== "tcp")) continue;
      if (told.has(probe.port) || own.some((port) => port.container === probe.port)) continue;
      told.add(probe.port);
      const path =
        apart?.[kind]?.port !== undefined
          ? ["spec", "healthCheck", kind, "port"]
          : ["spec", "healthCheck", "port"];
      report("AAC2005", doc.at(path), `checks port ${probe.port}, which this agent does not expose`, {
        notes: [
          own.length === 0
            ? `write it under \`ports\`: \`- container: ${probe.port}\``
            : `the agent exposes ${own.map((port) => port.container).join(", ")}: check one of these, or add \`- container: ${probe.port}\` under \`ports\``,
        ],
      });
    }
  },
};
