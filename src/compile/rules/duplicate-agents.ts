import type { AgentView, Rule } from "../rule.ts";

export const duplicateAgents: Rule = {
  project({ agents }, report) {
    const first = new Map<string, AgentView>();
    for (const view of agents) {
      const other = first.get(view.ir.name);
      if (other === undefined) {
        first.set(view.ir.name, view);
        continue;
      }
      report("AAC2101", view.doc.at(["metadata", "name"]), `there are two agents named \`${view.ir.name}\``, {
        notes: [
          "an agent is known by its name: only one of the two could live",
          "give one of them another name",
        ],
        related: [{ at: other.doc.at(["metadata", "name"]), message: "the other one" }],
      });
    }
  },
};
