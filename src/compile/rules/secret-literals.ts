import { isKnownKey, judgeLiteral, looksSecret, passwordInUrl } from "../../base/secret-words.ts";
import type { Path } from "../../model/source.ts";
import type { Rule } from "../rule.ts";

/** Secrets that stand in the file as text. The text itself is never shown. */
export const secretLiterals: Rule = {
  agent({ doc }, report) {
    const judge = (name: string, text: unknown, path: Path, instead: string): void => {
      if (typeof text !== "string" || doc.held.has(`/${path.join("/")}`)) return;
      const at = doc.at(path);
      if (passwordInUrl(text) !== undefined) {
        report("AAC2201", at, `\`${name}\` holds a password inside its address`, {
          label: "everybody who reads this file has it",
          notes: [`take it out and change it; ${instead}`],
        });
        return;
      }
      const literal = isKnownKey(text) ? "real" : looksSecret(name) ? judgeLiteral(text) : "plain";
      if (literal === "real") {
        report("AAC2201", at, `\`${name}\` looks like a real secret`, {
          label: "everybody who reads this file has it",
          notes: [
            `take it out and change it: a secret that was in a file is known; ${instead}`,
            "if it is none, say so on this line: `# aac-ignore: AAC2201`",
          ],
        });
      } else if (literal === "placeholder") {
        report("AAC2202", at, `\`${name}\` holds a placeholder`, { notes: [instead] });
      }
    };
    const { spec } = doc.value;
    (spec.environment ?? []).forEach((entry, i) => {
      if ("from" in entry) {
        if (entry.from === "env")
          judge(
            entry.name,
            entry.defaultValue,
            ["spec", "environment", i, "defaultValue"],
            "leave the default out",
          );
        return;
      }
      judge(
        entry.name,
        entry.value,
        ["spec", "environment", i, "value"],
        `write \`from: secret\` instead of \`value\``,
      );
    });
    const models: [readonly (string | number)[], Readonly<Record<string, unknown>> | undefined][] = [
      [["spec", "model", "config"], spec.model?.config],
      ...(spec.models ?? []).map(
        (model, i): [readonly (string | number)[], Readonly<Record<string, unknown>> | undefined] => [
          ["spec", "models", i, "config"],
          model.config,
        ],
      ),
    ];
    for (const [path, config] of models) {
      for (const [key, value] of Object.entries(config ?? {})) {
        judge(
          key,
          value,
          [...path, key],
          "write `${NAME}` and give NAME where the agent is applied: it reaches the agent as AAC_MODEL_API_KEY",
        );
      }
    }
    walk(spec.config, ["spec", "config"], (key, value, path) =>
      judge(key, value, path, "put it under `secrets` or `environment` with `from: secret`"),
    );
    Object.entries(spec.build?.args ?? {}).forEach(([key, value]) =>
      judge(
        key,
        value,
        ["spec", "build", "args", key],
        "build arguments stay in the image: use a secret when the agent runs",
      ),
    );
    const words = [...(typeof spec.command === "string" ? [] : (spec.command ?? []))];
    words.forEach((word, i) => argument(word, ["spec", "command", i]));
    (spec.args ?? []).forEach((word, i) => argument(word, ["spec", "args", i]));

    function argument(word: string, path: Path): void {
      const match = /^--?([A-Za-z][\w-]*)=(.+)$/s.exec(word);
      const text = match?.[2] ?? word;
      if (doc.held.has(`/${path.join("/")}`)) return;
      const real =
        isKnownKey(text) ||
        passwordInUrl(text) !== undefined ||
        (match !== null && looksSecret(match[1] ?? "") && judgeLiteral(text) === "real");
      if (!real) return;
      report("AAC2201", doc.at(path), "an argument looks like a real secret", {
        label: "every user of the machine can read arguments",
        notes: ["take it out and change it; give it under `environment` with `from: secret`"],
      });
    }
  },
};

function walk(value: unknown, path: Path, visit: (key: string, value: unknown, path: Path) => void): void {
  if (Array.isArray(value)) value.forEach((item, i) => walk(item, [...path, i], visit));
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === "string") visit(key, inner, [...path, key]);
      else walk(inner, [...path, key], visit);
    }
  }
}
