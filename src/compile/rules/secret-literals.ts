import {
  isKnownKey,
  judgeLiteral,
  looksSecret,
  passwordInUrl,
  secretInQuery,
} from "../../base/secret-words.ts";
import type { Path } from "../../model/source.ts";
import type { AgentView, Report, Rule } from "../rule.ts";

/** Keys that name a secret or a place for one; what stands there is a name. */
const NAMES = new Set([
  "secretName",
  "secretKey",
  "envKey",
  "configMapName",
  "configMapKey",
  "key",
  "name",
  "use",
]);
const WORDS = /^(?:command|args)$/;

/** Secrets that stand in the file as text, wherever they stand. The text itself is never shown. */
export const secretLiterals: Rule = {
  agent(view, report) {
    const { metadata, spec } = view.doc.value;
    visit(metadata, ["metadata"], "metadata");
    visit(spec, ["spec"], "spec");

    function visit(value: unknown, path: Path, key: string): void {
      if (typeof value === "string") judge(view, report, value, path, key);
      else if (Array.isArray(value)) {
        value.forEach((item, i) => {
          // `--token VALUE`: the word before says what this one is.
          const option: unknown = value[i - 1];
          const before = typeof option === "string" ? /^--?([A-Za-z][\w-]*)$/.exec(option)?.[1] : undefined;
          visit(item, [...path, i], before !== undefined && looksSecret(before) ? before : key);
        });
      } else if (typeof value === "object" && value !== null) {
        const named = "name" in value && typeof value.name === "string" ? value.name : undefined;
        for (const [inner, item] of Object.entries(value)) {
          const ofVariable = named !== undefined && (inner === "value" || inner === "defaultValue");
          visit(item, [...path, inner], ofVariable ? named : inner);
        }
      }
    }
  },
};

function judge({ doc }: AgentView, report: Report, text: string, path: Path, key: string): void {
  if (doc.held.has(`/${path.join("/")}`)) return;
  const isWord =
    typeof path.at(-1) === "number" && path.some((step) => typeof step === "string" && WORDS.test(step));
  const known = isKnownKey(text) || passwordInUrl(text) !== undefined || secretInQuery(text) !== undefined;
  // `--token=VALUE` among arguments, `TOKEN=VALUE` in lists of variables.
  const option = /^(?:--?)?([A-Za-z_][\w-]*)=(.+)$/s.exec(text);
  const inOption = option !== null && looksSecret(option[1] ?? "") && isSecret(option[2] ?? "");
  if (isWord || key === "command") {
    const paired = key !== "command" && key !== "args" && looksSecret(key) && isSecret(text);
    if (
      !known &&
      !inOption &&
      !paired &&
      !text.split(/\s+/).some((word) => isKnownKey(word) || passwordInUrl(word) !== undefined)
    )
      return;
    report("AAC2201", doc.at(path), "an argument looks like a real secret", {
      label: "every user of the machine can read arguments",
      notes: ["take it out and change it; give it under `environment` with `from: secret`"],
    });
    return;
  }
  const literal =
    known || inOption ? "real" : looksSecret(key) && !NAMES.has(key) ? judgeLiteral(text) : "plain";
  const instead = insteadOf(path);
  if (literal === "real") {
    const what =
      passwordInUrl(text) !== undefined ? "holds a password inside its address" : "looks like a real secret";
    report("AAC2201", doc.at(path), `\`${key}\` ${what}`, {
      label: "everybody who reads this file has it",
      notes: [
        `take it out and change it: a secret that was in a file is known; ${instead}`,
        "if it is none, say so at the end of this line: `# aac-ignore: AAC2201`",
      ],
    });
  } else if (literal === "placeholder" && text !== "") {
    report("AAC2202", doc.at(path), `\`${key}\` holds a placeholder`, { notes: [instead] });
  }
}

const isSecret = (text: string): boolean => isKnownKey(text) || judgeLiteral(text) === "real";

function insteadOf(path: Path): string {
  const [, block, third] = path;
  if (block === "environment")
    return path.at(-1) === "defaultValue"
      ? "leave the default out"
      : "write `from: secret` instead of `value`";
  if (block === "model" && third === "config" && path.length === 4) {
    return "write `${NAME}`: its value is asked for when the agent is applied, and reaches it as AAC_MODEL_API_KEY";
  }
  if (block === "build") return "build arguments stay in the image: give the agent a secret when it runs";
  return "give it under `environment` with `from: secret`";
}
