import { COMMANDS, COMMON, type CommandSpec, type OptionSpec } from "./table.ts";

/** Examples first: most people want the line that they can copy. */
export function helpFor(command: CommandSpec): string {
  const lines = [`aac ${command.name} ${command.usage}`.trimEnd(), `  ${command.about}`, ""];
  if (command.examples.length > 0) {
    lines.push("Examples", ...columns(command.examples), "");
  }
  if (command.options.length > 0) lines.push("Options", ...columns(command.options.map(row)), "");
  lines.push("Everywhere", ...columns(COMMON.map(row)), "");
  return lines.join("\n");
}

function row(option: OptionSpec): readonly [string, string] {
  const choices = option.choices === undefined ? "" : `: ${option.choices.join(", ")}`;
  const preset = option.preset === undefined ? "" : ` (${option.preset})`;
  return [option.flags, `${option.about}${choices}${preset}`];
}

/** `aac` alone is short. */
export function overview(): string {
  const built = COMMANDS.filter((one) => one.load !== undefined);
  const coming = COMMANDS.filter((one) => one.load === undefined).map((one) => one.name);
  return [
    "aac: agents as code",
    "",
    "Examples",
    ...columns([
      ["aac init weather-desk", "start an agent"],
      ["aac validate", "check the files of this project"],
      ["aac explain AAC2103", "what a message means"],
    ]),
    "",
    "Commands",
    ...columns(built.map((one) => [one.name, one.about])),
    "",
    `Not built yet: ${coming.join(", ")}`,
    "aac COMMAND --help says more.",
    "",
  ].join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(56, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) =>
    left.length > width ? `  ${left}\n  ${" ".repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  );
}
