import { nearest } from "../../base/nearest.ts";
import { listItem, type Rule } from "../rule.ts";

/** `from: config` takes a key of the agent's own `config`. */
export const configReferences: Rule = {
  agent(view, report) {
    const keys = Object.keys(view.doc.value.spec.config ?? {});
    for (const [name, value] of Object.entries(view.ir.environment)) {
      if (value.is !== "config" || value.optional || keys.includes(value.key)) continue;
      const near = nearest(value.key, keys);
      const item = listItem(view, "environment", name);
      report(
        "AAC2204",
        view.doc.at([...item, "key"]),
        `\`${value.key}\` is no key of this agent's \`config\``,
        {
          label: near === undefined ? undefined : `did you mean \`key: ${near}\`?`,
          notes: [
            keys.length === 0
              ? "the agent has no `config`: write one, or `value`"
              : `\`config\` holds: ${keys.join(", ")}`,
          ],
        },
      );
    }
  },
};
