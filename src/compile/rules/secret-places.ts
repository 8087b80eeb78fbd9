import type { Rule } from "../rule.ts";

/** A substitution of a secret may stand in a variable or in the model's settings; all else is open to read. */
const ALLOWED = /^\/spec\/(?:environment\/\d+\/value|model\/config\/[^/]+)$/;

export const secretPlaces: Rule = {
  agent({ doc }, report) {
    for (const [pointer, held] of doc.held) {
      if (held.why !== "secret" || ALLOWED.test(pointer)) continue;
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
