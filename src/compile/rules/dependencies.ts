import { findCycles } from "../../base/graph.ts";
import { nearest } from "../../base/nearest.ts";
import type { Rule } from "../rule.ts";

/** Waiting for an agent that is not there, or in a circle, never ends. */
export const dependencies: Rule = {
  project({ agents, byName, settings: { unread } }, report) {
    for (const { ir, doc } of agents) {
      for (const [name, { condition }] of Object.entries(ir.dependsOn)) {
        const other = byName.get(name);
        const at = doc.at(["spec", "dependsOn", name], "key");
        if (other === undefined) {
          // It may be in a file that has another fault: that one is told first.
          if (unread === "unknown" || unread.has(name)) continue;
          const near = nearest(name, byName.keys());
          report("AAC2102", at, `waits for \`${name}\`, which is no agent of this project`, {
            label: near === undefined ? undefined : `did you mean \`${near}\`?`,
            notes: [
              byName.size > 1 && byName.size <= 20
                ? `agents here: ${[...byName.keys()].sort().join(", ")}`
                : "check the name, or name the folder that holds it with -f",
            ],
          });
        } else if (condition === "healthy" && Object.keys(other.ir.health).length === 0) {
          report("AAC2106", at, `waits until \`${name}\` is healthy, but that has no health check`, {
            notes: ["it then counts as healthy as soon as it runs", `give \`${name}\` a \`healthCheck\``],
          });
        } else if (
          condition === "completed" &&
          ["always", "unless-stopped"].includes(other.ir.supervision.restart)
        ) {
          report(
            "AAC2107",
            at,
            `waits until \`${name}\` has ended, but that is started again whenever it ends`,
            {
              notes: [`give \`${name}\` \`supervision.restart: no\`, or \`on-failure\``],
              related: [
                {
                  at: other.doc.at(["spec", "supervision", "restart"]),
                  message: `\`${name}\` restarts \`${other.ir.supervision.restart}\``,
                },
              ],
            },
          );
        }
      }
    }
    const graph = new Map(agents.map(({ ir }) => [ir.name, Object.keys(ir.dependsOn)]));
    for (const cycle of findCycles(graph)) reportCycle(cycle);

    function reportCycle(cycle: readonly string[]): void {
      const steps = cycle.map((name, i) => ({ name, next: cycle[(i + 1) % cycle.length] ?? name }));
      const [closing, ...others] = steps.toReversed();
      const view = closing === undefined ? undefined : byName.get(closing.name);
      if (closing === undefined || view === undefined) return;
      const message =
        cycle.length === 1
          ? `\`${closing.name}\` waits for itself`
          : `agents wait for each other: ${[...cycle, cycle[0]].join(" → ")}`;
      report("AAC2103", view.doc.at(["spec", "dependsOn", closing.next], "key"), message, {
        label: cycle.length === 1 ? "remove it" : "closes the circle",
        notes: [
          "none of them could ever start",
          ...(cycle.length === 1 ? [] : ["take one of these lines out"]),
        ],
        related: others.toReversed().flatMap(({ name, next }) => {
          const one = byName.get(name);
          return one === undefined
            ? []
            : [{ at: one.doc.at(["spec", "dependsOn", next], "key"), message: `${name} waits for ${next}` }];
        }),
      });
    }
  },
};
