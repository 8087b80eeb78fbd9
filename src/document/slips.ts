import type { Path } from "../model/source.ts";
import type { ScalarNode } from "./node.ts";

/** Where YAML made something else of the text than its writer thought. */
export function yamlTrick(
  type: string,
  node: ScalarNode,
  name: string,
  hint: string | undefined,
): readonly [string, string] | undefined {
  const { text, value, plain } = node;
  if (!plain || value === null) return undefined;
  if (type === "string" && typeof value === "number") {
    const read = String(value) === text ? `the number ${text}` : `the number ${String(value)}`;
    return [`${name} takes text, but YAML reads \`${text}\` as ${read}`, hint ?? `write "${text}" in quotes`];
  }
  if (type === "string" && typeof value === "boolean") {
    return [
      `${name} takes text, but YAML reads \`${text}\` as ${String(value)}`,
      `write "${text}" in quotes`,
    ];
  }
  if (type === "boolean" && typeof value === "string" && /^(?:y|yes|on|n|no|off)$/i.test(text)) {
    const meant = /^(?:y|yes|on)$/i.test(text) ? "true" : "false";
    return [`${name} takes \`true\` or \`false\`, but \`${text}\` is text in YAML 1.2`, `write ${meant}`];
  }
  if ((type === "integer" || type === "number") && typeof value === "string") {
    if (/^\d+(?::[0-5]\d)+$/.test(text))
      return [
        `${name} takes a number, but \`${text}\` is text; older YAML read it as base 60`,
        "write the number",
      ];
    if (/^\d[\d_]*_[\d_]*$/.test(text))
      return [
        `${name} takes a number, but \`${text}\` is text in YAML 1.2`,
        `write ${text.replaceAll("_", "")}`,
      ];
  }
  return undefined;
}

/** The commonest slips, by what the field holds. */
export function formHint(last: string, text: string, path: Path): string | undefined {
  if (
    /^(?:interval|timeout|startPeriod|initial|max|window|resetAfter|stopGracePeriod|scale\w+Delay)$/.test(
      last,
    )
  ) {
    if (/^-/.test(text)) return "a duration is never below zero";
    if (/^[0-9.]+$/.test(text)) return `with its unit: \`${text}s\`, or \`${text}ms\``;
    return "such as 30s, 1m30s or 500ms";
  }
  if (
    last === "memory" ||
    (last === "size" && path.includes("volumes")) ||
    last === "maxSize" ||
    last === "ephemeral-storage"
  ) {
    if (/^[0-9.]+\s+\w+$/.test(text)) return `without the space: \`${text.replaceAll(/\s+/g, "")}\``;
    if (/^[0-9.]+m$/.test(text)) return `\`m\` means thousandths: \`${text.slice(0, -1)}Mi\` is mebibytes`;
    if (/^[0-9.]+(?:mb|gb|mi|gi)$/.test(text)) return "units have their capitals: Mi, Gi, MB, GB";
    return "such as 512Mi, 2Gi or 2GB";
  }
  if (last === "cpu") return "such as 2, 0.5 or 500m";
  if (last === "name" && /[A-Z_ ]/.test(text) && !path.includes("environment")) {
    const better = text
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, "-")
      .replaceAll(/^-+|-+$/g, "");
    return better === "" ? undefined : `\`${better}\` would do`;
  }
  if (last === "version") return "three numbers, such as 1.2.0";
  return undefined;
}
