import type { Rule } from "../rule.ts";

/** `1.10` stays 1.10 here; a tool with another YAML makes 1.1 of it. */
export const oddTexts: Rule = {
  agent({ doc }, report) {
    for (const { at, text, read } of doc.odd) {
      report("AAC1201", at, `\`${text}\` is read as text here; elsewhere YAML reads ${read}`, {
        label: `write "${text}" in quotes`,
      });
    }
  },
};
