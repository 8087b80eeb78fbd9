import { looksSecret } from "../../base/secret-words.ts";
import type { Rule } from "../rule.ts";

/** A substitution of a secret may stand in a variable or in the model's settings; all else is open to read. */
const VARIABLE = /^\/spec\/environment\/\d+\/value$/;

export const secretPlaces: Rule = {
  agent({ doc }, report) {
    // The one key that opens the model reaches the agent as AAC_MODEL_API_KEY.
    const key = Object.keys(doc.value.spec.model?.config ?? {}).find(looksSecret);
    const modelKey = key === undefined ? "" : `/spec/model/config/${key}`;
    for (const [pointer, held] of doc.held) {
      if (held.why !== "secret" || VARIABLE.test(pointer) || pointer === modelKey) continue;
      const path = pointer
        .split("/")
        .slice(1)
        .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
      const where =
        path[1] === "command" || path[1] === "args"
          ? "arguments can be read by every user of the machine"
          : "this part of the file is stored and shown as it is";
      report(
        "AAC2203",
        doc.at(path),
        `\`${held.names.join("`, `")}\` is a secret, and would stand here for everybody to read`,
        {
          notes: [
            where,
            `give it to the agent as a variable: \`environment\`, \`- name: ${held.names[0] ?? "NAME"}\`, \`from: secret\``,
          ],
        },
      );
    }
  },
};
